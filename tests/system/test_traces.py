"""An exception is told by its kind and place; what it says only where that can quote nothing."""

import pytest

from b2cal_desktop.core.errors import B2CalError, SwitchboardUnreachable
from b2cal_desktop.system.traces import place, trace_lines

HUSH = "Hush7Canary9"


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001  whatever it is
        return caught


def looked_up() -> BaseException:
    try:
        return getattr(HUSH, "subjekt")  # noqa: B009  it is not there
    except AttributeError as error:
        return error


@pytest.mark.parametrize(
    ("error", "last"),
    [
        (raised(ValueError(HUSH)), "ValueError"),
        (raised(KeyError(HUSH)), "KeyError"),
        (
            raised(OSError(28, "No space left on device", f"/home/{HUSH}")),
            "OSError: [Errno 28] No space left on device",
        ),
        (raised(OSError(HUSH)), "OSError"),
        (raised(UnicodeDecodeError("utf-8", HUSH.encode(), 0, 1, HUSH)), "UnicodeDecodeError: utf-8"),
        (looked_up(), "AttributeError: subjekt"),
        (raised(AttributeError(HUSH)), "AttributeError"),
        (raised(ModuleNotFoundError(HUSH, name="icalendar")), "ModuleNotFoundError: icalendar"),
        (raised(SwitchboardUnreachable("vaxel.foretag.se", "silence")), "does not answer: silence."),
        (raised(ExceptionGroup(HUSH, [ValueError(HUSH), TypeError(HUSH)])), "  one of them: TypeError"),
    ],
)
def test_what_is_said_of_each(error: BaseException, last: str) -> None:
    lines = trace_lines(error)
    assert last in lines[-1] and (lines[-1].endswith(last) or isinstance(error, B2CalError))
    assert HUSH not in "\n".join(lines)
    assert not any(": " in line for line in trace_lines(error, says=False) if not line.startswith(("  ", "Trace")))


def test_causes_come_first_and_none_twice() -> None:
    first, second = raised(ValueError()), raised(TypeError())
    second.__cause__, first.__context__ = first, second
    kinds = [line for line in trace_lines(second) if line in ("ValueError", "TypeError", "which led to:")]
    assert kinds == ["ValueError", "which led to:", "TypeError"]


def test_what_was_put_aside_by_from_none_stays_aside() -> None:
    error = raised(TypeError())
    error.__context__, error.__suppress_context__ = raised(ValueError()), True
    assert "ValueError" not in trace_lines(error)


def test_a_deep_recursion_is_told_in_short() -> None:
    def deep() -> None:
        deep()

    try:
        deep()
    except RecursionError as error:
        lines = trace_lines(error)
    assert len(lines) < 60 and any("more …" in line for line in lines)


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("/home/anna/b2cal/b2cal_desktop/sync/loop.py", "b2cal_desktop/sync/loop.py"),
        (r"C:\Users\anna\AppData\b2cal_desktop\engine.py", "b2cal_desktop/engine.py"),
        ("/home/anna/.venv/lib/python3.11/site-packages/requests/sessions.py", "requests/sessions.py"),
        ("/usr/lib/python3.11/json/decoder.py", "json/decoder.py"),
        ("/home/anna/hemligt/x.py", "x.py"),
        ("b2cal_desktop/engine.py", "b2cal_desktop/engine.py"),  # as PyInstaller names it
        ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap>"),
    ],
)
def test_of_a_file_only_the_part_that_is_code(file: str, shown: str) -> None:
    assert place(file) == shown

"""Every error that a person meets says what, and in both languages; the tree in the docstring is the real one."""

from __future__ import annotations

import inspect
import re

import pytest

from b2cal_desktop.core import errors
from b2cal_desktop.core.errors import B2CalError, FileProblem, Message, SettingsProblem
from b2cal_desktop.core.model import Text

PROBLEM = Text("det är trasigt", "it is broken")
SAMPLES = {
    "path": "C:\\x\\settings.toml",
    "line": 7,
    "key": "sync.poll_seconds",
    "host": "mail.example",
    "profile": "P",
}


def _below(kind: type[B2CalError]) -> list[type[B2CalError]]:
    return [kind, *(each for sub in kind.__subclasses__() for each in _below(sub))]


KINDS = [kind for kind in _below(B2CalError) if hasattr(kind, "what") and kind.__name__ in errors.__all__]


def _example(kind: type[B2CalError]) -> B2CalError:
    names = [name for name in inspect.signature(kind).parameters if name not in ("retry_after", "more", "details")]
    return kind(*(SAMPLES.get(name, PROBLEM) for name in names))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_speaks_both_languages(kind: type[B2CalError]) -> None:
    error = _example(kind)
    swedish, english = error.message("sv"), error.message("en")
    assert swedish.what and english.what
    assert "{" not in f"{swedish} {english}"
    assert str(error) == str(english)
    for mentioned in set(re.findall(r"{(\w+)}", kind.what.en)):
        detail = error.details[mentioned]
        said = detail if isinstance(detail, Text) else Text.same(str(detail))
        assert said.sv in swedish.what and said.en in english.what, f"{mentioned} is not named"


def test_codes_and_exit_codes_are_distinct_and_as_the_commands_promise() -> None:
    codes = [kind.code for kind in _below(B2CalError) if kind.__name__ in errors.__all__]
    assert len(codes) == len(set(codes))
    assert {kind.exit_code for kind in KINDS} <= {1, 2, 3, 4, 5}
    assert all(kind.exit_code == 3 for kind in KINDS if "NeedsSignIn" in kind.__name__)


def test_the_tree_in_the_docstring_is_the_real_one() -> None:
    drawn = re.findall(
        r"^    (?:│   |    )*(?:[├└]── )?(\w+)(?: .*?(?:exit (\d))?)?$", errors.__doc__ or "", re.MULTILINE
    )
    real = [kind for kind in _below(B2CalError) if kind.__name__ in errors.__all__]
    assert sorted(name for name, _ in drawn) == sorted(kind.__name__ for kind in real)
    by_name = {kind.__name__: kind for kind in real}
    for name, code in drawn:
        if code:
            assert by_name[name].exit_code == int(code), name


@pytest.mark.parametrize(
    ("line", "key", "place"),
    [
        (7, "sync.enabled", "settings.toml, rad 7, sync.enabled: det är trasigt"),
        (7, None, "settings.toml, rad 7: det är trasigt"),
        (None, "sync.enabled", "settings.toml, sync.enabled: det är trasigt"),
        (None, None, "settings.toml: det är trasigt"),
    ],
)
def test_a_file_problem_names_the_place(line: int | None, key: str | None, place: str) -> None:
    error = SettingsProblem("settings.toml", line, key, PROBLEM)
    assert error.message("sv").what.removesuffix(".") == place
    assert isinstance(error, FileProblem) and (error.path, error.line, error.key) == ("settings.toml", line, key)


def test_a_server_that_asks_us_to_wait_is_heard() -> None:
    assert errors.CalendarThrottled("mail.example", retry_after=2.5).retry_after == 2.5
    assert errors.SwitchboardThrottled("pbx.example", retry_after=30).retry_after == 30


def test_a_message_reads_as_one_text_without_gaps() -> None:
    assert str(Message("What.", "", "Do this.")) == "What. Do this."
    assert str(Message("What.", "It means.", "Do this.")) == "What. It means. Do this."

"""``doctor``: is everything in place? Each check tells what it found in a sentence, and what to do about it.

Checks only look; ``--try-switchboard`` also sets a diversion and takes it back, see ``trial``.

``run_checks`` is for the window too. Nothing is written to calendar, switchboard or ledger; the keyring gets a probe
that is taken away again. No finding holds a secret, a subject or more of an address than its host.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

from b2cal_desktop import __version__
from b2cal_desktop.cli import print_json
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.core.model import Text
from b2cal_desktop.doctor import computer, services, tray, trial
from b2cal_desktop.doctor.findings import LABELS, NAMES, Finding, Level, from_error, not_checked
from b2cal_desktop.switchboards.connector_trial import Step
from b2cal_desktop.switchboards.trial_report import describe_step, step_json
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.language import language
from b2cal_desktop.system.settings_file import LoadedSettings

__all__ = ["Finding", "Level", "doctor_command", "exit_code", "run_checks"]

# All checks together, whatever does not answer; a person is waiting.
PATIENCE_SECONDS = 11.0
_NEED_SETTINGS = ("calendar", "switchboard", "proxy", "clock", "updates")


def doctor_command(context: Context) -> int:
    """Check everything and tell it; 0 when nothing is a problem, else the first problem's exit code."""
    if context.arguments.tray:
        return tray.answer_by_exit_code()
    findings = run_checks(context)
    in_language = _language(context)
    as_text = not context.arguments.json
    if as_text:
        for finding in findings:
            _print(finding, in_language)
    steps: list[Step] = []
    if context.arguments.try_switchboard:
        findings = (*findings, trial.try_switchboard(context, steps.append))
        if as_text:
            print("\n".join(("", *(describe_step(step, in_language) for step in steps), "")))
            _print(findings[-1], in_language)
    if not as_text:
        told = [step_json(step, in_language) for step in steps]
        print_json(as_json(findings, in_language) | ({"trial": told} if context.arguments.try_switchboard else {}))
    return exit_code(findings)


def run_checks(context: Context, seconds: float = PATIENCE_SECONDS) -> tuple[Finding, ...]:
    """What every check found, in the order of ``NAMES``; takes at most about ``seconds``. Not on the GUI thread."""
    findings, loaded = computer.check_settings(context)
    checks: dict[str, Callable[[], Iterable[Finding]]] = {
        "profile": lambda: computer.check_profile(context.profile),
        "instance": lambda: computer.check_instance(context.profile),
        "ledger": lambda: computer.check_ledger(context.profile),
        "keyring": lambda: computer.check_keyring(context),
        "tls": computer.check_tls,
        "autostart": computer.check_autostart,
        "tray": tray.check_tray,
    }
    if loaded is not None:
        checks |= _with_settings(context, loaded)
    found = _all_at_once(checks, seconds)
    found |= {name: (not_checked(name),) for name in _NEED_SETTINGS if name not in checks}
    return (*findings, *(finding for name in NAMES for finding in found.get(name, ())))


def _with_settings(context: Context, loaded: LoadedSettings) -> dict[str, Callable[[], Iterable[Finding]]]:
    settings = loaded.settings
    return {
        "calendar": lambda: services.check_calendar(context, settings),
        "switchboard": lambda: services.check_switchboard(context, settings),
        "proxy": lambda: services.check_proxy(context, settings),
        "clock": lambda: services.check_clock(context, settings),
        "updates": lambda: services.check_updates(context, loaded),
    }


def exit_code(findings: Iterable[Finding]) -> int:
    """0, or the code of the first problem."""
    return next((finding.exit_code for finding in findings if finding.level is Level.PROBLEM), 0)


def as_json(findings: Sequence[Finding], in_language: str) -> dict[str, object]:
    """``doctor --json``: every finding with its check, level, text, and remedy (null where there is nothing to do)."""
    return {
        "version": __version__,
        "ok": exit_code(findings) == 0,
        "checks": [
            {
                "check": finding.check,
                "level": finding.level.value,
                "text": finding.text.to(in_language),
                "remedy": finding.remedy.to(in_language) or None,
            }
            for finding in findings
        ],
    }


def _print(finding: Finding, in_language: str) -> None:
    level, name = LABELS[finding.level].to(in_language), NAMES[finding.check].to(in_language)
    print(f"{level:8} {name}: {finding.text.to(in_language)}")
    if remedy := finding.remedy.to(in_language):
        print(f"{'':8} {remedy}")


def _language(context: Context) -> str:
    try:
        return context.language
    except B2CalError:
        return language("auto")  # the settings themselves are what is wrong


def _all_at_once(checks: dict[str, Callable[[], Iterable[Finding]]], seconds: float) -> dict[str, tuple[Finding, ...]]:
    """Every check in a thread of its own, so that one that waits for a silent host costs the others nothing."""
    _import_what_they_share()
    running = {name: _Check(name, check) for name, check in checks.items()}
    clock = SystemClock()
    deadline = clock.monotonic() + seconds
    for one in running.values():
        one.join(max(0.0, deadline - clock.monotonic()))
    found = {name: one.findings for name, one in running.items()}
    return {name: (_too_slow(name, seconds),) if told is None else told for name, told in found.items()}


def _import_what_they_share() -> None:
    """Packages whose modules import each other in a circle, met half-imported by a second thread that asks for them."""
    import keyring.backends  # noqa: F401
    import requests  # noqa: F401
    import truststore  # noqa: F401


class _Check(threading.Thread):
    def __init__(self, name: str, check: Callable[[], Iterable[Finding]]) -> None:
        super().__init__(name=f"doctor-{name}", daemon=True)
        self._check, self._of = check, name
        self.findings: tuple[Finding, ...] | None = None  # not done yet
        self.start()

    def run(self) -> None:
        try:
            self.findings = tuple(self._check())
        except B2CalError as error:
            self.findings = (from_error(self._of, error),)
        except Exception as error:  # noqa: BLE001  the top of the thread: a check that fails is itself a finding
            kind = type(error).__name__
            text = Text(f"Kontrollen gick inte att göra ({kind}).", f"The check could not be made ({kind}).")
            self.findings = (Finding(self._of, Level.PROBLEM, text),)


def _too_slow(name: str, seconds: float) -> Finding:
    text = Text(f"Inget svar inom {seconds:.0f} sekunder.", f"No answer within {seconds:.0f} seconds.")
    remedy = Text(
        "Kontrollera nätverket, och om något på skärmen väntar på ett svar från dig.",
        "Check the network, and whether something on the screen waits for an answer from you.",
    )
    return Finding(name, Level.PROBLEM, text, remedy, {"calendar": 4, "switchboard": 5}.get(name, 1))

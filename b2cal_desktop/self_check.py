"""``--self-check``: is this copy of the program whole? For whoever builds or installs it.

Unlike ``doctor`` it asks nothing of this computer's network, settings or profile: it looks for what a package may have
left out. Nothing is kept, and nobody but this computer is talked to.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from b2cal_desktop import __version__
from b2cal_desktop.cli import print_json
from b2cal_desktop.context import Context
from b2cal_desktop.core.model import Text, Window
from b2cal_desktop.screen import has_screen
from b2cal_desktop.system.own_program import own_command
from b2cal_desktop.system.tls_trial import check_tls

_SECONDS = 60.0
_SUMMER, _WINTER = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
# Every connector in resources/connectors; tests/test_self_check.py compares.
SHIPPED = frozenset({"bredband2", "broadworks", "dstny-core", "portsip", "practice", "threecx", "xcap-presence"})
_OWN_KEYRING = {"win32": "Windows", "darwin": "macOS"}  # elsewhere the Secret Service

_NAMES: Mapping[str, Text] = {
    "qt": Text("Fönster (Qt)", "Windows (Qt)"),
    "svg": Text("Bilder (SVG)", "Pictures (SVG)"),
    "translations": Text("Översättningar", "Translations"),
    "tls": Text("Certifikat (TLS)", "Certificates (TLS)"),
    "keyring": Text("Nyckelring", "Keyring"),
    "exchangelib": Text("Exchange", "Exchange"),
    "msal": Text("Microsoft 365", "Microsoft 365"),
    "connectors": Text("Kopplingar", "Connectors"),
    "zones": Text("Tidszoner", "Time zones"),
    "calendar": Text("Kalenderfiler", "Calendar files"),
    "ledger": Text("Appens minnesfil", "The app's ledger"),
    "practice": Text("Övningsväxel", "Practice switchboard"),
}


class NotWhole(Exception):
    """Something is not as it should be; the text says what."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one check saw. ``text`` is for people who build packages: in English, and never a secret."""

    check: str
    ok: bool
    text: str


def self_check_command(context: Context) -> int:
    """Check everything and tell it, a line each; 0 when this copy is whole, else 1."""
    if answer := context.arguments.self_check_qt:
        from b2cal_desktop.ui.self_check import check_qt

        return check_qt(Path(answer))
    results = tuple(self_check())
    if context.arguments.self_check_json:
        checks = [{"check": result.check, "ok": result.ok, "text": result.text} for result in results]
        print_json({"version": __version__, "ok": all(result.ok for result in results), "checks": checks})
    else:
        from b2cal_desktop.system.language import language

        in_language = language("auto")  # the settings may be what is wrong
        for result in results:
            mark = Text("bra", "ok") if result.ok else Text("FEL", "WRONG")
            print(f"{mark.to(in_language):6} {_NAMES[result.check].to(in_language)}: {result.text}")
    return 0 if all(result.ok for result in results) else 1


def self_check() -> Iterator[Result]:
    """Every check's result, in the order of their names."""
    yield from _check_qt()
    with tempfile.TemporaryDirectory(prefix="b2cal-self-check-", ignore_cleanup_errors=True) as folder:
        checks: Mapping[str, Callable[[Path], str]] = {
            "tls": check_tls,
            "keyring": _check_keyring,
            "exchangelib": _check_exchange,
            "msal": _check_msal,
            "connectors": _check_connectors,
            "zones": _check_zones,
            "calendar": _check_calendar,
            "ledger": _check_ledger,
            "practice": _check_practice,
        }
        for name, check in checks.items():
            try:
                yield Result(name, True, check(Path(folder)))
            except Exception as error:  # noqa: BLE001  whatever is missing is the answer
                yield Result(name, False, f"{type(error).__name__}: {error}"[:500])


def _check_qt() -> Iterator[Result]:
    """In another process: a library that Qt misses aborts whoever loads it."""
    names = ("qt", "svg", "translations")
    with tempfile.TemporaryDirectory(prefix="b2cal-self-check-", ignore_cleanup_errors=True) as folder:
        answer, errors = Path(folder) / "qt.json", Path(folder) / "errors.txt"
        try:
            with errors.open("wb") as told:  # no pipe: a server that Qt has the desktop start would hold it open
                subprocess.run(  # noqa: S603  this very program
                    [*own_command(), "--self-check-qt", str(answer)],
                    env=_with_a_screen(os.environ),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=told,
                    timeout=_SECONDS,
                    check=False,
                )
            said = errors.read_text(encoding="utf-8", errors="replace").strip()
        except (OSError, subprocess.TimeoutExpired) as error:
            said = str(error)
        found = json.loads(answer.read_text(encoding="utf-8")) if answer.exists() else {}
    for name in names:
        ok, text = found.get(name, (False, said[:500] or "Qt does not start"))
        yield Result(name, bool(ok), str(text))


def _with_a_screen(environ: Mapping[str, str]) -> dict[str, str]:
    """Where there is no screen, Qt draws into memory."""
    return dict(environ) if has_screen(environ) else {**environ, "QT_QPA_PLATFORM": "offscreen"}


def _check_keyring(_: Path) -> str:
    """This platform's own keyring is there and complete, whether or not one is running."""
    from importlib.metadata import entry_points

    import keyring

    import b2cal_desktop.accounts.secrets  # noqa: F401  and what it is made of

    name = _OWN_KEYRING.get(sys.platform, "SecretService")
    (own,) = entry_points(group="keyring.backends", name=name)
    own.load()
    if sys.platform == "win32":
        import win32ctypes.core  # noqa: F401
    elif sys.platform != "darwin":
        import secretstorage  # type: ignore[import-untyped,unused-ignore]  # noqa: F401
    used = type(keyring.get_keyring())
    return f"{name} is there; here {used.__module__}.{used.__qualname__} is used"


def _check_exchange(_: Path) -> str:
    from importlib.metadata import version

    import spnego

    import b2cal_desktop.calendars.exchange
    import b2cal_desktop.calendars.exchange_ews  # noqa: F401

    if sys.platform == "win32":
        import sspilib  # noqa: F401
    own = spnego.NegotiateOptions.use_ntlm  # the library's, also where Windows has one: this is about what came along
    hello = spnego.client("user", "password", hostname="localhost", protocol="ntlm", options=own).step()
    if not hello or not hello.startswith(b"NTLMSSP\0"):
        raise NotWhole("NTLM says nothing")
    return f"exchangelib {version('exchangelib')}, NTLM"


def _check_msal(_: Path) -> str:
    """The sign-in's own module loads msal when it is asked for an account's application."""
    from importlib import import_module

    for name in ("msal", "msal_extensions", "b2cal_desktop.accounts.microsoft", "b2cal_desktop.accounts.token_cache"):
        import_module(name)
    return f"msal {import_module('msal').__version__}"


def _check_connectors(_: Path) -> str:
    from b2cal_desktop.switchboards.connector_file import shipped_connectors

    found = shipped_connectors()
    if missing := SHIPPED - found.keys():
        raise NotWhole(f"missing: {', '.join(sorted(missing))}")
    return ", ".join(sorted(found))


def _check_zones(_: Path) -> str:
    """From the package: Windows has no zone files of its own."""
    from importlib import resources
    from importlib.metadata import version
    from zoneinfo import ZoneInfo

    with resources.files("tzdata").joinpath("zoneinfo", "Europe", "Stockholm").open("rb") as file:
        zone = ZoneInfo.from_file(file)
    offsets = [zone.utcoffset(instant) for instant in (_SUMMER, _WINTER)]
    if offsets != [timedelta(hours=2), timedelta(hours=1)]:
        raise NotWhole(f"Europe/Stockholm is {offsets} from UTC")
    return f"tzdata {version('tzdata')}"


def _check_calendar(_: Path) -> str:
    """The sample calendar's events, the repeated ones too."""
    from b2cal_desktop.calendars.icalendar_calendar import parse_calendar
    from b2cal_desktop.system.resources import resource_folder

    data = (resource_folder() / "sample-calendar.ics").read_bytes()
    parsed = parse_calendar(data, "sample-calendar.ics", user="", timezone=UTC)
    events = parsed.fetch(Window(_SUMMER, _WINTER)).events
    if len({event.id for event in events}) < 2:
        raise NotWhole("the sample calendar is empty")
    return f"{len(events)} events"


def _check_ledger(folder: Path) -> str:
    import sqlite3

    from b2cal_desktop.sync.ledger import Ledger

    with closing(Ledger(folder / "ledger.sqlite3")) as ledger:
        ledger.events()
    return f"SQLite {sqlite3.sqlite_version}"


def _check_practice(_: Path) -> str:
    """Its page and its contract come with the package."""
    from b2cal_desktop.switchboards.practice import PracticeSwitchboard
    from b2cal_desktop.system.clock import SystemClock
    from b2cal_desktop.system.network import new_session

    with PracticeSwitchboard(port=0, now=SystemClock().now) as switchboard, new_session("b2cal-desktop") as session:
        page = session.get(f"{switchboard.url}/")
        page.raise_for_status()
        files = sorted({*re.findall(r'(?:href|src)="/?([\w.-]+)"', page.text), "openapi.json"})
        for name in files:
            session.get(f"{switchboard.url}/{name}").raise_for_status()
    return f"its page, {', '.join(files)}"

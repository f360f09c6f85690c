"""``demo``: the real app on a practice switchboard, in a throw-away profile; only the data is made up."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import tomli_w

from b2cal_desktop.cli import run_until_signal
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import UsageError
from b2cal_desktop.core.model import Text
from b2cal_desktop.screen import screen_problem
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.resources import resource_folder

USER = "namn"
_COLLEAGUES = (
    ("Amina", "meeting", 50),
    ("Björn", "lunch", 25),
    ("Cecilia", "working_from_home", 300),
    ("David", "available", None),
    ("Elin", "vacation", 60 * 24 * 6),
)


def demo_command(context: Context) -> int:
    """Start the practice switchboard and the app; on a machine without a screen the same job in the terminal."""
    arguments = context.arguments
    location = _location(arguments.calendar)
    with tempfile.TemporaryDirectory(prefix="b2cal-demo-", ignore_cleanup_errors=True) as folder:
        now = context.clock.now()
        with PracticeSwitchboard(port=0, now=context.clock.now) as switchboard:
            _seat_colleagues(switchboard, now)
            calendar = location or str(_sample_calendar(Path(folder), now))
            _write_settings(Path(folder), calendar, switchboard.url)
            demo = Context(Namespace(**{**vars(arguments), "profile": folder, "settings": None}))
            page = Text("Växelns sida: ", "The switchboard's page: ").to(demo.language)
            print(f"{page}{switchboard.url}/", flush=True)
            problem = screen_problem()
            if problem is None:
                from b2cal_desktop.app import run_tray

                return run_tray(demo.arguments, seconds=arguments.seconds, show_day=True)
            sv = f"Demot gör samma sak här i terminalen: {problem.sv}."
            demo.tell(Text(sv, f"The demo does the same job here in the terminal: {problem.en}."))
            return run_until_signal(demo, arguments.seconds, today=True)


def _location(calendar: str | None) -> str | None:
    if calendar is None or urlsplit(calendar).scheme in ("http", "https", "webcal"):
        return calendar
    path = Path(calendar).resolve()
    if not path.is_file():
        raise UsageError(Text(f"kalenderfilen {calendar} finns inte", f"there is no calendar file {calendar}"))
    return str(path)


def _seat_colleagues(switchboard: PracticeSwitchboard, now: datetime) -> None:
    for name, diversion, minutes in _COLLEAGUES:
        until = (now + timedelta(minutes=minutes)).replace(second=0, microsecond=0) if minutes else None
        switchboard.store.set(name, diversion, until, set_by="softphone")


def _sample_calendar(folder: Path, now: datetime) -> Path:
    """The sample calendar, with two events that begin soon, so that something happens while one looks."""
    sample = (resource_folder() / "sample-calendar.ics").read_text(encoding="utf-8")
    start = now.replace(microsecond=0)
    soon = _event("demo-1", start + timedelta(seconds=20), 60, "MOT: Avstämning med kund")
    soon += _event("demo-2", start + timedelta(seconds=140), 60, "LUN: Kaffe med Amina")
    body, end, rest = sample.rpartition("END:VCALENDAR")
    path = folder / "calendar.ics"
    path.write_text(body + soon.replace("\n", "\r\n") + end + rest, encoding="utf-8", newline="")
    return path


def _event(uid: str, start: datetime, seconds: int, summary: str) -> str:
    form = "%Y%m%dT%H%M%SZ"
    return (
        f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:{start:{form}}\nDTSTART:{start:{form}}\n"
        f"DTEND:{start + timedelta(seconds=seconds):{form}}\nSUMMARY:{summary}\nEND:VEVENT\n"
    )


def _write_settings(folder: Path, calendar: str, address: str) -> None:
    settings = {
        "version": 1,
        "calendar": {"source": "icalendar", "icalendar": {"location": calendar, "user": "namn@foretag.se"}},
        "switchboard": {"connector": "practice", "fields": {"base_url": address, "user": USER}},
        "rules": {"method": "prefix_then_status"},
    }
    (folder / "settings.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")

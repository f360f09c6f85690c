"""The commands without a screen: results to standard output, messages to standard error."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from b2cal_desktop.assembly import (
    assemble,
    build_calendar,
    calendar_id,
    computer_timezone,
    kept_events,
    refused_before,
)
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import CalendarError
from b2cal_desktop.core.model import Block, CalendarEvent, Text, Warning, Window
from b2cal_desktop.core.ports import Fetched
from b2cal_desktop.core.rules import lint
from b2cal_desktop.core.schedule import Schedule, local_day, plan
from b2cal_desktop.core.state import AppState, Phase
from b2cal_desktop.engine import Engine
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.crash import CrashWatch, crashes_path
from b2cal_desktop.system.ending import on_end_asked
from b2cal_desktop.system.profile_lock import ProfileLock

# ``plan`` computes its blocks from this much more than it lists, so that they have their true start and end.
_AROUND_DAYS = 35


def print_json(value: object) -> None:
    """Exactly one JSON object on standard output; in ASCII where that does not take UTF-8, as a pipe on Windows."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    if "utf" not in (sys.stdout.encoding or "").lower():
        text = json.dumps(json.loads(text), indent=2)
    sys.stdout.write(text + "\n")


# plan


def plan_command(context: Context) -> int:
    """What would be set, when, and why; writes nothing anywhere."""
    for warning in context.loaded.warnings:
        context.tell(warning)
    arguments, settings = context.arguments, context.loaded.settings
    if arguments.calendar:
        chosen = msgspec.structs.replace(settings.calendar.icalendar, location=arguments.calendar)
        calendar = msgspec.structs.replace(settings.calendar, source="icalendar", icalendar=chosen)
        settings = msgspec.structs.replace(settings, calendar=calendar)
    if arguments.user:
        chosen = msgspec.structs.replace(settings.calendar.icalendar, user=arguments.user)
        calendar = msgspec.structs.replace(settings.calendar, icalendar=chosen)
        settings = msgspec.structs.replace(settings, calendar=calendar)
    now, zone = context.clock.now(), computer_timezone(settings)
    with closing(build_calendar(context, settings)) as source:
        around = _widened(local_day(now, zone, arguments.days))

        def fetch() -> Fetched:
            if (refused := refused_before(context, settings)) is not None:
                raise refused
            return source.fetch_events(around, now)

        fetched = _fetched_or_kept(context, fetch, calendar_id(context, settings))
    if settings.calendar.timezone == "auto" and fetched.timezone is not None:
        zone = fetched.timezone
    window = local_day(now, zone, arguments.days)
    rules = settings.to_rules(settings.catalogue()).for_mailbox(fetched.hours)
    schedule = plan(fetched.events, rules, _widened(window), zone)
    listed = [e for e in fetched.events if window.touches(e.start, e.end)]
    found = [*fetched.warnings, *(w for e in listed if (w := lint(e, rules)) is not None)]
    warnings = list({(w.code, w.text): w for w in found}.values())  # a series would say the same every day
    if arguments.json:
        print_json(_plan_json(schedule, window, now, zone, warnings, context.language, subjects=arguments.subjects))
    else:
        _print_plan(schedule, window, zone, context, settings.catalogue().label, subjects=arguments.subjects)
        for warning in warnings:
            context.tell(warning)
    return 0


def _widened(window: Window) -> Window:
    return Window(window.start - timedelta(days=_AROUND_DAYS), window.end + timedelta(days=_AROUND_DAYS))


def _fetched_or_kept(context: Context, fetch: Callable[[], Fetched], calendar: str) -> Fetched:
    """The calendar's events, or the last good ones of the same calendar where it cannot be read."""
    try:
        return fetch()
    except CalendarError as error:
        kept = kept_events(context)
        if kept is None or kept.calendar != calendar:
            raise
        context.tell(error)
        return Fetched(kept.events, limited=kept.limited, hours=kept.hours)


def _instant(at: datetime | None, zone: Any) -> str | None:
    return at.astimezone(zone).isoformat() if at is not None else None


def _plan_json(
    schedule: Schedule,
    window: Window,
    now: datetime,
    zone: Any,
    warnings: Iterable[Warning],
    in_language: str,
    *,
    subjects: bool,
) -> dict[str, object]:
    current = schedule.block_at(now)
    return {
        "now": _instant(now, zone),
        "timezone": str(zone),
        "window": {"start": _instant(window.start, zone), "end": _instant(window.end, zone)},
        "current": {
            "diversion": current.diversion if current else "available",
            "until": _instant(current.end, zone) if current else None,
        },
        "next_change": _instant(schedule.next_edge(now), zone),
        "blocks": [
            {
                "start": _instant(block.start, zone),
                "end": _instant(block.end, zone),
                "diversion": block.diversion,
                "rule": block.rule.value,
                "events": [_event_json(event, zone, subjects=subjects) for event in block.events],
            }
            for block in _listed(schedule, window)
        ],
        "warnings": [{"code": w.code, "text": w.text.to(in_language)} for w in warnings],
    }


def _listed(schedule: Schedule, window: Window) -> list[Block]:
    return [block for block in schedule.blocks if window.touches(block.start, block.end)]


def _event_json(event: CalendarEvent, zone: Any, *, subjects: bool) -> dict[str, object]:
    shown: dict[str, object] = {
        "id": event.id,
        "start": _instant(event.start, zone),
        "end": _instant(event.end, zone),
    }
    if subjects and not event.private:
        shown |= {"subject": event.subject, "location": event.location}
    return shown


_RULES = {
    "prefix": Text("prefix", "prefix"),
    "status": Text("status", "status"),
    "working_hours": Text("arbetstid", "working hours"),
}


def _print_plan(
    schedule: Schedule, window: Window, zone: Any, context: Context, label: Callable[[str, str], str], *, subjects: bool
) -> None:
    blocks = _listed(schedule, window)
    if not blocks:
        print(Text("Tillgänglig hela tiden.", "Available all the time.").to(context.language))
    many_days = window.end - window.start > timedelta(days=1, hours=2)
    for block in blocks:
        long = many_days or block.end - block.start >= timedelta(days=1)
        form = "%Y-%m-%d %H:%M" if long else "%H:%M"
        start, end = block.start.astimezone(zone).strftime(form), block.end.astimezone(zone).strftime(form)
        why = _RULES[block.rule.value].to(context.language)
        if subjects:
            why = "; ".join([why, *(e.subject for e in block.events if e.subject and not e.private)])
        print(f"{start}–{end}  {label(block.diversion, context.language)}  ({why})")


# sync, run, status


def sync_command(context: Context) -> int:
    """One sync cycle, then exit."""
    loaded = context.loaded
    for warning in loaded.warnings:
        context.tell(warning)
    context.profile.create()
    with ProfileLock(context.profile):
        loaded = context.brought_up_to_date(loaded)
        with closing(assemble(context, loaded)) as parts:
            state = parts.cycle.run(context.clock.now())
    for error in (state.calendar.error, state.switchboard.error):
        if error is not None:
            context.tell(error)
    if context.arguments.json:
        print_json(sync_json(state))
    else:
        print(describe(state, context.language))
    return exit_code(state)


def sync_json(state: AppState) -> dict[str, object]:
    """``sync --json``: see the contract of the commands."""
    zone = state.timezone

    def shown(diversion: Any) -> object:
        if diversion is None:
            return None
        return {"diversion": diversion.diversion, "until": _instant(diversion.until, zone)}

    return {
        "now": _instant(state.now, zone),
        "want": shown(state.want),
        "seen": shown(state.found),
        "action": state.action.value,
        "wrote": shown(state.wrote),
        "phase": state.phase.value,
        "calendar": {"health": state.calendar.health.value, "as_of": _instant(state.calendar.as_of, zone)},
        "switchboard": {"health": state.switchboard.health.value},
        "next_change": _instant(state.next_change, zone),
    }


def exit_code(state: AppState) -> int:
    """0, or what is most in the way: a sign-in, the switchboard, a calendar of which nothing usable is kept."""
    errors = [e for e in (state.switchboard.error, state.calendar.error) if e is not None]
    usable = state.phase not in (Phase.STALE, Phase.NEEDS_SIGN_IN)
    if usable and state.switchboard.error is None:
        return 0
    if any(error.exit_code == 3 for error in errors):
        return 3
    return 4 if state.switchboard.error is None else 5


def describe(state: AppState, in_language: str) -> str:
    """The state in a line of plain words."""
    seen = state.seen or state.want
    label = state.catalogue.label(seen.diversion, in_language)
    line = label
    if seen.until is not None:
        until = seen.until.astimezone(state.timezone)
        same_day = until.date() == state.now.astimezone(state.timezone).date()
        line += Text(" till ", " until ").to(in_language) + until.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M")
    if state.phase is not Phase.RUNNING:
        line += f" ({PHASES[state.phase].to(in_language)})"
    return line


PHASES = {
    Phase.RUNNING: Text("följer kalendern", "follows the calendar"),
    Phase.MANUAL: Text("satt för hand, kalendern väntar", "set by hand, the calendar waits"),
    Phase.PAUSED: Text("pausad", "paused"),
    Phase.OFF: Text("avstängd", "switched off"),
    Phase.NEEDS_SIGN_IN: Text("behöver inloggning", "needs sign-in"),
    Phase.STALE: Text("kalendern är för gammal", "the calendar is too old"),
}


_CRASHED = Text(
    "Programmet avslutades oväntat förra gången. Vad som hände står i {path}, utan ämnen, platser eller lösenord.",
    "The app ended unexpectedly last time. What happened is told in {path}, without subjects, places or passwords.",
)


def run_command(context: Context) -> int:
    """The sync loop without a screen, until SIGINT or SIGTERM."""
    return run_until_signal(context)


def run_until_signal(context: Context, seconds: float | None = None, *, today: bool = False) -> int:
    """Run the engine and print each change, until a signal, or for ``seconds``; then leave as quitting asks.

    With ``today`` the day's blocks are printed first. What keeps the engine from starting is raised here.
    """
    context.lasts = True
    ended = threading.Event()
    reporter = Reporter(context.language, today=today)
    engine = Engine(context, reporter.report, refused=lambda _: ended.set())
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    on_end_asked(ended.set)
    try:
        with CrashWatch(context.profile, context.clock) as watch:
            if watch.look_back():
                context.tell(_CRASHED.to(context.language).format(path=crashes_path(context.profile)))
                watch.answer()
            engine.start()
            _wait(ended, seconds)
            engine.stop()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if engine.refusal is not None:
        raise engine.refusal
    return 0


def _wait(ended: threading.Event, seconds: float | None) -> None:
    # In slices: on Windows an endless wait would not let the signal through.
    left = seconds if seconds is not None else float("inf")
    while left > 0 and not ended.wait(min(left, 0.5)):
        left -= 0.5


class Reporter:
    """Prints what changes, once each, for the commands that go on running."""

    def __init__(self, in_language: str, *, today: bool = False) -> None:
        self._language = in_language
        self._today = today
        self._last_line = ""
        self._last_errors: tuple[str, ...] = ()

    def report(self, state: AppState) -> None:
        """A line where the state in words has changed, and one for each new error."""
        if self._today:
            self._today = False
            print_today(state, self._language)
        line = describe(state, self._language)
        if state.wrote is not None:
            confirmed = state.confirmation == "confirmed"
            how = Text("växeln bekräftade", "confirmed") if confirmed else Text("skickat", "sent")
            how = how if state.sends else Text("ställ in det själv i växeln", "set it yourself in the switchboard")
            line += f" — {how.to(self._language)}"
        if line != self._last_line:
            print(f"{state.now.astimezone(state.timezone):%H:%M:%S}  {line}", flush=True)
        self._last_line = line.partition(" — ")[0]
        errors = [e for e in (state.failure, state.calendar.error, state.switchboard.error) if e is not None]
        told = tuple(str(e.message(self._language)) for e in errors)
        for text in told:
            if text not in self._last_errors:
                print(text, file=sys.stderr, flush=True)
        self._last_errors = told


def print_today(state: AppState, in_language: str) -> None:
    """The blocks of the state's local day, a line each."""
    today = local_day(state.now, state.timezone)
    print(Text("I dag:", "Today:").to(in_language))
    for block in state.blocks:
        if today.touches(block.start, block.end):
            start, end = block.start.astimezone(state.timezone), block.end.astimezone(state.timezone)
            print(f"  {start:%H:%M}–{end:%H:%M}  {state.catalogue.label(block.diversion, in_language)}")


def status_command(context: Context) -> int:
    """The last known state, from the ledger; asks nobody."""
    row = None
    if context.profile.ledger.exists():
        with closing(Ledger(context.profile.ledger, heals=False)) as ledger:
            row = ledger.status()
    if context.arguments.json:
        print_json(row if row is not None else _NO_STATUS)
        return 0
    if row is None:
        print(Text("Ingen synkronisering har gjorts än.", "Nothing has been synced yet.").to(context.language))
        return 0
    label = context.loaded.settings.catalogue().label(str(row["diversion"]), context.language)
    until = Text(" till ", " until ").to(context.language) + str(row["until"]) if row["until"] else ""
    phase = PHASES[Phase(str(row["phase"]))].to(context.language)
    print(f"{label}{until} ({phase})")
    for side, name in (("calendar", Text("Kalender", "Calendar")), ("switchboard", Text("Växel", "Switchboard"))):
        print(f"{name.to(context.language)}: {row[side]['health']}")
    return 0


_NO_STATUS = {"diversion": None, "until": None, "phase": None, "calendar": None, "switchboard": None}


# practice switchboard


def practice_command(context: Context) -> int:
    """The practice switchboard alone, until a signal."""
    from b2cal_desktop.switchboards.practice import PracticeSwitchboard, load_faults, serve_forever

    arguments = context.arguments
    faults = load_faults(Path(arguments.faults)) if arguments.faults else None
    state = Path(arguments.state) if arguments.state else None
    serve_forever(
        PracticeSwitchboard(
            port=arguments.port, state=state, token=arguments.token, faults=faults, now=SystemClock().now
        )
    )
    return 0

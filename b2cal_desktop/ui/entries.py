"""The menu of the tray as a tree of entries: what a state lets people do. Pure, like all of the presentation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from b2cal_desktop.core.intents import (
    Extend,
    FinishEarly,
    FollowCalendar,
    Pause,
    SetDiversion,
    Skip,
    SwitchSync,
    SyncNow,
)
from b2cal_desktop.core.model import AVAILABLE, Block, CalendarEvent
from b2cal_desktop.core.state import AppState, Health, Phase
from b2cal_desktop.ui.commands import Command, CommandName, Does, Offers, PauseFor, SetFor
from b2cal_desktop.ui.problems import Problem, remedy_of
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording, midnight_after, midnight_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. ``checked`` is None where there is no check box; ``diversion`` gives it a badge."""

    id: str
    label: str = ""
    enabled: bool = True
    checked: bool | None = None
    does: Does | None = None
    children: tuple[Entry, ...] = ()
    diversion: str | None = None

    @property
    def separator(self) -> bool:
        return not self.label


def own_block(state: AppState) -> Block | None:
    """The present block while the app itself shows it: what can be ended, extended or skipped."""
    if state.phase is not Phase.RUNNING or state.dismissed or state.block is None:
        return None
    return None if state.block.diversion == AVAILABLE else state.block


def can_follow_again(state: AppState) -> bool:
    """Whether a hand, or an early return, keeps the calendar waiting."""
    return state.phase is Phase.MANUAL or (state.phase is Phase.RUNNING and state.dismissed)


def winner_at(block: Block, instant: datetime) -> CalendarEvent | None:
    """The event that the block shows at ``instant``, by the rules for equal diversions: timed, late, short."""
    there = [event for event in block.events if event.start <= instant < event.end] or list(block.events)
    return min(
        there,
        key=lambda event: (event.all_day, -event.start.timestamp(), event.end.timestamp(), event.id),
        default=None,
    )


def menu_entries(
    state: AppState, words: Wording, problem: Problem | None, headline: str, next_line: str, offers: Offers
) -> tuple[Entry, ...]:
    """The whole menu. ``headline`` and ``next_line`` are the state in words.

    Before the set-up is done there is nothing to sync, set or pause.
    """
    top = (
        *_problem_entries(problem, offers),
        *_crash_entries(offers),
        Entry("headline", headline, enabled=False),
        Entry("next", next_line, enabled=False),
        Entry("-state"),
    )
    if offers.set_up:
        return (*top, *last_entries(offers))
    return (
        *top,
        Entry(
            "sync",
            translate("tray", "Sync with the calendar"),
            checked=state.enabled,
            does=SwitchSync(not state.enabled),
        ),
        *_sync_now(state, words),
        *_present_block(state, words),
        Entry("-set"),
        _set_menu(state, words),
        *_pause_menu(state, words),
        Entry("-day"),
        *last_entries(offers),
    )


def _problem_entries(problem: Problem | None, offers: Offers) -> tuple[Entry, ...]:
    if offers.set_up:
        label = translate("tray", "Finish the set-up…")
        return Entry("set_up", label, does=Command(CommandName.SET_UP)), Entry("-problem")
    if problem is None:
        return ()
    remedy = remedy_of(problem, offers)
    if remedy is not None:
        entry = Entry("problem", remedy.entry, does=remedy.does)
    else:
        entry = Entry("problem", problem.brief, does=Command(CommandName.OPEN_DAY))
    return entry, Entry("-problem")


def _crash_entries(offers: Offers) -> tuple[Entry, ...]:
    if not offers.crash:
        return ()
    label = translate("tray", "Something went wrong last time…")
    return Entry("crash", label, does=Command(CommandName.CRASH)), Entry("-crash")


def _sync_now(state: AppState, words: Wording) -> tuple[Entry, ...]:
    if not state.enabled:
        return ()
    label = translate("tray", "Sync now")
    if state.calendar.as_of is not None:
        label = translate("tray", "Sync now ({age})").format(age=words.age(state.calendar.as_of))
    return (Entry("sync_now", label, does=SyncNow()),)


def _present_block(state: AppState, words: Wording) -> Iterator[Entry]:
    if can_follow_again(state):
        yield Entry("-block")
        yield Entry("follow", translate("tray", "Follow the calendar again"), does=FollowCalendar())
        return
    if state.phase is Phase.PAUSED:
        yield Entry("-block")
        yield Entry("resume", translate("tray", "Resume now"), does=Pause(None))
        return
    block = own_block(state)
    if block is None:
        return
    yield Entry("-block")
    yield Entry("finish", translate("tray", "Done now"), does=FinishEarly())
    yield Entry("extend", translate("tray", "15 more minutes"), does=Extend(15))
    event = winner_at(block, words.now)
    if event is None:
        return
    yield Entry("skip", translate("tray", "Skip this event"), does=Skip(event.id, until=event.end))
    if event.series_id is not None:
        yield Entry("skip_series", translate("tray", "Skip the whole series"), does=Skip(event.series_id, series=True))


def _set_menu(state: AppState, words: Wording) -> Entry:
    waits = state.switchboard.health in (Health.NEEDS_SIGN_IN, Health.NEEDS_ADMIN_APPROVAL, Health.REFUSED)
    available = Entry(
        f"set.{AVAILABLE}", words.label(AVAILABLE), does=SetDiversion(AVAILABLE, None), diversion=AVAILABLE
    )
    others = (_set_one(state, words, key) for key in state.catalogue if key != AVAILABLE and key in state.supported)
    return Entry("set", translate("tray", "Set diversion"), enabled=not waits, children=(available, *others))


def _set_one(state: AppState, words: Wording, key: str) -> Entry:
    name = f"set.{key}"
    midnight = midnight_after(words.today, words.timezone)
    children = [
        Entry(f"{name}.30", translate("tray", "30 min"), does=SetFor(key, 30)),
        Entry(f"{name}.60", translate("tray", "1 h"), does=SetFor(key, 60)),
    ]
    end = _likely_end(state, words, key)
    if end is not None:
        label = translate("tray", "Until {time}").format(time=words.clock(end))
        children.append(Entry(f"{name}.until", label, does=SetDiversion(key, end)))
    children += [
        Entry(f"{name}.day", translate("tray", "The rest of the day"), does=SetDiversion(key, midnight)),
        Entry(f"{name}.choose", translate("tray", "Choose time…"), does=Command(CommandName.CHOOSE_TIME, key)),
    ]
    return Entry(name, words.label(key), children=tuple(children), diversion=key)


def _likely_end(state: AppState, words: Wording, key: str) -> datetime | None:
    """When somebody who sets ``key`` now is likely back: the end of such a block today, of the next one, 13 or 17."""
    midnight = midnight_after(words.today, words.timezone)
    soon = words.now + timedelta(minutes=5)
    same = [block.end for block in state.blocks if block.diversion == key]
    near = [block.end for block in (state.block, state.next_block) if block is not None]
    midnight_before = midnight_of(words.today, words.timezone)
    usual = [midnight_before.replace(hour=13), midnight_before.replace(hour=17)]
    return next((end for end in (*same, *near, *usual) if soon < end < midnight), None)


def _pause_menu(state: AppState, words: Wording) -> tuple[Entry, ...]:
    if not state.enabled:
        return ()
    tomorrow = Pause(midnight_after(words.today, words.timezone))
    choices = Entry(
        "pause",
        translate("tray", "Pause"),
        children=(
            Entry("pause.30", translate("tray", "30 min"), does=PauseFor(30)),
            Entry("pause.60", translate("tray", "1 h"), does=PauseFor(60)),
            Entry("pause.tomorrow", translate("tray", "Until tomorrow"), does=tomorrow),
        ),
    )
    return (choices,)


def last_entries(offers: Offers) -> tuple[Entry, ...]:
    """The end of the menu, which is there before any state is."""
    settings = Entry("settings", translate("tray", "Settings…"), does=Command(CommandName.OPEN_SETTINGS))
    about = Entry("help.about", translate("tray", "About B2Cal Desktop"), does=Command(CommandName.ABOUT))
    why = Entry("help.why", translate("tray", "Why this diversion?"), does=Command(CommandName.WHY))
    outgoing = Entry(
        "help.outgoing", translate("tray", "What leaves this computer…"), does=Command(CommandName.OUTGOING)
    )
    check = Entry("help.check", translate("tray", "Check everything"), does=Command(CommandName.CHECK))
    diagnostics = Entry(
        "help.diagnostics", translate("tray", "Save diagnostics…"), does=Command(CommandName.DIAGNOSTICS)
    )
    version, page = offers.update or ("", "")
    update = Entry(
        "help.update",
        translate("tray", "Get version {version}…").format(version=version),
        does=Command(CommandName.UPDATE, page),
    )
    offered = (
        (update, offers.update is not None),
        (why, True),
        (outgoing, offers.settings),
        (check, offers.check),
        (diagnostics, offers.diagnostics),
        (about, True),
    )
    children = tuple(entry for entry, there in offered if there)
    return (
        Entry("today", translate("tray", "Today…"), does=Command(CommandName.OPEN_DAY)),
        *((settings,) if offers.settings else ()),
        Entry("help", translate("tray", "Help"), children=children),
        Entry("-quit"),
        Entry("quit", translate("tray", "Quit"), does=Command(CommandName.QUIT)),
    )

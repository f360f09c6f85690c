"""From ``AppState`` to what the tray shows: pure functions, no widgets, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from b2cal_desktop.core.intents import Extend, FinishEarly, Pause, SetDiversion, Skip, SwitchSync, SyncNow
from b2cal_desktop.core.model import AVAILABLE, CLEAR, Block, CalendarEvent, DiversionState
from b2cal_desktop.core.state import AppState, Health, NoticeCode, Phase
from b2cal_desktop.ui.commands import Command, CommandName, Does, PauseFor, SetFor
from b2cal_desktop.ui.problems import Problem, Remedy, problem_of, remedy_of
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording, midnight_after, midnight_of


class Mark(StrEnum):
    """The small sign in the corner of a badge."""

    HAND = "hand"
    PAUSE = "pause"
    CLOCK = "clock"
    TRIANGLE = "triangle"


@dataclass(frozen=True, slots=True)
class IconLook:
    """Which badge to draw. ``letter`` stands in for the glyph of a diversion that has none of its own."""

    badge: str
    letter: str = ""
    mark: Mark | None = None
    hollow: bool = False


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


@dataclass(frozen=True, slots=True)
class Message:
    """A note beside the icon. ``key`` tells whether it is the same as one shown before.

    ``does`` is what its button, named ``button``, or a click on it does; without one today opens.
    """

    key: str
    title: str
    text: str
    warning: bool = False
    button: str = ""
    does: Does | None = None


@dataclass(frozen=True, slots=True)
class TrayView:
    """Everything the tray, or the window in its place, draws."""

    icon: IconLook
    headline: str
    next_line: str
    tooltip: str
    entries: tuple[Entry, ...]
    problem: Problem | None = None
    messages: tuple[Message, ...] = ()

    def walk(self) -> Iterator[Entry]:
        """Every entry, parents before children."""
        waiting = list(reversed(self.entries))
        while waiting:
            entry = waiting.pop()
            yield entry
            waiting.extend(reversed(entry.children))

    def entry(self, id: str) -> Entry:
        """The entry named ``id``; KeyError where there is none."""
        for entry in self.walk():
            if entry.id == id:
                return entry
        raise KeyError(id)


@dataclass(frozen=True, slots=True)
class Offers:
    """What the program around the interface can do; what it can't is not on the menu. ``set_up``: it is not done."""

    settings: bool = False
    sign_in: bool = False
    set_up: bool = False
    check: bool = False
    diagnostics: bool = False


def wording(state: AppState, now: datetime, language: str) -> Wording:
    return Wording(language, state.timezone, now, state.catalogue)


def starting_view(offers: Offers) -> TrayView:
    """What shows before the first state has come."""
    headline = translate("tray", "Starting…")
    entries = (
        Entry("headline", headline, enabled=False),
        Entry("-start"),
        *_last_entries(offers),
    )
    return TrayView(IconLook("handset"), headline, "", f"B2Cal Desktop · {headline}", entries)


def tray_view(state: AppState, now: datetime, language: str, offers: Offers | None = None) -> TrayView:
    """The tray at ``now``: icon, tooltip and menu. ``language`` is that of the installed translation."""
    offers = offers or Offers()
    words = wording(state, now, language)
    problem = problem_of(state, words)
    headline, next_line = headline_of(state, words), next_line_of(state, words)
    return TrayView(
        icon=icon_look(state, words, problem),
        headline=headline,
        next_line=next_line,
        tooltip=problem.headline if problem else _tooltip(state, words, headline),
        entries=_entries(state, words, problem, headline, next_line, offers),
        problem=problem,
        messages=tuple(_messages(state, words, problem, offers)),
    )


def showing(state: AppState, now: datetime) -> DiversionState:
    """What the switchboard shows as far as we know: written, seen or, failing both, wanted."""
    if state.phase is Phase.MANUAL and state.manual is not None:
        return state.manual.at(now)
    if state.phase is Phase.RUNNING and (state.dry_run or state.switchboard.health is Health.OK):
        return state.want.at(now)
    return (state.wrote or state.seen or state.want).at(now)


def icon_look(state: AppState, words: Wording, problem: Problem | None) -> IconLook:
    if state.phase is Phase.OFF:
        return IconLook("handset", hollow=True)
    shown = showing(state, words.now)
    return IconLook(shown.diversion, words.label(shown.diversion)[:1], _mark(state, problem))


def _mark(state: AppState, problem: Problem | None) -> Mark | None:
    if problem:
        return Mark.TRIANGLE if problem.needs_user else Mark.CLOCK
    return {Phase.MANUAL: Mark.HAND, Phase.PAUSED: Mark.PAUSE}.get(state.phase)


def headline_of(state: AppState, words: Wording) -> str:
    """The state in words, as on the first line of the menu."""
    if state.phase is Phase.OFF:
        return translate("tray", "Sync is switched off")
    shown = words.diversion(showing(state, words.now))
    if state.phase is Phase.PAUSED:
        if state.paused_until is None:
            return translate("tray", "Paused · {diversion}").format(diversion=shown)
        until = _pause_end(state.paused_until, words)
        return translate("tray", "Paused {until} · {diversion}").format(until=until, diversion=shown)
    if state.phase is Phase.MANUAL:
        return translate("tray", "{diversion} · set by hand").format(diversion=shown)
    if state.dry_run:
        return translate("tray", "Dry run · {diversion}").format(diversion=shown)
    return shown


def _pause_end(end: datetime, words: Wording) -> str:
    if words.is_next_midnight(end):
        return translate("tray", "until tomorrow")
    return words.until(end)


def next_line_of(state: AppState, words: Wording) -> str:
    if state.phase is Phase.OFF:
        return translate("tray", "The diversion does not follow the calendar")
    following = state.next_block
    if following is None:
        return translate("tray", "Next: nothing planned")
    return translate("tray", "Next: {diversion} {times}").format(
        diversion=words.label(following.diversion), times=words.span(following.start, following.end)
    )


def _tooltip(state: AppState, words: Wording, headline: str) -> str:
    shown = showing(state, words.now)
    following = state.next_block
    if state.phase in (Phase.OFF, Phase.PAUSED):
        return headline
    if shown != CLEAR and shown.until is not None:
        then = following.diversion if following and following.start == shown.until else AVAILABLE
        return translate("tray", "{now} · then {next}").format(now=headline, next=words.label(then))
    if following is None:
        return headline
    return translate("tray", "{now} · {next} from {moment}").format(
        now=headline, next=words.label(following.diversion), moment=words.precise_moment(following.start)
    )


def _entries(
    state: AppState, words: Wording, problem: Problem | None, headline: str, next_line: str, offers: Offers
) -> tuple[Entry, ...]:
    return (
        *_problem_entries(problem, offers),
        Entry("headline", headline, enabled=False),
        Entry("next", next_line, enabled=False),
        Entry("-state"),
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
        *_last_entries(offers),
    )


def _problem_entries(problem: Problem | None, offers: Offers) -> tuple[Entry, ...]:
    if offers.set_up:
        label = translate("tray", "Finish the set-up…")
        return Entry("set_up", label, does=Command(CommandName.SET_UP)), Entry("-problem")
    if problem is None:
        return ()
    remedy = remedy_for(problem, offers)
    if remedy is not None:
        entry = Entry("problem", remedy.entry, does=remedy.does)
    else:
        entry = Entry("problem", problem.headline, does=Command(CommandName.OPEN_DAY))
    return entry, Entry("-problem")


def remedy_for(problem: Problem, offers: Offers) -> Remedy | None:
    """The next step out of ``problem``, of those that are on offer."""
    return remedy_of(problem, can_sign_in=offers.sign_in, can_configure=offers.settings)


def _sync_now(state: AppState, words: Wording) -> tuple[Entry, ...]:
    if not state.enabled:
        return ()
    label = translate("tray", "Sync now")
    if state.calendar.as_of is not None:
        label = translate("tray", "Sync now ({age})").format(age=words.age(state.calendar.as_of))
    return (Entry("sync_now", label, does=SyncNow()),)


def own_block(state: AppState) -> Block | None:
    """The present block while the app itself shows it: what can be ended, extended or skipped."""
    if state.phase is not Phase.RUNNING or state.dismissed or state.block is None:
        return None
    return None if state.block.diversion == AVAILABLE else state.block


def winner_at(block: Block, instant: datetime) -> CalendarEvent | None:
    """The event that the block shows at ``instant``, by the rules for equal diversions: timed, late, short."""
    there = [event for event in block.events if event.start <= instant < event.end] or list(block.events)
    return min(
        there,
        key=lambda event: (event.all_day, -event.start.timestamp(), event.end.timestamp(), event.id),
        default=None,
    )


def _present_block(state: AppState, words: Wording) -> Iterator[Entry]:
    if state.phase is Phase.MANUAL:
        yield Entry("-block")
        yield Entry("follow", translate("tray", "Follow the calendar again"), does=SetDiversion(AVAILABLE, None))
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


def _last_entries(offers: Offers) -> tuple[Entry, ...]:
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
    offered = (
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


def _messages(state: AppState, words: Wording, problem: Problem | None, offers: Offers) -> Iterator[Message]:
    if problem and problem.needs_user:
        message = Message(problem.code, problem.headline, problem.message, warning=True)
        remedy = remedy_for(problem, offers)
        yield replace(message, button=remedy.label, does=remedy.does) if remedy else message
    for notice in state.notices:
        yield _notice(notice, state, words)


def _notice(notice: NoticeCode, state: AppState, words: Wording) -> Message:
    if notice is NoticeCode.SOMEBODY_ELSE_STEERS:
        return Message(
            notice,
            translate("notice", "Something else steers your diversion"),
            translate(
                "notice", "It was changed from elsewhere again and again. The calendar waits until the next event."
            ),
            warning=True,
            button=translate("notice", "&Show today"),
            does=Command(CommandName.OPEN_DAY),
        )
    if notice is NoticeCode.BLOCK_DISMISSED:
        return Message(
            notice,
            translate("notice", "You are back early"),
            translate("notice", "The rest of this event is left out. The next one counts as usual."),
        )
    if notice is NoticeCode.SET_BY_YOURSELF:
        wanted = words.diversion(state.wrote or state.want)
        return Message(
            f"{notice}/{wanted}",
            translate("notice", "Time to change the diversion: {diversion}").format(diversion=wanted),
            translate("notice", "The app cannot reach the switchboard. Set it there yourself."),
        )
    shown = words.diversion(state.manual or showing(state, words.now))
    return Message(
        notice,
        translate("notice", "Your own diversion takes precedence"),
        translate("notice", "{diversion} was set by hand. The calendar waits.").format(diversion=shown),
        button=translate("day", "&Follow the calendar again"),
        does=SetDiversion(AVAILABLE, None),
    )

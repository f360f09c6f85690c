"""From ``AppState`` to what the tray shows: pure functions, no widgets, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from b2cal_desktop.core.model import AVAILABLE, CLEAR, DiversionState
from b2cal_desktop.core.state import AppState, Health, Phase
from b2cal_desktop.ui.commands import Command, CommandName, Does, Offers
from b2cal_desktop.ui.entries import Entry, last_entries, menu_entries
from b2cal_desktop.ui.look import STARTING, IconLook, Mark
from b2cal_desktop.ui.messages import Message, messages_of
from b2cal_desktop.ui.problems import Problem, problem_of
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording


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

    def still_has(self, message: Message) -> bool:
        """Whether the menu still offers what ``message`` is about."""
        return not message.entry or any(entry.id == message.entry for entry in self.walk())

    def answer(self, message: Message) -> Does:
        """What the button of ``message`` does by now: as the menu's entry does; where that is gone, today opens."""
        if not message.entry:
            return message.does
        does = (entry.does for entry in self.walk() if entry.id == message.entry)
        return next(does, None) or Command(CommandName.OPEN_DAY)

    def entry(self, id: str) -> Entry:
        """The entry named ``id``; KeyError where there is none."""
        for entry in self.walk():
            if entry.id == id:
                return entry
        raise KeyError(id)


def wording(state: AppState, now: datetime, language: str) -> Wording:
    return Wording(language, state.timezone, now, state.catalogue)


def starting_view(offers: Offers) -> TrayView:
    """What shows before the first state has come."""
    headline = translate("tray", "Starting…")
    entries = (
        Entry("headline", headline, enabled=False),
        Entry("-start"),
        *last_entries(offers),
    )
    return TrayView(STARTING, headline, "", f"B2Cal Desktop · {headline}", entries)


def tray_view(state: AppState, now: datetime, language: str, offers: Offers | None = None) -> TrayView:
    """The tray at ``now``: icon, tooltip and menu. ``language`` is that of the installed translation."""
    offers = offers or Offers()
    words = wording(state, now, language)
    if offers.set_up:
        return _unfinished_view(state, words, offers)
    problem = problem_of(state, words)
    headline, next_line = headline_of(state, words), next_line_of(state, words)
    return TrayView(
        icon=icon_look(state, words, problem),
        headline=headline,
        next_line=next_line,
        tooltip=problem.headline if problem else _tooltip(state, words, headline),
        entries=menu_entries(state, words, problem, headline, next_line, offers),
        problem=problem,
        messages=tuple(messages_of(state, words, problem, showing(state, now), offers)),
    )


def _unfinished_view(state: AppState, words: Wording, offers: Offers) -> TrayView:
    """Before the set-up is done nothing is known, and nothing else is wrong."""
    headline = translate("tray", "The set-up is not finished")
    next_line = translate("tray", "The diversion does not follow the calendar")
    icon = IconLook("handset", mark=Mark.TRIANGLE, hollow=True)
    return TrayView(icon, headline, next_line, headline, menu_entries(state, words, None, headline, next_line, offers))


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
    if state.dismissed and state.phase is Phase.RUNNING:
        return translate("tray", "{diversion} · done early").format(diversion=shown)
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

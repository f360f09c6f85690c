"""From ``AppState`` to what the day window shows: pure functions, no widgets, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from b2cal_desktop.core.intents import Extend, FinishEarly, FollowCalendar, Pause, Skip, SwitchSync, UndoSkip
from b2cal_desktop.core.model import CLEAR, Block, CalendarEvent
from b2cal_desktop.core.state import ActionName, AppState, Confirmation, Health, HistoryEntry, Phase, ServiceHealth
from b2cal_desktop.ui.commands import Does
from b2cal_desktop.ui.entries import can_follow_again, own_block, winner_at
from b2cal_desktop.ui.look import IconLook
from b2cal_desktop.ui.presentation import headline_of, icon_look, showing, wording
from b2cal_desktop.ui.problems import Problem, problem_of
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.why import block_lines, block_of, empty_day, event_lines, is_dropped, skip_of
from b2cal_desktop.ui.wording import Wording, capital, midnight_after, midnight_of

DAYS_AHEAD = 7
_MOST_REMARKS = 3


@dataclass(frozen=True, slots=True)
class Deed:
    """A button: ``id`` is stable, ``label`` is what stands on it."""

    id: str
    label: str
    does: Does


@dataclass(frozen=True, slots=True)
class Item:
    """An event or a block on the time line. ``start`` and ``end`` are cut to the day that is shown.

    ``diversion`` is what it shows or led to, None where it asks for nothing. ``times`` and ``note`` are short;
    ``source`` names the events behind a block; ``why`` is whole sentences. ``struck`` is for an event that is
    skipped, cancelled or declined.
    """

    id: str
    title: str
    times: str
    note: str
    start: datetime
    end: datetime
    all_day: bool
    diversion: str | None
    letter: str
    source: str
    heading: str
    why: tuple[str, ...]
    deeds: tuple[Deed, ...] = ()
    current: bool = False
    past: bool = False
    struck: bool = False

    @property
    def spoken(self) -> str:
        """The item in one line, for screen readers and tooltips."""
        return ", ".join(part for part in (self.title, self.times, self.note) if part)


@dataclass(frozen=True, slots=True)
class Status:
    """The line at the top: what shows, what the switchboard confirmed and when, how both sides are.

    ``deed`` is what leads back to following the calendar, where the app does not follow it now.
    """

    icon: IconLook
    headline: str
    confirmed: str
    synced: str
    sides: str
    remarks: tuple[str, ...]
    problem: Problem | None
    deed: Deed | None = None


@dataclass(frozen=True, slots=True)
class DayView:
    """One day: ``start`` and ``end`` are its midnights; ``now`` is None on other days than today."""

    day: date
    title: str
    start: datetime
    end: datetime
    now: datetime | None
    now_label: str
    events: tuple[Item, ...]
    blocks: tuple[Item, ...]
    status: Status
    blocks_title: str
    empty: tuple[str, str]
    first_day: date
    last_day: date

    def item(self, id: str) -> Item | None:
        return next((item for item in (*self.blocks, *self.events) if item.id == id), None)

    @property
    def current_id(self) -> str | None:
        """The block that is going on."""
        return next((block.id for block in self.blocks if block.current), None)


@dataclass(frozen=True, slots=True)
class ComingDay:
    """A heading and the blocks below it."""

    day: date
    title: str
    blocks: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of history, in words."""

    at: str
    diversion: str
    key: str
    by: str
    what: str
    confirmed: str


def day_view_model(state: AppState, day: date, now: datetime, language: str) -> DayView:
    """``day`` as the day window draws it at ``now``."""
    words = wording(state, now, language)
    start, end = midnight_of(day, state.timezone), midnight_after(day, state.timezone)
    first, last = shown_days(state, words)
    is_today = day == words.today
    return DayView(
        day=day,
        title=capital(f"{words.day(day)} · {words.long_day(day)}" if _has_name(day, words) else words.long_day(day)),
        start=start,
        end=end,
        now=now if is_today else None,
        now_label=words.clock(now) if is_today else "",
        events=tuple(_event_items(state, day, start, end, words)),
        blocks=tuple(_block_items(state, day, start, end, words)),
        status=status_of(state, words),
        blocks_title=_blocks_title(state),
        empty=empty_day(state, free=not is_today or showing(state, now) == CLEAR),
        first_day=first,
        last_day=last,
    )


def _blocks_title(state: AppState) -> str:
    if not state.sends:
        return translate("day", "Your diversion")
    follows = state.phase in (Phase.RUNNING, Phase.STALE, Phase.NEEDS_SIGN_IN) and not state.dry_run
    return translate("day", "The switchboard shows") if follows else translate("day", "By the calendar")


def _has_name(day: date, words: Wording) -> bool:
    return abs((day - words.today).days) <= 1


def shown_days(state: AppState, words: Wording) -> tuple[date, date]:
    """The first and last day there is anything to say of; always today and the coming week."""
    starts = [words.local(event.start).date() for event in state.events]
    starts += [words.local(block.start).date() for block in state.blocks]
    return min([words.today, *starts]), max([words.today + timedelta(days=DAYS_AHEAD - 1), *starts])


def coming_days(state: AppState, now: datetime, language: str) -> tuple[ComingDay, ...]:
    """Today and the six days after it, each with its blocks."""
    words = wording(state, now, language)
    return tuple(_coming_day(state, words.today + timedelta(days=n), words) for n in range(DAYS_AHEAD))


def _coming_day(state: AppState, day: date, words: Wording) -> ComingDay:
    start, end = midnight_of(day, words.timezone), midnight_after(day, words.timezone)
    name = f"{words.day(day)} · {words.long_day(day)}" if _has_name(day, words) else words.long_day(day)
    return ComingDay(day, capital(name), tuple(_block_items(state, day, start, end, words)))


def history_rows(state: AppState, now: datetime, language: str) -> tuple[HistoryRow, ...]:
    """What was written or noticed, newest first."""
    words = wording(state, now, language)
    newest_first = sorted(state.history, key=lambda entry: entry.at, reverse=True)
    return tuple(_history_row(entry, words, sends=state.sends) for entry in newest_first)


def _history_row(entry: HistoryEntry, words: Wording, *, sends: bool) -> HistoryRow:
    local_day = words.local(entry.at).date()
    time = words.clock_seconds(entry.at)
    by = {
        "calendar": translate("history", "The calendar"),
        "hand": translate("history", "You"),
    }.get(entry.by, translate("history", "Someone else"))
    what = {
        ActionName.NONE: translate("history", "Noticed"),
        ActionName.SET: translate("history", "Set"),
        ActionName.CLEAR: translate("history", "Cleared"),
        ActionName.RESTORE: translate("history", "Restored"),
        ActionName.STAND_DOWN: translate("history", "Left alone"),
    }[entry.action]
    confirmed = {
        Confirmation.CONFIRMED: translate("history", "Confirmed"),
        Confirmation.SENT: translate("history", "Sent") if sends else translate("history", "You set it yourself"),
        Confirmation.UNKNOWN: translate("history", "Not known"),
    }[entry.confirmation]
    at = time if local_day == words.today else f"{words.day(local_day)} {time}"
    return HistoryRow(capital(at), _at_the_time(entry, words), entry.diversion.diversion, by, what, confirmed)


def _at_the_time(entry: HistoryEntry, words: Wording) -> str:
    then = Wording(words.language, words.timezone, entry.at, words.catalogue)
    return then.diversion(entry.diversion)


def status_of(state: AppState, words: Wording) -> Status:
    problem = problem_of(state, words)
    synced = (
        translate("status", "synced {age}").format(age=words.age(state.calendar.as_of)) if state.calendar.as_of else ""
    )
    sides = " · ".join(
        (
            translate("status", "The calendar: {health}").format(health=_health(state.calendar, words)),
            _switchboard_side(state, words),
        )
    )
    return Status(
        icon_look(state, words, problem),
        headline_of(state, words),
        _confirmed(state, words),
        synced,
        sides,
        tuple(_remarks(state, words)),
        problem,
        _way_back(state),
    )


def _switchboard_side(state: AppState, words: Wording) -> str:
    if not state.sends:
        return translate("status", "The switchboard: you set it yourself")
    return translate("status", "{switchboard}: {health}").format(
        switchboard=state.switchboard_name.to(words.language), health=_health(state.switchboard, words)
    )


def _way_back(state: AppState) -> Deed | None:
    if can_follow_again(state):
        return Deed("follow", translate("day", "&Follow the calendar again"), FollowCalendar())
    if state.phase is Phase.PAUSED:
        return Deed("resume", translate("day", "&Resume now"), Pause(None))
    if state.phase is Phase.OFF:
        return Deed("switch_on", translate("day", "S&witch sync on"), SwitchSync(True))
    return None


def _remarks(state: AppState, words: Wording) -> Iterator[str]:
    """What the calendar's warnings say, most of them summed up."""
    texts = list(dict.fromkeys(warning.text.to(words.language) for warning in state.warnings))
    yield from texts[:_MOST_REMARKS]
    if len(texts) > _MOST_REMARKS:
        left = len(texts) - _MOST_REMARKS
        one = translate("status", "and one more thing to look at in the calendar")
        many = translate("status", "and {count} more things to look at in the calendar")
        yield one if left == 1 else many.format(count=left)


def _confirmed(state: AppState, words: Wording) -> str:
    if state.unconfirmed is not None:
        return state.unconfirmed.to(words.language)
    if state.dry_run:
        return translate("status", "nothing is written")
    if not state.sends:
        return translate("status", "you set it in the switchboard yourself")
    if not state.reads_back:
        return translate("status", "changes made elsewhere cannot be noticed")
    if state.confirmed_at is None:
        return translate("status", "not confirmed yet") if state.phase is Phase.RUNNING else ""
    moment = words.clock_seconds(state.confirmed_at)
    if words.local(state.confirmed_at).date() != words.today:
        moment = words.precise_moment(state.confirmed_at)
    return translate("status", "the switchboard confirmed at {moment}").format(moment=moment)


def _health(side: ServiceHealth, words: Wording) -> str:
    health = {
        Health.OK: translate("status", "works"),
        Health.STALE: translate("status", "out of date"),
        Health.UNREACHABLE: translate("status", "does not answer"),
        Health.REFUSED: translate("status", "says no"),
        Health.NEEDS_SIGN_IN: translate("status", "waits for you to sign in"),
        Health.NEEDS_ADMIN_APPROVAL: translate("status", "waits for approval by IT"),
        Health.LIMITED: translate("status", "only free or busy can be read"),
    }[side.health]
    if side.health is Health.OK or side.since is None:
        return health
    return translate("status", "{health} since {moment}").format(health=health, moment=words.precise_moment(side.since))


def _event_items(state: AppState, day: date, start: datetime, end: datetime, words: Wording) -> Iterator[Item]:
    for event in sorted(state.events, key=lambda e: (not e.all_day, e.start, e.end, e.id)):
        if event.start >= end or event.end <= start:
            continue
        block = block_of(event, state)
        skip = skip_of(event, state.skips)
        yield Item(
            id=f"event/{event.id}",
            title=words.subject(event),
            times=words.span_within(day, event.start, event.end),
            note=_event_note(event, skip, words),
            start=max(event.start, start),
            end=min(event.end, end),
            all_day=event.all_day,
            diversion=block.diversion if block else None,
            letter=words.label(block.diversion)[:1] if block else "",
            source="",
            heading=words.subject(event),
            why=tuple(event_lines(event, state, words)),
            deeds=tuple(_event_deeds(event, skip, state, words)),
            current=event.start <= words.now < event.end,
            past=event.end <= words.now,
            struck=skip is not None or is_dropped(event),
        )


def _event_note(event: CalendarEvent, skip: Skip | None, words: Wording) -> str:
    if skip is not None:
        return translate("day", "skipped")
    if event.cancelled:
        return translate("day", "cancelled")
    if event.declined:
        return translate("day", "declined")
    return words.status(event.show_as)


def _event_deeds(event: CalendarEvent, skip: Skip | None, state: AppState, words: Wording) -> Iterator[Deed]:
    if skip is not None:
        yield Deed("undo", translate("day", "&Undo skip"), UndoSkip(skip.id, skip.series))
    elif not is_dropped(event) and event.end > words.now:
        yield Deed("skip", translate("day", "&Skip"), Skip(event.id, until=event.end))
        if event.series_id is not None:
            yield Deed("skip_series", translate("day", "Skip the s&eries"), Skip(event.series_id, series=True))
    block = own_block(state)
    if block is not None and any(e.id == event.id for e in block.events) and event.start <= words.now < event.end:
        yield from _present_deeds()


def _present_deeds() -> Iterator[Deed]:
    yield Deed("finish", translate("day", "&Done now"), FinishEarly())
    yield Deed("extend", translate("day", "&15 more minutes"), Extend(15))


def _block_items(state: AppState, day: date, start: datetime, end: datetime, words: Wording) -> Iterator[Item]:
    own = own_block(state)
    for block in state.blocks:
        if block.start >= end or block.end <= start:
            continue
        label = words.label(block.diversion)
        current = block.start <= words.now < block.end
        dismissed = current and state.dismissed
        yield Item(
            id=f"block/{block.start.timestamp():.0f}/{block.diversion}",
            title=label,
            times=words.span_within(day, block.start, block.end),
            note=translate("day", "dismissed") if dismissed else "",
            start=max(block.start, start),
            end=min(block.end, end),
            all_day=False,
            diversion=block.diversion,
            letter=label[:1],
            source=", ".join(words.subject(event) for event in block.events),
            heading=translate("day", "Why {diversion}?").format(diversion=label),
            why=tuple(block_lines(block, state, words)),
            deeds=tuple(_block_deeds(block, own, words)),
            current=current and not dismissed,
            past=block.end <= words.now,
            struck=dismissed,
        )


def _block_deeds(block: Block, own: Block | None, words: Wording) -> Iterator[Deed]:
    if block.end <= words.now:
        return
    event = winner_at(block, max(words.now, block.start))
    if event is not None:
        yield Deed("skip", translate("day", "&Skip"), Skip(event.id, until=event.end))
        if event.series_id is not None:
            yield Deed("skip_series", translate("day", "Skip the s&eries"), Skip(event.series_id, series=True))
    if own is not None and block.start == own.start and block.diversion == own.diversion:
        yield from _present_deeds()

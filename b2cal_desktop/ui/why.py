"""Why a block shows what it shows, and what became of an event, in whole sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import Block, CalendarEvent, RuleName
from b2cal_desktop.core.state import ActionName, AppState, Confirmation, HistoryEntry, Phase
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording

_WRITES = (ActionName.SET, ActionName.RESTORE)


def is_dropped(event: CalendarEvent) -> bool:
    """Whether the event never counts, whatever the rules are."""
    return event.cancelled or event.declined


def skip_of(event: CalendarEvent, skips: Iterable[Skip]) -> Skip | None:
    """The skip that leaves ``event`` out, if any; that of the single occurrence before that of its series."""
    of_event = [skip for skip in skips if skip.id == (event.series_id if skip.series else event.id)]
    return min(of_event, key=lambda skip: skip.series, default=None)


def block_lines(block: Block, state: AppState, words: Wording) -> Iterator[str]:
    """Winner and rule, who else won, who lost, what the switchboard confirmed and when."""
    label = words.label(block.diversion)
    if block.rule is RuleName.WORKING_HOURS or not block.events:
        yield translate("why", "Outside your working hours the switchboard shows {diversion}.").format(diversion=label)
    else:
        first, *others = block.events
        yield _winner_line(first, block, words)
        if others:
            yield translate("why", "It goes on because of {events}.").format(events=_listed(others, words))
    if block.losers:
        yield _losers_line(block, state, words)
    yield from _switchboard_lines(block, state, words)


def _losers_line(block: Block, state: AppState, words: Wording) -> str:
    """Between different diversions the order decides; what an event that never wins asked for is not known here."""
    asked = [won.diversion if (won := block_of(event, state)) else None for event in block.losers]
    named = {"events": _listed(block.losers, words), "diversion": words.label(block.diversion)}
    if None in asked or block.diversion in asked:
        return translate("why", "{events} gave way: {diversion} is stronger, or begins later.").format(**named)
    others = list(dict.fromkeys(words.label(diversion) for diversion in asked if diversion))
    return translate("why", "{events} gave way: {diversion} is stronger than {others}.").format(
        **named, others=_enumerated(others)
    )


def block_of(event: CalendarEvent, state: AppState) -> Block | None:
    """The first block that ``event`` wins."""
    return next((block for block in state.blocks if any(e.id == event.id for e in block.events)), None)


def _winner_line(event: CalendarEvent, block: Block, words: Wording) -> str:
    name, label = _named(event, words), words.label(block.diversion)
    if block.rule is RuleName.PREFIX and event.private:
        return translate("why", "{event} begins with the code for {diversion}.").format(event=name, diversion=label)
    if block.rule is RuleName.PREFIX:
        return translate("why", "The subject of {event} begins with the code for {diversion}.").format(
            event=name, diversion=label
        )
    return translate("why", "{event} is marked as {status} in the calendar, and that means {diversion}.").format(
        event=name, status=words.status(event.show_as).lower(), diversion=label
    )


def _listed(events: Iterable[CalendarEvent], words: Wording) -> str:
    return _enumerated([_named(event, words) for event in events])


def _enumerated(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return translate("why", "{several} and {last}").format(several=", ".join(names[:-1]), last=names[-1])


def _named(event: CalendarEvent, words: Wording) -> str:
    """The event and its times: ``”Budget” 09:00–10:00``, ``”HEM: lugn dag” (all day)``, a private one unnamed."""
    if event.private:
        name = translate("why", "A private event")
    elif event.subject and event.subject.strip():
        name = translate("why", "“{subject}”").format(subject=event.subject.strip())
    else:
        name = translate("why", "An event without a subject")
    if event.all_day:
        return translate("why", "{event} (all day)").format(event=name)
    return f"{name} {words.span(event.start, event.end)}"


def _switchboard_lines(block: Block, state: AppState, words: Wording) -> Iterator[str]:
    is_present = block.start <= words.now < block.end
    if is_present and state.dismissed:
        yield translate("why", "You are done early, so the rest is left out.")
    elif is_present and state.phase is Phase.MANUAL and state.manual is not None:
        yield translate("why", "Right now {diversion} counts instead: it was set by hand.").format(
            diversion=words.diversion(state.manual)
        )
    elif is_present and state.phase is Phase.PAUSED:
        yield translate("why", "Sync is paused, so the switchboard may show something else.")
    elif is_present and state.phase is Phase.OFF:
        yield translate("why", "Sync is switched off, so the switchboard may show something else.")
    elif block.start > words.now:
        pattern = (
            translate("why", "Is set {moment}.")
            if state.sends
            else translate("why", "You are told to set it {moment}.")
        )
        yield pattern.format(moment=words.precise_moment(block.start))
    yield from _confirmation_lines(block, state, words, is_present=is_present)


def _confirmation_lines(block: Block, state: AppState, words: Wording, *, is_present: bool) -> Iterator[str]:
    written = _last_write(block, state.history)
    if written is not None and written.confirmation is not Confirmation.CONFIRMED:
        yield _unconfirmed(written.confirmation, sends=state.sends).format(moment=_exactly(written, words))
    elif written is not None:
        yield translate("why", "The switchboard confirmed it at {moment}.").format(moment=_exactly(written, words))
    elif is_present and state.want == block.state and state.confirmed_at is not None:
        yield translate("why", "The switchboard confirmed it at {moment}.").format(
            moment=words.clock_seconds(state.confirmed_at)
        )


def _unconfirmed(confirmation: Confirmation, *, sends: bool) -> str:
    if not sends:
        return translate("why", "You were told to set it at {moment}.")
    if confirmation is Confirmation.SENT:
        return translate("why", "Sent to the switchboard at {moment}.")
    return translate("why", "Sent at {moment}, but the switchboard did not answer.")


def _last_write(block: Block, history: Iterable[HistoryEntry]) -> HistoryEntry | None:
    of_block = [
        entry
        for entry in history
        if entry.action in _WRITES
        and entry.diversion.diversion == block.diversion
        and block.start <= entry.at < block.end
    ]
    return max(of_block, key=lambda entry: entry.at, default=None)


def _exactly(entry: HistoryEntry, words: Wording) -> str:
    if words.local(entry.at).date() == words.today:
        return words.clock_seconds(entry.at)
    return words.precise_moment(entry.at)


def event_lines(event: CalendarEvent, state: AppState, words: Wording) -> Iterator[str]:
    """What the event asked for and what came of it."""
    yield _what_it_is(event, words)
    skip = skip_of(event, state.skips)
    if event.cancelled:
        yield translate("why", "It is cancelled and does not count.")
    elif event.declined:
        yield translate("why", "You declined it, so it does not count.")
    elif skip is not None and skip.series:
        yield translate("why", "You skip this series.")
    elif skip is not None:
        yield translate("why", "You skip it.")
    else:
        yield _outcome(event, state, words)
        yield from (w.text.to(words.language) for w in state.warnings if w.event_id == event.id)


def _what_it_is(event: CalendarEvent, words: Wording) -> str:
    times = translate("why", "all day") if event.all_day else words.span(event.start, event.end)
    parts = [times, translate("why", "marked as {status}").format(status=words.status(event.show_as).lower())]
    if event.location and not event.private:
        parts.append(event.location)
    return " · ".join(parts) + "."


def _outcome(event: CalendarEvent, state: AppState, words: Wording) -> str:
    won = block_of(event, state)
    lost = [block for block in state.blocks if any(e.id == event.id for e in block.losers)]
    stronger = ", ".join(f"{words.label(block.diversion)} {words.span(block.start, block.end)}" for block in lost)
    if won is None:
        if not lost:
            return translate("why", "It asks for no diversion.")
        return translate("why", "It gives way to {stronger}.").format(stronger=stronger)
    label = words.label(won.diversion)
    if not lost:
        return translate("why", "It gives {diversion}.").format(diversion=label)
    return translate("why", "It gives {diversion}, but gives way to {stronger}.").format(
        diversion=label, stronger=stronger
    )


def empty_day(state: AppState, *, free: bool) -> tuple[str, str]:
    """A heading and a line for a day without a block; ``free``: nothing else is shown on it either."""
    if state.calendar.as_of is None:
        return translate("problem", "The calendar cannot be read"), ""
    return translate("day", "Nothing in the calendar this day"), translate("day", "You are available.") if free else ""

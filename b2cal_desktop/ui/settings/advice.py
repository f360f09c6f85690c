"""What in the user's own calendar does not do what it looks like, by the draft. Names no private event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from b2cal_desktop.core.model import CalendarEvent, Catalogue, ShowAs
from b2cal_desktop.core.rules import Method, Rules, lint
from b2cal_desktop.ui.configuration import ConnectorForm
from b2cal_desktop.ui.translations import translate


def advice(rules: Rules, events: Sequence[CalendarEvent], supported: frozenset[str], language: str) -> Iterator[str]:
    """Whole sentences, most useful first; none where all is well."""
    counted = [event for event in events if not (event.cancelled or event.declined)]
    yield from _prefixes_that_do_nothing(rules, counted)
    yield from _unknown_codes(rules, counted, language)
    if counted and rules.method is not Method.STATUS and all(event.subject is None for event in counted):
        yield translate(
            "settings",
            "The subjects of your events cannot be read, so prefixes do nothing. "
            "Ask IT for the right to read the calendar in full.",
        )
    yield from _unknown_to_the_switchboard(rules, supported, rules.catalogue, language)


def mapped(form: ConnectorForm | None, entries: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The diversions that the switchboard of ``form`` has a value for, by itself or by ``[[diversions]]``."""
    by_hand = {str(entry["key"]) for entry in entries if form is not None and entry.get("remote", {}).get(form.id)}
    return frozenset({*(form.values if form is not None else ()), *by_hand})


def _prefixes_that_do_nothing(rules: Rules, events: Sequence[CalendarEvent]) -> Iterator[str]:
    if rules.method is not Method.STATUS:
        return
    silent = [
        event
        for event in events
        if event.subject and event.show_as in (ShowAs.FREE, ShowAs.TENTATIVE) and rules.match_prefix(event.subject)
    ]
    if silent:
        one = translate("settings", "One event has a prefix but is shown as Free: by status alone it sets nothing.")
        many = translate(
            "settings", "{count} events have a prefix but are shown as Free: by status alone they set nothing."
        )
        yield one if len(silent) == 1 else many.format(count=len(silent))


def _unknown_codes(rules: Rules, events: Sequence[CalendarEvent], language: str) -> Iterator[str]:
    texts = dict.fromkeys(found.text.to(language) for event in events if (found := lint(event, rules)) is not None)
    yield from list(texts)[:3]


def _unknown_to_the_switchboard(
    rules: Rules, supported: frozenset[str], catalogue: Catalogue, language: str
) -> Iterator[str]:
    missing = [catalogue.label(key, language) for key in catalogue if key in rules.asked_for - supported]
    if missing:
        yield translate("settings", "The switchboard has nothing that answers to: {names}.").format(
            names=", ".join(missing)
        )

"""What one event asks for: by its free/busy status, by the prefix of its subject, or both."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from b2cal_desktop.core.model import (
    AVAILABLE,
    STANDARD_CATALOGUE,
    CalendarEvent,
    Catalogue,
    RuleName,
    ShowAs,
    Text,
    Warning,
)

DEFAULT_ORDER = (
    AVAILABLE,
    "sick",
    "vacation",
    "gone_for_the_day",
    "out_of_office",
    "meeting",
    "busy",
    "lunch",
    "working_from_home",
)
DEFAULT_STATUS: Mapping[ShowAs, str] = {
    ShowAs.FREE: "",
    ShowAs.TENTATIVE: "",
    ShowAs.BUSY: "busy",
    ShowAs.OOF: "out_of_office",
    ShowAs.WORKING_ELSEWHERE: "working_from_home",
    ShowAs.UNKNOWN: "",
}
DEFAULT_PREFIXES: Mapping[str, tuple[str, ...]] = {
    "working_from_home": ("HEM:",),
    "sick": ("SJU:",),
    "gone_for_the_day": ("SLU:",),
    "busy": ("UPP:",),
    "lunch": ("LUN:",),
    "meeting": ("MOT:",),
    "out_of_office": ("UTE:",),
    "vacation": ("SEM:",),
}

# A marker that mail programs put before a subject they reply to or forward, already folded.
_MARKER = re.compile(r"(?:sv|vb|re|fwd?)\s*:\s*")
# What looks like somebody's attempt at a prefix: a few capitals and a colon, or any short word and a colon.
_CODE_LIKE = re.compile(r"\s*([^\W\d_]{2,6})\s?:")

_MOST_REMEMBERED = 1 << 17


class Method(StrEnum):
    """How events are read: by status, by prefix, or by prefix and else by status."""

    STATUS = "status"
    PREFIX = "prefix"
    PREFIX_THEN_STATUS = "prefix_then_status"


class Private(StrEnum):
    """Whether private events count."""

    NORMAL = "normal"
    IGNORE = "ignore"


class AllDay(StrEnum):
    """Whether, and how, all-day events count."""

    NORMAL = "normal"
    PREFIX_ONLY = "prefix_only"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The hours of work, local time; ``days`` counts from Monday = 0. ``outside`` fills the rest, "" leaves it.

    ``from_mailbox``: the mailbox's own hours take their place where it tells them.
    """

    days: frozenset[int]
    start: time
    end: time
    outside: str = ""
    from_mailbox: bool = False


@dataclass(frozen=True, slots=True)
class MailboxHours:
    """The hours of work that a mailbox tells of its owner: weekdays (0 is Monday), local start and end."""

    days: frozenset[int]
    start: time
    end: time


class DuplicatePrefix(ValueError):
    """Two configured prefixes cannot be told apart."""

    def __init__(self, first: str, second: str) -> None:
        self.first, self.second = first, second
        super().__init__(f"the prefixes {first!r} and {second!r} are the same")


class Request(NamedTuple):
    """What one event asks for."""

    diversion: str
    rule: RuleName


@dataclass(frozen=True)
class Rules:
    """The user's rules. ``order`` may leave diversions out: those come last, standard ones first.

    Raises DuplicatePrefix when built with two prefixes that are equal after folding.
    """

    method: Method = Method.STATUS
    private: Private = Private.NORMAL
    all_day: AllDay = AllDay.NORMAL
    lead_minutes: int = 0
    lag_minutes: int = 0
    bridge_minutes: int = 2
    order: tuple[str, ...] = DEFAULT_ORDER
    status: Mapping[ShowAs, str] = field(default_factory=lambda: DEFAULT_STATUS)
    prefixes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: DEFAULT_PREFIXES)
    working_hours: WorkingHours | None = None
    catalogue: Catalogue = STANDARD_CATALOGUE

    def __post_init__(self) -> None:
        _ = self._pattern

    def for_mailbox(self, told: MailboxHours | None) -> Rules:
        """These rules by the working hours that the mailbox has ``told``, where they are to be taken from there."""
        hours = self.working_hours
        if hours is None or not hours.from_mailbox or told is None:
            return self
        return replace(self, working_hours=replace(hours, days=told.days, start=told.start, end=told.end))

    @cached_property
    def _by_folded_prefix(self) -> dict[str, str]:
        found: dict[str, tuple[str, str]] = {}
        for diversion, prefixes in self.prefixes.items():
            for prefix in prefixes:
                folded = _fold_prefix(prefix)
                if not folded:
                    continue
                if folded in found:
                    raise DuplicatePrefix(found[folded][0], prefix)
                found[folded] = (prefix, diversion)
        return {folded: diversion for folded, (_, diversion) in found.items()}

    @cached_property
    def _pattern(self) -> tuple[re.Pattern[str], tuple[str, ...]]:
        longest_first = sorted(self._by_folded_prefix, key=lambda folded: (-len(folded), folded))
        alternatives = "|".join(f"({_prefix_pattern(folded)})" for folded in longest_first)
        return re.compile(alternatives or r"(?!)"), tuple(self._by_folded_prefix[p] for p in longest_first)

    @cached_property
    def _initials(self) -> frozenset[str]:
        """The folded characters that a prefix or a marker can begin with."""
        return frozenset("svrf") | {folded[0] for folded in self._by_folded_prefix}

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The place of every known diversion in the user's order, strongest first, from 0."""
        return {key: place for place, key in enumerate(dict.fromkeys((*self.order, *DEFAULT_ORDER, *self.catalogue)))}

    @cached_property
    def by_status(self) -> Mapping[ShowAs, Request]:
        """What each status asks for; "available" in the table is nothing: no event frees one whom another books."""
        return {
            show_as: Request(diversion, RuleName.STATUS)
            for show_as, diversion in self.status.items()
            if diversion not in ("", AVAILABLE)
        }

    @cached_property
    def asked_for(self) -> frozenset[str]:
        """The diversions that these rules can ask a switchboard for, beside ``available``."""
        by_status = self.status.values() if self.method is not Method.PREFIX else ()
        by_prefix = self._by_folded_prefix.values() if self.method is not Method.STATUS else ()
        outside = self.working_hours.outside if self.working_hours is not None else ""
        return frozenset((*by_status, *by_prefix, outside)) - {"", AVAILABLE}

    def by_prefix(self, diversion: str) -> Request:
        """The request that a prefix for ``diversion`` makes; one object each, as there are many events."""
        found = self._prefix_requests.get(diversion)
        if found is None:
            found = self._prefix_requests[diversion] = Request(diversion, RuleName.PREFIX)
        return found

    @cached_property
    def _prefix_requests(self) -> dict[str, Request]:
        return {}

    @cached_property
    def _matched(self) -> dict[str, str | None]:
        """What subjects have matched: a calendar is planned again every minute, and hardly any subject is new."""
        return {}

    def match_prefix(self, subject: str) -> str | None:
        """The diversion that the prefix of ``subject`` asks for, or None."""
        matched = self._matched
        try:
            return matched[subject]
        except KeyError:
            if len(matched) >= _MOST_REMEMBERED:
                matched.clear()
            found = matched[subject] = self._match(subject)
            return found

    def _match(self, subject: str) -> str | None:
        first = subject[:1]
        # Most subjects begin with a plain letter that no prefix begins with, and folding never changes which that is.
        if "!" <= first <= "~" and first.lower() not in self._initials:
            return None
        pattern, diversions = self._pattern
        rest, at = fold(subject).lstrip(), 0
        while True:
            if match := pattern.match(rest, at):
                return diversions[(match.lastindex or 1) - 1]
            if not (marker := _MARKER.match(rest, at)):
                return None
            at = marker.end()


def fold(text: str) -> str:
    """``text`` as prefixes are compared: NFKC, case-folded, without diacritics and zero-width characters."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf"))


def _fold_prefix(prefix: str) -> str:
    folded = fold(prefix).strip()
    return folded[:-1].rstrip() + ":" if folded.endswith(":") else folded


def _prefix_pattern(folded: str) -> str:
    if folded.endswith(":"):
        return re.escape(folded[:-1]) + r"\s*:"
    return re.escape(folded) + (r"(?![^\W_])" if folded[-1].isalnum() else "")


def request(event: CalendarEvent, rules: Rules) -> Request | None:
    """What ``event`` asks for by ``rules``, or None. Whether it counts at all is the schedule's question."""
    if event.private and rules.private is Private.IGNORE:
        return None
    if event.all_day and rules.all_day is AllDay.IGNORE:
        return None
    if rules.method is not Method.STATUS:
        diversion = rules.match_prefix(event.subject) if event.subject else event.remembered
        if diversion is not None:
            return rules.by_prefix(diversion)
    if rules.method is Method.PREFIX or (event.all_day and rules.all_day is AllDay.PREFIX_ONLY):
        return None
    return rules.by_status.get(event.show_as)


def lint(event: CalendarEvent, rules: Rules) -> Warning | None:
    """A warning where the subject seems to carry a prefix that no rule knows. Names no part of the subject."""
    if rules.method is Method.STATUS or event.private or not event.subject or event.cancelled or event.declined:
        return None
    code = _CODE_LIKE.match(event.subject)
    if code is None or rules.match_prefix(event.subject) or _MARKER.fullmatch(fold(code.group(0)).strip()):
        return None
    configured = {_fold_prefix(p): p for prefixes in rules.prefixes.values() for p in prefixes if p}
    close = difflib.get_close_matches(_fold_prefix(code.group(0)), configured, n=1, cutoff=0.7)
    if not code.group(1).isupper() and not close:
        return None
    hint = configured[close[0]] if close else ""
    return Warning(
        "unknown_prefix",
        Text(
            "En bokning börjar med en kod som inte är ett prefix." + (f" Menades {hint}?" if hint else ""),
            "An event begins with a code that is no prefix." + (f" Was {hint} meant?" if hint else ""),
        ),
        event.id,
    )

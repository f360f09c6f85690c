"""The calendar's side of a cycle: the events that drive, fresh or kept, and how old they are."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from b2cal_desktop.core.errors import CalendarError, CalendarProblem
from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import CalendarEvent, Text, Warning, Window, utc
from b2cal_desktop.core.ports import CalendarSource, Fetched
from b2cal_desktop.core.rules import MailboxHours, Method, Rules, lint
from b2cal_desktop.core.schedule import Extension, Schedule, local_day, plan
from b2cal_desktop.core.state import Health, ServiceHealth
from b2cal_desktop.sync.config import Config, Side
from b2cal_desktop.sync.ledger import KeptEvents, Ledger

_log = logging.getLogger(__name__)

# What is planned: far enough back for the true start of a block, far enough ahead for the end of a holiday. Whole
# days, so that a day's polls all ask the same and a calendar can say "unchanged".
DAYS_BACK, DAYS_AHEAD = 7, 35


class KeptCalendar:
    """One calendar and its last good events, in memory and in the ledger. ``config`` may change at any time."""

    def __init__(self, source: CalendarSource, ledger: Ledger, config: Config) -> None:
        self.config = config
        self._source, self._ledger = source, ledger
        self._kept = self._usable(ledger.events())
        self._fetched: Fetched | None = None
        self._tailored: tuple[Rules, MailboxHours | None, Rules] | None = None
        self._planned: tuple[tuple[CalendarEvent, ...], Rules, object, Schedule] | None = None
        self._told: tuple[Warning, ...] = ()
        as_of = self._kept.as_of if self._kept else None
        self.side = Side(ServiceHealth(Health.STALE if as_of else Health.UNREACHABLE, as_of))

    def _usable(self, kept: KeptEvents | None) -> KeptEvents | None:
        return kept if kept is not None and kept.calendar == self.config.calendar_id else None

    @property
    def events(self) -> tuple[CalendarEvent, ...]:
        """The last good events."""
        return self._kept.events if self._kept else ()

    @property
    def hours(self) -> MailboxHours | None:
        """The mailbox's working hours, where the calendar tells them."""
        return self._kept.hours if self._kept else None

    @property
    def timezone(self) -> tzinfo:
        """The mailbox time zone: the calendar's own where it tells one and the settings leave it open."""
        if self.config.timezone_follows_mailbox and self._kept is not None and self._kept.timezone:
            try:
                return ZoneInfo(self._kept.timezone)
            except (ZoneInfoNotFoundError, ValueError):
                _log.warning("the mailbox time zone %r is not known here", self._kept.timezone)
        return self.config.timezone

    @property
    def rules(self) -> Rules:
        """The rules, by the mailbox's own working hours where they are taken from there."""
        base, told = self.config.rules, self.hours
        if self._tailored is None or self._tailored[0] is not base or self._tailored[1] != told:
            self._tailored = (base, told, base.for_mailbox(told))  # kept: rules remember what subjects match
        return self._tailored[2]

    def forget_another(self) -> None:
        """Events of another calendar than the one that is asked for are no longer used."""
        self._kept = self._usable(self._kept)

    def fetch(self, now: datetime) -> None:
        """Ask the calendar, unless a sign-in was refused; what goes wrong is in ``side``, and old events stay."""
        if self.side.stopped:
            return
        window = planned_window(now, self.timezone)
        try:
            fetched = self._source.fetch_events(window, now)
        except (CalendarError, CalendarProblem) as error:
            _log.warning("calendar: %s", error.code)
            self.side.failed(error, now)
            return
        self.side.worked(now, Health.LIMITED if fetched.limited else Health.OK)
        unchanged = fetched is self._fetched and self._kept is not None
        self._fetched = fetched
        self._told = fetched.warnings
        if unchanged and self._kept is not None:
            self._kept = replace(self._kept, as_of=now)
            self._ledger.keep_as_of(now)
            return
        zone = str(fetched.timezone) if isinstance(fetched.timezone, ZoneInfo) else None
        self._kept = KeptEvents(self.config.calendar_id, now, fetched.events, zone, fetched.limited, fetched.hours)
        on_disk = tuple(_without_secrets(event, self.rules) for event in fetched.events)
        self._ledger.keep_events(replace(self._kept, events=on_disk))

    def is_stale(self, now: datetime) -> bool:
        """Whether what is known is too old to act on."""
        return self._kept is None or now - self._kept.as_of >= self.config.stale_after

    def schedule(self, now: datetime, skips: tuple[Skip, ...], extension: Extension | None) -> Schedule:
        """The blocks that the events make; planned anew only where something has changed since the last time."""
        events, rules, timezone = self.events, self.rules, self.timezone
        window = planned_window(now, timezone)
        asked = (window, timezone, skips, extension)
        kept = self._planned
        if kept is None or kept[0] is not events or kept[1] is not rules or kept[2] != asked:
            extensions = (extension,) if extension else ()
            planned = plan(events, rules, window, timezone, skips=skips, extensions=extensions)
            kept = self._planned = (events, rules, asked, planned)
        return kept[3]

    def health(self, now: datetime) -> ServiceHealth:
        """The calendar's health; while old events still drive, an outage reads as stale, a refusal as itself."""
        side = self.side.health
        as_of = self._kept.as_of if self._kept else side.as_of
        if side.health is Health.UNREACHABLE and not self.is_stale(now):
            return replace(side, health=Health.STALE, as_of=as_of)
        return replace(side, as_of=as_of)

    def warnings(self, shown: Window) -> list[Warning]:
        """What the calendar tells, and what is odd about the events of the days that are ``shown``."""
        found, rules = list(self._told), self.config.rules
        found += [
            warning
            for event in self.events
            if shown.touches(utc(event.start), utc(event.end)) and (warning := lint(event, rules)) is not None
        ]
        if self._kept is not None and self._kept.limited and rules.method is not Method.STATUS:
            found.append(SUBJECTS_UNREADABLE)
        if self._kept is not None and self._kept.hours is None and rules.working_hours is not None:
            found += [WORKING_HOURS_UNREAD] if rules.working_hours.from_mailbox else []
        return found


SUBJECTS_UNREADABLE = Warning(
    "subjects_unreadable",
    Text(
        "Bokningarnas ämnen går inte att läsa, så prefix kan inte användas. "
        "Be administratören om läsrätt till kalendern.",
        "The events' subjects cannot be read, so prefixes cannot be used. "
        "Ask the administrator for the right to read the calendar.",
    ),
)


WORKING_HOURS_UNREAD = Warning(
    "working_hours_unread",
    Text(
        "Kalendern berättar inte vilka arbetstider du har i Outlook, så de i inställningarna gäller. Med Microsoft 365 "
        "kan du tillåta det genom att logga in igen under Kalender.",
        "The calendar does not tell your working hours in Outlook, so those in the settings hold. With Microsoft 365 "
        "you can allow it by signing in again under Calendar.",
    ),
)


def planned_window(now: datetime, tz: tzinfo) -> Window:
    """The stretch of time that is fetched and planned at ``now``: whole local days."""
    return _window_around(now.astimezone(tz).date(), tz)


@lru_cache(maxsize=8)
def _window_around(day: date, tz: tzinfo) -> Window:
    today = local_day(datetime.combine(day, time(), tz), tz).start
    return Window(
        local_day(today - timedelta(days=DAYS_BACK), tz).start, local_day(today + timedelta(days=DAYS_AHEAD), tz).end
    )


def _without_secrets(event: CalendarEvent, rules: Rules) -> CalendarEvent:
    """``event`` as it may be kept on disk: of a private one only what it asks for."""
    if not event.private:
        return event
    remembered = rules.match_prefix(event.subject) if event.subject else event.remembered
    return replace(event, subject=None, location=None, remembered=remembered)

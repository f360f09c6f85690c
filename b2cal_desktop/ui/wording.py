"""Times, ages and diversions in words, in the language of the installed translation.

Source texts are English; Swedish comes from ``resources/i18n``. Braces are filled in after translation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from PySide6.QtCore import QDate, QLocale

from b2cal_desktop.core.model import (
    AVAILABLE,
    CalendarEvent,
    Catalogue,
    DiversionState,
    ShowAs,
)
from b2cal_desktop.ui.translations import translate


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for one moment in one place: what "today" and "until 10:00" mean depends on both."""

    language: str
    timezone: tzinfo
    now: datetime
    catalogue: Catalogue

    @property
    def today(self) -> date:
        return self.local(self.now).date()

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.timezone)

    def label(self, diversion: str) -> str:
        return self.catalogue.label(diversion, self.language)

    def clock(self, instant: datetime) -> str:
        return f"{self.local(instant):%H:%M}"

    def clock_seconds(self, instant: datetime) -> str:
        return f"{self.local(instant):%H:%M:%S}"

    def day(self, day: date) -> str:
        """``today``, ``tomorrow``, or ``Monday 30 November`` in lower case where the language has it so."""
        if day == self.today:
            return translate("words", "today")
        if day == self.today + timedelta(days=1):
            return translate("words", "tomorrow")
        if day == self.today - timedelta(days=1):
            return translate("words", "yesterday")
        return self.long_day(day)

    def long_day(self, day: date) -> str:
        pattern = "dddd d MMMM" if day.year == self.today.year else "dddd d MMMM yyyy"
        return QLocale(self.language).toString(QDate(day.year, day.month, day.day), pattern)

    def moment(self, instant: datetime) -> str:
        """``10:00``, ``tomorrow 08:00``, ``Monday 30 November``: no more than is needed from today."""
        local = self.local(instant)
        if local.date() == self.today:
            return self.clock(instant)
        if local.time() == time(0):
            return self.day(local.date())
        return translate("words", "{day} {time}").format(day=self.day(local.date()), time=self.clock(instant))

    def is_next_midnight(self, instant: datetime) -> bool:
        local = self.local(instant)
        return local.time() == time(0) and local.date() == self.today + timedelta(days=1)

    def until(self, end: datetime) -> str:
        if self.is_next_midnight(end):
            return translate("words", "for the rest of the day")
        return translate("words", "until {moment}").format(moment=self.moment(end))

    def diversion(self, shown: DiversionState) -> str:
        """``Meeting until 10:00``; a diversion without an end is its label alone."""
        label = self.label(shown.diversion)
        if shown.until is None or shown.diversion == AVAILABLE:
            return label
        return translate("words", "{diversion} {until}").format(diversion=label, until=self.until(shown.until))

    def span(self, start: datetime, end: datetime) -> str:
        """``12:00–13:00``, with the days named where they are not today."""
        first, last = self.local(start), self.local(end)
        if first.date() == last.date() == self.today:
            return f"{self.clock(start)}–{self.clock(end)}"
        if first.date() == last.date():
            return f"{self.day(first.date())} {self.clock(start)}–{self.clock(end)}"
        return f"{self.moment(start)} – {self.moment(end)}"

    def span_within(self, day: date, start: datetime, end: datetime) -> str:
        """The times as seen from ``day``: ``09:00–10:00``, ``all day``, ``until 10:00``, ``from 22:00``."""
        first, last = self.local(start), self.local(end)
        begins_before = first.date() < day or (first.date() == day and first.time() == time(0))
        ends_after = last.date() > day
        if begins_before and ends_after:
            return translate("words", "all day")
        if begins_before:
            return translate("words", "until {moment}").format(moment=self.clock(end))
        if ends_after:
            return translate("words", "from {time}").format(time=self.clock(start))
        return f"{self.clock(start)}–{self.clock(end)}"

    def age(self, then: datetime) -> str:
        """How long ago, roughly: ``just now``, ``20 s ago``, ``4 min ago``, then the time itself."""
        seconds = (self.now - then).total_seconds()
        if seconds < 5:
            return translate("words", "just now")
        if seconds < 60:
            return translate("words", "{seconds} s ago").format(seconds=round(seconds))
        if seconds < 3600:
            return translate("words", "{minutes} min ago").format(minutes=int(seconds // 60))
        return self.precise_moment(then)

    def precise_moment(self, instant: datetime) -> str:
        """Like ``moment``, always with the time of day."""
        local = self.local(instant)
        if local.date() == self.today:
            return self.clock(instant)
        return translate("words", "{day} {time}").format(day=self.day(local.date()), time=self.clock(instant))

    def subject(self, event: CalendarEvent) -> str:
        """What the event is called on screen; a private one is never named."""
        if event.private:
            return translate("words", "Private")
        return (event.subject or "").strip() or translate("words", "(no subject)")

    def status(self, show_as: ShowAs) -> str:
        return {
            ShowAs.FREE: translate("words", "Free"),
            ShowAs.TENTATIVE: translate("words", "Tentative"),
            ShowAs.BUSY: translate("words", "Busy"),
            ShowAs.OOF: translate("words", "Away"),
            ShowAs.WORKING_ELSEWHERE: translate("words", "Working elsewhere"),
            ShowAs.UNKNOWN: translate("words", "Unknown"),
        }[show_as]


def capital(text: str) -> str:
    """The first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]


def midnight_after(day: date, timezone: tzinfo) -> datetime:
    """The instant at which ``day`` is over where the user is."""
    return datetime.combine(day + timedelta(days=1), time(0), timezone)


def midnight_of(day: date, timezone: tzinfo) -> datetime:
    return datetime.combine(day, time(0), timezone)

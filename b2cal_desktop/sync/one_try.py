"""A refused password is tried once, whatever restarts: a few wrong tries lock the account that everything hangs on."""

from __future__ import annotations

from datetime import datetime

from b2cal_desktop.core.errors import CalendarPasswordRefused
from b2cal_desktop.core.model import Window
from b2cal_desktop.core.ports import CalendarSource, Fetched
from b2cal_desktop.sync.ledger import Ledger


class OneTry:
    """``calendar``, which is not asked again once it has refused a password, by any process on this ledger.

    ``sign_in`` fingerprints who signs in where, and how: another one may be tried. ``Ledger.allow_sign_in`` is for when
    the user has acted.
    """

    def __init__(self, calendar: CalendarSource, ledger: Ledger, sign_in: str, host: str) -> None:
        self._calendar, self._ledger, self._sign_in, self._host = calendar, ledger, sign_in, host

    def fetch_events(self, window: Window, now: datetime) -> Fetched:
        """As the calendar's own; raises CalendarPasswordRefused, without a try, where that was said before."""
        if self._ledger.refused_sign_in() == self._sign_in:
            raise CalendarPasswordRefused(self._host)
        try:
            return self._calendar.fetch_events(window, now)
        except CalendarPasswordRefused:
            self._ledger.refuse_sign_in(self._sign_in)
            raise

    def close(self) -> None:
        """Let go of what the calendar holds."""
        self._calendar.close()

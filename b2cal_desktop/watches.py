"""What the program has to tell of itself, beside calendar and switchboard: its crashes, and a newer version.

Knows no screen. Nothing here is needed for the icon, and all of it that takes time is done on a thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from b2cal_desktop.system.crash import CrashWatch

if TYPE_CHECKING:
    from b2cal_desktop.context import Context
    from b2cal_desktop.system.updates import Update, UpdateWatch


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of what; each is called on whichever thread it happens on.

    ``crashed_before``: an earlier run, and whether it ended of that. ``update``: a newer version, and whether it is to
    be told beside the icon.
    """

    crashed_before: Callable[[bool], None]
    update: Callable[[Update, bool], None]


class Watches:
    """Watches over one run of the tray app: for crashes at once, for the rest from ``start`` on.

    ``crashed`` hears of what goes wrong now, with the app going on, on whichever thread it happens on.
    """

    def __init__(self, context: Context, crashed: Callable[[], None]) -> None:
        self._context = context
        self.crashes = CrashWatch(context.profile, context.clock)
        self.crashes.told = crashed
        self.crashes.begin()
        self._updates: UpdateWatch | None = None
        self._stopped = threading.Event()

    def start(self, told: Told) -> None:
        """Look back at earlier runs and begin to look for updates; returns at once."""
        threading.Thread(target=self._look, args=(told,), name="b2cal-watches", daemon=True).start()

    def _look(self, told: Told) -> None:
        from b2cal_desktop.system.updates import UpdateWatch, is_set_up, newer, remembered

        if crashes := self.crashes.look_back():
            told.crashed_before(any(crash.ended for crash in crashes))
        context = self._context
        settings = context.loaded.settings.updates
        if is_set_up(settings) and (update := newer(remembered(context.profile, settings))) is not None:
            told.update(update, False)  # known since an earlier run, which told of it
        if self._stopped.is_set():
            return
        self._updates = UpdateWatch(
            context.profile,
            lambda: context.load().settings.updates,
            context.clock,
            lambda update: told.update(update, True),
        )
        self._updates.start()

    def answer_crashes(self) -> None:
        """The user has been asked about the crashes of earlier runs."""
        self.crashes.answer()

    def stop(self) -> None:
        """End, as a process does that ends well."""
        self._stopped.set()
        if self._updates is not None:
            self._updates.stop()
        self.crashes.told = None
        self.crashes.end()

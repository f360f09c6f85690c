"""The one place that asks the computer what time it is."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

if sys.platform == "win32":
    import ctypes

    _kernel = ctypes.WinDLL("kernel32")

    def _awake_seconds() -> float:
        # Python's own clock goes on there during sleep, which then would pass unnoticed.
        ticks = ctypes.c_ulonglong()
        _kernel.QueryUnbiasedInterruptTime(ctypes.byref(ticks))  # 100 ns each
        return ticks.value / 10_000_000

else:
    _awake_seconds = time.monotonic


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)  # noqa: TID251  the one allowed call

    def monotonic(self) -> float:
        """Seconds that never go backwards, and stand still while the computer sleeps."""
        return _awake_seconds()


class FixedClock:
    """Stands for the clock in every decision of a one-shot command (``--at``)."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """Always the same instant."""
        return self._instant

    def monotonic(self) -> float:
        """Stands still."""
        return 0.0

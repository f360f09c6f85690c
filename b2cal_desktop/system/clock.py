"""The one place that asks the computer what time it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)  # noqa: TID251  the one allowed call

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        return time.monotonic()


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

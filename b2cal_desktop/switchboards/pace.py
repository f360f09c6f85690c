"""At most one write a second, whoever writes: the sync, a trial, the command line."""

from __future__ import annotations

from b2cal_desktop.core.ports import Clock

WRITE_SECONDS = 1.0


class Pace:
    """Knows when the next write may go: ``seconds`` after the last one ended. Waits for nobody itself."""

    def __init__(self, clock: Clock, seconds: float = WRITE_SECONDS) -> None:
        self._clock, self._seconds = clock, seconds
        self._next = float("-inf")

    def wait_seconds(self) -> float:
        """Seconds until a write may go; 0 where it may go now."""
        return max(0.0, self._next - self._clock.monotonic())

    def wrote(self) -> None:
        """A write has just ended, however it ended."""
        self._next = self._clock.monotonic() + self._seconds

    def forget(self) -> None:
        """The next write goes at once: the last one before the end."""
        self._next = float("-inf")

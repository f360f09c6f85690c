"""Garbage is collected on the GUI thread, and nowhere else.

Python collects on whichever thread happens to allocate. A cycle with a widget in it that another thread frees takes
the widget apart there, and Qt ends the process for it.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_LOOK_MS = 5_000


class GarbageOnThisThread(QObject):
    """Until ``close``, garbage is collected on the thread that made this one, by Python's own measures."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_LOOK_MS)

    def look(self) -> None:
        """Collect the oldest generation that is due; most times none is, or the youngest."""
        due = [
            generation
            for generation, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if 0 < most < count
        ]
        if due:
            gc.collect(due[-1])

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()

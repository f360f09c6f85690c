"""Windows tells of log-off and shutdown through windows, and a tray icon alone has none that Qt listens at."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QWindow


class LogOffWindow(QWindow):
    """A window that is never shown. Through it Qt hears that the session ends, and emits ``aboutToQuit`` in time.

    ``asked_to_close`` comes where another program asks the windows of this one to close, as ``taskkill`` does.
    """

    asked_to_close = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTitle("B2Cal Desktop")
        self.create()

    def event(self, event: QEvent) -> bool:
        """Stay: what ends the program is to end the engine first."""
        if event.type() == QEvent.Type.Close:
            event.ignore()
            self.asked_to_close.emit()
            return True
        return super().event(event)

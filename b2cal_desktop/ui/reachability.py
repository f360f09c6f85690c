"""Hears from the system that more of the network can be reached than a moment ago. Sends nothing itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation

_Reachability = QNetworkInformation.Reachability


class Reachability(QObject):
    """``back`` comes when a network appears, or reaches further than it did: a cable, Wi-Fi after sleep, a VPN.

    By NetworkManager or the kernel's routes on Linux, by the network list service on Windows, by System Configuration
    on macOS; where none of them can be heard, nothing comes, and the back-off has to do.
    """

    back = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen = _Reachability.Unknown
        if not QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            return
        information = QNetworkInformation.instance()
        self._seen = information.reachability()
        information.reachabilityChanged.connect(self.hear)

    def hear(self, now: QNetworkInformation.Reachability) -> None:
        """What the system says of the network changed to ``now``."""
        before, self._seen = self._seen, now
        if now.value > max(before.value, _Reachability.Disconnected.value):
            self.back.emit()

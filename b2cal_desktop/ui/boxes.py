"""Small boxes that say or ask one thing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox


def message_box(text: str, more: str = "", icon: QMessageBox.Icon = QMessageBox.Icon.NoIcon) -> QMessageBox:
    """A box without buttons yet; both texts are shown as they are, since some come from elsewhere."""
    box = QMessageBox(icon, "B2Cal Desktop", text)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(more)
    return box

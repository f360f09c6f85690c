"""Light or dark: one palette for every window on Linux; Windows and macOS keep their own style."""

from __future__ import annotations

import sys

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from b2cal_desktop.ui.colours import is_dark, surfaces, tint


def apply_theme(app: QApplication) -> bool:
    """Follow the desktop's colour scheme; returns whether it is dark."""
    dark = is_dark()
    if sys.platform not in ("win32", "darwin"):
        if app.style().name() != "fusion":
            app.setStyle("Fusion")
        app.setPalette(_palette(dark))
    return dark


def _palette(dark: bool) -> QPalette:
    look, role, group = surfaces(dark=dark), QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette(tint(look.text, look.card, 0.06), look.window)
    for ground in (role.Base, role.ToolTipBase):
        palette.setColor(ground, look.card)
    palette.setColor(role.AlternateBase, look.window)
    for text in (role.Text, role.WindowText, role.ButtonText, role.ToolTipText):
        palette.setColor(text, look.text)
        palette.setColor(group.Disabled, text, tint(look.muted, look.window, 0.75))
    palette.setColor(role.PlaceholderText, look.muted)
    palette.setColor(role.Highlight, look.accent)
    palette.setColor(role.HighlightedText, QColor("#0D1117" if dark else "#FFFFFF"))
    palette.setColor(role.Accent, look.accent)
    palette.setColor(role.Link, look.accent)
    return palette

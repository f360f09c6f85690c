"""Light or dark: one palette for every window on Linux; Windows and macOS keep their own style."""

from __future__ import annotations

import sys

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from b2cal_desktop.ui.colours import is_dark, surfaces, tint
from b2cal_desktop.ui.resources import RESOURCES


def apply_theme(app: QApplication) -> bool:
    """Follow the desktop's colour scheme; returns whether it is dark."""
    dark = is_dark()
    if sys.platform not in ("win32", "darwin"):
        if app.style().name() != "fusion":
            app.setStyle("Fusion")
        app.setPalette(_palette(dark))
        app.setStyleSheet(_style_sheet(dark))
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


def _style_sheet(dark: bool) -> str:
    """Fusion's shapes, flatter: what is pressed, chosen or focused stands out, the rest is quiet."""
    look = surfaces(dark=dark)
    hover, pressed = tint(look.text, look.card, 0.05), tint(look.text, look.card, 0.12)
    card, line, text, muted, accent = (c.name() for c in (look.card, look.line, look.text, look.muted, look.accent))
    edge = tint(look.text, look.card, 0.28).name()
    window, chosen = look.window.name(), tint(look.accent, look.card, 0.16).name()
    icons, scheme = (RESOURCES / "icons").as_posix(), "dark" if dark else "light"
    return f"""
    QPushButton {{ background: {card}; color: {text}; border: 1px solid {edge}; border-radius: 6px;
        padding: 5px 12px; }}
    QPushButton:hover {{ background: {hover.name()}; }}
    QPushButton:pressed, QPushButton:checked {{ background: {pressed.name()}; }}
    QPushButton:focus, QPushButton:default {{ border: 2px solid {accent}; padding: 4px 11px; }}
    QPushButton:disabled {{ color: {tint(look.muted, look.window, 0.6).name()}; border-color: {line}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QTabWidget::pane {{ border: 0; border-top: 1px solid {line}; }}
    QTabBar {{ qproperty-drawBase: 0; }}
    QTabBar::tab {{ background: transparent; color: {muted}; border: 0; border-bottom: 2px solid transparent;
        padding: 7px 4px; margin-right: 18px; }}
    QTabBar::tab:hover {{ color: {text}; }}
    QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
    QTabBar::tab:focus {{ color: {accent}; text-decoration: underline; }}
    QRadioButton, QCheckBox {{ spacing: 8px; }}
    QRadioButton::indicator, QCheckBox::indicator {{ width: 14px; height: 14px; border: 1.5px solid {muted};
        background: {card}; }}
    QRadioButton::indicator {{ border-radius: 8px; }}
    QCheckBox::indicator {{ border-radius: 4px; }}
    QRadioButton::indicator:checked, QCheckBox::indicator:checked {{ border-color: {accent}; background: {accent}; }}
    QRadioButton::indicator:checked {{ image: url({icons}/dot_{scheme}.svg); }}
    QCheckBox::indicator:checked {{ image: url({icons}/tick_{scheme}.svg); }}
    QRadioButton::indicator:disabled, QCheckBox::indicator:disabled {{ border-color: {line}; background: {window}; }}
    QRadioButton::indicator:focus, QCheckBox::indicator:focus {{ border: 2px solid {text}; }}
    QRadioButton:disabled, QCheckBox:disabled {{ color: {muted}; }}
    QLineEdit, QComboBox, QAbstractSpinBox {{ background: {card}; color: {text}; border: 1px solid {edge};
        border-radius: 6px; padding: 5px 8px; min-height: 1.2em; }}
    QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{ border: 2px solid {accent}; padding: 4px 7px; }}
    QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {{ color: {muted}; background: {window};
        border-color: {line}; }}
    QComboBox QLineEdit, QComboBox QLineEdit:focus, QAbstractSpinBox QLineEdit {{ border: 0; padding: 0; }}
    QComboBox::drop-down {{ border: 0; width: 24px; }}
    QComboBox::down-arrow {{ image: url({icons}/arrow_down_{scheme}.svg); width: 12px; height: 12px; }}
    QDateTimeEdit::drop-down {{ border: 0; background: transparent; width: 26px; }}
    QDateTimeEdit::down-arrow {{ image: url({icons}/arrow_down_{scheme}.svg); width: 12px; height: 12px; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: 0; background: transparent; width: 22px; }}
    QAbstractSpinBox::up-arrow {{ image: url({icons}/arrow_up_{scheme}.svg); width: 10px; height: 10px; }}
    QAbstractSpinBox::down-arrow {{ image: url({icons}/arrow_down_{scheme}.svg); width: 10px; height: 10px; }}
    QComboBox QAbstractItemView {{ background: {card}; color: {text}; border: 1px solid {edge};
        selection-background-color: {accent}; outline: 0; }}
    QListWidget {{ border: 1px solid {line}; border-radius: 8px; background: {card}; padding: 2px; outline: 0; }}
    QListWidget::item {{ border: 2px solid transparent; border-radius: 6px; padding-left: 4px; color: {text}; }}
    QListWidget::item:hover {{ background: {hover.name()}; }}
    QListWidget::item:selected {{ background: {chosen}; color: {text}; }}
    QListWidget::item:focus {{ border: 2px solid {accent}; }}
    QListWidget#pages {{ border: 0; background: transparent; }}
    QTableView, QTreeView {{ border: 1px solid {line}; border-radius: 8px; background: {card}; outline: 0;
        selection-background-color: {chosen}; selection-color: {text}; }}
    QTableView:focus, QTreeView:focus {{ border: 1px solid {accent}; }}
    QCalendarWidget QTableView {{ border: 0; }}
    QPlainTextEdit {{ border: 1px solid {line}; border-radius: 8px; background: {card}; padding: 4px; }}
    QPlainTextEdit:focus {{ border: 2px solid {accent}; padding: 3px; }}
    DayTable::item, HistoryTable::item, ComingTree::item {{ padding: 5px 8px; border: 0; color: {text}; }}
    DayTable::item:selected, HistoryTable::item:selected, ComingTree::item:selected {{ background: {chosen};
        color: {text}; }}
    DayTable::item:selected:active, HistoryTable::item:selected:active, ComingTree::item:selected:active {{
        border-top: 1px solid {accent}; border-bottom: 1px solid {accent}; }}
    QCalendarWidget QWidget#qt_calendar_navigationbar {{ background: {card}; }}
    QCalendarWidget QToolButton {{ color: {text}; background: transparent; border: 0; padding: 4px 6px; }}
    QCalendarWidget QToolButton::menu-indicator {{ image: none; }}
    QFrame#rule {{ border: 0; background: {line}; max-height: 1px; }}
    QCalendarWidget QToolButton:hover {{ background: {hover.name()}; border-radius: 4px; }}
    QHeaderView::section {{ background: {card}; color: {muted}; border: 0; border-bottom: 1px solid {line};
        padding: 7px 8px; }}
    QMenu {{ background: {card}; border: 1px solid {line}; padding: 5px; }}
    QMenu::item {{ padding: 5px 26px 5px 14px; border-radius: 5px; color: {text}; }}
    QMenu::item:disabled {{ color: {muted}; }}
    QMenu::item:selected {{ background: {chosen}; }}
    QMenu::separator {{ height: 1px; background: {line}; margin: 5px 4px; }}
    QMenu::icon {{ padding-left: 8px; }}
    QMenu::indicator {{ width: 13px; height: 13px; margin-left: 8px; border: 1.5px solid {muted}; border-radius: 4px;
        background: {card}; }}
    QMenu::indicator:checked {{ border-color: {accent}; background: {accent}; image: url({icons}/tick_{scheme}.svg); }}
    QMenu::right-arrow {{ image: url({icons}/arrow_right_{scheme}.svg); width: 10px; height: 10px; margin-right: 8px; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {edge}; border-radius: 4px; min-height: 30px; margin: 1px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QToolTip {{ background: {card}; color: {text}; border: 1px solid {edge}; padding: 4px 6px; }}
    """

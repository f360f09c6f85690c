"""A small window in place of the tray icon, on desktops that have no notification area."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from b2cal_desktop.core.intents import SwitchSync
from b2cal_desktop.ui.commands import Command, CommandName, Offers
from b2cal_desktop.ui.day_parts import ProblemBanner, large, wrapped
from b2cal_desktop.ui.icons import badge_icon
from b2cal_desktop.ui.menu import EntryMenu
from b2cal_desktop.ui.messages import Message
from b2cal_desktop.ui.presentation import TrayView
from b2cal_desktop.ui.translations import translate

_BADGE = 64
_NARROWEST = 440


class StatusWindow(QWidget):
    """Renders the same ``TrayView`` as the tray. Closing it minimises; quitting is in its menu."""

    chosen = Signal(object)
    about_to_open = Signal()

    def __init__(self, offers: Offers) -> None:
        super().__init__()
        self._for_good = False
        self.badge, self.headline, self.next = QLabel(), large(wrapped(), 1.5), wrapped(muted=True)
        self.badge.setFixedSize(_BADGE, _BADGE)
        self.banner = ProblemBanner(offers, narrow=True)
        self.message, self.answer = wrapped(), QPushButton()
        self._message: Message | None = None
        self.answer.clicked.connect(self._answered)
        self.sync, self.today, self.more = QCheckBox(), QPushButton(), QPushButton()
        self.entries = EntryMenu(self)
        self.more.setMenu(self.entries.menu)
        self._build()
        self.entries.chosen.connect(self.chosen)
        self.entries.about_to_open.connect(self.about_to_open)
        self.banner.chosen.connect(self.chosen)
        self.sync.clicked.connect(lambda on: self.chosen.emit(SwitchSync(on)))
        self.today.clicked.connect(lambda: self.chosen.emit(Command(CommandName.OPEN_DAY)))

    def _build(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch(1)
        texts.addWidget(self.headline)
        texts.addWidget(self.next)
        texts.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addLayout(texts, 1)
        buttons = self._buttons = QHBoxLayout()
        buttons.addWidget(self.sync)
        buttons.addStretch(1)
        buttons.addWidget(self.today)
        buttons.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(14)
        layout.addLayout(top)
        layout.addWidget(self.banner)
        note = QHBoxLayout()
        note.addWidget(self.message, 1)
        note.addWidget(self.answer)
        layout.addLayout(note)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.message.hide()
        self.answer.hide()
        self.setMinimumWidth(_NARROWEST)
        self.resize(_NARROWEST, 160)

    def render(self, view: TrayView, *, dark: bool) -> None:  # type: ignore[override]
        icon = badge_icon(view.icon, dark=dark)
        self.setWindowIcon(icon)
        self.setWindowTitle(f"{view.problem.headline if view.problem else view.headline} – B2Cal Desktop")
        self.badge.setPixmap(icon.pixmap(QSize(_BADGE, _BADGE), self.devicePixelRatioF()))
        self.badge.setAccessibleName(view.headline)
        self.headline.setText(view.headline)
        self.next.setText(view.next_line)
        self.next.setVisible(bool(view.next_line))
        self.banner.render_problem(view.problem, dark=dark)
        if self._message is not None and not view.still_has(self._message):
            self._hide_message()
        sync = next((entry for entry in view.entries if entry.id == "sync"), None)
        self.sync.setVisible(sync is not None)
        if sync is not None:
            self.sync.setText(sync.label)
            self.sync.setChecked(bool(sync.checked))
        # Before the set-up is done there is no day to show: the button leads to the set-up, and says so.
        set_up = next((entry.label for entry in view.entries if entry.id == "set_up"), "")
        self.today.setText(set_up or translate("window", "&Today…"))
        self.more.setText(translate("window", "&Menu"))
        self.entries.render(view.entries, dark=dark)
        self._fit()

    def _fit(self) -> None:
        """As high as its texts need at this width."""
        margins = self.contentsMargins().left() + 40
        self.setMinimumWidth(max(_NARROWEST, self._buttons.sizeHint().width() + margins))
        layout = self.layout()
        if layout is not None:
            self.setFixedHeight(layout.totalHeightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_message(self, message: Message) -> None:
        """What the tray would have said in a balloon; it stays until the next one, or until it is out of date."""
        self.message.setText(f"{message.title}. {message.text}")
        self.message.show()
        self._message = message
        self.answer.setText(message.button)
        self.answer.show()
        self._fit()

    def _answered(self) -> None:
        """The button of a message is for one press; the message goes with it."""
        message = self._message
        self._hide_message()
        if message is not None:
            self.chosen.emit(message.does)

    def _hide_message(self) -> None:
        self._message = None
        self.message.hide()
        self.answer.hide()
        self._fit()

    def close_for_good(self) -> None:
        """Close without minimising: the tray has come, or the program ends."""
        self._for_good = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        app = QGuiApplication.instance()
        logging_out = isinstance(app, QGuiApplication) and app.isSavingSession()
        if self._for_good or logging_out:
            event.accept()
            return
        event.ignore()
        self.showMinimized()

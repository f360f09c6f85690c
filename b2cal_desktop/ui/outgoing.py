"""What leaves this computer: the last requests to the switchboard as they went out, secrets masked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from b2cal_desktop.ui.background import Tasks, error_text
from b2cal_desktop.ui.configuration import SentRequest
from b2cal_desktop.ui.day_parts import large, wrapped
from b2cal_desktop.ui.page_scroll import resize_within_screen
from b2cal_desktop.ui.translations import translate


class OutgoingWindow(QDialog):
    """``fetch`` brings the requests, newest first; it may block and is called on a thread of its own."""

    def __init__(self, fetch: Callable[[], tuple[SentRequest, ...]], timezone: tzinfo | None, language: str) -> None:
        super().__init__()
        self._fetch, self._timezone, self._language = fetch, timezone, language
        self._tasks = Tasks(self)
        self.requests: tuple[SentRequest, ...] = ()
        self.list, self.sent, self.answer = QListWidget(), QPlainTextEdit(), QPlainTextEdit()
        self.note = wrapped(muted=True)
        self._build()
        resize_within_screen(self, 860, 620)
        self.look_again()

    def _build(self) -> None:
        self.setWindowTitle(translate("outgoing", "What leaves this computer – B2Cal Desktop"))
        heading = large(wrapped(), 1.35)
        heading.setText(translate("outgoing", "What leaves this computer"))
        promise = wrapped()
        promise.setText(
            translate(
                "outgoing",
                "This is all that goes to the switchboard: which diversion, and until when. "
                "Subjects, places and people never do. Passwords are masked here, nothing else.",
            )
        )
        self.list.setAccessibleName(translate("outgoing", "Requests, newest first"))
        self.list.currentRowChanged.connect(self._show_one)
        right = QWidget()
        texts = QVBoxLayout(right)
        texts.setContentsMargins(8, 0, 0, 0)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        for box, title in (
            (self.sent, translate("outgoing", "&Sent")),
            (self.answer, translate("outgoing", "The a&nswer")),
        ):
            label = QLabel(title)
            label.setBuddy(box)
            box.setReadOnly(True)
            box.setMinimumHeight(4 * box.fontMetrics().lineSpacing())
            box.setFont(font)
            box.setTabChangesFocus(True)
            box.setAccessibleName(title.replace("&", ""))
            texts.addWidget(label)
            texts.addWidget(box, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.list)
        split.addWidget(right)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setChildrenCollapsible(False)
        button = QDialogButtonBox.ButtonRole
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(translate("outgoing", "&Close"))
        again = buttons.addButton(translate("outgoing", "&Look again"), button.ActionRole)
        copy = buttons.addButton(translate("outgoing", "&Copy all"), button.ActionRole)
        again.clicked.connect(lambda _=False: self.look_again())
        copy.clicked.connect(lambda _=False: QGuiApplication.clipboard().setText(self.as_text()))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        for widget, share in ((heading, 0), (promise, 0), (split, 1), (self.note, 0), (buttons, 0)):
            layout.addWidget(widget, share)

    def look_again(self) -> None:
        """Ask for the requests anew."""
        self._tasks.run("requests", self._fetch, self._show_all, self._failed)

    def as_text(self) -> str:
        """Everything, for the clipboard."""
        return "\n\n".join(
            f"{one.at.isoformat()}\n{one.request}\n\n{one.outcome(self._language)}" for one in self.requests
        )

    def _show_all(self, requests: tuple[SentRequest, ...]) -> None:
        self.requests = requests
        self.list.clear()
        for one in requests:
            item = QListWidgetItem(f"{self._clock(one.at)}  {_title(one)}")
            item.setSizeHint(QSize(1, self.fontMetrics().height() + 12))
            self.list.addItem(item)
        none = translate("outgoing", "Nothing has been sent since the program started.")
        one_, many = translate("outgoing", "One request."), translate("outgoing", "The last {count} requests.")
        self.note.setText(none if not requests else one_ if len(requests) == 1 else many.format(count=len(requests)))
        self.list.setCurrentRow(0 if requests else -1)
        self._show_one(self.list.currentRow())

    def _show_one(self, row: int) -> None:
        one = self.requests[row] if 0 <= row < len(self.requests) else None
        self.sent.setPlainText(one.request if one else "")
        status = "" if one is None else f"HTTP {one.status}" if one.status else translate("outgoing", "No answer")
        self.answer.setPlainText(f"{status}\n\n{one.outcome(self._language)}".strip() if one else "")

    def _failed(self, error: Exception) -> None:
        self.note.setText(error_text(error, self._language))

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(self._timezone):%H:%M:%S}"


def _title(one: SentRequest) -> str:
    """Method and path: the address is the same for all."""
    method, _, rest = one.request.partition("\n")[0].partition(" ")
    path = "/" + rest.partition("://")[2].partition("/")[2]
    return f"{method} {path}"

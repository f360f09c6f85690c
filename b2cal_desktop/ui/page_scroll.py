"""A page that scrolls where its window has less room than it needs, as on a small screen with large letters."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget


class PageScroll(QScrollArea):
    """Scrolls a page that is as wide as there is room and as high as its wrapped texts then need."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(page)
        self.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)
        page.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow_focus)

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Qt scrolls where Tab moves inside the page, but not where it comes in from the buttons below it."""
        if new is not None and self._page.isAncestorOf(new):
            self.ensureWidgetVisible(new, 0, 24)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page and event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._page.minimumSizeHint().width() + 20, 200)

    def _fit(self) -> None:
        page, room = self._page, self.viewport().size()
        layout = page.layout()
        if layout is not None:
            width = max(room.width(), layout.totalMinimumSize().width())
            page.resize(width, max(room.height(), layout.totalHeightForWidth(width)))


def scroll_to(widget: QWidget) -> None:
    """Bring ``widget`` into sight on the page that it stands on."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()


def resize_within_screen(window: QWidget, width: int, height: int) -> None:
    """Make ``window`` so large, or as large as its screen has room for: 1080 lines at 200 % are 540."""
    screen = window.screen().availableGeometry()
    window.resize(min(width, screen.width() - 40), min(height, screen.height() - 60))

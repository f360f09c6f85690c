"""A thin picture of one day: which diversion would show when, by the draft and the real events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from b2cal_desktop.core.model import Block, CalendarEvent, Window
from b2cal_desktop.core.schedule import local_day, plan
from b2cal_desktop.core.state import AppState
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.ui.colours import diversion_colour, is_dark, surfaces, tint
from b2cal_desktop.ui.day_parts import tip
from b2cal_desktop.ui.icons import glyph_pixmap
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording

_FIRST_HOUR, _LAST_HOUR = 7, 18
_FEWEST_LETTERS = 8  # less of a name than that says less than the glyph beside it


def planned_day(settings: Settings, state: AppState, now: datetime) -> tuple[Block, ...]:
    """The blocks of today as ``settings`` would make them of the events that ``state`` knows."""
    day = local_day(now, state.timezone)
    return planned(settings, state.events, day, state)


def planned(
    settings: Settings, events: Sequence[CalendarEvent], window: Window, state: AppState | None
) -> tuple[Block, ...]:
    """The blocks that touch ``window``; what the user has skipped in ``state`` is left out."""
    rules = settings.to_rules(settings.catalogue()).for_mailbox(state.hours if state else None)
    zone = window.start.tzinfo if state is None else state.timezone
    if zone is None:
        raise ValueError("an instant without a time zone")
    schedule = plan(events, rules, window, zone, skips=state.skips if state else ())
    return tuple(block for block in schedule.blocks if window.touches(block.start, block.end))


class Ribbon(QWidget):
    """Draws blocks of one day from morning to evening, longer where there is more; says them in its name too."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: tuple[Block, ...] = ()
        self._words: Wording | None = None
        self._name = ""
        self._start = self._end = datetime.min.replace(tzinfo=UTC)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(480, self.fontMetrics().height() * 2 + 30)

    def show_day(self, blocks: Sequence[Block], words: Wording, name: str = "") -> None:
        """Draw ``blocks`` of the day that ``words`` are of; ``name`` is what it is called, where that is not today."""
        self._blocks, self._words, self._name = tuple(blocks), words, name or translate("settings", "Today")
        midnight = words.local(words.now).replace(hour=0, minute=0, second=0, microsecond=0)
        first, last = midnight.replace(hour=_FIRST_HOUR), midnight.replace(hour=_LAST_HOUR)
        day = midnight.date()
        starts = [start for b in blocks if (start := words.local(b.start)).date() == day and start != midnight]
        ends = [end for b in blocks if (end := words.local(b.end)).date() == day and end != midnight]
        self._start = min([first, *starts]).replace(minute=0)
        self._end = max([last, *ends])
        if self._end.minute:
            self._end = min(self._end.replace(minute=0) + timedelta(hours=1), midnight + timedelta(days=1))
        self.setAccessibleName(self.spoken())
        self.setToolTip(tip(self.spoken()))
        self.update()

    def spoken(self) -> str:
        """The day in one sentence."""
        words = self._words
        if words is None:
            return ""
        parts = [
            f"{words.span_within(words.today, block.start, block.end)} {words.label(block.diversion)}"
            for block in self._blocks
        ]
        return f"{self._name}: {', '.join(parts) or translate('settings', 'available all day')}"

    def _x(self, instant: datetime) -> float:
        whole = (self._end - self._start).total_seconds() or 1
        share = (instant - self._start).total_seconds() / whole
        return max(0.0, min(1.0, share)) * (self.width() - 2) + 1

    def paintEvent(self, _event: QPaintEvent) -> None:
        words = self._words
        if words is None:
            return
        painter, dark = QPainter(self), is_dark()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, line = surfaces(dark=dark), self.fontMetrics().height()
        band = QRectF(1, 1, self.width() - 2, line + 18)
        path = QPainterPath()
        path.addRoundedRect(band, 7, 7)
        painter.fillPath(path, look.card)
        painter.setClipPath(path)
        for block in self._blocks:
            self._paint_block(painter, block, band, words, dark)
        painter.setClipping(False)
        painter.setPen(QPen(look.line, 1))
        painter.drawPath(path)
        self._paint_hours(painter, band, line)
        now = words.local(words.now)
        if self._start <= now <= self._end:
            painter.setPen(QPen(look.text, 2))
            painter.drawLine(QPointF(self._x(now), 0), QPointF(self._x(now), band.bottom() + 3))
        painter.end()

    def _paint_block(self, painter: QPainter, block: Block, band: QRectF, words: Wording, dark: bool) -> None:
        look = surfaces(dark=dark)
        left, right = self._x(words.local(block.start)), self._x(words.local(block.end))
        box = QRectF(left, band.top(), max(right - left - 1.5, 2), band.height())
        colour = diversion_colour(block.diversion, dark=dark)
        painter.fillRect(box, tint(colour, look.card, 0.2))
        painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), colour)
        side, label = self.fontMetrics().height(), words.label(block.diversion)
        if box.width() < side + 8:
            return
        letter = label[:1]
        pixmap = glyph_pixmap(block.diversion, letter, side, colour, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(box.left() + 6, box.center().y() - side / 2), pixmap)
        room = box.adjusted(side + 9, 0, -2, 0)
        metrics = self.fontMetrics()
        whole = metrics.horizontalAdvance(label) <= room.width()
        if whole or room.width() > metrics.averageCharWidth() * _FEWEST_LETTERS:
            painter.setPen(look.text)
            text = metrics.elidedText(label, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_hours(self, painter: QPainter, band: QRectF, line: int) -> None:
        painter.setPen(surfaces(dark=is_dark()).muted)
        hours = int((self._end - self._start).total_seconds() // 3600)
        wide = self.fontMetrics().horizontalAdvance("00") + 10
        step = next(n for n in (1, 2, 3, 6, 24) if n * band.width() / max(hours, 1) >= wide or n == 24)
        for hour in range(0, hours + 1, step):
            moment = self._start + timedelta(hours=hour)
            x = self._x(moment)
            box = QRectF(max(0.0, min(x - 20, self.width() - 40.0)), band.bottom() + 3, 40, line)
            flags = Qt.AlignmentFlag.AlignHCenter
            if x - 20 < 0:
                flags = Qt.AlignmentFlag.AlignLeft
            elif x + 20 > self.width():
                flags = Qt.AlignmentFlag.AlignRight
            painter.drawText(box, flags | Qt.AlignmentFlag.AlignVCenter, f"{moment:%H}")

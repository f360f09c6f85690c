"""A trial of the switchboard, started by the user: a diversion is set and taken back again, each step to be seen."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from b2cal_desktop.system.settings import Settings
from b2cal_desktop.ui.background import Tasks, error_text
from b2cal_desktop.ui.checks import check_mark
from b2cal_desktop.ui.colours import is_dark
from b2cal_desktop.ui.configuration import (
    CheckStatus,
    Configuration,
    ConnectorForm,
    SentRequest,
    TrialResult,
    TrialStep,
)
from b2cal_desktop.ui.day_parts import large, wrapped
from b2cal_desktop.ui.page_scroll import resize_within_screen
from b2cal_desktop.ui.settings.forms import say
from b2cal_desktop.ui.translations import translate

# A switchboard that answers nothing at all takes this long to be given up, step by step.
_PATIENCE_SECONDS = 180.0
_WIDTH, _HEIGHT = 640, 620
# The first of these that there is: harmless, and not what an office shows in the middle of the day by chance.
_SUGGESTED = ("lunch", "meeting", "busy")


class TrialDialog(QDialog):
    """Tries ``settings`` with ``secrets`` that need not be kept yet. While a trial runs the dialog stays open."""

    stepped = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        form: ConnectorForm,
        settings: Settings,
        secrets: Mapping[str, str],
        configuration: Configuration,
        language: str,
    ) -> None:
        super().__init__(parent)
        self._settings, self._secrets, self._configuration = settings, dict(secrets), configuration
        self._language, self._tasks = language, Tasks(self)
        self.steps: list[TrialStep] = []
        self.found: TrialResult | None = None
        self.diversion, self.start = QComboBox(), QPushButton(translate("trial", "&Set and put back"))
        self.list, self.wire, self.outcome = QListWidget(), QPlainTextEdit(), wrapped()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._fill(form)
        self._build(form)
        self.stepped.connect(self._show_step)
        resize_within_screen(self, _WIDTH, self.heightForWidth(_WIDTH))

    def _fill(self, form: ConnectorForm) -> None:
        catalogue = self._settings.catalogue()
        known = [key for key in catalogue if key in form.values or form.id in catalogue[key].remote]
        for key in known:
            if key != "available":
                self.diversion.addItem(catalogue.label(key, self._language), key)
        suggested = (self.diversion.findData(key) for key in _SUGGESTED)
        self.diversion.setCurrentIndex(next((index for index in suggested if index >= 0), 0))
        self.start.setEnabled(self.diversion.count() > 0)

    def _build(self, form: ConnectorForm) -> None:
        self.setWindowTitle(translate("trial", "Try it in the switchboard – B2Cal Desktop"))
        heading = large(wrapped(), 1.25)
        heading.setText(translate("trial", "Set a diversion and put back what was there"))
        promise = wrapped()
        promise.setText(form.trial.to(self._language) if form.trial else "")
        label = QLabel(translate("trial", "&Diversion"))
        label.setBuddy(self.diversion)
        self.diversion.setAccessibleName(translate("trial", "&Diversion").replace("&", ""))
        line = QHBoxLayout()
        for part in (label, self.diversion, self.start):
            line.addWidget(part)
        line.addStretch(1)
        self.start.clicked.connect(lambda _=False: self._start())
        self.start.setAutoDefault(False)
        self.list.setAccessibleName(translate("trial", "What was done, step by step"))
        self.list.setWordWrap(True)
        self.list.setIconSize(QSize(20, 20))
        self.list.currentRowChanged.connect(self._show_wire)
        self.wire.setReadOnly(True)
        self.wire.setTabChangesFocus(True)
        self.wire.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        title = self.title = QLabel(translate("trial", "&Request and answer; passwords are masked"))
        title.setBuddy(self.wire)
        self.wire.setAccessibleName(title.text().replace("&", ""))
        for later in (self.outcome, self.list, title, self.wire):  # there is nothing in them before the first trial
            later.hide()
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText(translate("trial", "&Close"))
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(heading)
        layout.addWidget(promise)
        layout.addLayout(line)
        for widget, share in ((self.outcome, 0), (self.list, 2), (title, 0), (self.wire, 3), (self.buttons, 0)):
            layout.addWidget(widget, share)

    @property
    def running(self) -> bool:
        """Whether a trial is under way."""
        return self._tasks.is_running("trial")

    def _start(self) -> None:
        diversion = str(self.diversion.currentData())
        self.steps, self.found = [], None
        self.list.clear()
        self.wire.clear()
        self._make_room()
        self._set_busy(True)
        say(self.outcome, translate("trial", "The trial is running. What was there is put back before it ends."))
        self._tasks.run(
            "trial",
            lambda: self._configuration.try_switchboard(self._settings, self._secrets, diversion, self.stepped.emit),
            self._finished,
            self._failed,
            _PATIENCE_SECONDS,
        )

    def _make_room(self) -> None:
        if self.list.isHidden():
            for widget in (self.list, self.title, self.wire):
                widget.show()
            resize_within_screen(self, max(self.width(), _WIDTH), _HEIGHT)

    def _set_busy(self, busy: bool) -> None:
        self.diversion.setEnabled(not busy)
        self.start.setEnabled(not busy)
        self.buttons.setEnabled(not busy)

    def _show_step(self, step: TrialStep) -> None:
        self.steps.append(step)
        text = f"{step.title.to(self._language)}. {step.text.to(self._language)}"
        self.list.addItem(QListWidgetItem(check_mark(step.status, dark=is_dark()), text))
        self.list.setCurrentRow(len(self.steps) - 1)

    def _show_wire(self, row: int) -> None:
        step = self.steps[row] if 0 <= row < len(self.steps) else None
        requests = step.requests if step is not None else ()
        self.wire.setPlainText("\n\n".join(_exchange(one, self._language) for one in requests))

    def _finished(self, result: TrialResult) -> None:
        self.found = result
        self._set_busy(False)
        text = result.text.to(self._language)
        say(self.outcome, text, wrong=result.status is CheckStatus.PROBLEM, fine=result.status is CheckStatus.OK)

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        say(self.outcome, error_text(error, self._language), wrong=True)

    def reject(self) -> None:
        """Not before what was there is put back."""
        if not self.running:
            super().reject()


def _exchange(one: SentRequest, language: str) -> str:
    status = f"HTTP {one.status}" if one.status else translate("outgoing", "No answer")
    return f"{one.request}\n\n{status}\n\n{one.outcome(language)}".strip()

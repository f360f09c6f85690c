"""The first start: five steps from an empty profile to a diversion that follows the calendar.

Nothing is written before the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from b2cal_desktop.core.model import Block, Window
from b2cal_desktop.core.schedule import local_day, plan
from b2cal_desktop.system.settings_file import LoadedSettings
from b2cal_desktop.ui.answered import answered_steps
from b2cal_desktop.ui.background import Tasks, error_text, trial_text
from b2cal_desktop.ui.configuration import CalendarSample, Configuration, ConnectorForm, Opened, Unfinished
from b2cal_desktop.ui.day_parts import large, rule, wrapped
from b2cal_desktop.ui.icons import app_icon
from b2cal_desktop.ui.page_scroll import PageScroll, resize_within_screen
from b2cal_desktop.ui.settings.advice import advice, mapped
from b2cal_desktop.ui.settings.calendar_page import CalendarPage
from b2cal_desktop.ui.settings.diversions_page import DiversionsPage
from b2cal_desktop.ui.settings.draft import Draft, problem_text
from b2cal_desktop.ui.settings.forms import Form, quiet, say
from b2cal_desktop.ui.settings.general_page import LogInSwitch
from b2cal_desktop.ui.settings.ribbon import Ribbon
from b2cal_desktop.ui.settings.switchboard_page import SwitchboardPage
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording, capital

_DAYS = 7


class WelcomePage(Form):
    """What the app does, and what it never does."""

    def __init__(self, draft: Draft, language: str, answered: Sequence[str]) -> None:
        super().__init__(draft, language)
        icon = QLabel()
        icon.setPixmap(app_icon().pixmap(QSize(72, 72), self.devicePixelRatioF()))
        icon.setAccessibleName("B2Cal Desktop")
        self.add(icon)
        for text in (
            translate(
                "setup",
                "B2Cal Desktop reads your own calendar and keeps your own diversion in the switchboard right: "
                "in a meeting, at lunch, gone for the day.",
            ),
            translate(
                "setup", "Setting it up takes about two minutes. Nothing is changed until you say so at the end."
            ),
        ):
            self.add(_larger(text))
        self.section(translate("setup", "What the app never does"))
        for text in (
            translate("setup", "It reads no one else's calendar."),
            translate("setup", "Subjects, places and people never leave this computer."),
            translate("setup", "It never changes a diversion that you have set by hand before your next event begins."),
        ):
            self.add(_larger(f"•  {text}"))
        if answered:
            names = {
                "calendar": translate("setup", "the calendar"),
                "switchboard": translate("setup", "the switchboard"),
                "diversions": translate("setup", "what decides your diversion"),
            }
            text = translate("setup", "Your company has already chosen {things}.")
            self.add(quiet(text.format(things=", ".join(names[step] for step in answered))))
        self.column.addStretch(1)


def _larger(text: str) -> QLabel:
    line = wrapped()
    font = line.font()
    font.setPointSizeF(font.pointSizeF() * 1.15)
    line.setFont(font)
    line.setText(text)
    return line


class PreviewPage(Form):
    """Today and the coming week with the user's own events, by the draft."""

    wants_calendar = Signal()

    def __init__(
        self,
        draft: Draft,
        language: str,
        connectors: Mapping[str, ConnectorForm],
        configuration: Configuration,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(draft, language)
        self._connectors, self._configuration = connectors, configuration
        self._now, self._tasks = now, Tasks(self)
        self.sample: CalendarSample | None = None
        self.asks_calendar = True  # whether there is a step that asks for the calendar
        self.advice = wrapped()
        self.note, self.again = wrapped(), self.button(translate("setup", "&Try again"), self.read)
        self.to_calendar = self.button(translate("setup", "Back to the &calendar"), self.wants_calendar.emit)
        self.days = QVBoxLayout()
        self.days.setSpacing(4)
        self.promise = quiet(translate("setup", "These are your own events. Nothing has been written yet."))
        self.add(self.promise)
        self.add(self.note)
        ways = QHBoxLayout()
        ways.addWidget(self.again)
        ways.addWidget(self.to_calendar)
        ways.addStretch(1)
        self.column.addLayout(ways)
        self.add(self.advice)
        self.column.addLayout(self.days)
        self.log_in = LogInSwitch(draft, configuration, wanted=True)
        self.add(self.log_in)
        self.column.addStretch(1)
        self.ribbons: list[Ribbon] = []

    def read(self) -> None:
        """Fetch the events and show what they would become."""
        work = partial(self._configuration.read_calendar, self.draft.settings, dict(self.draft.secrets))
        self._clear()
        self._offer_ways(failed=False)
        say(self.advice, "")
        say(self.note, translate("setup", "Reading the calendar…"))
        self._tasks.run("sample", work, self._show, self._failed)

    def _clear(self) -> None:
        self.ribbons.clear()
        while (item := self.days.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _offer_ways(self, *, failed: bool) -> None:
        self.promise.setVisible(not failed)
        self.again.setVisible(failed)
        self.to_calendar.setVisible(failed and self.asks_calendar)

    def _failed(self, error: Exception) -> None:
        say(self.note, trial_text(error, self.language), wrong=True)
        self._offer_ways(failed=True)

    def _show(self, sample: CalendarSample) -> None:
        self.sample = sample
        say(self.note, _read(len(sample.events)), fine=True)
        self._show_advice(sample)
        now = self._now().astimezone(sample.timezone)
        today = local_day(now, sample.timezone).start.astimezone(sample.timezone).date()
        days = [today + timedelta(days=number) for number in range(_DAYS)]
        shown = [self._add_day(day, now, sample) for day in days]
        if not all(shown):
            words = Wording(self.language, sample.timezone, now, self.draft.settings.catalogue())
            text = translate("setup", "On the other days until {day} nothing sets a diversion.")
            self.days.addWidget(quiet(text.format(day=words.long_day(days[-1]))))

    def _show_advice(self, sample: CalendarSample) -> None:
        settings = self.draft.settings
        form = self._connectors.get(settings.switchboard.connector)
        supported = mapped(form, self.draft.value("diversions") or [])
        rules = settings.to_rules(settings.catalogue())
        say(self.advice, "\n".join(advice(rules, sample.events, supported, self.language)))

    def _add_day(self, day: date, now: datetime, sample: CalendarSample) -> bool:
        """Draw ``day``; one on which nothing happens is left out, save today."""
        settings = self.draft.settings
        words = Wording(self.language, sample.timezone, now, settings.catalogue())
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=sample.timezone)
        blocks = self.blocks_of(noon, sample)
        if day != words.today and not blocks:
            return False
        heading = large(wrapped(), 1.05)
        heading.setText(capital(words.day(day)))
        ribbon = Ribbon()
        if day != words.today:  # told from its own midnight: its times need no date, and it has no line for now
            words = Wording(self.language, sample.timezone, noon.replace(hour=0), words.catalogue)
        ribbon.show_day(blocks, words, heading.text())
        self.ribbons.append(ribbon)
        self.days.addWidget(heading)
        self.days.addWidget(ribbon)
        return True

    def blocks_of(self, noon: datetime, sample: CalendarSample) -> Sequence[Block]:
        settings = self.draft.settings
        window: Window = local_day(noon, sample.timezone)
        rules = settings.to_rules(settings.catalogue()).for_mailbox(sample.hours)
        schedule = plan(sample.events, rules, window, sample.timezone)
        return [block for block in schedule.blocks if window.touches(block.start, block.end)]


def _read(count: int) -> str:
    if not count:
        return translate("setup", "There is nothing in the calendar for the coming week.")
    if count == 1:
        return translate("setup", "One event was read.")
    return translate("setup", "{count} events were read.").format(count=count)


class SetupWizard(QDialog):
    """``finished_setup`` carries the settings once they are saved. Leaving keeps what was filled in."""

    finished_setup = Signal(object)

    def __init__(
        self,
        opened: Opened,
        configuration: Configuration,
        language: str,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self.language, self._configuration = language, configuration
        self.draft = Draft(opened.loaded, self)
        self.tasks = Tasks(self)
        self._done = False
        self._first_time = opened.loaded.stamp is None or opened.unfinished is not None
        connectors = opened.connectors
        self.calendar = CalendarPage(self.draft, language, configuration, whole=False)
        self.switchboard = SwitchboardPage(self.draft, language, connectors, configuration)
        self.preview = PreviewPage(self.draft, language, connectors, configuration, now)
        answered = answered_steps(self.draft, connectors)
        self.pages: dict[str, Form] = {
            "welcome": WelcomePage(self.draft, language, answered),
            "calendar": self.calendar,
            "switchboard": self.switchboard,
            "diversions": DiversionsPage(self.draft, language, connectors, whole=False),
            "preview": self.preview,
        }
        for step in answered:
            del self.pages[step]
        self.preview.asks_calendar = "calendar" in self.pages
        self.preview.wants_calendar.connect(self._to_calendar)
        self.stack, self.message = QStackedWidget(), wrapped()
        self.title, self.place = large(wrapped(), 1.5), quiet()
        self.later = QPushButton(translate("setup", "Finish &later"))
        self.back = QPushButton(translate("setup", "‹ &Back"))
        self.next = QPushButton()
        self._build()
        if opened.unfinished is not None:
            self.resume(opened.unfinished)
        self.draft.changed.connect(self._draft_changed)
        self._show_step()
        resize_within_screen(self, 720, 720)

    # --- how it is built

    def _titles(self) -> dict[str, str]:
        return {
            "welcome": translate("setup", "Welcome"),
            "calendar": translate("setup", "Where is your calendar?"),
            "switchboard": translate("setup", "Which switchboard?"),
            "diversions": translate("setup", "What decides your diversion?"),
            "preview": translate("setup", "This is how your days turn out"),
        }

    def _build(self) -> None:
        self.setWindowTitle(translate("setup", "Set up B2Cal Desktop"))
        for page in self.pages.values():
            page.column.setContentsMargins(2, 4, 14, 10)
            self.stack.addWidget(PageScroll(page))
        self.message.hide()
        self.later.clicked.connect(self.reject)
        self.back.clicked.connect(lambda _=False: self.go(-1))
        self.next.clicked.connect(lambda _=False: self.go(1))
        self.later.setAutoDefault(False)
        self.back.setAutoDefault(False)
        self.next.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.later)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(26, 22, 18, 18)
        layout.setSpacing(6)
        for widget, share in ((self.place, 0), (self.title, 0), (self.stack, 1), (self.message, 0)):
            layout.addWidget(widget, share)
        layout.addWidget(rule())
        layout.addSpacing(6)
        layout.addLayout(buttons)

    # --- steps

    @property
    def step(self) -> str:
        return list(self.pages)[self.stack.currentIndex()]

    def resume(self, unfinished: Unfinished) -> None:
        """Go on where the set-up was left."""
        self.draft.update(unfinished.changes)
        self.stack.setCurrentIndex(max(0, min(unfinished.step, len(self.pages) - 2)))

    def go(self, step: int) -> None:
        """Forward when what stands here is good, back always; after the last step it is saved."""
        if step > 0:
            page = self.pages[self.step]
            page.finish_typing()
            self._show_problems()
            wrong = page.first_wrong() or self._missing()
            if wrong is not None:
                wrong.setFocus(Qt.FocusReason.OtherFocusReason)
                return
            if self.stack.currentIndex() == len(self.pages) - 1:
                self._save()
                return
        self.stack.setCurrentIndex(max(0, self.stack.currentIndex() + step))
        self._show_step()

    def _to_calendar(self) -> None:
        self.stack.setCurrentIndex(list(self.pages).index("calendar"))
        self._show_step()

    def _missing(self) -> QWidget | None:
        """Where a calendar still has to be named; what is wrong is said there."""
        missing = self.calendar.missing() if self.step == "calendar" else None
        if missing is None:
            return None
        key, text = missing
        row = self.calendar.row(key)
        row.show_problem(text)
        return row.focus

    def _show_step(self) -> None:
        number, step = self.stack.currentIndex(), self.step
        self.place.setText(
            translate("setup", "Step {number} of {count}").format(number=number + 1, count=len(self.pages))
        )
        self.title.setText(self._titles()[step])
        self.back.setVisible(number > 0)
        last = number == len(self.pages) - 1
        self.next.setText(translate("setup", "&Start using it") if last else translate("setup", "&Next ›"))
        say(self.message, "")
        if step == "preview":
            self.preview.read()
        widget = self.pages[step].focus_first()
        (widget or self.next).setFocus(Qt.FocusReason.OtherFocusReason)

    def _draft_changed(self) -> None:
        for page in self.pages.values():
            page.refresh()
        self._show_problems()

    def _show_problems(self) -> None:
        problems = {p.key or "": problem_text(p, self.language) for p in self.draft.problems}
        page = self.pages[self.step]
        problems |= page.own_problems()
        page.show_problems(problems)

    # --- the end

    def _save(self) -> None:
        self.next.setEnabled(False)
        self.tasks.run(
            "save", partial(self._keep, self.draft.save_with(self._configuration)), self._saved, self._not_saved
        )

    def _keep(self, save: Callable[[], LoadedSettings]) -> LoadedSettings:
        """Not on the GUI thread: save, and forget where an earlier set-up was left."""
        loaded = save()
        self._configuration.keep_unfinished(None)
        return loaded

    def _saved(self, loaded: LoadedSettings) -> None:
        self._done = True
        self.accept()
        self.finished_setup.emit(loaded)

    def _not_saved(self, error: Exception) -> None:
        self.next.setEnabled(True)
        say(self.message, error_text(error, self.language), wrong=True)

    def done(self, result: int) -> None:
        """However a first set-up is left, what was filled in is kept for the next time."""
        if self._first_time and not self._done:
            self._done = True
            unfinished = Unfinished(self.draft.changes(), self.stack.currentIndex())
            self.tasks.run(
                "keep", lambda: self._configuration.keep_unfinished(unfinished), lambda _: None, lambda _error: None
            )
        self.calendar.stop()
        super().done(result)

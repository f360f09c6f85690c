"""Microsoft 365: who signs in, how the app is registered there, what it may see, and which calendars count."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QCheckBox, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from b2cal_desktop.ui.background import Tasks, trial_text
from b2cal_desktop.ui.configuration import CalendarChoice, Configuration
from b2cal_desktop.ui.day_parts import wrapped
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.settings.forms import Form, Row, quiet, say
from b2cal_desktop.ui.settings.sign_in_box import SignInBox
from b2cal_desktop.ui.translations import translate

_KEY = "calendar.microsoft365."
_CALENDARS = _KEY + "calendars"


class MicrosoftPart(Form):
    """The settings of ``[calendar.microsoft365]``; the set-up shows fewer (not ``whole``)."""

    def __init__(
        self,
        draft: Draft,
        language: str,
        configuration: Configuration,
        *,
        whole: bool,
        platform: str = sys.platform,
    ) -> None:
        super().__init__(draft, language)
        self._asked = False
        self.box = SignInBox(draft, language, configuration)
        self.add(self.box)
        if whole:
            self._build_calendars(configuration)
            self._build_permission()
            if platform == "win32":
                self._build_broker()
            self.section(translate("settings", "Details from IT"))
        self.text(
            _KEY + "client_id",
            translate("settings", "App &registration (client ID)"),
            help=translate("settings", "Ask your IT department. Leave it empty where the app brings its own."),
        )
        if whole:
            self._build_registration()

    def _build_calendars(self, configuration: Configuration) -> None:
        self.calendars = CalendarsList(self.draft, self.language, configuration)
        label = translate("settings", "Calendars that count")
        self.bind(_CALENDARS, Row(label, self.calendars, wide=True), self.calendars.refresh)
        self.box.changed.connect(self.calendars.forget)

    def _build_registration(self) -> None:
        self.text(
            _KEY + "tenant",
            translate("settings", "Or&ganisation (tenant)"),
            help=translate("settings", "“organizations” fits most; else the company's domain or its ID."),
        )
        clouds = (
            ("global", translate("settings", "Microsoft's usual one")),
            ("usgov", "US Government"),
            ("usdod", "US Department of Defense"),
            ("china", "China (21Vianet)"),
            ("custom", translate("settings", "One of your own")),
        )
        self.choice(_KEY + "cloud", translate("settings", "C&loud"), clouds)
        for name, label in (
            ("authority", translate("settings", "Address of the sign-in")),
            ("graph_root", translate("settings", "Address of Graph")),
        ):
            self.text(_KEY + name, label, hint="https://")
            self.on_refresh(partial(self._show_with_custom, self.rows[_KEY + name]))

    def _show_with_custom(self, row: Row) -> None:
        row.setVisible(self.draft.value(_KEY + "cloud") == "custom")

    def _build_permission(self) -> None:
        self.choice(
            _KEY + "permission",
            translate("settings", "What the app may see"),
            (
                ("basic", translate("settings", "Time, subject, place and status")),
                ("full", translate("settings", "Whole events, texts and attachments too")),
            ),
            help=translate(
                "settings",
                "The app never fetches texts or attachments. Choose whole events only if subjects are missing "
                "otherwise. After a change you sign in again.",
            ),
        )

    def _build_broker(self) -> None:
        self.switch(
            _KEY + "broker",
            translate("settings", "Sign in through Windows"),
            help=translate(
                "settings",
                "With the account that Windows already knows. Where this installation cannot do that, "
                "the browser opens.",
            ),
        )

    def look_who(self) -> None:
        """Find out, once, who is signed in."""
        if not self._asked:
            self._asked = True
            self.box.look_who()


class CalendarsList(QWidget):
    """The user's own calendars with a box each, fetched when they ask for them; the primary one always counts."""

    def __init__(self, draft: Draft, language: str, configuration: Configuration) -> None:
        super().__init__()
        self._draft, self._language, self._configuration = draft, language, configuration
        self._tasks = Tasks(self)
        self._listed: tuple[CalendarChoice, ...] | None = None
        self.boxes: dict[str, QCheckBox] = {}
        self.summary, self.problem = quiet(), wrapped()
        self.problem.hide()
        self.fetch = QPushButton(translate("settings", "Show my calendars"))
        self.fetch.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.fetch.setAutoDefault(False)
        self.fetch.clicked.connect(lambda _=False: self._fetch())
        self._choices = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.summary)
        layout.addLayout(self._choices)
        layout.addWidget(self.fetch)
        layout.addWidget(self.problem)

    def refresh(self) -> None:
        """Show what the draft says."""
        chosen = self._chosen()
        for id, box in self.boxes.items():
            if box.isEnabled() and box.isChecked() != (id in chosen):
                box.setChecked(id in chosen)
        count = len(chosen)
        text = translate("settings", "Your primary calendar counts, and no other.")
        if count:
            one = translate("settings", "Your primary calendar counts, and one more.")
            many = translate("settings", "Your primary calendar counts, and {count} more.")
            text = one if count == 1 else many.format(count=count)
        say(self.summary, text)

    def forget(self) -> None:
        """Somebody else may be signed in now: what was listed is no longer theirs."""
        self._listed = None
        self._build(())

    def _chosen(self) -> list[str]:
        return list(self._draft.value(_CALENDARS) or [])

    def _fetch(self) -> None:
        settings = self._draft.settings
        self.fetch.setEnabled(False)
        say(self.problem, translate("settings", "Asking the calendar…"))
        work = partial(self._configuration.list_calendars, settings)
        self._tasks.run("calendars", work, self._arrived, self._failed)

    def _arrived(self, listed: tuple[CalendarChoice, ...]) -> None:
        self.fetch.setEnabled(True)
        say(self.problem, "")
        self._listed = listed
        self._build(listed)

    def _failed(self, error: Exception) -> None:
        self.fetch.setEnabled(True)
        say(self.problem, trial_text(error, self._language), wrong=True)

    def _build(self, listed: Sequence[CalendarChoice]) -> None:
        for box in self.boxes.values():
            self._choices.removeWidget(box)
            box.deleteLater()
        self.boxes.clear()
        known = {choice.id for choice in listed}
        gone = translate("settings", "A calendar that is no longer there")
        lost = [CalendarChoice(id, gone, False) for id in self._chosen() if id not in known] if listed else []
        for choice in (*listed, *lost):
            box = self.boxes[choice.id] = QCheckBox(choice.name.replace("&", "&&"))
            box.setChecked(choice.primary or choice.id in self._chosen())
            box.setEnabled(not choice.primary)
            box.toggled.connect(partial(self._chose, choice.id))
            self._choices.addWidget(box)
        self.fetch.setVisible(not listed)

    def _chose(self, id: str, on: bool) -> None:
        others = [other for other in self._chosen() if other != id]
        self._draft.set(_CALENDARS, [*others, id] if on else others)

"""The finer rules: which diversion is stronger, private and all-day events, margins, working hours."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTime
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QTimeEdit, QWidget

from b2cal_desktop.core.model import Catalogue
from b2cal_desktop.core.rules import DEFAULT_ORDER
from b2cal_desktop.system.settings import WEEKDAYS
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.settings.forms import Form, Row, offer
from b2cal_desktop.ui.settings.order_list import OrderList
from b2cal_desktop.ui.settings.words import diversion_choices
from b2cal_desktop.ui.translations import translate

_ORDER, _DAYS, _FROM_MAILBOX = "rules.order", "rules.working_hours.days", "rules.working_hours.from_mailbox"


def whole_order(order: list[str], catalogue: Catalogue) -> list[str]:
    """``order`` with what it leaves out at the end, as the rules have it."""
    return [key for key in dict.fromkeys((*order, *DEFAULT_ORDER, *catalogue)) if key in catalogue]


class RulesPage(Form):
    """Everything of ``[rules]`` that is not on the page of diversions."""

    def __init__(self, draft: Draft, language: str) -> None:
        super().__init__(draft, language)
        self.days: dict[str, QCheckBox] = {}
        self.times: dict[str, QTimeEdit] = {}
        self.section(
            translate("settings", "What is strongest"),
            translate("settings", "Where events overlap, the one whose diversion stands higher decides."),
        )
        self.order = OrderList(language)
        self.order.changed.connect(lambda keys: self.draft.set(_ORDER, keys))
        self.bind(_ORDER, Row("", self.order, wide=True), self._show_order)
        self._build_events()
        self._build_hours()
        self.column.addStretch(1)

    def _build_events(self) -> None:
        self.section(translate("settings", "Events"))
        self.choice(
            "rules.private",
            translate("settings", "Pri&vate events"),
            (
                ("normal", translate("settings", "Count as all others")),
                ("ignore", translate("settings", "Do not count")),
            ),
            help=translate("settings", "Their subject is never shown, sent or kept in either case."),
        )
        self.choice(
            "rules.all_day",
            translate("settings", "&All-day events"),
            (
                ("normal", translate("settings", "Count as all others")),
                ("prefix_only", translate("settings", "Count only with a prefix")),
                ("ignore", translate("settings", "Do not count")),
            ),
        )
        minutes = translate("settings", "min")
        self.number("rules.lead_minutes", translate("settings", "Begin &before the event"), 0, 120, minutes)
        self.number("rules.lag_minutes", translate("settings", "End a&fter the event"), 0, 120, minutes)
        self.number(
            "rules.bridge_minutes",
            translate("settings", "Bridge &gaps of at most"),
            0,
            60,
            minutes,
            help=translate("settings", "Two events of the same kind with a shorter gap show as one."),
        )

    def _build_hours(self) -> None:
        self.section(translate("settings", "Working hours"))
        self.switch(
            "rules.working_hours.enabled",
            translate("settings", "Go by &working hours"),
            help=translate("settings", "Outside them only absences count."),
        )
        self.switch(
            _FROM_MAILBOX,
            translate("settings", "Take them from Outlook"),
            help=translate(
                "settings", "The sign-in then asks to read them too. Where that is not allowed, those below hold."
            ),
        )
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(18)  # a day's box belongs to its own name, not to the one before it
        names = dict(zip(WEEKDAYS, self._day_names(), strict=True))
        for day in WEEKDAYS:
            box = self.days[day] = QCheckBox(names[day][:2])
            box.setAccessibleName(names[day])
            box.toggled.connect(lambda _: self._days_changed())
            line.addWidget(box)
        line.addStretch(1)
        self.bind(_DAYS, Row(translate("settings", "Days"), holder, wide=True), self._show_days)
        for key, label in (("start", translate("settings", "From")), ("end", translate("settings", "To"))):
            self._time(f"rules.working_hours.{key}", label)
        self.outside = self.choice(
            "rules.working_hours.outside",
            translate("settings", "Show &outside them"),
            [("", translate("settings", "Nothing"))],
        )
        self.on_refresh(self._show_outside)

    def _time(self, key: str, label: str) -> None:
        edit = self.times[key.rpartition(".")[2]] = QTimeEdit()
        edit.setDisplayFormat("HH:mm")
        edit.lineEdit().setTextMargins(6, 0, 0, 0)
        edit.timeChanged.connect(lambda time: self.draft.set(key, time.toString("HH:mm")))

        def read() -> None:
            with QSignalBlocker(edit):
                edit.setTime(QTime.fromString(str(self.draft.value(key)), "HH:mm"))

        self.bind(key, Row(label, edit), read)

    def _day_names(self) -> tuple[str, ...]:
        return (
            translate("settings", "Monday"),
            translate("settings", "Tuesday"),
            translate("settings", "Wednesday"),
            translate("settings", "Thursday"),
            translate("settings", "Friday"),
            translate("settings", "Saturday"),
            translate("settings", "Sunday"),
        )

    # --- draft and controls

    def _show_order(self) -> None:
        catalogue = self.draft.settings.catalogue()
        self.order.show_order(whole_order(self.draft.value(_ORDER) or [], catalogue), catalogue)

    def _show_days(self) -> None:
        chosen = self.draft.value(_DAYS) or []
        for day, box in self.days.items():
            with QSignalBlocker(box):
                box.setChecked(day in chosen)

    def _days_changed(self) -> None:
        self.draft.set(_DAYS, [day for day in WEEKDAYS if self.days[day].isChecked()])

    def _show_outside(self) -> None:
        on = bool(self.draft.value("rules.working_hours.enabled"))
        for key in (_DAYS, *(f"rules.working_hours.{name}" for name in ("start", "end", "outside"))):
            self.rows[key].setVisible(on)
        self.rows[_FROM_MAILBOX].setVisible(on and self.draft.value("calendar.source") == "microsoft365")
        choices = diversion_choices(self.draft.settings.catalogue(), self.language, translate("settings", "Nothing"))
        offer(self.outside, choices, self.draft.value("rules.working_hours.outside"))

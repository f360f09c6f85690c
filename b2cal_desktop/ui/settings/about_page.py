"""What this is, which version, whether there is a newer one, and where it keeps its files."""

from __future__ import annotations

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

import b2cal_desktop
from b2cal_desktop.ui.configuration import UpdateNews
from b2cal_desktop.ui.day_parts import large, wrapped
from b2cal_desktop.ui.icons import app_icon
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.settings.forms import Form, quiet
from b2cal_desktop.ui.translations import translate


class AboutPage(Form):
    """``updates`` is what is known of newer versions; None where there is nobody to ask."""

    def __init__(self, draft: Draft, language: str, updates: UpdateNews | None = None) -> None:
        super().__init__(draft, language)
        icon = QLabel()
        icon.setPixmap(app_icon().pixmap(QSize(64, 64), self.devicePixelRatioF()))
        icon.setAccessibleName("B2Cal Desktop")
        name = large(wrapped(), 1.3)
        name.setText(f"B2Cal Desktop {b2cal_desktop.__version__}")
        promise, licence = wrapped(), quiet()
        promise.setText(
            translate(
                "settings",
                "Your own calendar keeps your own diversion in the switchboard right. "
                "Subjects and places stay on this computer.",
            )
        )
        licence.setText(translate("settings", "Free software under the MIT licence. Made with Qt, under the LGPL."))
        for widget in (icon, name, promise, licence):
            self.add(widget)
        self._add_updates(updates)
        self.section(translate("settings", "Files"))
        place = wrapped()
        place.setText(str(draft.loaded.path))
        self.add(place)
        self.add(self.button(translate("settings", "&Open the folder"), self._open_folder))
        if draft.loaded.policy is not None and draft.loaded.policy.stamp is not None:
            line = translate("settings", "Your company's settings are in {file}.")
            self.add(quiet(line.format(file=draft.loaded.policy.path)))
        self.column.addStretch(1)

    def _add_updates(self, updates: UpdateNews | None) -> None:
        self.section(translate("settings", "Updates"))
        told = wrapped() if updates is not None and updates.version else quiet()
        told.setText(_told(updates, enabled=bool(self.draft.value("updates.enabled"))))
        self.add(told)
        if updates is None:
            return
        if updates.version:
            self._page = QUrl(updates.page)
            self.add(self.button(translate("settings", "Open the &download page"), self._open_page))
        self.switch(
            "updates.enabled",
            translate("settings", "&Tell me of new versions"),
            help=translate(
                "settings", "The app asks about once a day, says nothing of you, and installs nothing itself."
            ),
        )

    def _open_page(self) -> None:
        QDesktopServices.openUrl(self._page)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.draft.loaded.path.parent)))


def _told(updates: UpdateNews | None, *, enabled: bool) -> str:
    if updates is None:
        return translate(
            "settings", "The app does not look for new versions itself. They come from whoever looks after it."
        )
    if updates.doubtful:
        return translate(
            "settings",
            "The last news of a new version cannot be trusted. Show this to whoever looks after the app.",
        )
    if updates.version:
        return translate("settings", "Version {version} is out.").format(version=updates.version)
    if not enabled:
        return translate("settings", "The app does not look for new versions.")
    if updates.checked is None:
        return translate("settings", "The app has not looked yet.")
    day = f"{updates.checked.astimezone():%Y-%m-%d %H:%M}"
    return translate("settings", "This is the newest version. Last looked {moment}.").format(moment=day)

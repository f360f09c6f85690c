"""What this is, which version, and where it keeps its files."""

from __future__ import annotations

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

import b2cal_desktop
from b2cal_desktop.ui.day_parts import large, wrapped
from b2cal_desktop.ui.icons import app_icon
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.settings.forms import Form, quiet
from b2cal_desktop.ui.translations import translate


class AboutPage(Form):
    """Has nothing to change."""

    def __init__(self, draft: Draft, language: str) -> None:
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
        self.section(translate("settings", "Files"))
        place = wrapped()
        place.setText(str(draft.loaded.path))
        self.add(place)
        self.add(self.button(translate("settings", "&Open the folder"), self._open_folder))
        if draft.loaded.policy is not None and draft.loaded.policy.stamp is not None:
            line = translate("settings", "Your company's settings are in {file}.")
            self.add(quiet(line.format(file=draft.loaded.policy.path)))
        self.column.addStretch(1)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.draft.loaded.path.parent)))

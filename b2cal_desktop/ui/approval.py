"""The message to IT that asks for approval of the app: to be copied, or put into the user's own mail program."""

from __future__ import annotations

from urllib.parse import quote

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from b2cal_desktop.ui.configuration import Approval


def approval_text(approval: Approval, language: str) -> str:
    """The whole message."""
    return f"{approval.subject.to(language)}\n\n{approval.body.to(language)}"


def copy_approval(approval: Approval, language: str) -> None:
    """Put the message on the clipboard."""
    QGuiApplication.clipboard().setText(approval_text(approval, language))


def mail_approval(approval: Approval, language: str) -> None:
    """Open a new mail with the message in it; the user fills in to whom, and sends it."""
    subject, body = quote(approval.subject.to(language)), quote(approval.body.to(language).replace("\n", "\r\n"))
    QDesktopServices.openUrl(QUrl(f"mailto:?subject={subject}&body={body}", QUrl.ParsingMode.StrictMode))

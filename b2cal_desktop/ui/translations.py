"""The interface's texts in the chosen language, read straight from its Qt Linguist file.

English stands in the sources. There is no compiling step: the ``.ts`` file is what is edited, checked and loaded, so a
translation can't be out of date. Reading it takes a few milliseconds. ``translate`` is a plain function and not a
QTranslator of our own: it needs no application, so what is shown can be worked out and tested without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from PySide6.QtCore import QCoreApplication, QFile, QIODevice, QLibraryInfo, QTranslator, QXmlStreamReader

from b2cal_desktop.ui.resources import RESOURCES

LANGUAGES = ("sv", "en")
Texts = Mapping[tuple[str, str, str], str]
_NONE: Texts = MappingProxyType({})
_OF_QT = "texts of Qt itself"


class TranslationProblem(ValueError):
    """A ``.ts`` file is not XML; names the file and the line."""


class _Installed:
    """The one language that the screen is in."""

    texts: ClassVar[Texts] = _NONE


def translate(context: str, source: str, comment: str = "") -> str:
    """``source`` in the installed language, or itself. ``pyside6-lupdate`` looks for calls of this name.

    Where something is counted, the caller picks between two texts: Swedish and English both have one and many.
    """
    return _Installed.texts.get((context, source, comment), source)


def read_linguist_file(path: Path) -> Texts:
    """The finished translations of a ``.ts`` file, by context, source and comment."""
    file = QFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        raise FileNotFoundError(str(path))
    reader = QXmlStreamReader(file)
    texts: dict[tuple[str, str, str], str] = {}
    context = source = comment = ""
    while not reader.atEnd():
        if reader.readNext() is not QXmlStreamReader.TokenType.StartElement:
            continue
        match reader.name():
            case "name":
                context = reader.readElementText()
            case "message":
                source = comment = ""
            case "source":
                source = reader.readElementText()
            case "comment":
                comment = reader.readElementText()
            case "translation":
                if text := reader.readElementText():
                    texts[context, source, comment] = text
    file.close()
    if reader.hasError():
        raise TranslationProblem(f"{path}, line {reader.lineNumber()}: {reader.errorString()}")
    return texts


def install_texts(texts: Texts) -> None:
    """Make ``texts`` those of the interface, wherever they come from."""
    _Installed.texts = texts


def install_language(language: str) -> None:
    """Make ``language`` (``sv``; anything else is English) that of the interface, in place of the one before.

    Qt's own texts, as on the buttons of dialogs, follow where there is an application and Qt has them.
    """
    language = language if language in LANGUAGES else "en"
    path = RESOURCES / "i18n" / f"b2cal_{language}.ts"
    _Installed.texts = _NONE if language == "en" else read_linguist_file(path)
    app = QCoreApplication.instance()
    if app is None:
        return
    for old in app.findChildren(QTranslator, _OF_QT):
        app.removeTranslator(old)
        old.deleteLater()
    of_qt = QTranslator(app)
    of_qt.setObjectName(_OF_QT)
    if of_qt.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(of_qt)

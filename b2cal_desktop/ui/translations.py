"""The interface's texts in the chosen language, read straight from its Qt Linguist file.

There is no compiling step: the ``.ts`` files are what is edited, checked and loaded, so a translation can't be out of
date. Reading one takes a few milliseconds.

``translate`` is a plain function and not a QTranslator of our own: it needs no application, so what is shown can be
worked out and tested without one, and no text takes the way through C++.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QCoreApplication, QFile, QIODevice, QLibraryInfo, QTranslator, QXmlStreamReader

from b2cal_desktop.ui.resources import RESOURCES

LANGUAGES = ("sv", "en")
Texts = Mapping[tuple[str, str, str], tuple[str, ...]]
_OF_QT = "texts of Qt itself"


class TranslationProblem(ValueError):
    """A ``.ts`` file is not XML; names the file and the line."""


class _Installed:
    """The one language that the screen is in."""

    texts: ClassVar[Texts] = {}


def translate(context: str, source: str, comment: str | None = None, n: int = -1) -> str:
    """``source`` in the installed language, or itself; with ``n``, its form for so many, with ``%n`` filled in.

    The name and the order of arguments are what ``pyside6-lupdate`` looks for.
    """
    forms = _Installed.texts.get((context, source, comment or ""), (source,))
    if n < 0:
        return forms[0]
    return (forms[0] if n == 1 else forms[-1]).replace("%n", str(n))


def read_linguist_file(path: Path) -> Texts:
    """The finished translations of a ``.ts`` file: (context, source, comment) to its forms, two where it counts."""
    file = QFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        raise FileNotFoundError(str(path))
    reader = QXmlStreamReader(file)
    texts: dict[tuple[str, str, str], tuple[str, ...]] = {}
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
                forms = _forms(reader)
                if all(forms):
                    texts[context, source, comment] = forms
    file.close()
    if reader.hasError():
        raise TranslationProblem(f"{path}, line {reader.lineNumber()}: {reader.errorString()}")
    return texts


def _forms(reader: QXmlStreamReader) -> tuple[str, ...]:
    text, forms = "", []
    while not reader.atEnd():
        match reader.readNext():
            case QXmlStreamReader.TokenType.Characters:
                text += reader.text()
            case QXmlStreamReader.TokenType.StartElement:  # <numerusform>
                forms.append(reader.readElementText())
            case QXmlStreamReader.TokenType.EndElement:
                break
    return tuple(forms) if forms else (text,)


def install_language(language: str) -> None:
    """Make ``language`` (``sv``; anything else is English) that of the interface, in place of the one before.

    Qt's own texts, as on the buttons of dialogs, follow where there is an application and Qt has them.
    """
    language = language if language in LANGUAGES else "en"
    _Installed.texts = read_linguist_file(RESOURCES / "i18n" / f"b2cal_{language}.ts")
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

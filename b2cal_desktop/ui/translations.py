"""Installs the translation of a language, read straight from its Qt Linguist file.

There is no compiling step: the ``.ts`` files are what is edited, checked and loaded, so a translation can't be out of
date. Reading one takes a few milliseconds.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QFile, QIODevice, QLibraryInfo, QObject, QTranslator, QXmlStreamReader

from b2cal_desktop.ui.resources import RESOURCES

LANGUAGES = ("sv", "en")
_Key = tuple[str, str, str]


class TranslationProblem(ValueError):
    """A ``.ts`` file is not XML; names the file and the line."""


class LinguistTranslator(QTranslator):
    """A translation held in memory, with the plural forms of Swedish and English: one, and all others."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = read_linguist_file(path)

    def isEmpty(self) -> bool:
        return not self._texts

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        forms = self._texts.get((context, source, disambiguation or ""))
        if not forms:
            return None
        return forms[0] if n in (-1, 1) else forms[-1]


def read_linguist_file(path: Path) -> dict[_Key, tuple[str, ...]]:
    """The finished translations of a ``.ts`` file: (context, source, comment) to its forms, several where it counts."""
    file = QFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        raise FileNotFoundError(str(path))
    reader = QXmlStreamReader(file)
    texts: dict[_Key, tuple[str, ...]] = {}
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


def install_language(language: str) -> tuple[QTranslator, ...]:
    """Make ``language`` (``sv``, anything else is English) that of the interface, in place of the one before.

    Qt's own texts, as on the buttons of dialogs, follow where Qt has them. Widgets get a LanguageChange event.
    """
    app = QCoreApplication.instance()
    if app is None:
        raise RuntimeError("a language is installed in an application")
    language = language if language in LANGUAGES else "en"
    for old in app.findChildren(QTranslator, "b2cal"):
        app.removeTranslator(old)
        old.deleteLater()
    qt = QTranslator(app)
    qt.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    own = LinguistTranslator(RESOURCES / "i18n" / f"b2cal_{language}.ts", app)
    for translator in (qt, own):
        translator.setObjectName("b2cal")
        app.installTranslator(translator)
    return qt, own

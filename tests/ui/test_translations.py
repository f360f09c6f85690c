"""Both languages are complete, and the files are read as Qt Linguist writes them."""

import subprocess
import sys
from pathlib import Path

import pytest

from b2cal_desktop.ui.resources import RESOURCES
from b2cal_desktop.ui.translations import TranslationProblem, install_language, read_linguist_file, translate

UPDATE = Path(__file__).parents[2] / "resources" / "i18n" / "update.py"


def test_the_files_are_up_to_date_finished_and_keep_their_placeholders() -> None:
    done = subprocess.run([sys.executable, str(UPDATE), "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_english_is_the_text_itself_and_an_unknown_language_is_english() -> None:
    install_language("fi")
    assert translate("tray", "Quit") == "Quit"


def test_no_two_buttons_of_the_day_window_share_a_letter() -> None:
    for language in ("sv", "en"):
        install_language(language)
        texts = read_linguist_file(RESOURCES / "i18n" / "b2cal_sv.ts")
        labels = [translate("day", source) for context, source, _ in texts if context == "day" and "&" in source]
        letters = [label[label.index("&") + 1].lower() for label in labels]
        assert len(letters) == len(set(letters)), (language, sorted(letters))


def test_reading_takes_finished_texts_forms_and_entities(tmp_path: Path) -> None:
    file = tmp_path / "x.ts"
    file.write_text(
        """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE TS><TS version="2.1" language="sv"><context><name>c</name>
        <message><source>a &amp; b</source><comment>note</comment><translation>å &amp; ä</translation></message>
        <message><source>left</source><translation type="unfinished"></translation></message>
        </context></TS>""",
        "utf-8",
    )
    assert read_linguist_file(file) == {("c", "a & b", "note"): "å & ä"}


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.ts"
    file.write_text("<TS><context>", "utf-8")
    with pytest.raises(TranslationProblem, match=r"x\.ts, line 1"):
        read_linguist_file(file)
    with pytest.raises(FileNotFoundError):
        read_linguist_file(tmp_path / "none.ts")

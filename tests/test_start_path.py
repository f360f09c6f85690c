"""What the icon waits for: no more than was measured and allowed, so that an import that slips in is noticed."""

import json
import subprocess
import sys

import pytest

from b2cal_desktop.__main__ import _options_alone, _parser

PROBE = """
import json, sys
from PySide6 import QtCore, QtGui, QtWidgets
before = set(sys.modules)
import b2cal_desktop.__main__, b2cal_desktop.app
new = set(sys.modules) - before
ours = sorted(name for name in new if name.startswith("b2cal_desktop."))
others = sorted({name.partition(".")[0] for name in new if not name.startswith("b2cal_desktop")})
print(json.dumps([ours, others, "Qt" in vars(QtCore)]))
"""
# Of other packages, before the icon: the one that knows where a profile lies. Nothing of network or keyring.
ALLOWED = {"platformdirs"}
MODULES = 14  # of ours


def test_before_the_icon_little_is_imported() -> None:
    told = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=60)
    ours, others, has_qt_namespace = json.loads(told.stdout)
    foreign = set(others) - set(sys.stdlib_module_names) - ALLOWED
    assert not foreign
    assert "b2cal_desktop.core.model" not in ours
    assert "b2cal_desktop.system.settings" not in ours
    assert len(ours) <= MODULES, ours
    assert not has_qt_namespace  # Qt's largest class costs as much as all of ours together


def test_the_import_hook_of_pyside_is_gone_once_the_app_runs() -> None:
    probe = """
import builtins
from b2cal_desktop.ui.first_icon import drop_import_hook
hooked = builtins.__import__
drop_import_hook()
import linecache, wave  # a module that nothing has imported yet
print(hooked is not builtins.__import__, any("wave" in name for name in linecache.cache))
"""
    told = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == ["True", "False"]


@pytest.mark.parametrize(
    "words", [[], ["--background"], ["--profile", "x"], ["--profile=x", "--background"], ["--self-check", "--json"]]
)
def test_without_a_command_the_commands_are_not_described_and_the_same_is_understood(words: list[str]) -> None:
    assert _options_alone(words) == _parser().parse_args(words)


@pytest.mark.parametrize("words", [["status"], ["--profile", "x", "status"], ["-h"], ["--version"], ["--profile"]])
def test_with_anything_else_they_are(words: list[str]) -> None:
    assert _options_alone(words) is None


def test_what_the_import_hook_has_read_is_let_go_of() -> None:
    probe = """
import linecache
from b2cal_desktop.ui.first_icon import drop_import_hook
import wave  # under the hook
before = len(linecache.cache)
drop_import_hook()
print(before > 0, len(linecache.cache))
"""
    told = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == ["True", "0"]


def test_requests_comes_without_what_guesses_encodings_and_reads_text_all_the_same() -> None:
    probe = """
import sys, warnings
warnings.simplefilter("error")
from b2cal_desktop.system.spared import spare_guesses
spare_guesses()
import requests
answer = requests.Response()
answer._content = "k\u00f6".encode()
print(answer.text == "k\u00f6", [name for name in sys.modules if name.startswith("charset_normalizer.")])
"""
    told = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout == "True []\n"

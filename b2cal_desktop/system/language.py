"""Swedish or English: by the setting, else as the computer speaks. Without Qt."""

from __future__ import annotations

import locale
import os
import plistlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from xml.parsers.expat import ExpatError

Language = Literal["sv", "en"]

_WINDOWS_SWEDISH = 0x1D  # LANG_SWEDISH, the low ten bits of a LANGID


def language(setting: str, environ: Mapping[str, str] = os.environ) -> Language:
    """``sv`` or ``en``: what ``setting`` names; with ``auto`` Swedish where the computer is Swedish, else English."""
    if setting in ("sv", "en"):
        return "sv" if setting == "sv" else "en"
    return "sv" if _is_swedish(environment_locale(environ) or _system_locale()) else "en"


def environment_locale(environ: Mapping[str, str]) -> str:
    """The locale for messages that the environment names, as gettext reads it; ``""`` if it names none."""
    named = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    if named in ("C", "POSIX") or named.startswith("C."):
        return named
    preferred = environ.get("LANGUAGE", "").split(":")[0]
    return preferred or named


def _is_swedish(name: str) -> bool:
    return name.lower().replace("-", "_").split(".")[0].split("_")[0] in ("sv", "swedish")


def _system_locale() -> str:
    if sys.platform == "win32":
        import ctypes

        language_id = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return "sv" if language_id & 0x3FF == _WINDOWS_SWEDISH else "en"
    if sys.platform == "darwin":
        return macos_language()
    return locale.getlocale()[0] or ""


def macos_language(preferences: Path = Path("~/Library/Preferences/.GlobalPreferences.plist")) -> str:
    """The first of the user's languages: a program started from the Dock gets no locale in its environment."""
    try:
        with preferences.expanduser().open("rb") as file:
            return str(plistlib.load(file)["AppleLanguages"][0])
    except (OSError, ValueError, ExpatError, LookupError, TypeError, AttributeError, RuntimeError):
        return locale.getlocale()[0] or ""

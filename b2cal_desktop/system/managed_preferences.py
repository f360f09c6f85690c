"""macOS' managed preferences: what a configuration profile (MDM) has put where only the system may write.

The property list has the two tables of a policy file, ``defaults`` and ``locked``, and in them its keys.
"""

from __future__ import annotations

import os
import plistlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from b2cal_desktop.core.model import Text
from b2cal_desktop.system.settings_check import WrongSettings
from b2cal_desktop.system.settings_whole import overlaid

DOMAIN = "se.b2cal.desktop"
FOLDER = Path("/Library/Managed Preferences")
PLACE = FOLDER / f"{DOMAIN}.plist"
_LIMIT = 1_000_000


def read_managed_preferences(folder: Path = FOLDER, user: str | None = None) -> dict[str, Any]:
    """What configuration profiles say, of this computer and, stronger, of ``user`` (None: whoever runs this).

    Raises WrongSettings for a file that is no property list.
    """
    user = _user() if user is None else user
    files = [folder / f"{DOMAIN}.plist", *([folder / user / f"{DOMAIN}.plist"] if user else [])]
    data: dict[str, Any] = {}
    for path in files:
        for table, values in _entries(path):
            both = isinstance(values, dict) and isinstance(data.get(table), dict)
            data[table] = overlaid(data[table], values) if both else values
    return data


def _entries(path: Path) -> Iterator[tuple[str, Any]]:
    """The file's top-level entries, but for those that tell of the profile it came with."""
    try:
        with path.open("rb") as file:
            found = plistlib.loads(file.read(_LIMIT))
    except OSError:
        return
    except (ValueError, ExpatError, LookupError, TypeError, AttributeError) as error:
        raise WrongSettings(str(path), None, None, _NO_PLIST) from error
    if not isinstance(found, dict):
        raise WrongSettings(str(path), None, None, _NO_PLIST)
    yield from ((key, value) for key, value in found.items() if not key.startswith("Payload"))


_NO_PLIST = Text("Det här är ingen giltig egenskapslista (plist).", "This is not a valid property list.")


def _user() -> str:
    """Who runs this, by the system's own list: the environment could name somebody else."""
    if sys.platform == "win32":
        return ""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""

"""Whether somebody who is logged on to this computer can sign in to the company's servers by that alone."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache


@cache
def has_log_on() -> bool:
    """On Windows always; elsewhere where Python's Kerberos packages are, which the installed app does not bring."""
    return sys.platform == "win32" or all(importlib.util.find_spec(name) for name in ("gssapi", "krb5"))

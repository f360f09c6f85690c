"""Windows' own account broker: whether this installation can reach it, and what it wants of a window.

msal reaches it through ``pymsalruntime``, which our bundles do not carry: it is the administrator's to add.
https://learn.microsoft.com/entra/msal/python/advanced/wam
"""

from __future__ import annotations

import importlib.util
import sys

from b2cal_desktop.core.model import Text

MISSING = Text(
    "Inloggning genom Windows är vald, men den här installationen saknar stöd för det (pymsalruntime). "
    "Webbläsaren används i stället.",
    "Signing in through Windows is chosen, but this installation lacks the support for it (pymsalruntime). "
    "The browser is used instead.",
)


def is_installed() -> bool:
    """Whether msal can reach the broker."""
    return importlib.util.find_spec("pymsalruntime") is not None


def front_window() -> int:
    """The handle of the window that the user has just clicked in, to show the broker's above; 0 for none."""
    if sys.platform == "win32":
        import ctypes

        return int(ctypes.windll.user32.GetForegroundWindow() or 0)
    return 0

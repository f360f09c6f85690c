"""A hand and an eye in an installer's window, run by Windows' Python: ``press.py TITLE [BUTTON]``.

Prints the texts of the visible window whose title begins with TITLE, as JSON, and then presses BUTTON, if one is named.
Ends with 1 where the window or the button is not there.
"""

from __future__ import annotations

import ctypes
import json
import sys

CLICK, GET_TEXT, GET_LENGTH = 0x00F5, 0x000D, 0x000E

if sys.platform == "win32":
    from ctypes import wintypes

    _user = ctypes.WinDLL("user32")
    _each = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)
    _user.SendMessageW.argtypes = (wintypes.HWND, wintypes.UINT, wintypes.WPARAM, ctypes.c_void_p)
    _user.PostMessageW.argtypes = (wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)
    _user.EnumWindows.argtypes = (_each, wintypes.LPARAM)
    _user.EnumChildWindows.argtypes = (wintypes.HWND, _each, wintypes.LPARAM)
    _user.IsWindowVisible.argtypes = _user.IsWindowEnabled.argtypes = (wintypes.HWND,)

    def text_of(window: int) -> str:
        room = ctypes.create_unicode_buffer(_user.SendMessageW(window, GET_LENGTH, 0, None) + 1)
        _user.SendMessageW(window, GET_TEXT, len(room), room)
        return room.value

    def windows(parent: int = 0) -> list[int]:
        found: list[int] = []

        def keep(window: int, _: int) -> bool:
            if _user.IsWindowVisible(window):
                found.append(window)
            return True

        if parent:
            _user.EnumChildWindows(parent, _each(keep), 0)
        else:
            _user.EnumWindows(_each(keep), 0)
        return found

    def main(title: str, button: str = "") -> int:
        window = next((window for window in windows() if text_of(window).startswith(title)), None)
        if window is None:
            return 1
        parts = [(text_of(part), part) for part in windows(window)]
        print(json.dumps([text for text, _ in parts]))
        if not button:
            return 0
        for text, part in parts:
            if text.replace("&", "") == button and _user.IsWindowEnabled(part):
                _user.PostMessageW(part, CLICK, 0, 0)
                return 0
        return 1

    sys.exit(main(*sys.argv[1:]))

r"""How Windows' installers end the running copies of this program, which has its files open as long as it runs.

Each copy waits for an event that bears its process number, in the namespace that all sessions share: a roll-out by the
system's own account reaches the copies of everybody who is logged on, and nobody else than that account and the user of
a copy may set its event. The copy then leaves as quitting asks. Elsewhere programs are ended by SIGTERM.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.core.model import Text

_EVENT = "Global\\B2CalDesktop-end-{}"
_MOST_PROCESSES = 32_768
_MOST_CHARACTERS = 32_768


@dataclass(frozen=True, slots=True)
class Copy:
    """A process of a program that lies in the folder asked about."""

    process: int
    program: Path


class StillRunning(B2CalError):
    """Copies that were asked to end and did not."""

    code = "still_running"
    what = Text(
        "{copies} avslutas inte trots att de har blivit ombedda.", "{copies} did not end although they were asked to."
    )
    meaning = Text("Så länge de körs går programmet inte att byta ut.", "While they run the app cannot be replaced.")
    remedy = Text("Avsluta dem i Aktivitetshanteraren och försök igen.", "End them in Task Manager, then try again.")

    def __init__(self, copies: Sequence[Copy]) -> None:
        super().__init__(copies=", ".join(f"{copy.program.name} (PID {copy.process})" for copy in copies))


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _SYNCHRONIZE, _QUERY, _MODIFY = 0x0010_0000, 0x1000, 0x0002
    _FOREVER, _SIGNALLED = 0xFFFF_FFFF, 0

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateEventW.restype = _kernel.OpenEventW.restype = _kernel.OpenProcess.restype = wintypes.HANDLE
    _kernel.CreateEventW.argtypes = (wintypes.LPVOID, wintypes.BOOL, wintypes.BOOL, wintypes.LPCWSTR)
    _kernel.OpenEventW.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.LPCWSTR)
    _kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    _kernel.SetEvent.argtypes = _kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    _kernel.WaitForSingleObject.argtypes = (wintypes.HANDLE, wintypes.DWORD)
    _kernel.WaitForSingleObject.restype = wintypes.DWORD
    _kernel.QueryFullProcessImageNameW.argtypes = (wintypes.HANDLE, wintypes.DWORD, wintypes.LPWSTR, wintypes.PDWORD)
    _kernel.K32EnumProcesses.argtypes = (wintypes.PDWORD, wintypes.DWORD, wintypes.PDWORD)

    def on_end_asked(end: Callable[[], None]) -> None:
        """Call ``end``, on a thread of its own, once an installer asks this process to end."""
        event = _kernel.CreateEventW(None, True, False, _EVENT.format(_kernel.GetCurrentProcessId()))
        if event is None:
            return  # somebody else made it first: then the installer will name this process

        def wait() -> None:
            if _kernel.WaitForSingleObject(event, _FOREVER) == _SIGNALLED:
                end()

        threading.Thread(target=wait, name="b2cal-end", daemon=True).start()

    def running_copies(folder: Path) -> tuple[Copy, ...]:
        """The processes of programs in ``folder``, of all users as far as this one may see them; not this process."""
        numbers, used = (wintypes.DWORD * _MOST_PROCESSES)(), wintypes.DWORD()
        _kernel.K32EnumProcesses(numbers, ctypes.sizeof(numbers), ctypes.byref(used))
        found = numbers[: used.value // ctypes.sizeof(wintypes.DWORD)]
        own = _kernel.GetCurrentProcessId()
        programs = ((number, _program(number)) for number in found if number != own)
        return tuple(
            Copy(number, program) for number, program in programs if program and program.parent == folder.resolve()
        )

    def _program(process: int) -> Path | None:
        handle = _kernel.OpenProcess(_QUERY, False, process)
        if handle is None:
            return None
        name, size = ctypes.create_unicode_buffer(_MOST_CHARACTERS), wintypes.DWORD(_MOST_CHARACTERS)
        try:
            known = _kernel.QueryFullProcessImageNameW(handle, 0, name, ctypes.byref(size))
        finally:
            _kernel.CloseHandle(handle)
        return Path(name.value).resolve() if known else None

    def ask_to_end(copies: Sequence[Copy], seconds: float) -> tuple[Copy, ...]:
        """Ask every copy to end, and wait for ``seconds`` altogether; which ones still run then."""
        waiting = [(copy, _kernel.OpenProcess(_SYNCHRONIZE, False, copy.process)) for copy in copies]
        for copy in copies:
            event = _kernel.OpenEventW(_MODIFY, False, _EVENT.format(copy.process))
            if event is not None:
                _kernel.SetEvent(event)
                _kernel.CloseHandle(event)
        deadline = time.monotonic() + seconds
        running = []
        for copy, handle in waiting:
            if handle is None:
                running += [copy] if _program(copy.process) is not None else []
                continue
            left = max(0, round((deadline - time.monotonic()) * 1000))
            if _kernel.WaitForSingleObject(handle, left) != _SIGNALLED:
                running.append(copy)
            _kernel.CloseHandle(handle)
        return tuple(running)
else:

    def on_end_asked(_: Callable[[], None]) -> None:
        """Nobody asks in this way here."""

    def running_copies(_: Path) -> tuple[Copy, ...]:
        """Nobody is looked for in this way here."""
        return ()

    def ask_to_end(copies: Sequence[Copy], _: float) -> tuple[Copy, ...]:
        """Nobody is asked in this way here."""
        return tuple(copies)

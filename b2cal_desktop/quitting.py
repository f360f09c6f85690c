"""``--quit``: what Windows' installers call before they replace the program or take it away."""

from __future__ import annotations

import sys
from pathlib import Path

from b2cal_desktop.context import Context
from b2cal_desktop.core.model import Text
from b2cal_desktop.system.ending import StillRunning, ask_to_end, running_copies
from b2cal_desktop.system.language import language

_SECONDS = 20.0
_ENDED = Text("{program} (PID {process}) har avslutats.", "{program} (PID {process}) has ended.")


def quit_command(_: Context) -> int:
    """Ask every running copy of this program to leave, and wait for it; raises StillRunning for those that do not.

    Prints a line for each that has left: an installer starts the program again where there was one.
    """
    copies = running_copies(Path(sys.executable).parent)
    left = ask_to_end(copies, _SECONDS)
    said = _ENDED.to(language("auto"))  # the settings may be unreadable, and are nobody's business here
    for copy in copies:
        if copy not in left:
            print(said.format(program=copy.program.name, process=copy.process))
    if left:
        raise StillRunning(left)
    return 0

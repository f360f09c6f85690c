"""A program of the user's own that sets the diversion: started without a shell, with what to set in its environment.

It gets ``B2CAL_DIVERSION``, ``B2CAL_UNTIL`` (ISO 8601 with offset, empty where there is no end) and ``B2CAL_NOTE``.
That only the user's own settings may name it is seen to where the switchboard is built.
"""

from __future__ import annotations

import codecs
import os
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from b2cal_desktop.core.errors import (
    ConnectorProblem,
    SwitchboardError,
    SwitchboardOutcomeUnknown,
    SwitchboardRefused,
    SwitchboardUnknownValue,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.model import STANDARD_DIVERSIONS, Catalogue, DiversionState, Text
from b2cal_desktop.core.ports import Abilities, Clock
from b2cal_desktop.switchboards.connector_fields import check_fields
from b2cal_desktop.switchboards.connector_file import Field, FieldKind, RemoteValue
from b2cal_desktop.switchboards.connector_http import RECORDED_EXCHANGES, Exchange
from b2cal_desktop.switchboards.connector_template import UNSENDABLE
from b2cal_desktop.switchboards.own_choice import OwnChoice
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.redaction import redact

LONGEST_SECONDS = 60
OUTPUT_LIMIT = 4_000
_DETAIL_LIMIT = 200
_FIELD_LIMIT = 1_000  # paths are long
_DRAIN_SECONDS = 0.5
# Names of sysexits.h.
_DATA_ERROR, _UNAVAILABLE, _TRY_AGAIN = 65, 69, 75
_LAST_OWN_STATUS = 0x7FFFFFFF  # above it stand the ways in which Windows ends a program
_ARGUMENT = re.compile(r'"([^"]*)"|([^\s"]+)')


def _field(key: str, label: Text, help: Text, *, default: str | None = None, required: bool = False) -> Field:
    kind = FieldKind.NUMBER if key == "seconds" else FieldKind.TEXT
    return Field(key, label, help, kind, secret=False, required=required, default=default, pattern=None)


COMMAND = OwnChoice(
    id="command",
    label=Text("Eget program", "A program of your own"),
    help=Text(
        "Kör ett program som du själv har valt, varje gång hänvisningen ska bytas. Programmet får B2CAL_DIVERSION, "
        "B2CAL_UNTIL och B2CAL_NOTE i sin miljö.",
        "Runs a program that you have chosen, each time the diversion is to change. The program gets B2CAL_DIVERSION, "
        "B2CAL_UNTIL and B2CAL_NOTE in its environment.",
    ),
    limits=Text(
        "Hänvisningen kan inte läsas av, och en sluttid är bara en upplysning: när den är inne körs programmet igen.",
        "The diversion cannot be read back, and an end is for information: once it is there the program is run again.",
    ),
    diversions={diversion.key: RemoteValue(diversion.key, {}) for diversion in STANDARD_DIVERSIONS},
    path=Path("command"),
    works=Text(
        "Programmet finns. Det körs först när hänvisningen ska bytas.",
        "The program is there. It is not run until the diversion is to change.",
    ),
    fields=(
        _field(
            "program",
            Text("Program", "Program"),
            Text("Hela sökvägen till programmet.", "The full path of the program."),
            required=True,
        ),
        _field(
            "arguments",
            Text("Argument", "Arguments"),
            Text(
                "Skilda av blanksteg; citattecken håller ihop ett med blanksteg i.",
                "Separated by spaces; quotes keep one together that has spaces in it.",
            ),
        ),
        _field(
            "note",
            Text("Text till kollegor", "Note to colleagues"),
            Text("Blir B2CAL_NOTE. Får vara tom.", "Becomes B2CAL_NOTE. May be empty."),
        ),
        _field(
            "seconds",
            Text("Längsta tid i sekunder", "Longest time in seconds"),
            Text("Sedan avbryts programmet. 1 till 60.", "After that the program is ended. 1 to 60."),
            default="10",
        ),
    ),
    confirmed=False,
    unconfirmed=Text(
        "Programmet körs på din dator med dina rättigheter. Vad det gör med växeln vet bara du.",
        "The program is run on your computer with your rights. What it does with the switchboard only you know.",
    ),
)


class CommandSwitchboard:
    """A ``Switchboard`` by a program. Raises ConnectorProblem for fields that cannot be used."""

    def __init__(self, fields: Mapping[str, str], catalogue: Catalogue, clock: Clock | None = None) -> None:
        values = check_fields(COMMAND, fields, _FIELD_LIMIT)
        self._program = Path(str(values["program"]))
        self._arguments = split_arguments(str(values["arguments"] or ""))
        self._note = str(values["note"] or "")
        self._seconds = int(str(values["seconds"]))
        self._catalogue, self._clock = catalogue, clock or SystemClock()
        self.exchanges: deque[Exchange] = deque(maxlen=RECORDED_EXCHANGES)
        if not self._program.is_absolute():
            raise _problem("program", Text("Ange hela sökvägen.", "Give the full path."))
        if self._program.suffix.lower() in (".bat", ".cmd"):
            what = Text(
                "Kommandofiler körs av ett skal. Ange powershell.exe som program, och -File med filen som argument.",
                "A shell runs command files. Give powershell.exe as program, and -File with the file as arguments.",
            )
            raise _problem("program", what)
        if not 1 <= self._seconds <= LONGEST_SECONDS:
            what = Text(f"Tillåtet är 1 till {LONGEST_SECONDS}.", f"Allowed is 1 to {LONGEST_SECONDS}.")
            raise _problem("seconds", what)

    def __repr__(self) -> str:
        return f"CommandSwitchboard({self._program.name!r})"

    @property
    def abilities(self) -> Abilities:
        """It is told every diversion; what became of it cannot be read."""
        return Abilities(reads_back=False, knows_ends=False, diversions=frozenset(self._catalogue))

    @property
    def name(self) -> Text:
        """What people call it."""
        return COMMAND.label

    @property
    def unconfirmed(self) -> Text | None:
        """That nobody but the user knows what the program does."""
        return COMMAND.unconfirmed

    def check(self) -> None:
        """Whether the program is there and may be run; it is not run. Raises SwitchboardRefused."""
        if not self._program.is_file():
            raise self._refused(Text("programmet finns inte", "there is no such program"))
        if not os.access(self._program, os.X_OK):
            raise self._refused(Text("filen får inte köras", "the file may not be run"))

    def list_diversions(self) -> tuple[tuple[str, Text], ...]:
        """What ``B2CAL_DIVERSION`` can be."""
        return tuple((self._value(key), diversion.label) for key, diversion in self._catalogue.items())

    def fetch_diversion(self) -> DiversionState | None:
        """None: it cannot be read."""
        return None

    def write_diversion(self, state: DiversionState) -> None:
        """Run the program; returns when it has ended with 0. Raises SwitchboardError."""
        value = self._value(state.diversion)
        label = self._catalogue[state.diversion].label if state.diversion in self._catalogue else Text.same(value)
        if UNSENDABLE.search(value):
            raise SwitchboardUnknownValue(self._program.name, Text.same(UNSENDABLE.sub(" ", value)[:80]))
        self.check()
        until = state.until.isoformat() if state.until is not None else ""
        given = {"B2CAL_DIVERSION": value, "B2CAL_UNTIL": until, "B2CAL_NOTE": self._note}
        status, output = None, ""
        try:
            status, output = self._run(given)
        finally:
            self._record(given, status, output)
        error = self._judge(status, output, label)
        if error is not None:
            raise error

    def close(self) -> None:
        """Nothing to let go of."""

    def _value(self, key: str) -> str:
        own = self._catalogue[key].remote.get(COMMAND.id) if key in self._catalogue else None
        return own or key

    def _run(self, given: Mapping[str, str]) -> tuple[int | None, str]:
        """Exit status (None: it took too long and was ended) and what it printed."""
        try:
            process = subprocess.Popen(  # noqa: S603  the user's own choice, and never through a shell
                [str(self._program), *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, **given},
                cwd=self._program.parent,
                start_new_session=True,  # so that what it starts can be ended with it
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise self._refused(Text(f"det går inte att starta: {reason}", f"it cannot be started: {reason}")) from None
        output = _Output(process.stdout)
        try:
            status: int | None = process.wait(self._seconds)
        except subprocess.TimeoutExpired:
            status = None
            _end(process)
        return status, output.text()

    def _judge(self, status: int | None, output: str, label: Text) -> SwitchboardError | None:
        host = self._program.name
        if status == 0:
            return None
        if status is None:
            problem = Text(f"det tog mer än {self._seconds} s", f"it took more than {self._seconds} s")
            return SwitchboardOutcomeUnknown(host, problem)
        if status < 0 or status > _LAST_OWN_STATUS:
            return SwitchboardOutcomeUnknown(host, Text("programmet avbröts", "the program was cut short"))
        if status == _DATA_ERROR:
            return SwitchboardUnknownValue(host, label)
        said = " ".join(output.split())[:_DETAIL_LIMIT].rstrip(".")
        problem = Text(f"{said} (slutkod {status})".strip(), f"{said} (exit status {status})".strip())
        if status in (_UNAVAILABLE, _TRY_AGAIN):
            return SwitchboardUnreachable(host, problem)
        return SwitchboardRefused(host, problem)

    def _refused(self, problem: Text) -> SwitchboardRefused:
        return SwitchboardRefused(self._program.name, problem)

    def _record(self, given: Mapping[str, str], status: int | None, output: str) -> None:
        shown = redact(" ".join([str(self._program), *self._arguments]))
        self.exchanges.append(Exchange(self._clock.now(), "RUN", shown, tuple(given.items()), None, status, output))


class _Output:
    """Reads what a program prints, as long as it prints, and keeps the beginning of it."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._pipe, self._kept = pipe, bytearray()
        self._thread = threading.Thread(target=self._read, name="b2cal-command", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        if self._pipe is None:
            return
        with self._pipe:
            while chunk := os.read(self._pipe.fileno(), 4096):
                self._kept += chunk[: OUTPUT_LIMIT - len(self._kept)]

    def text(self) -> str:
        """What was printed so far: something that the program left running may hold the pipe open for long."""
        self._thread.join(_DRAIN_SECONDS)
        printed = _decoded(bytes(self._kept))
        return redact("".join(c if c.isprintable() or c == "\n" else " " for c in printed)).strip()


def _decoded(printed: bytes) -> str:
    """As UTF-8; what is none was printed, on Windows, in the console's code page, as PowerShell does."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(printed)  # the end may be cut off within a character
    except UnicodeDecodeError:
        return printed.decode("oem" if sys.platform == "win32" else "utf-8", errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program, and where the system can, what it has started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):  # it has just ended by itself
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def split_arguments(text: str) -> list[str]:
    """``text`` at its spaces, quoted parts kept together; a backslash is only a backslash. Raises ConnectorProblem."""
    if _ARGUMENT.sub(" ", text).strip():
        raise _problem("arguments", Text("Ett citattecken saknas.", "A quote is missing."))
    return [quoted or bare for quoted, bare in _ARGUMENT.findall(text)]


def _problem(key: str, what: Text) -> ConnectorProblem:
    return ConnectorProblem(str(COMMAND.path), None, key, what)

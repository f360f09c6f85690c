"""Trying a connector on the real switchboard: reads, and where asked a diversion that is set and taken back again.

Each step tells what was found out, with the requests and answers behind it, secrets masked. A write that was accepted
is *sent*; only what the switchboard then shows itself is *confirmed*.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from b2cal_desktop.core.errors import SwitchboardConflict, SwitchboardError, SwitchboardOutcomeUnknown
from b2cal_desktop.core.model import AVAILABLE, CLEAR, STANDARD_CATALOGUE, Catalogue, DiversionState, Text
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.switchboards.choices import ChosenSwitchboard
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import ConnectorFile
from b2cal_desktop.switchboards.connector_http import Exchange
from b2cal_desktop.switchboards.pace import Pace
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.zones import system_timezone

# Should taking it back fail, a switchboard that knows ends takes it back itself.
_TRIAL_LASTS = timedelta(minutes=10)


class StepName(StrEnum):
    """What a step does."""

    CHECK = "check"
    LIST = "list"
    GET = "get"
    SET = "set"
    CLEAR = "clear"
    READ_BACK = "read_back"
    RESTORE = "restore"


class Finding(StrEnum):
    """What came of a step."""

    WORKED = "worked"  # a read that was understood
    SENT = "sent"  # a write that was accepted
    CONFIRMED = "confirmed"  # a write that the switchboard shows
    DIFFERENT = "different"  # a write that was accepted, while the switchboard shows something else
    LEFT_ALONE = "left_alone"  # somebody else's change stays
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step, when it is over. ``error`` where it failed; ``state`` is what the switchboard showed, if read."""

    name: StepName
    finding: Finding
    text: Text
    exchanges: tuple[Exchange, ...]
    state: DiversionState | None = None
    error: SwitchboardError | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against using the connector."""
        return self.finding not in (Finding.FAILED, Finding.DIFFERENT)


class Record(Protocol):
    """Keeps, over a crash too, that the switchboard shows a trial and not what somebody set."""

    @property
    def believed(self) -> DiversionState | None:
        """What is shown, as far as the program knows, where it cannot be read; None where it does not know."""
        ...

    def begin(self, asked: DiversionState, before: DiversionState | None, *, readable: bool) -> None:
        """``asked`` is about to take the place of ``before``."""
        ...

    def end(self, *, restored: bool) -> None:
        """It is over; without ``restored`` the switchboard may still show what was asked."""
        ...


def try_connector(
    file: ConnectorFile,
    fields: Mapping[str, str],
    secrets: Callable[[str], str | None],
    diversion: str | None = None,
    *,
    clear: bool = False,
    catalogue: Catalogue = STANDARD_CATALOGUE,
    clock: Clock | None = None,
    wait: Callable[[float], object] | None = None,
) -> Generator[Step, None, None]:
    """``try_switchboard`` on the switchboard that ``file`` describes, with the ``fields`` given.

    Raises ConnectorProblem at once for fields that cannot be used.
    """
    connector = Connector(file, fields, secrets, catalogue, clock=clock)
    return try_switchboard(connector, catalogue, diversion, clear=clear, clock=clock, wait=wait)


def try_switchboard(
    switchboard: ChosenSwitchboard,
    catalogue: Catalogue,
    diversion: str | None = None,
    *,
    clear: bool = False,
    clock: Clock | None = None,
    pace: Pace | None = None,
    wait: Callable[[float], object] | None = None,
    record: Record | None = None,
) -> Generator[Step, None, None]:
    """The steps of a trial, each as it is done; the switchboard is closed at the end.

    Nothing is written unless ``diversion`` (a key, or the switchboard's own value) is given: that is set, until ten
    minutes from now where the switchboard knows ends, and what was there before is put back, also when the caller
    stops listening; with ``clear`` it is cleared in between. Where what was there cannot be read, it is what ``record``
    believes, else ``available``. Writes keep the ``pace``: ``wait`` is called with seconds between them.
    """
    clock = clock or SystemClock()
    trial = _Trial(switchboard, catalogue, clock, pace or Pace(clock), wait or threading.Event().wait, record)
    return trial.run(diversion, clear=clear)


class _Trial:
    def __init__(
        self,
        switchboard: ChosenSwitchboard,
        catalogue: Catalogue,
        clock: Clock,
        pace: Pace,
        wait: Callable[[float], object],
        record: Record | None,
    ) -> None:
        self._switchboard, self._catalogue, self._clock = switchboard, catalogue, clock
        self._pace, self._wait, self._record = pace, wait, record
        self._file = switchboard.file if isinstance(switchboard, Connector) else None

    def run(self, diversion: str | None, *, clear: bool) -> Generator[Step, None, None]:
        try:
            reads = [StepName.CHECK]
            reads += [StepName.LIST] if self._file is not None and "list" in self._file.requests else []
            reads += [StepName.GET] if self._switchboard.abilities.reads_back else []
            before = None
            for name in reads:
                step = self._read(name)
                yield step
                if step.error is not None:
                    return  # what cannot be read is not written either, and a sign-in is tried once
                before = step.state
            if diversion is not None:
                yield from self._write_and_take_back(self._asked(diversion), before, clear=clear)
        finally:
            self._switchboard.close()

    def _asked(self, diversion: str) -> DiversionState:
        ends = self._switchboard.abilities.knows_ends and diversion != AVAILABLE
        until = (self._clock.now() + _TRIAL_LASTS).replace(second=0, microsecond=0)
        return DiversionState(diversion, until if ends else None)

    def _read(self, name: StepName) -> Step:
        try:
            if name is StepName.GET:
                state = self._switchboard.fetch_diversion()
                return self._step(name, Finding.WORKED, self._shown(state), state)
            if name is StepName.LIST:
                return self._step(name, Finding.WORKED, self._listed())
            self._switchboard.check()
            if not self._switchboard.exchanges:
                return self._step(name, Finding.WORKED, _NOTHING_TO_READ)
            return self._step(name, Finding.WORKED, _REACHED)
        except SwitchboardError as error:
            return self._failed(name, error)

    def _listed(self) -> Text:
        """What the switchboard offers, and which of the connector's values are not among it."""
        offered = [value for value, _ in self._switchboard.list_diversions()]
        known = self._file.diversions.values() if self._file is not None else ()
        missing = sorted({remote.value for remote in known} - set(offered))
        if missing:
            listed = ", ".join(missing)
            return Text(f"Växeln saknar: {listed}.", f"The switchboard does not have: {listed}.")
        return Text(f"Växeln har {len(offered)} hänvisningar.", f"The switchboard has {len(offered)} diversions.")

    def _write_and_take_back(
        self, asked: DiversionState, before: DiversionState | None, *, clear: bool
    ) -> Iterator[Step]:
        readable = before is not None
        if self._record is not None:
            before = before or self._record.believed
            self._record.begin(asked, before, readable=readable)
        to_restore = True
        restored: tuple[Step, ...] = ()
        try:
            step, to_restore = self._set(StepName.SET, asked)
            yield step
            if to_restore and readable:
                yield self._read_back(asked)
            if to_restore and clear:
                step, _ = self._set(StepName.CLEAR, CLEAR)
                yield step
                if readable:
                    yield self._read_back(CLEAR)
        finally:
            if to_restore:
                restored = self._restore(before, readable=readable)
            if self._record is not None:
                self._record.end(restored=not restored or restored[-1].ok)
        yield from restored

    def _write(self, state: DiversionState) -> None:
        while (seconds := self._pace.wait_seconds()) > 0:
            self._wait(seconds)
        try:
            self._switchboard.write_diversion(state)
        finally:
            self._pace.wrote()

    def _set(self, name: StepName, asked: DiversionState) -> tuple[Step, bool]:
        """The step, and whether the switchboard may now show what was ``asked``."""
        try:
            self._write(asked)
        except SwitchboardError as error:
            return self._failed(name, error), isinstance(error, SwitchboardOutcomeUnknown)
        label = self._label(asked)
        text = Text(f"{label.sv}.", f"{label.en}.")
        return self._step(name, Finding.SENT, text), True

    def _read_back(self, expected: DiversionState) -> Step:
        try:
            shown = self._switchboard.fetch_diversion()
        except SwitchboardError as error:
            return self._failed(StepName.READ_BACK, error)
        now, ends = self._clock.now(), self._switchboard.abilities.knows_ends
        same = shown is not None and shown.at(now).same_as(expected.at(now), ends=ends)
        finding = Finding.CONFIRMED if same else Finding.DIFFERENT
        return self._step(StepName.READ_BACK, finding, self._shown(shown), shown)

    def _restore(self, before: DiversionState | None, *, readable: bool) -> tuple[Step, ...]:
        """Put back what was there, and read that back; done before anything is told of it."""
        back = before.at(self._clock.now()) if before is not None else CLEAR
        try:
            self._write(back)
        except SwitchboardConflict:
            return (self._step(StepName.RESTORE, Finding.LEFT_ALONE, _SOMEBODY_ELSE),)
        except SwitchboardOutcomeUnknown as error:
            failed = self._failed(StepName.RESTORE, error)
            return (failed, self._read_back(back)) if readable else (failed,)
        except SwitchboardError as error:
            return (self._failed(StepName.RESTORE, error),)
        label = self._label(back)
        text = Text(f"{label.sv}.", f"{label.en}.")
        if before is None:
            text = Text(f"{text.sv} {_UNKNOWN_BEFORE.sv}", f"{text.en} {_UNKNOWN_BEFORE.en}")
        sent = self._step(StepName.RESTORE, Finding.SENT, text)
        return (sent, self._read_back(back)) if readable else (sent,)

    def _shown(self, state: DiversionState | None) -> Text:
        if state is None:
            return Text("Växeln kan inte läsas av.", "The switchboard cannot be read.")
        label = self._label(state)
        return Text(f"Växeln visar: {label.sv}.", f"The switchboard shows: {label.en}.")

    def _label(self, state: DiversionState) -> Text:
        sv, en = (self._catalogue.label(state.diversion, language) for language in ("sv", "en"))
        if state.until is None:
            return Text(sv, en)
        zone = system_timezone()
        until, now = state.until.astimezone(zone), self._clock.now().astimezone(zone)
        when = f"{until:%H:%M}" if until.date() == now.date() else f"{until:%Y-%m-%d %H:%M}"
        return Text(f"{sv} till {when}", f"{en} until {when}")

    def _failed(self, name: StepName, error: SwitchboardError) -> Step:
        return self._step(name, Finding.FAILED, Text(*(error.message(one).what for one in ("sv", "en"))), None, error)

    def _step(
        self,
        name: StepName,
        finding: Finding,
        text: Text,
        state: DiversionState | None = None,
        error: SwitchboardError | None = None,
    ) -> Step:
        exchanges = tuple(self._switchboard.exchanges)
        self._switchboard.exchanges.clear()
        return Step(name, finding, text, exchanges, state, error)


_REACHED = Text("Adress, inloggning och rättigheter duger.", "Address, sign-in and rights will do.")
_NOTHING_TO_READ = Text(
    "Inget att läsa: först en ändring visar om uppgifterna duger.",
    "Nothing to read: only a change shows whether the details will do.",
)
_SOMEBODY_ELSE = Text(
    "Någon annan ändrade hänvisningen under tiden; den får stå kvar.",
    "Somebody else changed the diversion meanwhile; it is left as it is.",
)
_UNKNOWN_BEFORE = Text(
    "Vad som gällde före provet går inte att läsa av.", "What there was before the trial cannot be read."
)

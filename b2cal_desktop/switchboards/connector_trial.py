"""Trying a connector on the real switchboard: reads, and where asked a diversion that is set and taken back again.

Each step tells what was found out, with the requests and answers behind it, secrets masked. A write that was accepted
is *sent*; only what the switchboard then shows itself is *confirmed*.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from b2cal_desktop.core.errors import (
    SwitchboardConflict,
    SwitchboardError,
    SwitchboardNeedsSignIn,
    SwitchboardOutcomeUnknown,
)
from b2cal_desktop.core.model import AVAILABLE, CLEAR, STANDARD_CATALOGUE, Catalogue, DiversionState, Text
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import ConnectorFile
from b2cal_desktop.switchboards.connector_http import Exchange
from b2cal_desktop.system.clock import SystemClock

# Should taking it back fail, a switchboard that knows ends takes it back itself.
_TRIAL_LASTS = timedelta(minutes=10)


class StepName(StrEnum):
    """What a step does."""

    CHECK = "check"
    LIST = "list"
    GET = "get"
    SET = "set"
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


def try_connector(
    file: ConnectorFile,
    fields: Mapping[str, str],
    secrets: Callable[[str], str | None],
    diversion: str | None = None,
    *,
    until: datetime | None = None,
    catalogue: Catalogue = STANDARD_CATALOGUE,
    clock: Clock | None = None,
) -> Generator[Step, None, None]:
    """The steps of a trial, each as it is done; raises ConnectorProblem at once for fields that cannot be used.

    Nothing is written unless ``diversion`` (a key, or the switchboard's own value) is given: that is set, until
    ``until`` (aware; ten minutes from now) where the switchboard knows ends, and what was there before is put back,
    also when the caller stops listening. Where that cannot be read, the diversion is cleared.
    """
    clock = clock or SystemClock()
    connector = Connector(file, fields, secrets, catalogue, clock=clock)
    trial = _Trial(connector, file, clock, diversion, until)
    return trial.run()


class _Trial:
    def __init__(
        self, connector: Connector, file: ConnectorFile, clock: Clock, diversion: str | None, until: datetime | None
    ) -> None:
        self._connector, self._file, self._clock = connector, file, clock
        self._diversion, self._until = diversion, until
        self._catalogue = connector.catalogue

    def run(self) -> Generator[Step, None, None]:
        try:
            reads = [StepName.CHECK]
            reads += [StepName.LIST] if "list" in self._file.requests else []
            reads += [StepName.GET] if self._connector.abilities.reads_back else []
            before = None
            for name in reads:
                step = self._read(name)
                yield step
                if step.error is not None:
                    return  # what cannot be read is not written either, and a sign-in is tried once
                before = step.state
            if self._diversion is not None:
                yield from self._write_and_take_back(self._asked(self._diversion), before)
        finally:
            self._connector.close()

    def _asked(self, diversion: str) -> DiversionState:
        ends = self._connector.abilities.knows_ends and diversion != AVAILABLE
        until = self._until or (self._clock.now() + _TRIAL_LASTS).replace(second=0, microsecond=0)
        return DiversionState(diversion, until if ends else None)

    def _read(self, name: StepName) -> Step:
        try:
            if name is StepName.GET:
                state = self._connector.fetch_diversion()
                return self._step(name, Finding.WORKED, self._shown(state), state)
            if name is StepName.LIST:
                return self._step(name, Finding.WORKED, self._listed())
            self._connector.check()
            if not self._connector.exchanges:
                return self._step(name, Finding.WORKED, _NOTHING_TO_READ)
            return self._step(name, Finding.WORKED, _REACHED)
        except SwitchboardError as error:
            return self._failed(name, error)

    def _listed(self) -> Text:
        """What the switchboard offers, and which of the connector's values are not among it."""
        offered = [value for value, _ in self._connector.list_diversions()]
        missing = sorted({remote.value for remote in self._file.diversions.values()} - set(offered))
        if missing:
            listed = ", ".join(missing)
            return Text(f"Växeln saknar: {listed}.", f"The switchboard does not have: {listed}.")
        return Text(f"Växeln har {len(offered)} hänvisningar.", f"The switchboard has {len(offered)} diversions.")

    def _write_and_take_back(self, asked: DiversionState, before: DiversionState | None) -> Iterator[Step]:
        step, to_restore = self._set(asked)
        try:
            yield step
            if to_restore and before is not None:
                yield self._read_back(StepName.READ_BACK, asked)
        finally:
            restored = self._restore(before) if to_restore else ()
        yield from restored

    def _set(self, asked: DiversionState) -> tuple[Step, bool]:
        """The step, and whether the switchboard may now show what was ``asked``."""
        try:
            self._connector.write_diversion(asked)
        except SwitchboardError as error:
            return self._failed(StepName.SET, error), isinstance(error, SwitchboardOutcomeUnknown)
        label = self._label(asked)
        text = Text(f"Skickat: {label.sv}.", f"Sent: {label.en}.")
        return self._step(StepName.SET, Finding.SENT, text), True

    def _read_back(self, name: StepName, expected: DiversionState) -> Step:
        try:
            shown = self._connector.fetch_diversion()
        except SwitchboardError as error:
            return self._failed(name, error)
        now, ends = self._clock.now(), self._connector.abilities.knows_ends
        same = shown is not None and shown.at(now).same_as(expected.at(now), ends=ends)
        return self._step(name, Finding.CONFIRMED if same else Finding.DIFFERENT, self._shown(shown), shown)

    def _restore(self, before: DiversionState | None) -> tuple[Step, ...]:
        """Put back what was there, and read that back; done before anything is told of it."""
        back = before.at(self._clock.now()) if before is not None else CLEAR
        try:
            self._connector.write_diversion(back)
        except SwitchboardConflict:
            return (self._step(StepName.RESTORE, Finding.LEFT_ALONE, _SOMEBODY_ELSE),)
        except SwitchboardError as error:
            return (self._failed(StepName.RESTORE, error),)
        label = self._label(back)
        text = Text(f"Återställt: {label.sv}.", f"Put back: {label.en}.")
        if before is None:
            text = Text(f"{text.sv} {_UNKNOWN_BEFORE.sv}", f"{text.en} {_UNKNOWN_BEFORE.en}")
            return (self._step(StepName.RESTORE, Finding.SENT, text),)
        sent = self._step(StepName.RESTORE, Finding.SENT, text)
        return (sent, self._read_back(StepName.READ_BACK, back))

    def _shown(self, state: DiversionState | None) -> Text:
        if state is None:
            return Text("Växeln kan inte läsas av.", "The switchboard cannot be read.")
        label = self._label(state)
        return Text(f"Växeln visar: {label.sv}.", f"The switchboard shows: {label.en}.")

    def _label(self, state: DiversionState) -> Text:
        end = f" – {state.until.isoformat(timespec='minutes')}" if state.until is not None else ""
        sv, en = (self._catalogue.label(state.diversion, language) for language in ("sv", "en"))
        return Text(sv + end, en + end)

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
        exchanges = tuple(self._connector.exchanges)
        self._connector.exchanges.clear()
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
_NAMES: Mapping[StepName, Text] = {
    StepName.CHECK: Text("Förbindelse", "Connection"),
    StepName.LIST: Text("Hänvisningar", "Diversions"),
    StepName.GET: Text("Avläsning", "Reading"),
    StepName.SET: Text("Ändring", "Change"),
    StepName.READ_BACK: Text("Kontrolläsning", "Reading back"),
    StepName.RESTORE: Text("Återställning", "Putting back"),
}
_FINDINGS: Mapping[Finding, Text] = {
    Finding.WORKED: Text("går", "works"),
    Finding.SENT: Text("skickat", "sent"),
    Finding.CONFIRMED: Text("bekräftat", "confirmed"),
    Finding.DIFFERENT: Text("visar något annat", "shows something else"),
    Finding.LEFT_ALONE: Text("orört", "left alone"),
    Finding.FAILED: Text("går inte", "fails"),
}


def describe_step(step: Step, language: str) -> str:
    """A step for a terminal or a text box: what it was, what came of it, and every exchange with secrets masked."""
    name, finding = _NAMES[step.name].to(language), _FINDINGS[step.finding].to(language)
    lines = [f"{name}: {finding}. {step.text.to(language)}"]
    for exchange in step.exchanges:
        lines.append(f"  → {exchange.method} {exchange.url}")
        lines += [f"    {header}: {value}" for header, value in exchange.headers]
        lines += [f"    {line}" for line in (exchange.body or "").splitlines()]
        lines.append(f"  ← {exchange.status if exchange.status is not None else '–'}")
        lines += [f"    {line}" for line in exchange.answer.splitlines()]
    return "\n".join(lines)


def step_json(step: Step, language: str) -> dict[str, object]:
    """A step in JSON types, with secrets masked as everywhere."""
    state = step.state
    until = state.until.isoformat() if state is not None and state.until is not None else None
    return {
        "name": step.name.value,
        "finding": step.finding.value,
        "text": step.text.to(language),
        "state": {"diversion": state.diversion, "until": until} if state is not None else None,
        "error": step.error.code if step.error is not None else None,
        "exchanges": [
            {
                "at": exchange.at.isoformat(),
                "method": exchange.method,
                "url": exchange.url,
                "headers": dict(exchange.headers),
                "body": exchange.body,
                "status": exchange.status,
                "answer": exchange.answer,
            }
            for exchange in step.exchanges
        ],
    }


def exit_code(steps: list[Step]) -> int:
    """For a command: 0 where every step is ``ok``, 3 where a sign-in is needed, else 5."""
    errors = [step.error for step in steps if step.error is not None]
    if any(isinstance(error, SwitchboardNeedsSignIn) for error in errors):
        return SwitchboardNeedsSignIn.exit_code
    return 0 if all(step.ok for step in steps) else SwitchboardError.exit_code

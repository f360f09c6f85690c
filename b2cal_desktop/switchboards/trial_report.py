"""What a trial found, in words and as data: for a terminal, a window, a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from b2cal_desktop.core.errors import SwitchboardError, SwitchboardNeedsSignIn
from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.choices import Choice
from b2cal_desktop.switchboards.connector_file import ConnectorFile
from b2cal_desktop.switchboards.connector_trial import Finding, Step, StepName
from b2cal_desktop.switchboards.manual import MANUAL

STEP_NAMES: Mapping[StepName, Text] = {
    StepName.CHECK: Text("Förbindelse", "Connection"),
    StepName.LIST: Text("Hänvisningar", "Diversions"),
    StepName.GET: Text("Avläsning", "Reading"),
    StepName.SET: Text("Ändring", "Change"),
    StepName.CLEAR: Text("Borttagning", "Clearing"),
    StepName.READ_BACK: Text("Kontrolläsning", "Reading back"),
    StepName.RESTORE: Text("Återställning", "Putting back"),
}
FINDING_NAMES: Mapping[Finding, Text] = {
    Finding.WORKED: Text("går", "works"),
    Finding.SENT: Text("skickat", "sent"),
    Finding.CONFIRMED: Text("bekräftat", "confirmed"),
    Finding.DIFFERENT: Text("visar något annat", "shows something else"),
    Finding.LEFT_ALONE: Text("orört", "left alone"),
    Finding.FAILED: Text("går inte", "fails"),
}


def describe_step(step: Step, language: str) -> str:
    """A step for a terminal or a text box: what it was, what came of it, and every exchange with secrets masked."""
    name, finding = STEP_NAMES[step.name].to(language), FINDING_NAMES[step.finding].to(language)
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


def exit_code(steps: Sequence[Step]) -> int:
    """For a command: 0 where every step is ``ok``, 3 where a sign-in is needed, else 5."""
    errors = [step.error for step in steps if step.error is not None]
    if any(isinstance(error, SwitchboardNeedsSignIn) for error in errors):
        return SwitchboardNeedsSignIn.exit_code
    return 0 if all(step.ok for step in steps) else SwitchboardError.exit_code


def summary(steps: Sequence[Step]) -> Text:
    """What came of it all, in a sentence or two; what is left undone first. ``steps`` are those of one whole trial."""
    by_name = {step.name: step for step in steps}
    if (restored := by_name.get(StepName.RESTORE)) is not None:
        back = steps[-1]
        if back.finding in (Finding.FAILED, Finding.DIFFERENT):
            return Text(
                f"Det som gällde före provet gick inte att sätta tillbaka. {back.text.sv} "
                "Se efter i växeln, och sätt rätt hänvisning där.",
                f"What there was before the trial could not be put back. {back.text.en} "
                "Have a look in the switchboard, and set the right diversion there.",
            )
        if restored.finding is Finding.LEFT_ALONE:
            return restored.text
    failed = next((step for step in steps if step.finding is Finding.FAILED), None)
    if failed is not None:
        return failed.text
    if StepName.SET not in by_name:
        return Text("Det som kan läsas går att läsa. Inget är ändrat.", "What can be read is. Nothing was changed.")
    shown = by_name.get(StepName.READ_BACK)
    if shown is None:
        return Text(
            "Skickat: växeln tog emot ändringen. Den kan inte läsas av, så titta själv efter om den syntes där.",
            "Sent: the switchboard accepted the change. It cannot be read, so see for yourself whether it showed it.",
        )
    after_set = steps[steps.index(by_name[StepName.SET]) + 1]
    if after_set.finding is Finding.DIFFERENT:
        return Text(
            f"Växeln tog emot ändringen men visade något annat. {after_set.text.sv}",
            f"The switchboard accepted the change and showed something else. {after_set.text.en}",
        )
    return Text(
        "Bekräftat: växeln visade ändringen, och visar åter det som gällde.",
        "Confirmed: the switchboard showed the change, and shows again what there was.",
    )


def promise(choice: Choice) -> Text | None:
    """What a trial of ``choice`` will do, for whoever is about to start one; None where nothing is ever sent."""
    if choice is MANUAL:
        return None
    if not isinstance(choice, ConnectorFile):
        return Text(
            "Provet kör ditt program två gånger: först med hänvisningen nedan, sedan med det som gällde. "
            "Kalendern väntar så länge.",
            "The trial runs your program twice: first with the diversion below, then with what there was. "
            "The calendar waits meanwhile.",
        )
    if "get" not in choice.requests:
        return Text(
            "Provet sätter hänvisningen nedan i växeln och sedan det som programmet senast satte där, annars "
            "Tillgänglig. Växeln kan inte läsas av: har du själv satt en hänvisning i softphonen kommer den inte "
            "tillbaka. Kollegor kan hinna se provet. Kalendern väntar så länge.",
            "The trial sets the diversion below in the switchboard, and then what the app set there last, else "
            "Available. The switchboard cannot be read: a diversion that you have set in the softphone does not come "
            "back. Colleagues may see the trial. The calendar waits meanwhile.",
        )
    sv, en = (
        "Provet sätter hänvisningen nedan i växeln, läser av vad den visar, och sätter tillbaka det som gällde. Det "
        "tar några sekunder, och kollegor kan hinna se det. Kalendern väntar så länge.",
        "The trial sets the diversion below in the switchboard, reads what it shows, and puts back what there was. "
        "It takes a few seconds, and colleagues may see it. The calendar waits meanwhile.",
    )
    if choice.ends and choice.honours_ends:
        sv += " Skulle provet avbrytas tar växeln själv bort hänvisningen inom tio minuter."
        en += " Should the trial be cut short, the switchboard itself takes the diversion back within ten minutes."
    return Text(sv, en)

"""An event that a server describes and that cannot be understood: it costs a warning, never the whole calendar."""

from __future__ import annotations

from b2cal_desktop.core.error_base import Complaint
from b2cal_desktop.core.model import Text, Warning


class BrokenEvent(Complaint):
    """``problem`` says why it cannot be understood, without anything of its content."""


def broken_event(error: BrokenEvent, host: str, event_id: str | None) -> Warning:
    """The warning for an event that was left out."""
    return Warning(
        "broken_event",
        Text(
            f"{host}: en bokning går inte att tyda ({error.problem.sv}) och räknas inte.",
            f"{host}: an event cannot be understood ({error.problem.en}) and does not count.",
        ),
        event_id,
    )

"""What goes wrong on the switchboard's side. The whole tree is drawn in ``errors``, from where all are imported."""

from __future__ import annotations

from b2cal_desktop.core.error_base import RETRY, WAITS, B2CalError
from b2cal_desktop.core.model import Text


class SwitchboardError(B2CalError):
    """The switchboard's side failed. ``retry_after`` in seconds, if the server said so."""

    code, exit_code = "switchboard", 5

    def __init__(
        self, host: str, problem: Text | str = "", *, retry_after: float | None = None, **more: object
    ) -> None:
        self.retry_after = retry_after
        super().__init__(host=host, problem=problem, **more)


class SwitchboardUnreachable(SwitchboardError):
    """The request certainly did not act: no network, no such host, refused connection, 5xx on a read."""

    code = "switchboard_unreachable"
    what = Text("Växeln ({host}) svarar inte: {problem}.", "The switchboard ({host}) does not answer: {problem}.")
    meaning = Text(
        "Hänvisningen är kvar som den var.",
        "The diversion stays as it was.",
    )
    remedy = Text(
        "Vi försöker igen automatiskt och skriver då bara det som är rätt i den stunden.",
        "We will try again automatically, and then write only what is right at that moment.",
    )


class SwitchboardThrottled(SwitchboardError):
    """The switchboard asks us to wait (429, 503 with Retry-After)."""

    code = "switchboard_throttled"
    what = Text("Växeln ({host}) ber oss vänta.", "The switchboard ({host}) asks us to wait.")
    remedy = RETRY


class SwitchboardBadAnswer(SwitchboardError):
    """The answer is not what the connector describes: HTML, cut off, wrong type, too large."""

    code = "switchboard_bad_answer"
    what = Text(
        "Växeln ({host}) gav ett svar som inte går att läsa: {problem}.",
        "The switchboard ({host}) gave an answer that cannot be read: {problem}.",
    )
    remedy = Text(
        "Sitter du på ett gästnät kan du behöva logga in där först. Vi försöker igen automatiskt.",
        "On a guest network you may have to sign in there first. We will try again automatically.",
    )


class SwitchboardRefused(SwitchboardError):
    """The switchboard understood and said no (403, 404, 400)."""

    code = "switchboard_refused"
    what = Text("Växeln ({host}) säger nej: {problem}.", "The switchboard ({host}) says no: {problem}.")
    remedy = Text(
        "Kontrollera uppgifterna under Växel i inställningarna, eller fråga den som sköter växeln.",
        "Check what stands under Switchboard in the settings, or ask whoever runs the switchboard.",
    )


class SwitchboardConflict(SwitchboardError):
    """Somebody changed the diversion between our reading and our writing (409, 412): read again first."""

    code = "switchboard_conflict"
    what = Text(
        "Någon annan ändrade hänvisningen samtidigt i växeln ({host}).",
        "Somebody else changed the diversion in the switchboard ({host}) at the same time.",
    )
    remedy = RETRY


class SwitchboardUnknownValue(SwitchboardError):
    """The switchboard, or the connector's table, does not know the diversion ``diversion``."""

    code = "switchboard_unknown_value"
    what = Text(
        "Växeln ({host}) känner inte till hänvisningen {diversion}.",
        "The switchboard ({host}) does not know the diversion {diversion}.",
    )
    meaning = Text("Den gamla hänvisningen är kvar.", "The old diversion stays.")
    remedy = Text(
        "Välj under Hänvisningar i inställningarna vad den heter i växeln.",
        "Choose under Diversions in the settings what it is called in the switchboard.",
    )

    def __init__(self, host: str, diversion: Text | str) -> None:
        super().__init__(host, diversion=diversion)


class SwitchboardOutcomeUnknown(SwitchboardError):
    """A write was sent and no usable answer came: it may have acted. Read back before writing again."""

    code = "switchboard_outcome_unknown"
    what = Text(
        "Växeln ({host}) tog emot ändringen men svarade inte: {problem}.",
        "The switchboard ({host}) was sent the change but did not answer: {problem}.",
    )
    meaning = Text(
        "Vi vet inte om hänvisningen ändrades.",
        "We do not know whether the diversion changed.",
    )
    remedy = Text("Vi läser av växeln innan vi skriver igen.", "We read the switchboard before we write again.")


class SwitchboardNeedsSignIn(SwitchboardError):
    """The switchboard refused the password or ticket, or none is stored. One try, then the user."""

    code, exit_code = "switchboard_needs_sign_in", 3
    what = Text("Du behöver logga in i växeln ({host}).", "You need to sign in to the switchboard ({host}).")
    meaning = WAITS
    remedy = Text("Välj Logga in.", "Choose Sign in.")

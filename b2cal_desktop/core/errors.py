"""Everything that can go wrong in a way that a person meets.

::

    B2CalError
    ├── UsageError                  wrong command line                               exit 2
    ├── FileProblem                 a file of ours or the user's is invalid          exit 2
    │   ├── SettingsProblem
    │   │   └── SettingsTooNew
    │   ├── ConnectorProblem
    │   └── CalendarProblem         a calendar that cannot be understood at all
    ├── CalendarError               the calendar's side                              exit 4
    │   ├── CalendarUnreachable
    │   │   └── CalendarNotTrusted  a certificate that this computer does not know
    │   ├── CalendarRefused
    │   │   ├── CalendarNotExchange
    │   │   ├── CalendarInMicrosoft365
    │   │   ├── CalendarMailboxMissing
    │   │   ├── CalendarMailboxClosed    no right to the mailbox
    │   │   ├── CalendarSignInMethod     settings and server know no way in common
    │   │   ├── CalendarVersionRefused
    │   │   ├── CalendarBlocked     the organisation lets nobody in from here
    │   │   ├── CalendarNoMailbox
    │   │   └── CalendarNotSetUp    the app is not, or wrongly, registered
    │   ├── CalendarThrottled
    │   ├── CalendarNeedsSignIn                                                      exit 3
    │   │   ├── CalendarSignInRevoked
    │   │   ├── CalendarConsentWithdrawn
    │   │   ├── CalendarPasswordRefused
    │   │   └── CalendarSignInUnfinished
    │   └── CalendarNeedsApproval                                                    exit 3
    ├── SwitchboardError            the switchboard's side                           exit 5
    │   ├── SwitchboardUnreachable
    │   ├── SwitchboardThrottled
    │   ├── SwitchboardBadAnswer
    │   ├── SwitchboardRefused
    │   ├── SwitchboardConflict
    │   ├── SwitchboardUnknownValue
    │   ├── SwitchboardOutcomeUnknown
    │   └── SwitchboardNeedsSignIn                                                   exit 3
    ├── SecretsUnavailable          no keyring, or a locked one                      exit 3
    ├── SignInUnderWay              a second sign-in beside one that goes on         exit 1
    ├── ProfileInUse                another instance syncs this profile              exit 1
    ├── LedgerDamaged               the ledger cannot be used                        exit 1
    ├── NoScreen                    nothing can be shown here                        exit 1
    ├── StartFailed                 nobody foresaw why the app does not start        exit 1
    └── ProfileUnusable             a folder of the profile cannot be written to     exit 2

Each leaf carries a ``code`` for machines and a ``Message`` for people: what happened, what it means for the
diversion, what to do. No parameter ever holds a secret or a private subject.
"""

from __future__ import annotations

from b2cal_desktop.core.calendar_errors import (
    CalendarBlocked,
    CalendarConsentWithdrawn,
    CalendarError,
    CalendarInMicrosoft365,
    CalendarMailboxClosed,
    CalendarMailboxMissing,
    CalendarNeedsApproval,
    CalendarNeedsSignIn,
    CalendarNoMailbox,
    CalendarNotExchange,
    CalendarNotSetUp,
    CalendarNotTrusted,
    CalendarPasswordRefused,
    CalendarRefused,
    CalendarSignInMethod,
    CalendarSignInRevoked,
    CalendarSignInUnfinished,
    CalendarThrottled,
    CalendarUnreachable,
    CalendarVersionRefused,
)
from b2cal_desktop.core.error_base import LAST_EVENTS, NOTHING, B2CalError, Message
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.switchboard_errors import (
    SwitchboardBadAnswer,
    SwitchboardConflict,
    SwitchboardError,
    SwitchboardNeedsSignIn,
    SwitchboardOutcomeUnknown,
    SwitchboardRefused,
    SwitchboardThrottled,
    SwitchboardUnknownValue,
    SwitchboardUnreachable,
)

__all__ = [
    "B2CalError",
    "CalendarBlocked",
    "CalendarConsentWithdrawn",
    "CalendarError",
    "CalendarInMicrosoft365",
    "CalendarMailboxClosed",
    "CalendarMailboxMissing",
    "CalendarNeedsApproval",
    "CalendarNeedsSignIn",
    "CalendarNoMailbox",
    "CalendarNotExchange",
    "CalendarNotSetUp",
    "CalendarNotTrusted",
    "CalendarPasswordRefused",
    "CalendarProblem",
    "CalendarRefused",
    "CalendarSignInMethod",
    "CalendarSignInRevoked",
    "CalendarSignInUnfinished",
    "CalendarThrottled",
    "CalendarUnreachable",
    "CalendarVersionRefused",
    "ConnectorProblem",
    "FileProblem",
    "LedgerDamaged",
    "Message",
    "NoScreen",
    "ProfileInUse",
    "ProfileUnusable",
    "SecretsUnavailable",
    "SettingsProblem",
    "SettingsTooNew",
    "SignInUnderWay",
    "StartFailed",
    "SwitchboardBadAnswer",
    "SwitchboardConflict",
    "SwitchboardError",
    "SwitchboardNeedsSignIn",
    "SwitchboardOutcomeUnknown",
    "SwitchboardRefused",
    "SwitchboardThrottled",
    "SwitchboardUnknownValue",
    "SwitchboardUnreachable",
    "UsageError",
]


class UsageError(B2CalError):
    """The command was called in a way that makes no sense."""

    code, exit_code = "usage", 2
    what, meaning = Text("{problem}.", "{problem}."), NOTHING

    def __init__(self, problem: Text | str) -> None:
        super().__init__(problem=problem)


class NoScreen(B2CalError):
    """The tray app was started where nothing can be shown."""

    code = "no_screen"
    what = Text(
        "Ikonen kan inte visas: den här datorn har ingen skärm.",
        "The icon cannot be shown: this computer has no screen.",
    )
    remedy = Text(
        "Starta i en skrivbordssession, eller kör b2cal-desktop run, som inte behöver någon skärm.",
        "Start it in a desktop session, or run b2cal-desktop run, which needs no screen.",
    )


class StartFailed(B2CalError):
    """The tray app could not be put together, for a reason that nobody foresaw."""

    code = "start_failed"
    what = Text("Något oväntat hände när programmet startade.", "Something unexpected happened as the app started.")
    remedy = Text(
        "Händer det igen, installera om programmet eller be den som sköter det om hjälp.",
        "If it happens again, reinstall the app or ask whoever looks after it for help.",
    )


class FileProblem(B2CalError):
    """A file is invalid; names the file and, where known, line (from 1) and key."""

    code, exit_code = "file_invalid", 2
    what, meaning = Text("{place}: {problem}.", "{place}: {problem}."), NOTHING

    def __init__(self, path: str, line: int | None, key: str | None, problem: Text | str) -> None:
        self.path, self.line, self.key = path, line, key
        place = Text(
            path + (f", rad {line}" if line else "") + (f", {key}" if key else ""),
            path + (f", line {line}" if line else "") + (f", {key}" if key else ""),
        )
        text = problem if isinstance(problem, Text) else Text.same(problem)
        self.problem = Text(text.sv.rstrip("."), text.en.rstrip("."))
        super().__init__(place=place, problem=self.problem)


class SettingsProblem(FileProblem):
    """The settings or policy file is invalid; what was in force stays in force."""

    code = "settings_invalid"
    meaning = Text("De inställningar som gällde gäller ännu.", "The settings that were in force still are.")


class SettingsTooNew(SettingsProblem):
    """The settings were written by a newer version of the product."""

    code = "settings_too_new"
    remedy = Text(
        "Uppdatera B2Cal Desktop, eller flytta undan filen och börja om.",
        "Update B2Cal Desktop, or move the file away and start over.",
    )


class ProfileUnusable(B2CalError):
    """A folder of the profile cannot be made or written to."""

    code, exit_code = "profile_unusable", 2
    what = Text("Mappen {path} går inte att använda: {problem}.", "The folder {path} cannot be used: {problem}.")
    remedy = Text(
        "Kontrollera att mappen går att skriva i, eller välj en annan med --profile.",
        "Check that the folder can be written to, or choose another one with --profile.",
    )

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(path=path, problem=problem)


class ConnectorProblem(FileProblem):
    """A connector file is invalid."""

    code = "connector_invalid"


class CalendarProblem(FileProblem):
    """A calendar as a whole is not what it should be (not a calendar, cut off, too large)."""

    code = "calendar_invalid"
    meaning = LAST_EVENTS


class SecretsUnavailable(B2CalError):
    """The computer's keyring cannot be used; secrets are kept in memory only."""

    code, exit_code = "secrets_unavailable", 3
    what = Text(
        "Datorns nyckelring går inte att använda: {problem}.",
        "The computer's keyring cannot be used: {problem}.",
    )
    meaning = Text("Inloggningen gäller tills programmet avslutas.", "The sign-in lasts until the program is closed.")
    remedy = Text(
        "Lås upp nyckelringen och välj Synka nu, eller installera en och logga in igen.",
        "Unlock the keyring and choose Sync now, or install one and sign in again.",
    )

    def __init__(self, problem: Text | str) -> None:
        super().__init__(problem=problem)


class ProfileInUse(B2CalError):
    """Another running instance syncs the same profile."""

    code = "profile_in_use"
    what = Text("B2Cal Desktop är redan igång för {profile}.", "B2Cal Desktop is already running for {profile}.")
    remedy = Text("Avsluta det andra programmet först.", "Quit the other program first.")

    def __init__(self, profile: str) -> None:
        super().__init__(profile=profile)


class LedgerDamaged(B2CalError):
    """The ledger file cannot be read or written; ``moved_to`` says where a damaged one was put."""

    code = "ledger_damaged"
    what = Text(
        "Appens minnesfil {path} går inte att använda: {problem}.", "The ledger {path} cannot be used: {problem}."
    )
    remedy = Text(
        "Kontrollera att disken har plats och att mappen går att skriva i.",
        "Check that the disk has room and that the folder can be written to.",
    )

    def __init__(self, path: str, problem: Text | str) -> None:
        super().__init__(path=path, problem=problem)


class SignInUnderWay(B2CalError):
    """A sign-in is already going on in this program."""

    code = "sign_in_under_way"
    what = Text("En inloggning pågår redan.", "A sign-in is already under way.")
    meaning = NOTHING
    remedy = Text(
        "Gör klart den i webbläsaren, eller avbryt den först.", "Finish it in the browser, or cancel it first."
    )

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

from dataclasses import dataclass
from typing import ClassVar

from b2cal_desktop.core.model import Text


@dataclass(frozen=True, slots=True)
class Message:
    """What a person is told of an error, in one language."""

    what: str
    meaning: str
    remedy: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.meaning, self.remedy) if part)


_NOTHING = Text("", "")
_GOES_ON = Text("Hänvisningen är orörd.", "The diversion is left as it is.")
_RETRY = Text("Vi försöker igen av oss själva.", "We try again by ourselves.")
_LAST_EVENTS = Text(
    "Hänvisningen följer de bokningar som redan är hämtade.",
    "The diversion follows the events that were already fetched.",
)
_WAITS = Text("Hänvisningen ändras inte förrän du gör det.", "The diversion does not change until you do.")


class B2CalError(Exception):
    """Base of all; ``message(language)`` is the text for people, ``str()`` the English one."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    what: ClassVar[Text]
    meaning: ClassVar[Text] = _GOES_ON
    remedy: ClassVar[Text] = _NOTHING

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(str(self.message("en")))

    def message(self, language: str) -> Message:
        """What happened, what it means for the diversion and what to do, in ``language``."""
        shown = {k: v.to(language) if isinstance(v, Text) else v for k, v in self.details.items()}
        return Message(*(part.to(language).format_map(shown) for part in (self.what, self.meaning, self.remedy)))


class UsageError(B2CalError):
    """The command was called in a way that makes no sense."""

    code, exit_code = "usage", 2
    what, meaning = Text("{problem}.", "{problem}."), _NOTHING

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
    what, meaning = Text("{place}: {problem}.", "{place}: {problem}."), _NOTHING

    def __init__(self, path: str, line: int | None, key: str | None, problem: Text | str) -> None:
        self.path, self.line, self.key = path, line, key
        place = Text(
            path + (f", rad {line}" if line else "") + (f", {key}" if key else ""),
            path + (f", line {line}" if line else "") + (f", {key}" if key else ""),
        )
        text = problem if isinstance(problem, Text) else Text.same(problem)
        super().__init__(place=place, problem=Text(text.sv.rstrip("."), text.en.rstrip(".")))


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
    meaning = _LAST_EVENTS


class CalendarError(B2CalError):
    """The calendar cannot be read now. ``retry_after`` in seconds, if the server said so."""

    code, exit_code = "calendar", 4
    meaning = _LAST_EVENTS

    def __init__(
        self, host: str, problem: Text | str = "", *, retry_after: float | None = None, **more: object
    ) -> None:
        self.retry_after = retry_after
        super().__init__(host=host, problem=problem, **more)


class CalendarUnreachable(CalendarError):
    """No usable answer from the calendar: no network, no such host, time-out, server error."""

    code = "calendar_unreachable"
    what = Text("Kalendern ({host}) svarar inte: {problem}.", "The calendar ({host}) does not answer: {problem}.")
    remedy = _RETRY


class CalendarRefused(CalendarError):
    """The calendar answers, but does not give what was asked for (403, 404, not a calendar)."""

    code = "calendar_refused"
    what = Text(
        "Kalendern ({host}) lämnar inte ut bokningarna: {problem}.",
        "The calendar ({host}) does not hand out the events: {problem}.",
    )
    remedy = Text("Kontrollera adressen i inställningarna.", "Check the address in the settings.")


class CalendarThrottled(CalendarError):
    """The calendar asks us to wait."""

    code = "calendar_throttled"
    what = Text("Kalendern ({host}) ber oss vänta.", "The calendar ({host}) asks us to wait.")
    remedy = _RETRY


class CalendarNeedsSignIn(CalendarError):
    """Nobody is signed in to the calendar, or the sign-in no longer holds. One try, then the user."""

    code, exit_code = "calendar_needs_sign_in", 3
    what = Text("Du behöver logga in i kalendern ({host}).", "You need to sign in to the calendar ({host}).")
    meaning = Text(
        "Ändringar i kalendern når inte växeln förrän du har loggat in.",
        "Changes in the calendar do not reach the switchboard until you have signed in.",
    )
    remedy = Text("Välj Logga in.", "Choose Sign in.")


class CalendarNeedsApproval(CalendarError):
    """The organisation's administrator has to approve the app first."""

    code, exit_code = "calendar_needs_admin_approval", 3
    what = Text(
        "Din organisation behöver godkänna B2Cal Desktop innan kalendern kan läsas.",
        "Your organisation needs to approve B2Cal Desktop before the calendar can be read.",
    )
    remedy = Text("Be IT om godkännande.", "Ask IT for approval.")


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
        "Vi försöker igen av oss själva och skriver då bara det som är rätt i den stunden.",
        "We try again by ourselves, and then write only what is right at that moment.",
    )


class SwitchboardThrottled(SwitchboardError):
    """The switchboard asks us to wait (429, 503 with Retry-After)."""

    code = "switchboard_throttled"
    what = Text("Växeln ({host}) ber oss vänta.", "The switchboard ({host}) asks us to wait.")
    remedy = _RETRY


class SwitchboardBadAnswer(SwitchboardError):
    """The answer is not what the connector describes: HTML, cut off, wrong type, too large."""

    code = "switchboard_bad_answer"
    what = Text(
        "Växeln ({host}) gav ett svar som inte går att läsa: {problem}.",
        "The switchboard ({host}) gave an answer that cannot be read: {problem}.",
    )
    remedy = Text(
        "Sitter du på ett gästnät kan du behöva logga in där först. Vi försöker igen av oss själva.",
        "On a guest network you may have to sign in there first. We try again by ourselves.",
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
    remedy = _RETRY


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
    meaning = _WAITS
    remedy = Text("Välj Logga in.", "Choose Sign in.")


class SecretsUnavailable(B2CalError):
    """The computer's keyring cannot be used; secrets are kept in memory only."""

    code, exit_code = "secrets_unavailable", 3
    what = Text(
        "Datorns nyckelring går inte att använda: {problem}.",
        "The computer's keyring cannot be used: {problem}.",
    )
    meaning = Text("Inloggningen gäller tills programmet avslutas.", "The sign-in lasts until the program is closed.")
    remedy = Text(
        "Lås upp nyckelringen, eller installera en, och logga in igen.",
        "Unlock the keyring, or install one, and sign in again.",
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
    what = Text("Liggaren {path} går inte att använda: {problem}.", "The ledger {path} cannot be used: {problem}.")
    remedy = Text(
        "Kontrollera att disken har plats och att mappen går att skriva i.",
        "Check that the disk has room and that the folder can be written to.",
    )

    def __init__(self, path: str, problem: Text | str) -> None:
        super().__init__(path=path, problem=problem)


class CalendarBlocked(CalendarRefused):
    """The organisation's rules (conditional access) or the account's own state keep this computer out."""

    code = "calendar_blocked"
    what = Text(
        "Din organisation släpper inte in dig i kalendern ({host}) härifrån: {problem}.",
        "Your organisation does not let you into the calendar ({host}) from here: {problem}.",
    )
    remedy = Text(
        "Försök från företagets nät eller dator, eller visa det här för IT.",
        "Try from the company's network or computer, or show this to IT.",
    )


class CalendarNoMailbox(CalendarRefused):
    """The account is in order, but has no mailbox in Microsoft 365: no licence, or a mailbox on premises."""

    code = "calendar_no_mailbox"
    what = Text(
        "Kontot har ingen postlåda i Microsoft 365 ({host}).", "The account has no mailbox in Microsoft 365 ({host})."
    )
    remedy = Text(
        "Är det rätt konto behöver IT ge det en licens. Finns kalendern på en egen Exchange-server väljer du den "
        "under Kalender i inställningarna.",
        "If it is the right account, IT has to give it a licence. If the calendar is on a company's own Exchange "
        "server, choose that under Calendar in the settings.",
    )


class CalendarNotSetUp(CalendarRefused):
    """The app's registration with Microsoft 365 is missing or wrong; only an administrator can put it right."""

    code = "calendar_not_set_up"
    what = Text(
        "Inloggningen till Microsoft 365 är inte färdiginställd: {problem}.",
        "The sign-in to Microsoft 365 is not set up: {problem}.",
    )
    remedy = Text(
        "Visa det här för IT. Hur det ställs in står i guiden för administratörer.",
        "Show this to IT. The administrator's guide tells how to set it up.",
    )


class CalendarSignInRevoked(CalendarNeedsSignIn):
    """A sign-in that was good has been ended from the other side."""

    code = "calendar_sign_in_revoked"
    what = Text(
        "Din inloggning i kalendern ({host}) gäller inte längre: {problem}.",
        "Your sign-in to the calendar ({host}) no longer holds: {problem}.",
    )
    remedy = Text("Logga in igen.", "Sign in again.")


class CalendarConsentWithdrawn(CalendarNeedsSignIn):
    """The permission to read the calendar was taken back, or was never given."""

    code = "calendar_consent_withdrawn"
    what = Text(
        "B2Cal Desktop har inte längre lov att läsa kalendern ({host}).",
        "B2Cal Desktop is no longer permitted to read the calendar ({host}).",
    )
    remedy = Text(
        "Logga in igen och godkänn. Går det inte behöver IT godkänna.",
        "Sign in again and approve. If you cannot, IT has to approve.",
    )


class CalendarSignInUnfinished(CalendarNeedsSignIn):
    """The user left a sign-in, or it took too long."""

    code = "calendar_sign_in_unfinished"
    what = Text(
        "Inloggningen i kalendern ({host}) blev inte färdig: {problem}.",
        "The sign-in to the calendar ({host}) was not finished: {problem}.",
    )
    remedy = Text("Välj Logga in när det passar.", "Choose Sign in when it suits you.")


class CalendarPasswordRefused(CalendarNeedsSignIn):
    """The server did not accept the user name and password that it was sent, once."""

    code = "calendar_password_refused"
    what = Text(
        "Kalendern ({host}) godtog inte användarnamnet eller lösenordet.",
        "The calendar ({host}) did not accept the user name or the password.",
    )
    remedy = Text(
        "Logga in igen. Är lösenordet rätt kan något som granskar krypterad trafik, till exempel ett virusskydd, "
        "ligga emellan: visa det här för IT.",
        "Sign in again. If the password is right, something that inspects encrypted traffic, such as a virus scanner, "
        "may lie between: show this to IT.",
    )


class CalendarNotTrusted(CalendarUnreachable):
    """The server's certificate comes from an authority that this computer does not know, or names another host."""

    code = "calendar_not_trusted"
    what = Text(
        "Datorn godtar inte certifikatet som kalendern ({host}) visar upp.",
        "This computer does not accept the certificate that the calendar ({host}) presents.",
    )
    remedy = Text(
        "På ett gästnät kan du behöva logga in där först. Är det företagets eget certifikat behöver IT lägga in det "
        "på datorn.",
        "On a guest network you may have to sign in there first. If it is the company's own certificate, IT has to "
        "install it on this computer.",
    )


class CalendarNotExchange(CalendarRefused):
    """What answers at the address is no Exchange server, or not its calendar service."""

    code = "calendar_not_exchange"
    what = Text(
        "På adressen ({host}) svarar ingen Exchange-server: {problem}.",
        "No Exchange server answers at the address ({host}): {problem}.",
    )
    remedy = Text(
        "Kontrollera adressen under Kalender i inställningarna. Den slutar oftast på /EWS/Exchange.asmx.",
        "Check the address under Calendar in the settings. It mostly ends in /EWS/Exchange.asmx.",
    )


class CalendarInMicrosoft365(CalendarRefused):
    """The address is Microsoft's own, where this way of reading calendars is closed."""

    code = "calendar_in_microsoft365"
    what = Text("Adressen ({host}) hör till Microsoft 365.", "The address ({host}) belongs to Microsoft 365.")
    remedy = Text(
        "Välj Microsoft 365 under Kalender i inställningarna och logga in där.",
        "Choose Microsoft 365 under Calendar in the settings, and sign in there.",
    )


class CalendarMailboxMissing(CalendarRefused):
    """The account, or the mailbox that the settings name, is unknown to the Exchange server."""

    code = "calendar_mailbox_missing"
    what = Text(
        "På Exchange-servern ({host}) finns inte {problem}.", "The Exchange server ({host}) does not have {problem}."
    )
    remedy = Text(
        "Kontrollera användare och postlåda under Kalender i inställningarna.",
        "Check user and mailbox under Calendar in the settings.",
    )


class CalendarMailboxClosed(CalendarRefused):
    """The user has no right to the calendar of ``mailbox``, not even to free/busy; ``command`` would give it."""

    code = "calendar_mailbox_closed"
    what = Text(
        "Du får inte läsa kalendern i {mailbox} ({host}).", "You may not read the calendar in {mailbox} ({host})."
    )
    remedy = Text("Be IT köra: {command}", "Ask IT to run: {command}")

    def __init__(self, host: str, mailbox: Text | str, command: Text | str) -> None:
        super().__init__(host, mailbox=mailbox, command=command)


class CalendarSignInMethod(CalendarRefused):
    """No way of signing in that the settings allow, the server offers and this computer can. Nothing was sent."""

    code = "calendar_sign_in_method"
    what = Text(
        "Det går inte att logga in i kalendern ({host}) på det valda sättet: {problem}.",
        "You cannot sign in to the calendar ({host}) in the chosen way: {problem}.",
    )
    remedy = Text(
        "Välj ett annat sätt att logga in under Kalender i inställningarna, eller fråga IT.",
        "Choose another way of signing in under Calendar in the settings, or ask IT.",
    )


class CalendarVersionRefused(CalendarRefused):
    """The Exchange server does not speak the version that it was asked in."""

    code = "calendar_version_refused"
    what = Text(
        "Exchange-servern ({host}) förstår inte {problem}.",
        "The Exchange server ({host}) does not understand {problem}.",
    )
    remedy = Text(
        "Välj Automatiskt som version under Kalender i inställningarna. Äldre än Exchange 2007 SP1 går inte.",
        "Choose Automatic as version under Calendar in the settings. Older than Exchange 2007 SP1 does not work.",
    )


class SignInUnderWay(B2CalError):
    """A sign-in is already going on in this program."""

    code = "sign_in_under_way"
    what = Text("En inloggning pågår redan.", "A sign-in is already under way.")
    meaning = _NOTHING
    remedy = Text(
        "Gör klart den i webbläsaren, eller avbryt den först.", "Finish it in the browser, or cancel it first."
    )

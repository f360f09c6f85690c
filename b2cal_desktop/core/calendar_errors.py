"""What goes wrong on the calendar's side. The whole tree is drawn in ``errors``, from where all are imported."""

from __future__ import annotations

from b2cal_desktop.core.error_base import LAST_EVENTS, RETRY, B2CalError
from b2cal_desktop.core.model import Text


class CalendarError(B2CalError):
    """The calendar cannot be read now. ``retry_after`` in seconds, if the server said so."""

    code, exit_code = "calendar", 4
    meaning = LAST_EVENTS

    def __init__(
        self, host: str, problem: Text | str = "", *, retry_after: float | None = None, **more: object
    ) -> None:
        self.retry_after = retry_after
        super().__init__(host=host, problem=problem, **more)


class CalendarUnreachable(CalendarError):
    """No usable answer from the calendar: no network, no such host, time-out, server error."""

    code = "calendar_unreachable"
    what = Text("Kalendern ({host}) svarar inte: {problem}.", "The calendar ({host}) does not answer: {problem}.")
    remedy = RETRY


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
    remedy = RETRY


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

"""What the settings are called in the policy editor, in Swedish and English."""

from __future__ import annotations

from dataclasses import dataclass

from b2cal_desktop.core.model import Text


@dataclass(frozen=True, slots=True)
class Words:
    """A key's name, and what there is to know of it beyond that."""

    name: Text
    help: Text | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A folder of the editor; ``at`` is how its keys begin."""

    label: Text
    at: str


SUPPORTED = Text("Windows 10 och senare", "Windows 10 and later")
LEVELS = {"locked": Text("Låst", "Locked"), "defaults": Text("Förvalt (kan ändras)", "Default (can be changed)")}
TABLES = {"locked": "Locked", "defaults": "Defaults"}
CATEGORIES = {
    "general": Category(Text("Allmänt", "General"), ""),
    "sync": Category(Text("Synkronisering", "Synchronisation"), "sync."),
    "calendar": Category(Text("Kalender", "Calendar"), "calendar."),
    "switchboard": Category(Text("Växel", "Switchboard"), "switchboard."),
    "rules": Category(Text("Regler", "Rules"), "rules."),
    "notifications": Category(Text("Meddelanden", "Notifications"), "notifications."),
    "updates": Category(Text("Uppdateringar", "Updates"), "updates."),
}


def _words(sv: str, en: str, help_sv: str = "", help_en: str = "") -> Words:
    return Words(Text(sv, en), Text(help_sv, help_en) if help_sv else None)


KEYS = {
    "language": _words("Språk", "Language"),
    "diversions": _words("Hänvisningar", "Diversions"),
    "sync.enabled": _words("Låt kalendern styra hänvisningen", "Let the calendar steer the diversion"),
    "sync.poll_seconds": _words("Sekunder mellan avläsningar", "Seconds between readings"),
    "sync.edge_spread_seconds": _words(
        "Sprid skrivningar över sekunder",
        "Spread writes over seconds",
        "Så skriver inte alla företagets datorer i samma ögonblick.",
        "So that not all of a company's computers write at the same moment.",
    ),
    "sync.dry_run": _words("Visa bara, skriv inte till växeln", "Only show, do not write to the switchboard"),
    "sync.on_quit": _words("När programmet avslutas", "When the app is closed"),
    "sync.stale_after_hours": _words(
        "Timmar som gamla bokningar får styra", "Hours for which old events may go on steering"
    ),
    "sync.manual_override": _words(
        "Hur länge en hänvisning som satts för hand gäller", "How long a diversion that was set by hand holds"
    ),
    "calendar.source": _words("Kalenderns källa", "Source of the calendar"),
    "calendar.timezone": _words("Tidszon", "Time zone"),
    "calendar.microsoft365.tenant": _words("Microsoft 365: klientorganisation", "Microsoft 365: tenant"),
    "calendar.microsoft365.client_id": _words("Microsoft 365: appens id", "Microsoft 365: application id"),
    "calendar.microsoft365.cloud": _words("Microsoft 365: moln", "Microsoft 365: cloud"),
    "calendar.microsoft365.authority": _words(
        "Microsoft 365: eget moln, adress för inloggning", "Microsoft 365: custom cloud, address of sign-in"
    ),
    "calendar.microsoft365.graph_root": _words(
        "Microsoft 365: eget moln, adress till Graph", "Microsoft 365: custom cloud, address of Graph"
    ),
    "calendar.microsoft365.permission": _words(
        "Microsoft 365: behörighet",
        "Microsoft 365: permission",
        "basic: Calendars.ReadBasic, som räcker för de flesta. full: Calendars.Read, om ämnesraderna inte kommer fram.",
        "basic: Calendars.ReadBasic, enough for most. full: Calendars.Read, where subjects do not come through.",
    ),
    "calendar.microsoft365.calendars": _words(
        "Microsoft 365: fler kalendrar",
        "Microsoft 365: further calendars",
        "Id för fler av användarens egna kalendrar; var och en har sina.",
        "Ids of further calendars of the user's own; they differ from person to person.",
    ),
    "calendar.microsoft365.broker": _words(
        "Microsoft 365: logga in genom Windows", "Microsoft 365: sign in through Windows"
    ),
    "calendar.exchange.url": _words(
        "Exchange: adress", "Exchange: address", "Till exempel mail.foretag.se.", "Such as mail.company.com."
    ),
    "calendar.exchange.version": _words("Exchange: version", "Exchange: version"),
    "calendar.exchange.auth": _words("Exchange: sätt att logga in", "Exchange: way of signing in"),
    "calendar.exchange.user": _words(
        "Exchange: användare", "Exchange: user", "Till exempel FORETAG\\%USERNAME%.", "Such as FORETAG\\%USERNAME%."
    ),
    "calendar.exchange.mailbox": _words(
        "Exchange: en annan postlåda",
        "Exchange: another mailbox",
        "Adressen till en postlåda vars kalender användaren får läsa (Reviewer; i Exchange 2007 full åtkomst).",
        "The address of a mailbox whose calendar the user may read (Reviewer; in Exchange 2007 full access).",
    ),
    "calendar.icalendar.location": _words("Kalenderfil eller kalenderlänk", "Calendar file or calendar link"),
    "calendar.icalendar.user": _words("Kalenderlänk: egen adress", "Calendar link: own address"),
    "switchboard.connector": _words("Anslutning", "Connector"),
    "switchboard.fields": _words(
        "Anslutningens uppgifter",
        "The connector's fields",
        "Till exempel base_url. Aldrig lösenord eller biljetter.",
        "Such as base_url. Never passwords or tickets.",
    ),
    "rules.method": _words("Metod", "Method"),
    "rules.private": _words("Privata bokningar", "Private events"),
    "rules.all_day": _words("Heldagsbokningar", "All-day events"),
    "rules.lead_minutes": _words("Minuter före en bokning", "Minutes before an event"),
    "rules.lag_minutes": _words("Minuter efter en bokning", "Minutes after an event"),
    "rules.bridge_minutes": _words(
        "Minuter mellan två lika som fylls", "Minutes between two equal ones that are filled"
    ),
    "rules.order": _words("Vilken hänvisning som vinner, starkast först", "Which diversion wins, strongest first"),
    "rules.prefixes": _words(
        "Prefix i ämnesraden",
        "Prefixes in the subject",
        "Namn: hänvisningen. Värde: dess prefix, till exempel LUN:",
        "Name: the diversion. Value: its prefix, such as LUN:",
    ),
    "rules.status.free": _words("Outlooks status Ledig", "Outlook's status Free"),
    "rules.status.tentative": _words("Outlooks status Preliminär", "Outlook's status Tentative"),
    "rules.status.busy": _words("Outlooks status Upptagen", "Outlook's status Busy"),
    "rules.status.oof": _words("Outlooks status Ej på kontoret", "Outlook's status Out of office"),
    "rules.status.working_elsewhere": _words(
        "Outlooks status Arbetar någon annanstans", "Outlook's status Working elsewhere"
    ),
    "rules.status.unknown": _words("Outlooks status okänd", "Outlook's status unknown"),
    "rules.working_hours.enabled": _words("Arbetstid", "Working hours"),
    "rules.working_hours.from_mailbox": _words(
        "Arbetstid: ta den från Outlook",
        "Working hours: take them from Outlook",
        "Microsoft 365. Kräver behörigheten MailboxSettings.Read.",
        "Microsoft 365. Needs the permission MailboxSettings.Read.",
    ),
    "rules.working_hours.days": _words("Arbetstid: dagar", "Working hours: days"),
    "rules.working_hours.start": _words("Arbetstid: börjar", "Working hours: start"),
    "rules.working_hours.end": _words("Arbetstid: slutar", "Working hours: end"),
    "rules.working_hours.outside": _words("Arbetstid: hänvisning utanför", "Working hours: diversion outside"),
    "notifications.changes": _words("Meddela varje ändring", "Tell of every change"),
    "updates.enabled": _words(
        "Låt programmet fråga efter nya versioner",
        "Let the app ask for new versions",
        "Det berättar om dem och installerar ingenting själv.",
        "It tells of them and installs nothing by itself.",
    ),
    "updates.feed": _words(
        "Adress till uppgiften om nya versioner",
        "Address of what is told of new versions",
        "Utan adress frågar programmet ingen.",
        "Without an address the app asks nobody.",
    ),
    "updates.keys": _words(
        "Nycklar vars signatur godtas",
        "Keys whose signature is believed",
        "Utöver dem som följer med programmet.",
        "Beside those that come with the app.",
    ),
}

"""The checks that ask the network: calendar, switchboard, proxy, and whose clock is right. Nothing is written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from b2cal_desktop import __version__
from b2cal_desktop.assembly import build_calendar, build_switchboard, computer_timezone, kept_events, refused_before
from b2cal_desktop.calendars.exchange_free_busy import FREE_BUSY_ONLY
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import CalendarError, CalendarProblem, ConnectorProblem
from b2cal_desktop.core.model import Catalogue, Text
from b2cal_desktop.core.ports import Fetched
from b2cal_desktop.core.schedule import local_day
from b2cal_desktop.doctor.exchange import look_for_server
from b2cal_desktop.doctor.findings import Finding, Level, from_error
from b2cal_desktop.doctor.microsoft import account_findings, with_consent_address
from b2cal_desktop.switchboards.choices import OWN
from b2cal_desktop.switchboards.connector_file import find_connector
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.exchange_address import complete_address
from b2cal_desktop.system.network import host_of, http_date, is_loopback, new_session
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.system.settings_file import LoadedSettings
from b2cal_desktop.system.surroundings import SURROUNDINGS
from b2cal_desktop.system.update_feed import UpdateCheckFailed, fetch_feed
from b2cal_desktop.system.updates import is_old, is_set_up, keys_of, newer, remembered

_SKEW_WARNING, _SKEW_PROBLEM = timedelta(seconds=60), timedelta(minutes=5)
_TIMEOUT = (3.0, 4.0)
# Warnings that are not about a single event.
_OWN_WORDS = frozenset({"calendar_missing", "clock_skew"})


def check_calendar(context: Context, settings: Settings) -> Iterator[Finding]:
    """Address, certificate, sign-in and rights by reading today; where that fails, how old the last reading is."""
    now, zone = context.clock.now(), computer_timezone(settings)
    today = local_day(now, zone)
    try:
        if (refused := refused_before(context, settings)) is not None:
            raise refused
        with closing(build_calendar(context, settings)) as source:
            fetched = source.fetch_events(today, now)
            account = context.microsoft_account(settings) if settings.calendar.source == "microsoft365" else None
            about_account = [*account_findings(account, source)] if account is not None else []
    except (CalendarError, CalendarProblem) as error:
        yield with_consent_address(from_error("calendar", error), error)
        yield from look_for_server(settings, SystemClock())
        if (kept := kept_events(context)) is not None:
            yield Finding("calendar", Level.WARNING, _age(kept.as_of, now))
        return
    if settings.calendar.timezone == "auto" and fetched.timezone is not None:
        today = local_day(now, fetched.timezone)
    number = sum(today.touches(event.start, event.end) for event in fetched.events)
    text = Text(f"Den går att läsa: {number} bokningar i dag.", f"It can be read: {number} events today.")
    yield Finding("calendar", Level.OK, text)
    yield from about_account
    yield from _calendar_warnings(fetched, settings)


def _calendar_warnings(fetched: Fetched, settings: Settings) -> Iterator[Finding]:
    rights = [warning for warning in fetched.warnings if warning.code == FREE_BUSY_ONLY]
    if fetched.limited:
        text = Text("Bara ledigt och upptaget går att läsa.", "Only free and busy can be read.")
        ask = Text(
            "Prefix i ämnesraden syns inte. Be IT om läsrätt till kalendern, eller välj metoden Status.",
            "Prefixes in subjects are not seen. Ask IT for the right to read it, or choose the method Status.",
        )
        remedy = rights[0].text if rights else ask
        yield Finding("calendar", Level.WARNING, text, remedy if settings.rules.method != "status" else Text("", ""))
    own_words = [warning for warning in fetched.warnings if warning.code in _OWN_WORDS]
    yield from (Finding("calendar", Level.WARNING, warning.text) for warning in own_words)
    if number := len(fetched.warnings) - len(rights) - len(own_words):
        text = Text(f"{number} bokningar gick inte att förstå helt.", f"{number} events could not be fully understood.")
        remedy = Text("b2cal-desktop plan visar vilka.", "b2cal-desktop plan shows which.")
        yield Finding("calendar", Level.WARNING, text, remedy)


def _age(as_of: datetime, now: datetime) -> Text:
    hours, minutes = divmod(max(0, int((now - as_of).total_seconds()) // 60), 60)
    sv = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return Text(f"De senast lästa bokningarna är {sv} gamla.", f"The events that were read last are {sv} old.")


def check_switchboard(context: Context, settings: Settings) -> Iterator[Finding]:
    """Address, certificate, sign-in and rights by reading; then what it offers."""
    with (
        closing(Ledger(Path(":memory:"))) as ledger,  # the real one is not to be touched
        closing(build_switchboard(context, settings, ledger)) as connector,
    ):
        connector.check()
        offered = connector.list_diversions()
        name, unconfirmed, supported = connector.name, connector.unconfirmed, connector.abilities.diversions
    number, own = len(offered), OWN.get(settings.switchboard.connector)
    text = Text(f"{name.sv} svarar och har {number} hänvisningar.", f"{name.en} answers and has {number} diversions.")
    if own is not None:
        text = Text(f"{name.sv}. {own.works.sv}", f"{name.en}. {own.works.en}")
    yield Finding("switchboard", Level.OK, text)
    if unconfirmed is not None:
        yield Finding("switchboard", Level.WARNING, unconfirmed, _TRY_IT)
    catalogue = settings.catalogue()
    if missing := sorted(settings.to_rules(catalogue).asked_for - supported):
        yield _without_counterpart(missing, catalogue)


_TRY_IT = Text(
    "Prova om den sätter rätt hänvisning: Inställningar → Växel → Testa anslutningen, eller "
    "b2cal-desktop doctor --try-switchboard.",
    "Try whether it sets the right diversion: Settings → Switchboard → Test connection, or "
    "b2cal-desktop doctor --try-switchboard.",
)


def _without_counterpart(missing: list[str], catalogue: Catalogue) -> Finding:
    sv, en = (", ".join(catalogue.label(key, language) for key in missing) for language in ("sv", "en"))
    text = Text(f"Växeln har ingen motsvarighet till {sv}.", f"The switchboard has nothing that matches {en}.")
    remedy = Text(
        "Välj under Hänvisningar i inställningarna vad de heter i växeln.",
        "Choose under Diversions in the settings what they are called in the switchboard.",
    )
    return Finding("switchboard", Level.WARNING, text, remedy)


def check_proxy(context: Context, settings: Settings) -> Iterator[Finding]:
    """Which way requests take to each server; a proxy's user name and password are not told."""
    import requests.utils

    for origin in origins(context, settings):
        proxies = SURROUNDINGS.proxies(origin)
        proxy = requests.utils.select_proxy(origin, proxies)
        if proxy is None:
            how = Text("nås utan proxy", "is reached without a proxy")
        else:
            via = host_of(proxy if "://" in proxy else f"http://{proxy}")
            how = Text(f"nås genom {via}", f"is reached through {via}")
        yield Finding("proxy", Level.OK, Text(f"{host_of(origin)} {how.sv}.", f"{host_of(origin)} {how.en}."))
    if has_automatic_script() and SURROUNDINGS.find_proxy is None:
        text = Text(
            "Datorn har ett skript för automatisk proxy. Appen läser det, men inte kommandon som det här.",
            "This computer has a script for automatic proxies. The app reads it; commands such as this one do not.",
        )
        remedy = Text(
            "Nås inte servrarna: ange proxyn i HTTPS_PROXY.",
            "If servers are not reached: name the proxy in HTTPS_PROXY.",
        )
        yield Finding("proxy", Level.WARNING, text, remedy)


def has_automatic_script() -> bool:
    """Whether Windows is set to find its proxy by a script (PAC), which only Windows itself can run."""
    if sys.platform == "win32":
        import winreg

        where = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, where) as key:
                return bool(winreg.QueryValueEx(key, "AutoConfigURL")[0])
        except OSError:
            return False
    return False


def check_clock(context: Context, settings: Settings) -> Iterator[Finding]:
    """Whether the servers think it is the same time; a few seconds count for nothing."""
    skews = {origin: skew for origin in origins(context, settings) if (skew := _skew(context, origin)) is not None}
    if not skews:
        text = Text("Ingen server att jämföra med svarade.", "No server to compare with answered.")
        yield Finding("clock", Level.WARNING, text)
        return
    origin, worst = max(skews.items(), key=lambda entry: abs(entry[1]))
    seconds = round(worst.total_seconds())
    if abs(worst) < _SKEW_WARNING:
        text = Text("Den går som servrarnas.", "It agrees with the servers'.")
        yield Finding("clock", Level.OK, text)
        return
    sv, en = ("efter", "behind") if seconds > 0 else ("före", "ahead of")
    text = Text(
        f"Datorns klocka går {abs(seconds)} sekunder {sv} {host_of(origin)}.",
        f"This computer's clock is {abs(seconds)} seconds {en} {host_of(origin)}.",
    )
    remedy = Text(
        "Låt datorn ställa klockan själv: hänvisningen byts efter den.",
        "Let the computer set its clock by itself: the diversion changes by it.",
    )
    yield Finding("clock", Level.PROBLEM if abs(worst) > _SKEW_PROBLEM else Level.WARNING, text, remedy)


def check_updates(context: Context, loaded: LoadedSettings) -> Iterator[Finding]:
    """Is there a newer version, and is what tells of it to be trusted? Asks now, and remembers nothing."""
    settings = loaded.settings.updates
    seen = remembered(context.profile, settings)
    if not settings.enabled:
        whose = " av företaget" if loaded.is_locked("updates.enabled") else ""
        by = " by the company" if whose else ""
        text = Text(f"Att fråga efter nya versioner är avstängt{whose}.", f"Asking for new versions is off{by}.")
    elif not is_set_up(settings):
        text = Text("De är inte inställda: ingen frågas.", "They are not set up: nobody is asked.")
    else:
        try:
            feed = fetch_feed(settings.feed, keys_of(settings), context.clock)
        except UpdateCheckFailed as error:
            told = from_error("updates", error)
            yield replace(told, level=Level.WARNING)
            return
        if is_old(feed, seen.feed):
            text = Text("Uppgiften är äldre än en vi har sett.", "What is told is older than what we have seen.")
            remedy = Text("Visa det här för den som sköter programmet.", "Show this to whoever looks after the app.")
            yield Finding("updates", Level.WARNING, text, remedy)
            return
        update = newer(msgspec.structs.replace(seen, feed=feed))
        if update is not None:
            text = Text(f"Version {update.version} finns.", f"Version {update.version} is out.")
            yield Finding("updates", Level.OK, text, Text(f"Hämta den: {update.page}", f"Get it: {update.page}"))
            return
        text = Text(f"Version {__version__} är den senaste.", f"Version {__version__} is the newest.")
    yield Finding("updates", Level.OK, text)


def _skew(context: Context, origin: str) -> timedelta | None:
    """How far the server's clock is ahead of this computer's; None where it does not say."""
    import requests

    try:
        with (
            new_session(f"b2cal-desktop/{__version__}") as session,
            session.head(origin, timeout=_TIMEOUT, allow_redirects=False) as response,
        ):
            told = http_date(response.headers.get("Date", ""))
            return told - context.clock.now() if told is not None else None
    except (requests.RequestException, OSError):
        return None  # that a server cannot be reached is told by its own check


def origins(context: Context, settings: Settings) -> tuple[str, ...]:
    """Scheme, host and port of each server that the settings name, and nothing else of its address."""
    calendar = settings.calendar
    match calendar.source:
        case "microsoft365":
            registration = context.microsoft_account(settings).registration
            addresses = [registration.authority, registration.graph_root]
        case "exchange":
            addresses = [complete_address(calendar.exchange.url)]
        case _:
            addresses = [calendar.icalendar.location.replace("webcal://", "https://", 1)]
    connector = None
    with suppress(ConnectorProblem):  # which the switchboard's own check tells
        connector = find_connector(settings.switchboard.connector, context.connector_folders)
    if connector is not None:
        field = connector.address_field
        addresses.append(settings.switchboard.fields.get(field.key) or field.default or "")
    return tuple(dict.fromkeys(origin for address in addresses if (origin := _origin(address))))


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address.strip())
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
            return ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/" if parts.hostname else ""

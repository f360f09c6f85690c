"""Made-up states of a plausible Swedish office day: Monday 23 November 2026, seen at 09:12:20."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from b2cal_desktop.core.errors import (
    CalendarNeedsApproval,
    CalendarNeedsSignIn,
    CalendarUnreachable,
    SwitchboardNeedsSignIn,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import (
    CLEAR,
    STANDARD_DIVERSIONS,
    Block,
    CalendarEvent,
    Catalogue,
    Diversion,
    DiversionState,
    Kind,
    RuleName,
    ShowAs,
    Text,
    Warning,
)
from b2cal_desktop.core.state import (
    ActionName,
    AppState,
    Confirmation,
    Health,
    HistoryEntry,
    NoticeCode,
    Phase,
    ServiceHealth,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOME, MEETING, LUNCH, BUSY = "working_from_home", "meeting", "lunch", "busy"


def at(clock: str, day: int = 23) -> datetime:
    """An instant in November 2026 by its clock in Stockholm: ``at("09:12:20")``."""
    parts = [int(part) for part in clock.split(":")]
    return datetime(2026, 11, day, *parts, tzinfo=STOCKHOLM)


NOW = at("09:12:20")
CATALOGUE = Catalogue(
    (*STANDARD_DIVERSIONS, Diversion("travelling", Text("På resande fot", "Travelling"), Kind.ABSENCE))
)


def event(
    id: str, start: datetime, end: datetime, subject: str, show_as: ShowAs = ShowAs.BUSY, **more: object
) -> CalendarEvent:
    return replace(CalendarEvent(id, start, end, subject, show_as), **more)  # type: ignore[arg-type]


HEM = event("hem", at("00:00"), at("00:00", 24), "HEM: jobbar hemifrån", ShowAs.FREE, all_day=True)
STANDUP = event("standup", at("08:30"), at("08:45"), "Morgonmöte", ShowAs.FREE, series_id="standups")
BUDGET = event(
    "budget", at("09:00"), at("10:00"), "MOT: Budgetmöte", location="Storstugan, plan 4", series_id="budgets"
)
OFFERT = event("offert", at("09:30"), at("11:00"), "Skriva offert", ShowAs.TENTATIVE)
LUN = event("lunch", at("12:00"), at("13:00"), "LUN: sallad med Karin", ShowAs.FREE)
DOCTOR = event("doctor", at("14:00"), at("14:45"), "Tandläkaren", private=True)
REVIEW = event("review", at("15:00"), at("16:30"), "Designgenomgång av nya kundportalen", location="Teams")
CALL = event("call", at("15:30"), at("16:00"), "Samtal med Vattenverket")
CANCELLED = event("kickoff", at("16:30"), at("17:00"), "Uppstart av projektet", cancelled=True)
TUESDAY = event("tuesday", at("10:00", 24), at("11:30", 24), "MOT: Ledningsgrupp")
WEDNESDAY = event("wednesday", at("00:00", 25), at("00:00", 26), "Mässa i Göteborg", ShowAs.OOF, all_day=True)
THURSDAY = event("thursday", at("13:00", 26), at("14:00", 26), "Utvecklingssamtal")
EVENTS = (HEM, STANDUP, BUDGET, OFFERT, LUN, DOCTOR, REVIEW, CALL, CANCELLED, TUESDAY, WEDNESDAY, THURSDAY)

MEETING_BLOCK = Block(at("09:00"), at("10:00"), MEETING, RuleName.PREFIX, (BUDGET,), (HEM,))
LUNCH_BLOCK = Block(at("12:00"), at("13:00"), LUNCH, RuleName.PREFIX, (LUN,), (HEM,))
BLOCKS = (
    Block(at("00:00"), at("09:00"), HOME, RuleName.PREFIX, (HEM,)),
    MEETING_BLOCK,
    Block(at("10:00"), at("12:00"), HOME, RuleName.PREFIX, (HEM,)),
    LUNCH_BLOCK,
    Block(at("13:00"), at("14:00"), HOME, RuleName.PREFIX, (HEM,)),
    Block(at("14:00"), at("14:45"), BUSY, RuleName.STATUS, (DOCTOR,), (HEM,)),
    Block(at("14:45"), at("15:00"), HOME, RuleName.PREFIX, (HEM,)),
    Block(at("15:00"), at("16:30"), BUSY, RuleName.STATUS, (REVIEW, CALL), (HEM,)),
    Block(at("16:30"), at("00:00", 24), HOME, RuleName.PREFIX, (HEM,)),
    Block(at("10:00", 24), at("11:30", 24), MEETING, RuleName.PREFIX, (TUESDAY,)),
    Block(at("00:00", 25), at("00:00", 26), "out_of_office", RuleName.STATUS, (WEDNESDAY,)),
    Block(at("13:00", 26), at("14:00", 26), BUSY, RuleName.STATUS, (THURSDAY,)),
)
SET, SEEN, LOST = ActionName.SET, Confirmation.CONFIRMED, Confirmation.UNKNOWN
HISTORY = (
    HistoryEntry(at("12:01:02", 20), DiversionState(LUNCH, at("13:00", 20)), "hand", SET, Confirmation.SENT),
    HistoryEntry(at("13:00:00", 20), CLEAR, "calendar", ActionName.CLEAR, SEEN),
    HistoryEntry(at("00:00:01"), DiversionState(HOME, at("09:00")), "calendar", SET, SEEN),
    HistoryEntry(
        at("08:40:11"), DiversionState(BUSY, at("08:50")), "other", ActionName.STAND_DOWN, Confirmation.UNKNOWN
    ),
    HistoryEntry(at("09:00:00"), DiversionState(MEETING, at("10:00")), "calendar", SET, SEEN),
)

OK = ServiceHealth(Health.OK, as_of=at("09:12:00"))
IN_MEETING = AppState(
    generation=7,
    now=at("09:12:00"),
    timezone=STOCKHOLM,
    phase=Phase.RUNNING,
    calendar=OK,
    switchboard=OK,
    want=DiversionState(MEETING, at("10:00")),
    seen=DiversionState(MEETING, at("10:00")),
    confirmed_at=at("09:00:00"),
    block=MEETING_BLOCK,
    next_block=BLOCKS[2],
    next_change=at("10:00"),
    blocks=BLOCKS,
    events=EVENTS,
    history=HISTORY,
    catalogue=CATALOGUE,
    supported=frozenset(CATALOGUE),
)
AVAILABLE_STATE = replace(
    IN_MEETING,
    want=CLEAR,
    seen=CLEAR,
    block=None,
    next_block=LUNCH_BLOCK,
    next_change=at("12:00"),
    blocks=(LUNCH_BLOCK, *BLOCKS[9:]),
    events=tuple(e for e in EVENTS if e not in (HEM, BUDGET)),
)
MANUAL = replace(
    IN_MEETING,
    phase=Phase.MANUAL,
    seen=DiversionState(LUNCH, at("13:00")),
    manual=DiversionState(LUNCH, at("13:00")),
    action=ActionName.STAND_DOWN,
    notices=(NoticeCode.MANUAL_TAKES_PRECEDENCE,),
)
PAUSED = replace(IN_MEETING, phase=Phase.PAUSED, paused_until=at("10:15"))
OFF = replace(IN_MEETING, phase=Phase.OFF, enabled=False, want=CLEAR, seen=CLEAR)
DISMISSED = replace(IN_MEETING, dismissed=True, want=CLEAR, seen=CLEAR, notices=(NoticeCode.BLOCK_DISMISSED,))
SKIPPED = replace(
    IN_MEETING,
    want=DiversionState(HOME, at("12:00")),
    seen=DiversionState(HOME, at("12:00")),
    block=Block(at("00:00"), at("12:00"), HOME, RuleName.PREFIX, (HEM,)),
    next_block=LUNCH_BLOCK,
    blocks=(Block(at("00:00"), at("12:00"), HOME, RuleName.PREFIX, (HEM,)), *BLOCKS[3:]),
    skips=(Skip("budget", until=at("10:00")),),
)
OWN_DIVERSION = replace(
    IN_MEETING,
    want=DiversionState("travelling", at("10:00")),
    seen=DiversionState("travelling", at("10:00")),
    block=replace(MEETING_BLOCK, diversion="travelling"),
)
DRY_RUN = replace(IN_MEETING, dry_run=True, action=ActionName.SET, seen=CLEAR)


def calendar_is(health: Health, **more: object) -> AppState:
    error = {
        Health.NEEDS_SIGN_IN: CalendarNeedsSignIn("outlook.office365.com"),
        Health.NEEDS_ADMIN_APPROVAL: CalendarNeedsApproval("outlook.office365.com"),
        Health.UNREACHABLE: CalendarUnreachable("mail.foretag.se", Text("tidsgränsen nåddes", "timed out")),
    }.get(health)
    side = ServiceHealth(health, as_of=at("09:10:00"), error=error, since=at("09:12:00"))
    return replace(IN_MEETING, calendar=side, **more)  # type: ignore[arg-type]


CALENDAR_SIGN_IN = calendar_is(Health.NEEDS_SIGN_IN, phase=Phase.NEEDS_SIGN_IN)
CALENDAR_APPROVAL = calendar_is(Health.NEEDS_ADMIN_APPROVAL, phase=Phase.NEEDS_SIGN_IN)
CALENDAR_AWAY = calendar_is(Health.UNREACHABLE)
CALENDAR_OLD = replace(
    calendar_is(Health.UNREACHABLE, phase=Phase.STALE),
    calendar=replace(calendar_is(Health.UNREACHABLE).calendar, as_of=NOW - timedelta(hours=25)),
)
SWITCHBOARD_AWAY = replace(
    IN_MEETING,
    switchboard=ServiceHealth(
        Health.UNREACHABLE,
        as_of=at("08:55:00"),
        error=SwitchboardUnreachable("vaxel.foretag.se", Text("ingen anslutning", "no connection")),
        since=at("08:56:00"),
    ),
    seen=None,
    confirmed_at=None,
)
SWITCHBOARD_SIGN_IN = replace(
    IN_MEETING,
    phase=Phase.NEEDS_SIGN_IN,
    switchboard=ServiceHealth(
        Health.NEEDS_SIGN_IN, error=SwitchboardNeedsSignIn("vaxel.foretag.se"), since=at("08:56:00")
    ),
)

ALL = {
    "meeting": IN_MEETING,
    "available": AVAILABLE_STATE,
    "manual": MANUAL,
    "paused": PAUSED,
    "off": OFF,
    "dismissed": DISMISSED,
    "skipped": SKIPPED,
    "own": OWN_DIVERSION,
    "dry-run": DRY_RUN,
    "calendar-sign-in": CALENDAR_SIGN_IN,
    "calendar-approval": CALENDAR_APPROVAL,
    "calendar-away": CALENDAR_AWAY,
    "calendar-old": CALENDAR_OLD,
    "switchboard-away": SWITCHBOARD_AWAY,
    "switchboard-sign-in": SWITCHBOARD_SIGN_IN,
}
UNUSUAL = {
    "empty": replace(
        IN_MEETING,
        want=CLEAR,
        seen=CLEAR,
        block=None,
        next_block=None,
        next_change=None,
        blocks=(),
        events=(),
        history=(),
    ),
    "by-hand": replace(
        IN_MEETING,
        sends=False,
        reads_back=False,
        seen=None,
        confirmed_at=None,
        wrote=DiversionState(MEETING, at("10:00")),
        notices=(NoticeCode.SET_BY_YOURSELF,),
        history=tuple(replace(entry, confirmation=Confirmation.SENT) for entry in HISTORY),
        switchboard_name=Text("Ingen: jag ställer in själv", "None: I set it myself"),
    ),
    "stand-down": replace(MANUAL, notices=(NoticeCode.SOMEBODY_ELSE_STEERS,)),
    "warnings": replace(
        IN_MEETING,
        warnings=(
            Warning(
                "unknown_prefix",
                Text(
                    "”MTG: Planering” börjar med en kod som inte är ett prefix. Menades MOT:?",
                    "“MTG: Planering” begins with a code that is no prefix. Was MOT: meant?",
                ),
                "standup",
            ),
        ),
    ),
}

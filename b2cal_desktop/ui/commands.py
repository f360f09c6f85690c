"""What an entry or a button does: an intent for the engine, or something the interface does itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from b2cal_desktop.core.intents import (
    Extend,
    FinishEarly,
    FollowCalendar,
    Intent,
    Pause,
    SetDiversion,
    Skip,
    SwitchSync,
    SyncNow,
    UndoSkip,
)

INTENTS = (Extend, FinishEarly, FollowCalendar, Pause, SetDiversion, Skip, SwitchSync, SyncNow, UndoSkip)


class CommandName(StrEnum):
    """What the interface carries out by itself."""

    OPEN_DAY = "open_day"
    WHY = "why"
    ABOUT = "about"
    OPEN_SETTINGS = "open_settings"
    SET_UP = "set_up"
    OUTGOING = "outgoing"
    CHECK = "check"
    DIAGNOSTICS = "diagnostics"
    SIGN_IN = "sign_in"
    ASK_APPROVAL = "ask_approval"
    CHOOSE_TIME = "choose_time"
    CRASH = "crash"
    UPDATE = "update"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Command:
    """``argument``: the diversion for ``choose_time``, the service for ``sign_in``, a page for ``open_settings``.

    For ``update`` it is the address of the download page.
    """

    name: CommandName
    argument: str = ""


@dataclass(frozen=True, slots=True)
class PauseFor:
    """Pause for so many minutes, counted from the click and not from when the menu was drawn."""

    minutes: int


@dataclass(frozen=True, slots=True)
class SetFor:
    """Set a diversion for so many minutes from the click."""

    diversion: str
    minutes: int


Does = Intent | Command | PauseFor | SetFor


@dataclass(frozen=True, slots=True)
class Offers:
    """What the program around the interface can do; what it can't is not shown. ``set_up``: it is not done.

    ``crash``: there is a report of one to save. ``update`` is a newer version and the page to get it at.
    """

    settings: bool = False
    sign_in: bool = False
    set_up: bool = False
    check: bool = False
    diagnostics: bool = False
    crash: bool = False
    update: tuple[str, str] | None = None


def resolve(does: Does, now: datetime) -> Intent | Command:
    """``does`` with its times fixed at ``now``; they are whole minutes, rounded up."""
    match does:
        case PauseFor(minutes):
            return Pause(_whole_minute(now + timedelta(minutes=minutes)))
        case SetFor(diversion, minutes):
            return SetDiversion(diversion, _whole_minute(now + timedelta(minutes=minutes)))
        case _:
            return does


def _whole_minute(instant: datetime) -> datetime:
    floor = instant.replace(second=0, microsecond=0)
    return floor if floor == instant else floor + timedelta(minutes=1)

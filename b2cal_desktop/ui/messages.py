"""What people are told beside the icon: only what they must know or act on, and changes where they asked for those."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from b2cal_desktop.core.errors import SecretsUnavailable
from b2cal_desktop.core.intents import FollowCalendar
from b2cal_desktop.core.model import DiversionState
from b2cal_desktop.core.state import AppState, NoticeCode
from b2cal_desktop.ui.commands import Command, CommandName, Does, Offers
from b2cal_desktop.ui.problems import Problem, remedy_of
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording


@dataclass(frozen=True, slots=True)
class Message:
    """``key`` tells whether it is the same as one shown before; ``does`` is what its ``button`` does.

    ``entry`` is the menu's entry for the same thing: where the menu no longer has it, the message is out of date.
    ``once``: it is told once in a run, however long it stays true.
    """

    key: str
    title: str
    text: str
    button: str
    does: Does
    warning: bool = False
    entry: str = ""
    once: bool = False


def messages_of(
    state: AppState, words: Wording, problem: Problem | None, shown: DiversionState, offers: Offers
) -> Iterator[Message]:
    """What there is to tell of ``state``; ``shown`` is what the switchboard shows as far as we know."""
    if problem and problem.needs_user:
        remedy = remedy_of(problem, offers)
        button, does = (remedy.label, remedy.does) if remedy else _show_today()
        yield Message(problem.code, problem.headline, problem.message, button, does, warning=True, entry="problem")
    for warning in state.warnings:
        if warning.code == SecretsUnavailable.code:
            title = translate("notice", "The sign-in is not kept")
            yield Message(warning.code, title, warning.text.to(words.language), *_show_today(), warning=True, once=True)
    for notice in state.notices:
        yield _notice(notice, state, words, shown)


def crash_message(*, ended: bool) -> Message:
    """An earlier run has crashed; ``ended`` tells whether it ended of that."""
    title = (
        translate("notice", "The app ended unexpectedly last time")
        if ended
        else translate("notice", "Something went wrong last time")
    )
    text = translate("notice", "The app is running again. You can save a report for whoever looks after it.")
    return Message(
        "crash",
        title,
        text,
        translate("notice", "&Look at it…"),
        Command(CommandName.CRASH),
        warning=True,
        entry="crash",
    )


def trouble_message() -> Message:
    """Something that nobody foresaw went wrong just now, and the app goes on."""
    return Message(
        "trouble",
        translate("notice", "Something unexpected happened"),
        translate("notice", "The app goes on. If something looks wrong, save diagnostics for whoever looks after it."),
        translate("notice", "&Save diagnostics…"),
        Command(CommandName.DIAGNOSTICS),
        warning=True,
    )


def update_message(version: str, page: str, notes: str) -> Message:
    """There is a newer version; ``notes`` is what is new in it, of which the first line is told."""
    text = notes.splitlines()[0].strip()[:200] if notes.strip() else ""
    return Message(
        f"update/{version}",
        translate("notice", "Version {version} is out").format(version=version),
        text or translate("notice", "Nothing is installed by itself."),
        translate("notice", "Open the &download page"),
        Command(CommandName.UPDATE, page),
        entry="help.update",
    )


def _show_today() -> tuple[str, Does]:
    return translate("notice", "&Show today"), Command(CommandName.OPEN_DAY)


def _follow_again() -> tuple[str, Does]:
    return translate("day", "&Follow the calendar again"), FollowCalendar()


def _notice(notice: NoticeCode, state: AppState, words: Wording, shown: DiversionState) -> Message:
    wanted = words.diversion(state.wrote or state.want)
    match notice:
        case NoticeCode.SOMEBODY_ELSE_STEERS:
            return Message(
                notice,
                translate("notice", "Something else steers your diversion"),
                translate(
                    "notice", "It was changed from elsewhere again and again. The calendar waits until the next event."
                ),
                *_show_today(),
                warning=True,
            )
        case NoticeCode.BLOCK_DISMISSED:
            return Message(
                notice,
                translate("notice", "You are back early"),
                translate("notice", "The rest of this event is left out. The next one counts as usual."),
                *_follow_again(),
                entry="follow",
            )
        case NoticeCode.SET_BY_YOURSELF:
            return Message(
                f"{notice}/{wanted}",
                translate("notice", "Time to change the diversion: {diversion}").format(diversion=wanted),
                translate("notice", "Nothing is sent to the switchboard. Set it there yourself."),
                *_show_today(),
            )
        case NoticeCode.CHANGED:
            return Message(
                f"{notice}/{wanted}",
                wanted,
                translate("notice", "The diversion was changed, as the calendar says."),
                translate("notice", "&Why?"),
                Command(CommandName.WHY),
            )
        case NoticeCode.MANUAL_TAKES_PRECEDENCE:
            diversion = words.diversion(state.manual or shown)
            return Message(
                notice,
                translate("notice", "Your own diversion takes precedence"),
                translate("notice", "{diversion} was set by hand. The calendar waits.").format(diversion=diversion),
                *_follow_again(),
                entry="follow",
            )

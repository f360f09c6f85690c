"""Arguments → one command. What a command needs is imported by that command alone."""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from b2cal_desktop import __version__
from b2cal_desktop.screen import has_screen

if TYPE_CHECKING:
    from b2cal_desktop.context import Context
    from b2cal_desktop.core.errors import B2CalError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code says how it went."""
    if getattr(sys, "frozen", False):
        _leave_the_environment_as_it_was()
    given = _options_alone(arguments) or _parser().parse_args(arguments)
    if given.self_check or given.self_check_qt:
        given.command = "self-check"  # an option, as whoever builds packages expects it
    if given.quit:
        given.command = "quit"
    logging.getLogger("b2cal_desktop").addHandler(logging.NullHandler())  # messages to people are printed by name
    _tell_faults()
    if given.command is None and has_screen():
        from b2cal_desktop.ui.first_icon import drop_import_hook

        drop_import_hook()  # before more is imported
        from b2cal_desktop.app import tray_command

        return tray_command(given)  # the icon waits for nothing more
    if given.command == "keyring-process":
        from b2cal_desktop.accounts.keyring_process import serve

        return serve()  # for this very program, which asks for nothing of a profile
    from b2cal_desktop.context import Context
    from b2cal_desktop.core.errors import B2CalError
    from b2cal_desktop.system.crash import uncaught_told
    from b2cal_desktop.system.terminal import safe_terminal

    context = Context(given)
    try:
        with uncaught_told(), safe_terminal():
            try:
                return _command(given.command)(context)
            except B2CalError as error:
                _tell(error, context)
                return error.exit_code
    except KeyboardInterrupt:
        return 1


def _leave_the_environment_as_it_was() -> None:
    import os

    from b2cal_desktop.system.own_program import forget_own_libraries

    forget_own_libraries(os.environ)


def _tell_faults() -> None:
    """From the very start a crash below Python is told on standard error; ``system.crash`` has it kept in a file."""
    if sys.stderr is not None and not faulthandler.is_enabled():  # None in a Windows program without a console
        with contextlib.suppress(OSError, ValueError):  # replaced by something that is no file
            faulthandler.enable()


def _tell(error: B2CalError, context: Context) -> None:
    from b2cal_desktop.core.errors import B2CalError
    from b2cal_desktop.system.language import language

    try:
        in_language = context.language
    except B2CalError:
        in_language = language("auto")  # the settings themselves are what is wrong
    print(error.message(in_language), file=sys.stderr)


def _command(name: str | None) -> Callable[[Context], int]:
    if name is None:
        from b2cal_desktop.core.errors import NoScreen

        raise NoScreen
    if name == "demo":
        from b2cal_desktop.demo import demo_command

        return demo_command
    if name == "self-check":
        from b2cal_desktop.self_check import self_check_command

        return self_check_command
    if name == "quit":
        from b2cal_desktop.quitting import quit_command

        return quit_command
    if name == "doctor":
        from b2cal_desktop.doctor import doctor_command

        return doctor_command
    if name == "conformance":
        from b2cal_desktop.conformance import conformance_command

        return conformance_command
    from b2cal_desktop import cli, connectors, sign_in

    return {
        "plan": cli.plan_command,
        "sync": cli.sync_command,
        "run": cli.run_command,
        "status": cli.status_command,
        "connectors": connectors.connectors_command,
        "practice-switchboard": cli.practice_command,
        "sign-in": sign_in.sign_in_command,
        "sign-out": sign_in.sign_out_command,
    }[name]


_PROFILE: Any = {"metavar": "DIR", "help": "keep settings, ledger, cache and log in DIR"}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and what would be right in another."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {message}\n")


def _options_alone(arguments: Sequence[str] | None) -> argparse.Namespace | None:
    """What is given without a command; None where there is one, or anything else to be said.

    To describe all commands takes twice as long as to load Qt's widgets, and the icon needs none of them.
    """
    parser = _add_options(_Parser(add_help=False, exit_on_error=False))
    try:
        given, more = parser.parse_known_args(arguments)
    except argparse.ArgumentError:
        return None
    return None if more else given


def _parser() -> argparse.ArgumentParser:
    parser = _add_options(_Parser(prog="b2cal-desktop", description="Your calendar keeps your diversion right."))
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    # After a command --profile counts as well; where it is left out there, what stood before the command stays.
    anywhere = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    anywhere.add_argument("--profile", **_PROFILE)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[anywhere])

    _add_demo(command("demo", "the app on a practice switchboard and a sample calendar"))
    _add_plan(command("plan", "what would be set, when, and why; writes nothing"))
    sync = command("sync", "one sync cycle, then exit")
    sync.add_argument("--settings", metavar="FILE")
    sync.add_argument("--at", metavar="INSTANT", type=_instant, help="stands for the clock in every decision")
    sync.add_argument("--json", action="store_true")
    command("run", "the sync loop without a screen, until a signal").add_argument("--settings", metavar="FILE")
    command("status", "the last known state").add_argument("--json", action="store_true")
    doctor = command("doctor", "checks that everything is in place, and says what to do about what is not")
    doctor.add_argument("--json", action="store_true")
    doctor.add_argument(
        "--try-switchboard",
        action="store_true",
        help="also set a diversion in the switchboard, and put back what was there",
    )
    doctor.add_argument("--tray", action="store_true", help=argparse.SUPPRESS)  # how doctor asks about Qt
    connectors = command("connectors", "the connectors; check FILE validates one, try FILE tries it")
    actions = connectors.add_subparsers(dest="action", metavar="ACTION", parser_class=_Parser)
    check = actions.add_parser("check", help="validate a connector file", parents=[anywhere])
    check.add_argument("file", metavar="FILE")
    _add_try(actions.add_parser("try", help="try a connector file on its switchboard", parents=[anywhere]))
    commands.add_parser("keyring-process")  # without help: for nobody to call
    _add_conformance(command("conformance", "checks a server against the reference interface"))
    _add_practice(command("practice-switchboard", "the practice switchboard alone"))
    for name, text in (("sign-in", "store a password or ticket in the keyring"), ("sign-out", "forget it")):
        sign = command(name, text)
        sign.add_argument("side", choices=("calendar", "switchboard"))
        if name == "sign-in":
            sign.add_argument("--device-code", action="store_true")
            sign.add_argument("--secret-stdin", action="store_true", help="read the secret from standard input")
    return parser


def _add_options(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--background", action="store_true", help="start without opening a window")
    parser.add_argument("--profile", **_PROFILE)
    _add_self_check(parser)
    if sys.platform == "win32":
        parser.add_argument("--quit", action="store_true", help="ask every running copy of this program to end")
    parser.set_defaults(quit=False, command=None)
    return parser


def _add_self_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--self-check", action="store_true", help="check that this copy of the program is whole")
    parser.add_argument("--json", action="store_true", dest="self_check_json", help="with --self-check: as JSON")
    parser.add_argument("--self-check-qt", metavar="FILE", help=argparse.SUPPRESS)  # how it asks about Qt


def _add_demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("--seconds", type=_positive_seconds, metavar="N", help="end by itself after N seconds")
    demo.add_argument("--calendar", metavar="PATH_OR_URL", help="your own calendar instead of the sample")


def _add_plan(plan: argparse.ArgumentParser) -> None:
    plan.add_argument("--calendar", metavar="PATH_OR_URL")
    plan.add_argument("--settings", metavar="FILE")
    plan.add_argument("--at", metavar="INSTANT", type=_instant, help="stands for the clock")
    plan.add_argument("--days", metavar="N", type=_days, default=1)
    plan.add_argument("--user", metavar="ADDRESS", help="own address, to notice declined invitations")
    plan.add_argument("--json", action="store_true")
    plan.add_argument("--subjects", action="store_true", help="show subjects, save those of private events")


def _add_try(trial: argparse.ArgumentParser) -> None:
    trial.add_argument("file", metavar="FILE")
    trial.add_argument("--field", metavar="KEY=VALUE", type=_field, action="append", default=[])
    trial.add_argument("--secret-stdin", action="store_true", help="read the secrets from standard input, one a line")
    trial.add_argument("--set", metavar="DIVERSION", help="also set this diversion, and put back what was there")
    trial.add_argument("--clear", action="store_true", help="with --set: clear it before that, as a step of its own")
    trial.add_argument("--json", action="store_true")


def _add_conformance(conformance: argparse.ArgumentParser) -> None:
    conformance.add_argument("url", metavar="URL")
    conformance.add_argument("--token-stdin", action="store_true", help="read the token from standard input")
    conformance.add_argument("--user", metavar="NAME", help="also change this user's diversion, and put it back")
    conformance.add_argument("--json", action="store_true")


def _add_practice(practice: argparse.ArgumentParser) -> None:
    practice.add_argument("--port", type=_port, default=8765, metavar="N")
    practice.add_argument("--state", metavar="FILE", help="keep the state in FILE (SQLite)")
    practice.add_argument("--token", metavar="T", help="ask for this bearer token")
    practice.add_argument("--faults", metavar="FILE", help="misbehave as FILE (TOML) says")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no instant such as 2026-11-23T09:00:00+01:00") from None
    if not 1971 <= instant.year <= 9000:  # a window around it has to be within what a datetime can be
        raise argparse.ArgumentTypeError(f"{text!r} is not of the years 1971 to 9000")
    return instant


def _field(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise argparse.ArgumentTypeError(f"{text!r} is no KEY=VALUE")
    return key, value


def _days(text: str) -> int:
    return _within(text, 1, 366)


def _port(text: str) -> int:
    return _within(text, 0, 65535)


def _positive_seconds(text: str) -> int:
    return _within(text, 1, 10**6)


def _within(text: str, least: int, most: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
    return number


if __name__ == "__main__":
    sys.exit(main())

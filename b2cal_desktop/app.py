"""The composition root of the tray app: builds the parts, joins them, shuts them down.

The icon comes first. Everything else is imported after it, on threads, while the icon answers already; so this module
imports nothing at its top that Qt's widgets have not paid for.
"""

from __future__ import annotations

import copy
import logging
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from b2cal_desktop.system.paths import Profile
from b2cal_desktop.ui.application import Signals, TrayApplication
from b2cal_desktop.ui.first_icon import FirstIcon, drop_import_hook
from b2cal_desktop.ui.garbage import GarbageOnThisThread
from b2cal_desktop.ui.single_instance import SingleInstance

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable
    from pathlib import Path

    from b2cal_desktop.context import Context
    from b2cal_desktop.core.errors import B2CalError
    from b2cal_desktop.core.intents import Intent
    from b2cal_desktop.core.state import AppState
    from b2cal_desktop.engine import Engine, Lent
    from b2cal_desktop.switchboards.connector_http import Exchange
    from b2cal_desktop.system.updates import Update
    from b2cal_desktop.ui.configuration import CheckResult
    from b2cal_desktop.ui.interface import Interface
    from b2cal_desktop.ui.start_problem import StartProblem
    from b2cal_desktop.watches import Watches

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_ICON_MS = 40  # a panel asks for the icon over D-Bus, answered here: what loads beside it would be in its way
_FIRST_MS = 300  # after the icon


class Bridge(QObject):
    """Carries states, and what the program has to tell of itself, from other threads to the screen's."""

    state = Signal(object)
    crash = Signal()
    crashed_before = Signal(bool)
    update = Signal(str, str, object)

    def tell_update(self, update: Update, anew: bool) -> None:
        """``anew``: it is to be told beside the icon."""
        self.update.emit(update.version, update.page, update.notes if anew else None)


class LateEngine:
    """The engine, imported on a thread of its own once the icon shows; what is sent before then waits for it."""

    def __init__(self, context: Context, publish: Callable[[AppState], None]) -> None:
        self._context, self._publish = context, publish
        self._engine: Engine | None = None
        self._waiting: list[Intent] = []
        self._guard = threading.Lock()
        self._starter = threading.Thread(target=self._begin, name="b2cal-import", daemon=True)

    def start(self) -> None:
        """Import and begin; returns at once."""
        self._starter.start()

    def _begin(self) -> None:
        from b2cal_desktop.core.errors import B2CalError
        from b2cal_desktop.engine import Engine
        from b2cal_desktop.system.autostart import heal_autostart

        engine = Engine(self._context, self._publish)
        with self._guard:
            self._engine = engine
            for intent in self._waiting:
                engine.send(intent)
            engine.start()
        if self._context.arguments.profile is not None:
            return  # what starts at log-in is the user's usual profile, and not the business of a demo or a trial
        try:
            heal_autostart()
        except B2CalError as error:
            _log.warning("start at log-in: %s", error.code)

    def send(self, intent: Intent) -> None:
        """Carry out what the user asked for."""
        with self._guard:
            if self._engine is None:
                self._waiting.append(intent)
            else:
                self._engine.send(intent)

    def signed_in(self) -> None:
        """A secret is new: what was refused may be tried again."""
        if self._engine is not None:
            self._engine.signed_in()

    def signed_out(self) -> None:
        """The calendar's sign-in is gone."""
        if self._engine is not None:
            self._engine.signed_out()

    def network_back(self) -> None:
        """The network was away and is there again."""
        if self._engine is not None:
            self._engine.network_back()

    def calendar_usage(self) -> tuple[int, int] | None:
        """Requests to the calendar in the last hour and the bytes that they brought, where somebody counts."""
        return self._engine.calendar_usage() if self._engine is not None else None

    def lend(self, work: Callable[[Lent], _T]) -> _T:
        """Do ``work`` where no sync can run meanwhile; blocks."""
        if self._starter.ident is not None:
            self._starter.join()
        if self._engine is None:
            raise RuntimeError("there is no engine")
        return self._engine.lend(work)

    def exchanges(self) -> tuple[Exchange, ...]:
        """The last requests to the switchboard, oldest first, secrets masked."""
        return self._engine.exchanges() if self._engine is not None else ()

    def stop(self) -> None:
        """Leave as quitting asks, and end."""
        if self._starter.is_alive():
            self._starter.join()
        if self._engine is not None:
            self._engine.stop()


def check_everything(context: Context) -> tuple[CheckResult, ...]:
    """What doctor finds, as the window shows it; takes its seconds."""
    from b2cal_desktop.doctor import run_checks
    from b2cal_desktop.doctor.findings import NAMES
    from b2cal_desktop.ui.configuration import CheckResult, CheckStatus

    return tuple(
        CheckResult(
            CheckStatus(finding.level.value),
            NAMES[finding.check],
            finding.text,
            finding.remedy if finding.remedy.sv else None,
        )
        for finding in run_checks(_as_of_now(context))
    )


def save_diagnostics(
    context: Context,
    path: Path,
    state: AppState | None,
    *,
    usage: Callable[[], tuple[int, int] | None] = lambda: None,
    recent: Callable[[], tuple[str, ...]] = tuple,
) -> None:
    """Put the report for whoever helps at ``path``, of the settings as they are now; raises OSError."""
    from b2cal_desktop.system.diagnostics import write_diagnostics

    write_diagnostics(_as_of_now(context), path, state, usage(), recent())


def _as_of_now(context: Context) -> Context:
    """The same context, keyring and account too, whose settings are read anew: the app has run for days."""
    fresh = copy.copy(context)
    for known in ("loaded", "language"):
        vars(fresh).pop(known, None)
    return fresh


def tray_command(arguments: Namespace) -> int:
    """The tray app, until the user quits."""
    return run_tray(arguments, background=arguments.background)


def run_tray(
    arguments: Namespace, *, background: bool = False, seconds: float | None = None, show_day: bool = False
) -> int:
    """Show the icon, load everything, run until quit (or for ``seconds``), and leave as quitting asks."""
    drop_import_hook()
    app = TrayApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    instance = SingleInstance(Profile.named(arguments.profile).folder)
    while not instance.claim():
        if background:
            return 0  # log-in started it twice, for the user and for everybody: nobody asked for a window
        if instance.ask_to_open():
            return 0
        if not _try_again(app, Profile.named(arguments.profile)):
            return 1
    run = TrayRun(arguments, instance, background=background, show_day=show_day)
    if seconds is not None:
        QTimer.singleShot(round(seconds * 1000), run.end)
    try:
        run.begin()
        return app.exec()
    finally:
        run.close()


def _try_again(app: QApplication, profile: Profile) -> bool:
    """Tell whoever started the app that a copy of it runs and does not answer; whether they want to try again."""
    from b2cal_desktop.core.errors import ProfileInUse
    from b2cal_desktop.system.language import language
    from b2cal_desktop.ui.start_problem import StartProblem

    problem = StartProblem(ProfileInUse(str(profile.folder)), language("auto"), profile.settings)
    problem.again.connect(lambda _: app.exit(1))
    problem.gave_up.connect(lambda: app.exit(0))
    problem.open()
    return app.exec() == 1


class TrayRun(QObject):
    """One run of the tray app: the icon at once, then the rest, which loads on a thread of its own."""

    _loaded = Signal(object)
    _refused = Signal(object)

    def __init__(self, arguments: Namespace, instance: SingleInstance, *, background: bool, show_day: bool) -> None:
        super().__init__()
        self._arguments, self._instance = arguments, instance
        self._background, self._show_day = background, show_day
        self._first, self._bridge, self._signals = FirstIcon(), Bridge(), Signals()
        self._garbage = GarbageOnThisThread(self)
        self._interface: Interface | None = None
        self._engine: LateEngine | None = None
        self._watches: Watches | None = None
        self._loaded.connect(self._assemble)
        self._refused.connect(self._ask_what_to_do)
        self._signals.ended.connect(self.end)
        self._instance.asked_to_open.connect(self._open)
        self._problem: StartProblem | None = None
        self._closed = False
        if sys.platform == "win32":
            self._hear_windows()

    def _open(self) -> None:
        """Another start asks for the window, which may still be loading; or something is to be solved first."""
        if self._interface is not None:
            self._interface.open_day()
        elif self._problem is not None:
            self._problem.open()
        else:
            self._show_day = True

    def _hear_windows(self) -> None:
        """End when an installer or another program asks, and leave in time when the session ends."""
        from b2cal_desktop.system.ending import on_end_asked
        from b2cal_desktop.ui.log_off import LogOffWindow

        self._log_off = LogOffWindow()
        self._log_off.asked_to_close.connect(self.end)
        # After the session's end Windows waits for nothing that comes later than this signal.
        QApplication.instance().aboutToQuit.connect(self.close)  # type: ignore[union-attr]
        on_end_asked(self._signals.ended.emit)

    def begin(self) -> None:
        """Show the icon, and start loading once it shows."""
        self._first.show()
        QTimer.singleShot(_ICON_MS, self._begin_to_load)

    def end(self, code: int = 0) -> None:
        """End the program with ``code``."""
        # Not quit(): that asks the windows first, and one that hides when it is closed says no.
        QApplication.exit(code)

    def _hear_the_system(self) -> None:
        """Listen, once everything stands, to what the computer tells of its network and of its session."""
        from b2cal_desktop.ui.reachability import Reachability

        if self._engine is None or self._closed:
            return
        reachability = Reachability(self)
        reachability.back.connect(self._engine.network_back)
        reachability.listen()
        if sys.platform.startswith("linux"):
            from b2cal_desktop.ui.session_manager import SessionManager

            SessionManager(self).ending.connect(self.end)

    def close(self) -> None:
        """Take everything off the screen, and leave as quitting asks; once."""
        if self._closed:
            return
        self._closed = True
        if self._interface is not None:
            self._interface.close()
        self._first.icon.hide()
        if self._engine is not None:
            self._engine.stop()
        if self._watches is not None:
            self._watches.stop()
        self._garbage.close()
        self._signals.close()
        self._instance.release()

    def _begin_to_load(self) -> None:
        from PySide6.QtCore import Qt  # Qt's largest class: the icon does not wait for it

        # Queued from this thread too: a crash is told once what was being done has come to its end.
        self._bridge.crash.connect(self._went_wrong, Qt.ConnectionType.QueuedConnection)
        self._load_beside()

    def _try_again(self, aside: bool) -> None:
        problem, self._problem = self._problem, None
        if problem is not None:  # not left to a garbage collection, which may come on another thread
            problem.box.deleteLater()
            problem.deleteLater()
        self._load_beside(aside)

    def _load_beside(self, aside: bool = False) -> None:
        if not self._instance.listening:
            self._instance.listen()
        threading.Thread(target=self._load, args=(aside,), name="b2cal-load", daemon=True).start()

    def _load(self, aside: bool) -> None:
        """On its own thread: import what the interface needs, and read the settings, or put them ``aside`` first."""
        from b2cal_desktop.context import Context
        from b2cal_desktop.core.errors import B2CalError
        from b2cal_desktop.system.spared import spare_guesses
        from b2cal_desktop.system.surroundings import SURROUNDINGS
        from b2cal_desktop.watches import Watches

        spare_guesses()
        context = Context(self._arguments, lasts=True)
        if self._watches is None:
            self._watches = Watches(context, self._bridge.crash.emit)
        try:
            if aside:
                from b2cal_desktop.system.settings_file import set_aside

                set_aside(context.profile.settings)
            import b2cal_desktop.configure
            import b2cal_desktop.ui.interface  # noqa: F401  the heavy part; the GUI thread finds it loaded
            from b2cal_desktop.ui import system_proxy

            SURROUNDINGS.find_proxy = system_proxy.finder()
            _ = context.loaded, context.language
        except B2CalError as error:
            self._refused.emit(error)
            return
        self._loaded.emit(context)

    def _assemble(self, context: Context) -> None:
        from PySide6.QtCore import Qt

        from b2cal_desktop.configure import ProfileConfiguration, needs_set_up
        from b2cal_desktop.ui.interface import Actions, Interface
        from b2cal_desktop.watches import Told, Watches

        watches = self._watches = self._watches or Watches(context, self._bridge.crash.emit)
        engine = self._engine = LateEngine(context, self._bridge.state.emit)
        first_time = needs_set_up(context.profile, context.loaded)
        actions = Actions(
            engine.send,
            context.clock.now,
            self.end,
            configuration=ProfileConfiguration(context, engine),
            set_up_needed=first_time,
            check=partial(check_everything, context),
            save_diagnostics=partial(
                save_diagnostics, context, usage=engine.calendar_usage, recent=watches.crashes.recent.lines
            ),
            crash_answered=watches.answer_crashes,
        )
        interface = self._interface = Interface(actions, context.language, first=self._first)
        self._bridge.state.connect(interface.show_state)  # queued, as it comes from another thread
        interface.show(background=self._background)
        if self._show_day:
            interface.open_day()
        elif first_time and not self._background:
            QTimer.singleShot(_FIRST_MS, interface.open_set_up)
        engine.start()
        for signal_, slot in (
            (self._bridge.crashed_before, interface.offer_crash_report),
            (self._bridge.update, interface.offer_update),
        ):
            signal_.connect(slot, Qt.ConnectionType.QueuedConnection)
        bridge = self._bridge
        watches.start(Told(bridge.crashed_before.emit, bridge.tell_update))
        QTimer.singleShot(_FIRST_MS, self._hear_the_system)

    def _went_wrong(self) -> None:
        """Something that nobody foresaw: told beside the icon, or in a window where there is nothing to go on with."""
        from b2cal_desktop.core.errors import StartFailed

        if self._interface is not None:
            self._interface.tell_crash()
        elif self._problem is None:
            self._ask_what_to_do(StartFailed())

    def _ask_what_to_do(self, error: B2CalError) -> None:
        """The settings cannot be read: say so where the user looks, and let them choose."""
        from b2cal_desktop.system.language import language
        from b2cal_desktop.ui.start_problem import StartProblem

        in_language = language("auto")  # the settings themselves are what is wrong
        print(error.message(in_language), file=sys.stderr)
        problem = self._problem = StartProblem(error, in_language, Profile.named(self._arguments.profile).settings)
        problem.again.connect(self._try_again)
        problem.gave_up.connect(partial(self.end, error.exit_code))
        problem.open()

"""The running engine: the parts, the loop, and the settings that may change under them. Knows no screen."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from b2cal_desktop.assembly import Parts, assemble, computer_timezone, leave_beside, rebuild
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import B2CalError, LedgerDamaged, ProfileUnusable, SettingsProblem
from b2cal_desktop.core.intents import Intent, SwitchSync, SyncNow
from b2cal_desktop.core.model import Text, Warning
from b2cal_desktop.core.state import AppState, Health, Phase, ServiceHealth
from b2cal_desktop.switchboards.connector_http import Exchange
from b2cal_desktop.switchboards.pace import Pace
from b2cal_desktop.sync.cycle import Cycle
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.sync.loop import Loop
from b2cal_desktop.system.logs import Log, open_log
from b2cal_desktop.system.paths import CALENDAR_LEFT
from b2cal_desktop.system.private_files import FileStamp, file_stamp
from b2cal_desktop.system.profile_lock import ProfileLock
from b2cal_desktop.system.settings_file import save_settings
from b2cal_desktop.system.surroundings import SURROUNDINGS
from b2cal_desktop.system.zones import same_zone

_log = logging.getLogger(__name__)


T = TypeVar("T")
# How often one who waits for the loop looks whether it is about to end, and how long then.
_LOOK_SECONDS, _LAST_SECONDS = 0.5, 8.0
# Windows ends who has no window on the screen after 5 s. Of this time the loop gets a share before it is waited for no
# more.
_LEAVE_SECONDS, _LOOPS_SHARE = 4.5 if sys.platform == "win32" else 8.0, 0.6
# How often a keyring is looked for where there was none: some start with the session, later than this program.
_KEYRING_SECONDS = 10.0
# What may pass by itself: a full disk, a home that is not there yet. How often the app then tries to start anew.
_MAY_PASS, _START_SECONDS = (LedgerDamaged, ProfileUnusable), 60.0


@dataclass(frozen=True, slots=True)
class Lent:
    """What the engine lends for as long as it holds still. ``stopping`` tells that the app is about to quit."""

    ledger: Ledger
    pace: Pace
    stopping: Callable[[], bool]


class UnexpectedFailure(B2CalError):
    """Something went wrong that nobody foresaw; the log has the details."""

    code = "unexpected"
    what = Text("Något oväntat hände ({kind}).", "Something unexpected happened ({kind}).")
    remedy = Text(
        "Vi försöker igen om fem minuter. Händer det igen, spara diagnostik (under Hjälp) och skicka den till den som "
        "sköter programmet.",
        "We try again in five minutes. If it happens again, save diagnostics (under Help) and send them to whoever "
        "looks after the program.",
    )

    def __init__(self, error: Exception) -> None:
        super().__init__(kind=type(error).__name__)


class Engine:
    """Assembles the parts on a thread of its own and runs the loop there; ``publish`` gets each state, on that thread.

    Whatever goes wrong arrives as a state too, beside what is still known, so that somebody sees it. What keeps the
    engine from starting at all is in ``refusal``, and ``refused`` hears of it; without that one, it tries again where
    that may pass.
    """

    def __init__(
        self,
        context: Context,
        publish: Callable[[AppState], None],
        refused: Callable[[Exception], None] | None = None,
    ) -> None:
        self._around, self._publish, self._refused = context, publish, refused
        self._loaded = context.loaded
        self.refusal: Exception | None = None
        self._lock = ProfileLock(context.profile)
        self._log: Log | None = None
        self._parts: Parts | None = None
        self._loop: Loop | None = None
        self._waiting: list[Intent] = []
        self._guard = threading.Lock()
        self._last: AppState | None = None
        self._not_holding: B2CalError | None = None  # why the settings of now do not hold
        self._sign_ins_seen = self._sign_in_stamps()
        self._zone = computer_timezone(self._loaded.settings)
        self._keyring_due = context.clock.monotonic()
        context.keyring_unlocked = self._look_for_keyring
        self._starter = threading.Thread(target=self._start, name="b2cal-start", daemon=True)
        self._settled, self._again, self._ending = threading.Event(), threading.Event(), False

    # From any thread

    def start(self) -> None:
        """Begin; returns at once."""
        self._starter.start()

    def send(self, intent: Intent) -> None:
        """Carry out what the user asked for, at once; what arrives before the engine stands waits for it."""
        with self._guard:
            if self._loop is None:
                self._waiting.append(intent)
                self._again.set()
                return
            loop = self._loop
        if isinstance(intent, SwitchSync):
            loop.reconfigure(lambda cycle: self._switch(cycle, enabled=intent.enabled))
        else:
            # Whatever the user does by hand may also be tried after a refused sign-in: it is they who act.
            loop.request(intent, fetch=True)
            if isinstance(intent, SyncNow):
                self._look_for_keyring()  # they may have unlocked it

    def signed_in(self) -> None:
        """A password, a ticket or a sign-in is new: what was refused may be tried again."""
        with self._guard:
            loop = self._loop
        if loop is not None:
            loop.reconfigure(self._try_again)

    def signed_out(self) -> None:
        """The calendar's sign-in is gone: nothing of that calendar counts, or stays here, from now on."""
        with self._guard:
            loop = self._loop
        if loop is not None:
            loop.reconfigure(self._forget_events)

    def _look_for_keyring(self) -> None:
        with self._guard:
            loop = self._loop
        if loop is not None and self._around.secrets_problem is not None:
            loop.reconfigure(self._keyring_again)

    def network_back(self) -> None:
        """The network was away and is there again: sync soon, on connections of its own."""
        with self._guard:
            loop = self._loop
        if loop is not None:
            loop.network_back()

    def calendar_usage(self) -> tuple[int, int] | None:
        """Requests to the calendar in the last hour and the bytes that they brought; None where nobody counts."""
        from b2cal_desktop.calendars.graph import GraphCalendar

        parts = self._parts
        if parts is None or not isinstance(parts.calendar, GraphCalendar):
            return None
        return parts.calendar.usage.requests, parts.calendar.usage.bytes

    def lend(self, work: Callable[[Lent], T]) -> T:
        """Do ``work`` where no sync can run meanwhile, and then sync at once; blocks, and raises what it raises.

        Where the engine could not start, ``work`` gets a ledger that nobody else has, and is done all the same.
        """
        if self._starter.ident is not None:
            self._settled.wait()
        with self._guard:
            loop, parts = self._loop, self._parts
        if loop is None or parts is None:
            with closing(Ledger(Path(":memory:"))) as ledger:
                return work(Lent(ledger, Pace(self._around.clock), lambda: False))
        done: Future[T] = Future()

        def job(cycle: Cycle) -> None:
            try:
                done.set_result(work(Lent(parts.ledger, cycle.pace or Pace(self._around.clock), lambda: loop.stopping)))
            except Exception as error:  # noqa: BLE001  it goes to whoever asked
                done.set_exception(error)
            finally:
                cycle.recall()

        loop.reconfigure(job)
        while not (done.done() or loop.stopping):
            wait([done], _LOOK_SECONDS)
        return done.result(_LAST_SECONDS)  # the thread ends after it, or has ended before

    def exchanges(self) -> tuple[Exchange, ...]:
        """The last requests to the switchboard and its answers, oldest first, secrets masked."""
        parts = self._parts
        return tuple(parts.switchboard.exchanges.copy()) if parts is not None else ()

    def stop(self, timeout: float = _LEAVE_SECONDS) -> None:
        """Leave as quitting asks, and end; blocks for at most about ``timeout`` seconds."""
        deadline = self._around.clock.monotonic() + timeout
        self._ending = True
        self._again.set()
        self._starter.join(timeout)
        loop, parts = self._loop, self._parts
        if loop is not None and parts is not None:
            clear = self._clears_on_quit(parts)
            ended = loop.stop(
                lambda cycle: self._tell(cycle.leave(self._around.clock.now(), clear=clear)), timeout * _LOOPS_SHARE
            )
            if ended:
                parts.close()
            elif clear:
                self._leave_beside(parts.cycle, deadline - self._around.clock.monotonic())
        self._let_go()

    def _let_go(self) -> None:
        self._lock.release()
        if self._log is not None:
            self._log.close()
            self._log = None

    def _leave_beside(self, waiting: Cycle, seconds: float) -> None:
        """The loop waits for a server that does not answer; where it is the calendar's, the switchboard's may."""
        waiting.abandoned = True
        leaver = threading.Thread(target=self._leave, name="b2cal-leave", daemon=True)
        leaver.start()
        leaver.join(max(0.0, seconds))

    def _leave(self) -> None:
        try:
            leave_beside(self._around, self._loaded.settings)
        except B2CalError as error:
            _log.warning("left as it is: %s", error.code)

    def _clears_on_quit(self, parts: Parts) -> bool:
        on_quit = self._loaded.settings.sync.on_quit
        return on_quit == "clear" or (on_quit == "auto" and not parts.switchboard.abilities.self_ending)

    # On the engine's threads

    def _start(self) -> None:
        while (parts := self._assembled()) is None:
            self._settled.set()
            if self._refused is not None or not isinstance(self.refusal, _MAY_PASS):
                return
            self._again.wait(_START_SECONDS)
            self._again.clear()
            if self._ending:
                return
        self._run(parts)
        self._settled.set()

    def _assembled(self) -> Parts | None:
        try:
            self._around.profile.create()
            self._lock.acquire()
            self._sign_ins_seen = self._sign_in_stamps()
            self._log = open_log(self._around.profile.log_file)
            self._loaded = self._around.brought_up_to_date(self._loaded)
            parts = assemble(self._around, self._loaded, self._calendar_changed, Pace(self._around.clock))
        except Exception as error:  # noqa: BLE001  the top of the thread
            self._let_go()
            before, self.refusal = self.refusal, error
            if str(error) != str(before):
                self._failed(error)
            if self._refused is not None:
                self._refused(error)
            return None
        self.refusal = None
        return parts

    def _run(self, parts: Parts) -> None:
        loop = Loop(
            parts.cycle,
            self._around.clock,
            parts.timing,
            self._tell,
            failed=self._failed,
            look=self._look,
            elsewhere=SURROUNDINGS.changed,
        )
        with self._guard:
            self._parts, self._loop = parts, loop
            waiting, self._waiting = self._waiting, []
        for intent in waiting:
            self.send(intent)
        loop.start()

    def _tell(self, state: AppState) -> None:
        asked_to_sign_in = Health.NEEDS_SIGN_IN in (state.calendar.health, state.switchboard.health)
        kept = self._around.secrets_problem if asked_to_sign_in else self._around.unkept
        told = [_warning(problem) for problem in (self._not_holding, kept) if problem is not None]
        codes = {warning.code for warning in told}
        state = replace(state, warnings=(*told, *(w for w in state.warnings if w.code not in codes)))
        if self._last is not None and state.generation <= self._last.generation:  # a failure was told in between
            state = replace(state, generation=self._last.generation + 1)
        self._last = state
        self._publish(state)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, B2CalError):
            _log.error("unexpected: %s", type(error).__name__, exc_info=error)
            error = UnexpectedFailure(error)
        if self._last is not None:
            state = replace(self._last, generation=self._last.generation + 1, failure=error)
        else:
            now, zone, unknown = self._around.clock.now(), computer_timezone(self._loaded.settings), Health.UNREACHABLE
            state = AppState(1, now, zone, Phase.STALE, ServiceHealth(unknown), ServiceHealth(unknown), failure=error)
        self._tell(state)

    def _calendar_changed(self) -> None:
        if self._loop is not None:
            self._loop.request(fetch=True)

    def _switch(self, cycle: Cycle, *, enabled: bool) -> None:
        """The switch of the tray is a setting; it lasts."""
        path, policy = self._around.profile.settings, self._loaded.policy
        try:
            self._loaded = save_settings(path, {"sync.enabled": enabled}, policy)
        except B2CalError as error:
            self._failed(error)
        except OSError as error:
            self._failed(ProfileUnusable(str(path), error.strerror or type(error).__name__))
        else:
            cycle.config = replace(cycle.config, enabled=enabled)

    def _look(self) -> None:
        """Notice, on the loop's thread, edited settings or policy, a sign-in or sign-out, and a journey."""
        self._look_who()
        self._look_where()
        if self._around.clock.monotonic() >= self._keyring_due:
            self._keyring_due = self._around.clock.monotonic() + _KEYRING_SECONDS
            if self._around.keyring_may_come() and self._around.try_keyring_again() and self._loop is not None:
                self._loop.reconfigure(self._rebuild)
        if self._loaded.is_current():
            return
        try:
            loaded = self._around.load()
        except SettingsProblem as error:
            if str(error) != str(self._not_holding):
                self._not_holding = error
                self._failed(error)
            return
        self._not_holding = None
        self._loaded = loaded
        if self._loop is not None:
            self._loop.reconfigure(self._rebuild)

    def _look_where(self) -> None:
        """Where the computer shows another time zone than before, days and floating times are others too."""
        zone = computer_timezone(self._loaded.settings)
        if self._parts is not None and self._loop is not None and not same_zone(zone, self._zone):
            self._zone = zone
            self._loop.reconfigure(self._rebuild)

    def _look_who(self) -> None:
        """A sign-in or sign-out by another program on this profile, such as the command, counts at once too."""
        profile, before = self._around.profile, self._sign_ins_seen
        account, changed = self._sign_ins_seen = self._sign_in_stamps()
        if before == self._sign_ins_seen or self._loop is None:
            return
        try:
            left = changed not in (None, before[1]) and profile.sign_in_changed.read_bytes() == CALENDAR_LEFT
        except OSError:  # such as a scanner of files that holds it: rather events read anew than events of who has left
            left = True
        gone = account is None and before[0] is not None
        self._loop.reconfigure(self._forget_events if left or gone else self._rebuild)

    def _sign_in_stamps(self) -> tuple[FileStamp | None, FileStamp | None]:
        profile = self._around.profile
        return file_stamp(profile.microsoft_account), file_stamp(profile.sign_in_changed)

    def _forget_events(self, cycle: Cycle) -> Cycle:
        if self._parts is not None:
            self._parts.ledger.forget_events()
        return self._rebuild(cycle)

    def _keyring_again(self, cycle: Cycle) -> Cycle:
        """What was wanted of a keyring is asked for once more, where it can be used by now."""
        return self._rebuild(cycle) if self._around.try_keyring_again() else cycle

    def _try_again(self, cycle: Cycle) -> Cycle:
        """The user has acted: what was refused may be tried once more."""
        self._around.try_keyring_again()
        if self._parts is not None:
            self._parts.ledger.allow_sign_in()
        return self._rebuild(cycle)

    def _rebuild(self, cycle: Cycle) -> Cycle:
        """New parts by the new settings, on the old ledger; where they cannot be built the old ones go on."""
        if self._parts is None:
            return cycle
        clear = self._clears_on_quit(self._parts)

        def leave() -> None:
            """A switchboard that is left is left as when the app ends: nobody here will see to it any more."""
            cycle.leave(self._around.clock.now(), clear=clear)

        try:
            self._parts = rebuild(self._parts, self._around, self._loaded, self._calendar_changed, leave)
            self._not_holding = None
        except B2CalError as error:
            self._not_holding = error
            self._failed(error)
        if self._loop is not None:
            self._loop.timing = self._parts.timing
        return self._parts.cycle


def _warning(problem: B2CalError) -> Warning:
    return Warning(problem.code, Text(str(problem.message("sv")), str(problem.message("en"))))

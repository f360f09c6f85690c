"""The keyring in a process of its own: what it takes to reach one is large, and needed for a moment a few times a day.

On Linux that is the keyring library, D-Bus and the cryptography of the Secret Service, some 9 MiB. The process is this
very program, started once more; it ends by itself soon after the last question, and with whoever asks. Questions and
answers, secrets in them, are lines of JSON in its two pipes: never arguments, never the environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from queue import SimpleQueue
from typing import Any, BinaryIO, Protocol, cast

from b2cal_desktop.core.errors import SecretsUnavailable
from b2cal_desktop.core.model import Text
from b2cal_desktop.system.own_program import own_command

COMMAND = "keyring-process"
# Longer than the engine leaves between two looks for a keyring that has gone: else each would start a process.
_LINGER_SECONDS = 15.0
_LAST_SECONDS = 5.0
GONE = Text("den svarar inte", "it does not answer")


class Keyring(Protocol):
    """What is wanted of a keyring: that of ``keyring.backend.KeyringBackend``."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


def is_worth_it(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a process of its own saves anything here, and costs nobody a question.

    Windows and macOS need no libraries for it. KWallet asks its user about every program that connects, each time.
    """
    return platform == "linux" and "KDE" not in environ.get("XDG_CURRENT_DESKTOP", "").split(":")


class KeyringProcess:
    """A keyring behind pipes. Each call may block as a keyring does, and raises SecretsUnavailable."""

    def __init__(self, command: Sequence[str] | None = None, *, linger: float = _LINGER_SECONDS) -> None:
        self._command, self._linger = list(command or [*own_command(), COMMAND]), linger
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._farewell: threading.Timer | None = None

    def get_password(self, service: str, username: str) -> str | None:
        """The password that is kept, or None."""
        found = self._ask("get_password", service, username)
        return None if found is None else str(found)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep ``password``."""
        self._ask("set_password", service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        self._ask("delete_password", service, username)

    def close(self) -> None:
        """End the process, if there is one; the next call starts another."""
        with self._lock:
            self._end()

    def _ask(self, *question: str) -> object:
        with self._lock:
            if self._farewell is not None:
                self._farewell.cancel()
            try:
                answer = self._talk(json.dumps(question).encode() + b"\n")
            except (OSError, ValueError):  # not started, killed, or in the midst of an answer
                self._end()
                raise SecretsUnavailable(GONE) from None
            self._farewell = threading.Timer(self._linger, self._leave, (self._process,))
            self._farewell.daemon = True
            self._farewell.start()
        if "problem" in answer:
            raise SecretsUnavailable(Text(*answer["problem"]))
        return answer["value"]

    def _talk(self, question: bytes) -> dict[str, Any]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(  # noqa: S603  this very program
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C in a terminal is for whoever asks
            )
        to, back = cast(tuple[BinaryIO, BinaryIO], (self._process.stdin, self._process.stdout))
        to.write(question)
        to.flush()
        answer: dict[str, Any] = json.loads(back.readline())
        return answer

    def _leave(self, process: subprocess.Popen[bytes] | None) -> None:
        with self._lock:
            if self._farewell is threading.current_thread() and self._process is process:
                self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        to, back = cast(tuple[BinaryIO, BinaryIO], (process.stdin, process.stdout))
        with contextlib.suppress(OSError):  # it had ended, with our last words unread
            to.close()  # the sign for it to end
        back.close()
        try:
            process.wait(_LAST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serve(find: Callable[[], Keyring] | None = None) -> int:
    """What the process does: answer until nobody asks any more, even in the midst of a keyring's own question.

    ``find`` gives the keyring, when it is first asked for; the computer's own, unless it is given.
    """
    waiting: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_answer_all, args=(waiting, find), name="keyring", daemon=True).start()
    for question in sys.stdin.buffer:
        waiting.put(question)
    return 0


def _answer_all(waiting: SimpleQueue[bytes], find: Callable[[], Keyring] | None) -> None:
    from b2cal_desktop.accounts.secrets import problem_of, trusted_backend

    keyring: Keyring | None = None
    while True:
        method, *given = json.loads(waiting.get())
        answer: dict[str, object]
        try:
            keyring = keyring or (find or trusted_backend)()
            answer = {"value": getattr(keyring, method)(*given)}
        except Exception as error:  # noqa: BLE001  keyrings raise what they like; whoever asks is told in our words
            problem = problem_of(error)
            answer = {"problem": [problem.sv, problem.en]}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()

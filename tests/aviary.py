"""Canaries: texts that must not get out, planted where private things stand; and the search for each of them.

An ``Aviary`` is one person's computer: a home, temporary and run-time folders of its own, a real keyring on a bus of
its own, and whatever the program's processes leave there or say.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import tomli_w

# What the user filled in stands in the user's own settings, by contract; no other file and no other key may hold it.
SETTINGS_MAY_HOLD = (
    "calendar.icalendar.location",
    "calendar.icalendar.user",
    "calendar.exchange.user",
    "calendar.exchange.mailbox",
    "calendar.microsoft365.tenant",
    "switchboard.fields.base_url",
    "switchboard.fields.user",
    "updates.feed",
)
_KEYRING = (
    "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null; echo $DBUS_SESSION_BUS_ADDRESS; cat"
)


def spellings(canary: str) -> Iterator[bytes]:
    """``canary`` as it may stand in a file: as it is, in UTF-16, hexadecimal, and base64 at any place of a longer text.

    A canary is letters and digits, which quoting for addresses, JSON and XML leaves as they are.
    """
    raw = canary.encode()
    assert raw.isalnum()
    yield from (raw, canary.encode("utf-16-le"), canary.encode("utf-16-be"), raw.hex().encode())
    for before in range(3):
        text = base64.b64encode(b"\0" * before + raw)
        yield text[-(-before * 4 // 3) : len(text) - 4]


@dataclass
class Aviary:
    """``planted`` are the canaries by name; ``may`` tells which may stand where: a file's name, or a command."""

    root: Path
    environ: dict[str, str]
    may: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    planted: dict[str, str] = field(default_factory=dict)
    said: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def profile(self) -> Path:
        return self.root / "profile"

    def plant(self, name: str, text: str = "") -> str:
        """A new canary, or ``text`` as one, which is known only now."""
        self.planted[name] = text or f"Kanarie{len(self.planted):02}{name.title().replace('_', '')}7f3a"
        return self.planted[name]

    def write_settings(self, settings: dict[str, Any]) -> None:
        self.profile.mkdir(mode=0o700, exist_ok=True)
        (self.profile / "settings.toml").write_text(tomli_w.dumps(settings))

    # --- the program

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "b2cal_desktop", *arguments, "--profile", str(self.profile)]

    def run(self, *arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[bytes]:
        """One command to its end; what it says is searched later."""
        done = subprocess.run(
            self.command(*arguments),
            input=stdin.encode(),
            env={**self.environ, **more},
            capture_output=True,
            timeout=60,
            check=False,
        )
        self.heard(" ".join(arguments), done.stdout, done.stderr)
        return done

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A command that goes on; it is killed at the end, if it has not ended."""
        name = " ".join(arguments) or "tray"
        with (
            (self.root / "out").open("w+b") as out,
            subprocess.Popen(self.command(*arguments), env=self.environ, stdout=out, stderr=out) as process,
        ):
            try:
                yield process
            finally:
                process.kill()
                process.wait()
                self.heard(name, (self.root / "out").read_bytes())
        (self.root / "out").unlink()

    def heard(self, name: str, *texts: bytes) -> None:
        self.said += [(name, text) for text in texts]

    def look_into(self, process: subprocess.Popen[bytes]) -> None:
        """Arguments and environment of the process and its children, as everybody with the same account sees them."""
        for pid in (process.pid, *_children(process.pid)):
            self.heard("arguments", Path(f"/proc/{pid}/cmdline").read_bytes())
            self.heard("environment", Path(f"/proc/{pid}/environ").read_bytes())

    def in_keyring(self) -> list[str]:
        """Everything that the keyring holds."""
        code = "import secretstorage as s; kept = s.get_default_collection(s.dbus_init()).get_all_items(); "
        code += "print(*[item.get_secret().decode() for item in kept])"
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.environ, capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    # --- the search

    def escaped(self) -> set[tuple[str, str]]:
        """Each canary that is where it may not be, and where that is."""
        found = set()
        places = [*self.said, *self._files()]
        for name, canary in self.planted.items():
            wanted = [spelling.lower() for spelling in spellings(canary)]
            for place, content in places:
                if place not in self.may.get(name, ()) and any(one in content.lower() for one in wanted):
                    found.add((name, place))
        return found

    def _files(self) -> Iterator[tuple[str, bytes]]:
        for path in self.root.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                yield path.name, _without_own(content) if path.name == "settings.toml" else content
                yield "a file's name", str(path.relative_to(self.root)).encode()


def _without_own(settings: bytes) -> bytes:
    data = tomllib.loads(settings.decode())
    for key in SETTINGS_MAY_HOLD:
        *above, last = key.split(".")
        table: Any = data
        for name in above:
            table = table.get(name, {})
        table.pop(last, None)
    return tomli_w.dumps(data).encode()


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _children(int(child))


@contextmanager
def an_aviary(root: Path, may: Mapping[str, tuple[str, ...]]) -> Iterator[Aviary]:
    """A computer with nothing on it but a keyring that is unlocked."""
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        if not shutil.which(program):
            pytest.skip(f"not installed: {program}")
    environ = {name: os.environ[name] for name in ("PATH", "SSL_CERT_FILE", "LANG") if name in os.environ}
    environ |= {"PYTHONPATH": os.pathsep.join(sys.path), "B2CAL_POLICY": os.environ["B2CAL_POLICY"]}
    environ |= {"QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"}
    folders = {"HOME": "home", "TMPDIR": "tmp", "XDG_RUNTIME_DIR": "run", "XDG_CACHE_HOME": "cache"}
    for name, folder in folders.items():
        (root / folder).mkdir(mode=0o700)
        environ[name] = str(root / folder)
    bus = ["dbus-run-session", "--", "sh", "-c", _KEYRING]
    with subprocess.Popen(bus, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
        assert session.stdin is not None and session.stdout is not None
        environ["DBUS_SESSION_BUS_ADDRESS"] = session.stdout.readline().strip()
        try:
            yield Aviary(root, environ, may)
        finally:
            session.stdin.close()
            session.wait(20)

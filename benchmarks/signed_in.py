"""A computer on which somebody is signed in to Microsoft 365, beside servers that stand for Microsoft's."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from tests.desktop.session import DesktopSession
from tests.servers.graph_server import GraphServer, daily, graph_server
from tests.servers.oidc_provider import CLIENT_ID, Certificates, OidcProvider, oidc_provider

_CODE_PATIENCE = 60.0
_KEYRING = ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground"]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``command`` starts the app with ``env`` on ``desktop``; ``graph`` has the calendar, ``board`` the diversions."""

    desktop: DesktopSession
    profile: Path
    env: Mapping[str, str]
    graph: GraphServer
    board: PracticeSwitchboard

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "b2cal_desktop", "--profile", str(self.profile)]


@contextmanager
def signed_in() -> Iterator[SignedIn]:
    """The profile's token lies in a real Secret Service, put there by the program's own sign-in."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder, DesktopSession() as desktop:
        certificates = Certificates.make(Path(folder))
        profile = Path(folder) / "profile"
        profile.mkdir(mode=0o700)
        with (
            oidc_provider(certificates) as provider,
            graph_server(certificates.context(), provider.knows_token) as graph,
            PracticeSwitchboard(port=0, now=clock.now) as board,
        ):
            now = clock.now()
            graph.now = clock.now
            graph.mailbox = {"timeZone": "W. Europe Standard Time"}
            graph.events.extend(daily("MOT: Budget", 20, now.replace(minute=0, second=0, microsecond=0)))
            microsoft = {
                "client_id": CLIENT_ID,
                "cloud": "custom",
                "authority": provider.authority,
                "graph_root": graph.root,
            }
            settings = {
                "calendar": {"source": "microsoft365", "microsoft365": microsoft},
                "switchboard": {"connector": "practice", "fields": {"base_url": board.url, "user": "anna"}},
            }
            (profile / "settings.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")
            env = {"SSL_CERT_FILE": str(provider.ca_file)}
            computer = SignedIn(desktop, profile, env, graph, board)
            with _unlocked_keyring(desktop):
                _sign_in(computer, provider)
                yield computer


@contextmanager
def _unlocked_keyring(desktop: DesktopSession) -> Iterator[None]:
    with subprocess.Popen(
        _KEYRING, env=desktop.env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as daemon:
        assert daemon.stdin is not None
        daemon.stdin.write(b"pw")
        daemon.stdin.close()
        desktop.wait_until(lambda: desktop.bus.owner("org.freedesktop.secrets"), what="the keyring")
        try:
            yield
        finally:
            daemon.terminate()


def _sign_in(computer: SignedIn, provider: OidcProvider) -> None:
    desktop = computer.desktop
    command = [*computer.command, "sign-in", "calendar", "--device-code"]
    process = desktop.spawn(command, env=computer.env)
    asked: list[str] = []

    def asks() -> bool:
        told = re.search(r"Open (\S+) in a browser and type the code (\S+)\.", desktop.output(process))
        asked[:] = told.groups() if told else ()
        return bool(asked)

    desktop.wait_until(asks, _CODE_PATIENCE, "the code to type")
    page, code = asked
    provider.person().opens(f"{page}?user_code={code}")
    if process.wait(_CODE_PATIENCE) != 0:
        raise RuntimeError(f"the sign-in failed: {desktop.output(process)}")

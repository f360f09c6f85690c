"""A real Kamailio as an XCAP presence server on loopback: Digest, SQLite, everything in a folder of the test's own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

DOMAIN = "foretag.se"
_SCHEMAS = Path("/usr/share/kamailio/db_sqlite")
_TABLES = ("standard", "auth_db", "presence")
_MODULES = ("tm", "sl", "pv", "db_sqlite", "auth", "auth_db", "xhttp", "presence", "presence_xml", "xcap_server")
_START_SECONDS = 10.0

# Who signs in may read and write the own document, and nobody else's.
_CONFIG = """#!KAMAILIO
debug=2
log_stderror=yes
children=1
tcp_children=2
auto_aliases=no
tcp_accept_no_cl=yes
listen=tcp:127.0.0.1:{port}
mpath="{modules}"
{load}
modparam("auth", "nonce_count", 1)
modparam("auth", "qop", "auth")
modparam("auth_db|presence|presence_xml|xcap_server", "db_url", "sqlite:///{database}")
modparam("auth_db", "calculate_ha1", yes)
modparam("auth_db", "password_column", "password")
modparam("presence_xml", "integrated_xcap_server", 1)
modparam("xcap_server", "xcap_root", "/xcap-root")
modparam("xcap_server", "buf_size", 65536)
modparam("xhttp", "url_match", "^/")

request_route {{
  exit;
}}

event_route[xhttp:request] {{
  if (!www_authenticate("{domain}", "subscriber")) {{
    www_challenge("{domain}", "1");
    exit;
  }}
  $xcapuri(asked=>data) = $hu;
  if ($xcapuri(asked=>auid) != "pidf-manipulation") {{
    xhttp_reply("404", "Not Found", "", "");
    exit;
  }}
  $var(own) = "sip:" + $au + "@{domain}";
  if ($xcapuri(asked=>xuid) != $var(own)) {{
    xhttp_reply("403", "Forbidden", "", "");
    exit;
  }}
  switch ($rm) {{
    case "PUT":
      if ($cT != "application/pidf+xml") {{
        xhttp_reply("415", "Unsupported Media Type", "", "");
        exit;
      }}
      xcaps_put("$var(own)", "$hu", "$rb");
      break;
    case "GET":
      xcaps_get("$var(own)", "$hu");
      break;
    case "DELETE":
      xcaps_del("$var(own)", "$hu");
      break;
    default:
      xhttp_reply("405", "Method Not Allowed", "", "");
  }}
  exit;
}}
"""


@dataclass(frozen=True, slots=True)
class Kamailio:
    """A running server."""

    port: int
    database: Path

    @property
    def root(self) -> str:
        """The XCAP root."""
        return f"http://127.0.0.1:{self.port}/xcap-root"

    def add_user(self, user: str, password: str) -> None:
        """Somebody who may sign in."""
        with closing(sqlite3.connect(self.database, timeout=10)) as connection, connection:
            connection.execute(
                "INSERT INTO subscriber (username, domain, password) VALUES (?, ?, ?)", (user, DOMAIN, password)
            )


def missing() -> str | None:
    """What is not installed here, or None where a Kamailio can be started."""
    if _program() is None:
        return "kamailio"
    folder = _module_folder()
    lacking = [name for name in _MODULES if folder is None or not (folder / f"{name}.so").exists()]
    lacking += [f"{name}-create.sql" for name in _TABLES if not (_SCHEMAS / f"{name}-create.sql").exists()]
    return f"kamailio's {', '.join(lacking)}" if lacking else None


def _program() -> str | None:
    return shutil.which("kamailio", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _module_folder() -> Path | None:
    return next(iter(sorted(Path("/usr/lib").glob("*/kamailio/modules"))), None)


@contextmanager
def kamailio(folder: Path) -> Iterator[Kamailio]:
    """A server with its configuration, database and log in ``folder``; it is gone afterwards."""
    database = folder / "kamailio.sqlite"
    with closing(sqlite3.connect(database)) as connection, connection:
        for name in _TABLES:
            connection.executescript((_SCHEMAS / f"{name}-create.sql").read_text())
    for _attempt in range(3):  # between our looking for a free port and its taking it, another may be quicker
        port = _free_port()
        process = _start(folder, port, database)
        try:
            if _answers(process, port):
                yield Kamailio(port, database)
                return
        finally:
            _stop(process)
    raise RuntimeError(f"Kamailio did not start: {(folder / 'log').read_text()[-2000:]}")


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


def _start(folder: Path, port: int, database: Path) -> subprocess.Popen[bytes]:
    config = folder / "kamailio.cfg"
    load = "\n".join(f'loadmodule "{name}.so"' for name in _MODULES)
    config.write_text(
        _CONFIG.format(port=port, modules=f"{_module_folder()}/", load=load, database=database, domain=DOMAIN)
    )
    command = [str(_program()), "-f", str(config), "-DD", "-E", "-m", "32", "-M", "8"]
    command += ["-P", str(folder / "pid"), "-Y", str(folder)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether it takes connections before long; another process on that port does not count."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
                if b"401" in connection.recv(100) and process.poll() is None:
                    return True
        except OSError:
            pass
        time.sleep(0.02)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """It and its workers, which are a process group of their own."""
    if process.poll() is None:
        process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # what is left of the group, should there be anything
    process.wait(timeout=5)

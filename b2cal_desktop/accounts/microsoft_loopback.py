"""Waits on this computer itself for the browser to come back from a sign-in (RFC 8252, form_post)."""

from __future__ import annotations

import hmac
import html
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from b2cal_desktop.core.model import Text

_MAX_BYTES = 100_000
_DONE = Text("Klart i webbläsaren", "Done in the browser")
_NOT_DONE = Text("Inloggningen blev inte färdig", "The sign-in was not finished")
_CLOSE = Text(
    "Du kan stänga den här fliken och gå tillbaka till B2Cal Desktop.",
    "You can close this tab and go back to B2Cal Desktop.",
)


class LoopbackReceiver:
    """Listens on a free port of 127.0.0.1 while used as a context; takes one answer that carries ``state``.

    Whatever else calls (another program, another page, a second answer) is turned away, and waited past.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._state = ""
        self._answer: dict[str, str] | None = None
        self.arrived = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sign-in", daemon=True)

    @property
    def redirect_uri(self) -> str:
        """Where the browser is to be sent back to; of ``http://localhost`` any port is registered."""
        return f"http://localhost:{self._server.server_address[1]}"

    def expect(self, state: str) -> None:
        """Begin to take the answer to the request that ``state`` marks."""
        self._state = state

    @property
    def answer(self) -> dict[str, str]:
        """What the browser brought, once ``arrived`` is set."""
        return self._answer or {}

    def __enter__(self) -> LoopbackReceiver:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, form: dict[str, str]) -> bool:
        """Keep ``form`` if it is the answer that is waited for."""
        matches = bool(self._state) and hmac.compare_digest(form.get("state", "").encode(), self._state.encode())
        if not matches or not ("code" in form or "error" in form) or self.arrived.is_set():
            return False
        self._answer = form
        self.arrived.set()
        return True

    def page(self, *, done: bool) -> bytes:
        """What the browser shows afterwards."""
        title = html.escape((_DONE if done else _NOT_DONE).to(self._language))
        mark, colour = ("✓", "#1A7F37") if done else ("–", "#57606A")
        return _PAGE.format(
            language=self._language, title=title, mark=mark, colour=colour, close=html.escape(_CLOSE.to(self._language))
        ).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = False  # on Windows another program could else listen on the same port

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no concern of ours."""


def _handler(receiver: LoopbackReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def __init__(self, request: object, client: object, server: BaseServer) -> None:
            super().__init__(request, client, server)  # type: ignore[arg-type]  # what socketserver hands on

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or len(length) > 9 or int(length) > _MAX_BYTES:
                self.send_error(400)
                return
            self._take(self.rfile.read(int(length)).decode("utf-8", "replace"))

        def do_GET(self) -> None:
            # form_post is asked for; some providers send errors in the address all the same. A code is not taken
            # from there: addresses end up in histories.
            query = urlsplit(self.path).query
            self._take("" if "code=" in query else query)

        def _take(self, form: str) -> None:
            fields = dict(parse_qsl(form))
            if not receiver.take(fields):
                self.send_error(404)
                return
            page = receiver.page(done="code" in fields)
            self.send_response(200)
            for name, value in _HEADERS:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: what is asked for here holds codes."""

    return Handler


_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("Connection", "close"),
)
_PAGE = """<!doctype html>
<html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title} – B2Cal Desktop</title>
<style>
  :root {{ color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif }}
  body {{ display: grid; place-content: center; min-height: 90vh; margin: 0; padding: 1rem; text-align: center }}
  div {{ width: 4rem; height: 4rem; margin: auto; border-radius: 1rem; background: {colour}; color: #fff;
         font-size: 2.4rem; line-height: 4rem }}
  h1 {{ font-size: 1.5rem; margin: 1.2rem 0 .2rem }}
  p {{ margin: 0 }}
</style>
<main><div aria-hidden="true">{mark}</div><h1>{title}</h1><p>{close}</p></main>
</html>
"""

"""What mitmproxy, in an environment of its own, does to requests: the first word of the host says it. No upstream."""

import asyncio

from mitmproxy import http  # type: ignore[import-not-found]

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\nEND:VCALENDAR\r\n"
STATE = b'{"diversion": "lunch", "until": null, "note": null, "set_by": "softphone", "changed": "2026-11-23T08:00:00Z"}'


def http_connect(flow: http.HTTPFlow) -> None:
    """A tunnel is refused to who has not signed in to the proxy."""
    if flow.request.host.startswith("utestangd."):
        flow.response = http.Response.make(407, b"", {"Proxy-Authenticate": 'Basic realm="proxy"'})


async def request(flow: http.HTTPFlow) -> None:
    """Answer in the place of a server."""
    what = flow.request.pretty_host.partition(".")[0]
    body, kind = (CALENDAR, "text/calendar") if flow.request.path.endswith(".ics") else (STATE, "application/json")
    headers = {"Content-Type": kind}
    if what == "avbruten":
        flow.kill()
        return
    if what == "trog":
        await asyncio.sleep(20)
    if what == "upptagen":
        flow.response = http.Response.make(429, b"", {"Retry-After": "90"})
        return
    flow.response = http.Response.make(200, body, headers)
    if what == "avkortad":
        flow.response.headers["Content-Length"] = str(len(body) + 500)
        flow.response.headers["Connection"] = "close"

"""The network that this computer stands in, which changes while the program runs: sleep, a journey, a VPN.

What was learnt of one network says nothing of the next: connections that were kept open to it would only be waited
for in vain, and its proxies may not exist any more. Names are looked up anew for each connection in any case.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from b2cal_desktop.system.network import is_loopback

# The proxy for an address, "" where none is needed. May take some seconds, for a script is fetched and run.
FindProxy = Callable[[str], str | None]  # "" for none; None where it is not known yet

_MOST_KNOWN = 64


class Surroundings:
    """``age`` grows with each change; whoever keeps connections open compares it with what it was."""

    def __init__(self) -> None:
        self.age = 0
        self.find_proxy: FindProxy | None = None  # where somebody here can read the system's script for proxies
        self._found: dict[str, str] = {}

    def changed(self) -> None:
        """The computer slept, or the network was away: nothing of before is used again."""
        self.age += 1
        self._found = {}

    def proxies(self, url: str) -> dict[str, str]:
        """The proxies for ``url`` as requests wants them: the environment's, the system's, those of its script."""
        from requests.utils import get_environ_proxies, select_proxy, should_bypass_proxies

        proxies: dict[str, str] = get_environ_proxies(url, no_proxy=None)
        parts = urlsplit(url)
        if self.find_proxy is None or is_loopback(parts.hostname):
            return proxies
        if select_proxy(url, proxies) or should_bypass_proxies(url, None):
            return proxies
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"
        found = self._found  # held on to: what is found while the network changes is of the one before
        proxy = found.get(origin)
        if proxy is None:
            if len(found) >= _MOST_KNOWN:
                found.clear()
            proxy = self.find_proxy(origin)
            if proxy is not None:
                found[origin] = proxy
        return {parts.scheme: proxy} if proxy else proxies


SURROUNDINGS = Surroundings()

"""Which proxy the system wants for an address: it alone can read its script for proxies (PAC, WPAD).

Windows and macOS read it for Qt, whose network is loaded with the first question. On Linux Qt knows the environment
only; what GNOME and KDE have in their settings, the desktop's portal knows.
https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.ProxyResolver.html
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from PySide6.QtNetwork import QNetworkProxy

    from b2cal_desktop.system.surroundings import FindProxy


_PORTAL, _PORTAL_PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_RESOLVER = "org.freedesktop.portal.ProxyResolver"
_SILENT = tuple(f"org.freedesktop.DBus.Error.{name}" for name in ("NoReply", "Timeout", "TimedOut"))
_PORTAL_MS = 10_000  # where the session has just begun, it may have to be started first


def finder() -> FindProxy | None:
    """Who knows the system's proxies here; None where nobody does."""
    if sys.platform in ("win32", "darwin"):
        return find_proxy
    return ask_portal if sys.platform.startswith("linux") else None


def ask_portal(url: str) -> str | None:
    """The same as ``find_proxy``, from the desktop's portal; "" where there is none, None where it does not answer."""
    from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():  # a call would never be answered
        return ""
    call = QDBusMessage.createMethodCall(_PORTAL, _PORTAL_PATH, _RESOLVER, "Lookup")
    call.setArguments([url])
    reply = bus.call(call, QDBus.CallMode.Block, _PORTAL_MS)
    if reply.errorName() in _SILENT:
        return None
    answer = reply.arguments()
    found = answer[0] if answer and isinstance(answer[0], list) else []
    first = next((str(proxy) for proxy in found if _scheme(str(proxy)) in ("direct", "http", "https")), "")
    return "" if first.startswith("direct:") else first


def _scheme(address: str) -> str:
    try:
        parts = urlsplit(address)
        return parts.scheme if parts.port or parts.hostname or parts.scheme == "direct" else ""
    except ValueError:
        return ""


def find_proxy(url: str) -> str:
    """The first proxy for ``url`` that we can use, as an address; "" for none. May take seconds: never on Qt's thread.

    Qt knows no name and password for it; who needs one names the proxy in HTTPS_PROXY.
    """
    from PySide6.QtCore import QUrl
    from PySide6.QtNetwork import QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery

    usable = (QNetworkProxy.ProxyType.HttpProxy, QNetworkProxy.ProxyType.HttpCachingProxy)
    for proxy in QNetworkProxyFactory.systemProxyForQuery(QNetworkProxyQuery(QUrl(url))):
        if proxy.type() == QNetworkProxy.ProxyType.NoProxy:
            return ""
        if proxy.type() in usable and proxy.hostName():
            return f"http://{_credentials(proxy)}{_host(proxy)}:{proxy.port()}"
    return ""


def _credentials(proxy: QNetworkProxy) -> str:
    user = proxy.user()
    return f"{quote(user, safe='')}:{quote(proxy.password(), safe='')}@" if user else ""


def _host(proxy: QNetworkProxy) -> str:
    name = proxy.hostName()
    return f"[{name}]" if ":" in name else name

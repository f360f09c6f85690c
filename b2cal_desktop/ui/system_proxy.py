"""Which proxy the system wants for an address, where only the system can read its script for proxies (PAC, WPAD).

Qt's network is loaded with the first question, since on Linux nobody asks.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from PySide6.QtNetwork import QNetworkProxy


def reads_scripts() -> bool:
    """Whether Qt reads them here: Windows and macOS do it for it; on Linux it knows the environment only."""
    return sys.platform in ("win32", "darwin")


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

"""The names that the keyring keeps secrets under. Changing one loses what people have stored."""

from __future__ import annotations

EXCHANGE_PASSWORD = "calendar/exchange/password"  # noqa: S105  a name, no password


def switchboard_secret(connector: str, field: str) -> str:
    """The name of a connector's secret field."""
    return f"switchboard/{connector}/{field}"

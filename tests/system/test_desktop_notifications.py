"""Where there is nobody to show a notification; what is shown is tried on a real bus in tests/desktop."""

import sys
from pathlib import Path

import pytest

from b2cal_desktop.system.desktop_notifications import DesktopNotifications, Note, NotificationsUnavailable, Picture

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the session bus of Linux")
NOTE = Note("key", "Titel", "Text", "Knapp", Picture(1, b"\0\0\0\0"))


@pytest.mark.parametrize("address", ["unix:path={}/no-bus", "tcp:host=localhost,port=1", "nonsense", ""])
def test_without_a_bus_it_says_so_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address.format(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    pressed: list[str] = []
    notes = DesktopNotifications("app", "icon", pressed.append)
    for _ in range(2):
        with pytest.raises(NotificationsUnavailable):
            notes.show(NOTE)
    notes.withdraw("key")
    notes.close()
    assert pressed == []


def test_a_bus_that_never_lets_us_in_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
        with pytest.raises(NotificationsUnavailable):
            DesktopNotifications("app", "icon", lambda _key: None).show(NOTE)

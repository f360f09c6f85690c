"""The private desktop shows, reads and clicks what a real tray program offers, and leaves nothing behind."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.desktop.session import DesktopSession
from tests.desktop.tray import TrayItem

pytestmark = pytest.mark.desktop

SAMPLE = Path(__file__).with_name("sample_tray.py")
RED, GREEN = (214, 40, 57), (31, 157, 85)


def start_sample(desktop: DesktopSession) -> tuple[subprocess.Popen[bytes], TrayItem]:
    process = desktop.spawn([sys.executable, SAMPLE])
    try:
        return process, desktop.watcher.wait_for_item()
    except TimeoutError as error:
        raise AssertionError(f"{error}; the program said: {desktop.output(process)}") from None


def area_of(colour: tuple[int, int, int], picture: Path) -> int:
    image = QImage(str(picture)).convertToFormat(QImage.Format.Format_RGB32)
    red, green, blue = colour
    return bytes(image.constBits()).count(bytes([blue, green, red, 255]))


def test_icon_tooltip_and_menu_are_read(desktop: DesktopSession) -> None:
    _, item = start_sample(desktop)

    assert item.tooltip() == "Röd & vänlig"
    assert item.status() == "Active"
    assert item.icon_name() == ""
    assert item.icon_pixmaps()
    assert all(pixmap.colours() == {RED} for pixmap in item.icon_pixmaps())

    menu = item.menu()
    assert menu.labels() == ["Bli grön", "Ljud", "-", "Mera", "Avsluta"]
    assert menu.find("Bli grön").checked is None
    assert menu.find("Ljud").checked is False
    assert menu.find("Mera").labels() == ["Meddela", "Otillgängligt"]
    assert not menu.find("Mera", "Otillgängligt").enabled


def test_clicks_reach_the_program(desktop: DesktopSession) -> None:
    process, item = start_sample(desktop)

    icons = len(item.signals("NewIcon"))
    item.click("Bli grön")
    item.wait_for_signal("NewIcon", after=icons)
    desktop.wait_until(lambda: item.icon_pixmaps()[0].colours() == {GREEN}, what="the green icon")
    desktop.wait_until(lambda: item.tooltip() == "Grön", what="the new tooltip")

    item.click("Ljud")
    desktop.wait_until(lambda: item.menu().find("Ljud").checked, what="the check mark")
    with pytest.raises(LookupError, match="greyed"):
        item.click("Mera", "Otillgängligt")
    with pytest.raises(LookupError, match="0 entries"):
        item.click("Finns inte")

    item.activate()
    desktop.wait_until(lambda: item.tooltip() == "Aktiverad: Trigger", what="the left click")
    item.click("Avsluta")
    assert process.wait(10) == 0
    desktop.watcher.wait_until_empty()


def test_notifications_are_recorded_and_clicked(desktop: DesktopSession) -> None:
    _, item = start_sample(desktop)
    item.click("Mera", "Meddela")
    notification = desktop.notifications.wait_for("Ett meddelande")
    assert notification.summary == "Hej"
    assert item.menu().find("Ljud").checked is False
    desktop.notifications.invoke(notification)
    desktop.wait_until(lambda: item.menu().find("Ljud").checked, what="the click on the notification")


def test_the_icon_returns_when_the_tray_does(desktop: DesktopSession) -> None:
    start_sample(desktop)
    desktop.watcher.vanish()
    assert desktop.watcher.items() == []
    desktop.watcher.appear()
    assert desktop.watcher.wait_for_item().tooltip() == "Röd & vänlig"


def test_waiting_gives_up_with_a_reason(desktop: DesktopSession) -> None:
    with pytest.raises(TimeoutError, match=r"not within 0\.1 s: the impossible"):
        desktop.wait_until(lambda: False, 0.1, "the impossible")


def test_a_real_panel_shows_the_icon(panel_desktop: DesktopSession, tmp_path: Path) -> None:
    def shows(colour: tuple[int, int, int]) -> bool:
        return area_of(colour, panel_desktop.screenshot(tmp_path / "screen.png")) > 100

    assert not shows(RED)
    _, item = start_sample(panel_desktop)
    panel_desktop.wait_until(lambda: shows(RED), 20, "the red icon in the panel")
    assert item.tooltip() == "Röd & vänlig"
    item.click("Bli grön")
    panel_desktop.wait_until(lambda: shows(GREEN) and not shows(RED), 20, "the green icon instead")


def test_a_panel_that_restarts_gets_the_icon_back(panel_desktop: DesktopSession, tmp_path: Path) -> None:
    start_sample(panel_desktop)
    panel_desktop.stop_panel()
    panel_desktop.start_panel()
    picture = tmp_path / "screen.png"
    panel_desktop.watcher.wait_for_item()
    panel_desktop.wait_until(lambda: area_of(RED, panel_desktop.screenshot(picture)) > 100, 20, "the icon again")


def test_nothing_is_left_behind(desktop: DesktopSession) -> None:
    before = children()
    with DesktopSession(panel=True) as other:
        assert other.env["DISPLAY"] != desktop.env["DISPLAY"]
        start_sample(other)
        # A grandchild that left its parent, its group and its session.
        other.spawn(["sh", "-c", "setsid sleep 600 & exit 0"]).wait(10)
        mark = other.env["B2CAL_TEST_DESKTOP"]
        assert len(marked(mark)) >= 6
    assert marked(mark) == []
    assert not other.folder.exists()
    assert children() == before  # dead ones count
    assert desktop.watcher.is_ready()


def marked(mark: str) -> list[str]:
    """Command lines of the processes that carry the session's mark."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or another user's
            if mark.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text())
    return found


def children() -> set[int]:
    """Our child processes, those included that have ended and that nobody has waited for."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == os.getpid():
                found.add(int(stat.parent.name))
    return found

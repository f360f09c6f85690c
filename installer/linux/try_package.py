"""Installs the .deb in a clean Debian 12, starts it there before a real panel, and removes it; the .rpm beside it.

    sudo python3 installer/linux/try_package.py [--packages DIR] [--screenshot FILE]

Needs root, debootstrap and a Debian mirror; for the .rpm also rpm. The clean root is kept as
build/package/bookworm.tar, so that a second time takes less. What is looked at:

- a root with nothing but Debian's minimal system: the package brings in all that it needs (``--self-check``)
- an ordinary user's desktop, under Xvfb, with xfce4-panel: the icon is there (over D-Bus and on the screen)
- the autostart package starts it; once both are removed no file of theirs is left
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "package"
NAME = "b2cal-desktop"
USER = 1000
MIRROR = os.environ.get("B2CAL_DEBIAN_MIRROR", "http://deb.debian.org/debian")
DESKTOP = ("xvfb", "dbus-x11", "openbox", "xfce4-panel", "imagemagick", "fonts-dejavu-core", "libglib2.0-bin")

# On the ordinary user's desktop: a panel that needs no answers, then the app; its answer is the list of tray items.
_SESSION = r"""
set -eu
export XDG_RUNTIME_DIR="$HOME/run"
rm -f "$HOME/display"
mkdir -p -m 700 "$XDG_RUNTIME_DIR" "$HOME/.config/xfce4/xfconf/xfce-perchannel-xml"
cat >"$HOME/.config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="40"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>
XML
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$HOME/display" >/dev/null 2>&1 &
for n in $(seq 100); do [ -s "$HOME/display" ] && break; sleep 0.1; done
export DISPLAY=":$(cat "$HOME/display")"
openbox >/dev/null 2>&1 &
xfce4-panel --disable-wm-check >/dev/null 2>&1 &
items() {
  gdbus call --session --dest org.kde.StatusNotifierWatcher --object-path /StatusNotifierWatcher \
    --method org.freedesktop.DBus.Properties.Get org.kde.StatusNotifierWatcher RegisteredStatusNotifierItems 2>/dev/null
}
for n in $(seq 150); do items >/dev/null && break; sleep 0.2; done
$START >"$HOME/app.log" 2>&1 &
app=$!
for n in $(seq 150); do case "$(items)" in *StatusNotifierItem*) break ;; esac; sleep 0.2; done
sleep 2
items
b2cal-desktop --self-check
import -window root "$HOME/screen.png"
kill "$app"; wait "$app" || true
kill $(jobs -p) 2>/dev/null || true
"""


class Failed(Exception):
    """The package does not do what it should; the text says what."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Installs, starts and removes the Linux packages.")
    parser.add_argument("--packages", type=Path, default=WORK / "out")
    parser.add_argument("--screenshot", type=Path)
    given = parser.parse_args(arguments)
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print("This needs root and debootstrap: it makes a Debian of its own to install into.", file=sys.stderr)
        return 2
    with _clean_root() as root:
        try:
            _try_deb(root, given.packages, given.screenshot)
        except Failed as error:
            print(f"FAILED: {error}", file=sys.stderr)
            return 1
    if shutil.which("rpm") is None:
        print("rpm is not installed: the .rpm is not tried.")
    else:
        _try_rpm(given.packages)
    return 0


@contextmanager
def _clean_root() -> Iterator[Path]:
    """A minimal Debian 12 in a folder, gone afterwards."""
    kept = WORK / "bookworm.tar"
    with tempfile.TemporaryDirectory(prefix="clean-root-", dir=WORK) as folder:
        root = Path(folder)
        root.chmod(0o755)
        if kept.exists():
            subprocess.run(["tar", "-xpf", str(kept), "-C", folder], check=True)
        else:
            _step("debootstrap (once)")
            command = ["debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", folder, MIRROR]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            part = kept.with_suffix(".part")
            subprocess.run(["tar", "-cpf", str(part), "-C", folder, "."], check=True)
            part.rename(kept)
        shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
        mounts = [("proc", "proc"), ("tmpfs", "tmp"), ("tmpfs", "dev/shm")]
        try:
            for kind, place in mounts:
                (root / place).mkdir(exist_ok=True)
                subprocess.run(["mount", "-t", kind, kind, str(root / place)], check=True)
            (root / "tmp").chmod(0o1777)
            yield root
        finally:
            for _, place in reversed(mounts):
                subprocess.run(["umount", "--lazy", str(root / place)], check=False)


def _step(what: str) -> None:
    print(f"· {what}", flush=True)


def _in(root: Path, *command: str, user: int = 0, environ: dict[str, str] | None = None) -> str:
    """What the command says inside ``root``; raises Failed with its last words."""
    kept = {name: os.environ[name] for name in ("http_proxy", "https_proxy", "no_proxy") if name in os.environ}
    home = "/root" if user == 0 else "/home/anna"
    whole = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "LANG": "C.UTF-8", **(kept if user == 0 else {})}
    whole |= {"DEBIAN_FRONTEND": "noninteractive", **(environ or {})}
    done = subprocess.run(
        ["chroot", f"--userspec={user}:{user}", str(root), *command],
        env=whole,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=600,
        check=False,
    )
    said = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)[:200]} ended with {done.returncode}:\n{said[-3000:]}")
    return said


def _try_deb(root: Path, packages: Path, screenshot: Path | None) -> None:
    debs = {path.name.rsplit("-", 2)[0]: path for path in packages.glob("*.deb")}
    for deb in debs.values():
        shutil.copy(deb, root / "root")
    _in(root, "apt-get", "-qq", "update")
    _in(root, "useradd", "--create-home", "--uid", str(USER), "anna")
    before = _files(root)
    _step("install, with nothing but what it depends on")
    install = ("apt-get", "-qq", "install", "--no-install-recommends", "--yes")
    _in(root, *install, f"/root/{debs[NAME].name}")
    _step("self-check as an ordinary user")
    _expect_whole(_in(root, NAME, "--self-check", "--json", user=USER))
    _step("a desktop with a panel")
    _in(root, *install, *DESKTOP)
    _start(root, NAME, screenshot)
    _step("the autostart package")
    _in(root, *install, f"/root/{debs[f'{NAME}-autostart'].name}")
    entry = (root / "etc/xdg/autostart/b2cal-desktop.desktop").read_text(encoding="utf-8")
    command = next(line.removeprefix("Exec=") for line in entry.splitlines() if line.startswith("Exec="))
    _start(root, command, None)
    _step("remove")
    _in(root, "apt-get", "-qq", "purge", "--yes", NAME, f"{NAME}-autostart")
    if left := sorted(path for path in _files(root) - before if "b2cal" in path and not path.startswith("var/log")):
        raise Failed(f"left behind: {', '.join(left)}")
    _step("nothing is left of the .deb")


def _start(root: Path, command: str, screenshot: Path | None) -> None:
    said = _in(root, "dbus-run-session", "--", "sh", "-c", _SESSION, user=USER, environ={"START": command})
    if "StatusNotifierItem" not in said:
        raise Failed(f"{command}: no icon in the panel:\n{said}\n{(root / 'home/anna/app.log').read_text()[-2000:]}")
    if "WRONG" in said or "xcb" not in said:
        raise Failed(f"self-check on the desktop:\n{said}")
    if screenshot is not None:
        shutil.copy(root / "home/anna/screen.png", screenshot)


def _expect_whole(said: str) -> None:
    found = json.loads(said[said.index("{") :])
    for check in found["checks"]:
        print(f"  {'ok' if check['ok'] else 'WRONG':6}{check['check']}: {check['text']}")
    if not found["ok"]:
        raise Failed("the self-check is not green")


def _files(root: Path) -> set[str]:
    """Everything but homes and what is mounted."""
    return {str(path) for path in _walk(root, lambda name: name not in {"proc", "tmp", "dev", "home", "root", "sys"})}


def _walk(root: Path, wanted: Callable[[str], bool]) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        place = Path(folder).relative_to(root)
        if place == Path():
            folders[:] = [name for name in folders if wanted(name)]
        yield from (place / name for name in (*folders, *names))


def _try_rpm(packages: Path) -> None:
    """Into a root of its own, without the question whether its libraries are there: that needs a Fedora."""
    rpms = [str(path) for path in sorted(packages.glob("*.rpm"))]
    with tempfile.TemporaryDirectory(prefix="rpm-root-", dir=WORK) as folder:
        base = ["rpm", "--root", folder, "--dbpath", "/var/lib/rpm"]
        _step("the .rpm, in an empty root")
        subprocess.run([*base, "--initdb"], check=True)
        subprocess.run([*base, "--install", "--nodeps", *rpms], check=True)
        program = Path(folder) / "usr/lib" / NAME / NAME
        done = subprocess.run([str(program), "--self-check", "--json"], capture_output=True, text=True, check=False)
        _expect_whole(done.stdout)
        if str((Path(folder) / "usr/bin" / NAME).readlink()) != f"/usr/lib/{NAME}/{NAME}":
            raise Failed("the .rpm has no command")
        subprocess.run([*base, "--erase", "--nodeps", NAME, f"{NAME}-autostart"], check=True)
        if left := [str(path) for path in Path(folder).rglob("*b2cal*")]:
            raise Failed(f"left behind by the .rpm: {', '.join(left)}")
        _step("nothing is left of the .rpm")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Makes the feed that tells installed apps of a new version, and signs it.

    python installer/feed.py --version 0.2.0 --out build/feed \
        --page windows=https://… --page macos=https://… --page linux=https://… \
        [--notes-sv FILE] [--notes-en FILE] [--published 2026-12-01T08:00:00Z]
    python installer/feed.py --new-key

Writes ``feed.json`` and ``feed.json.sig``, to be published side by side. The private key comes from the environment
variable ``B2CAL_FEED_KEY`` (base64 of 32 bytes, as ``--new-key`` prints it) and nowhere else. During a change of keys
``B2CAL_FEED_KEY_NEXT`` signs too. What is written has been read back by the app's own code first.
"""

from __future__ import annotations

import argparse
import base64
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from b2cal_desktop.system.update_feed import PRODUCT, Feed, Notes, is_signed, parse_feed, shipped_keys

KEYS = ("B2CAL_FEED_KEY", "B2CAL_FEED_KEY_NEXT")
PLATFORMS = ("windows", "macos", "linux")


def private_key(text: str) -> Ed25519PrivateKey:
    """The key that ``--new-key`` printed; raises ValueError."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.strip(), validate=True))


def public_key(key: Ed25519PrivateKey) -> str:
    """What stands in ``resources/update-keys.txt`` for ``key``."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def new_key() -> tuple[str, str]:
    """A private key and its public one."""
    key = Ed25519PrivateKey.generate()
    raw = key.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    return base64.b64encode(raw).decode(), public_key(key)


def feed_bytes(version: str, published: datetime, pages: dict[str, str], notes: Notes) -> bytes:
    """The feed; raises ValueError where the app would not take it."""
    feed = Feed(product=PRODUCT, version=version, published=published, pages=pages, notes=notes)
    content = msgspec.json.format(msgspec.json.encode(feed), indent=2) + b"\n"
    parse_feed(content)
    return content


def signatures(content: bytes, keys: list[Ed25519PrivateKey]) -> bytes:
    """One signature a line."""
    return b"".join(base64.b64encode(key.sign(content)) + b"\n" for key in keys)


def write_feed(folder: Path, content: bytes, keys: list[Ed25519PrivateKey]) -> tuple[Path, Path]:
    """Write feed and signatures into ``folder``; raises ValueError where they do not hold."""
    signed = signatures(content, keys)
    if not is_signed(content, signed, [public_key(key) for key in keys]):
        raise ValueError("the signature does not hold")
    folder.mkdir(parents=True, exist_ok=True)
    feed, signature = folder / "feed.json", folder / "feed.json.sig"
    feed.write_bytes(content)
    signature.write_bytes(signed)
    return feed, signature


def _page(text: str) -> tuple[str, str]:
    platform, _, address = text.partition("=")
    if platform not in PLATFORMS:
        raise argparse.ArgumentTypeError(f"{text!r} does not begin with one of {', '.join(PLATFORMS)} and =")
    return platform, address


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} names no time zone")
    return instant


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--new-key", action="store_true", help="print a new pair of keys, and nothing else")
    parser.add_argument("--version")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--page", type=_page, action="append", default=[], metavar="PLATFORM=ADDRESS")
    parser.add_argument("--notes-sv", type=Path)
    parser.add_argument("--notes-en", type=Path)
    parser.add_argument("--published", type=_instant, default=datetime.now(UTC).replace(microsecond=0))  # noqa: TID251
    given = parser.parse_args(arguments)
    if not given.new_key and not (given.version and given.out and given.page):
        parser.error("--version, --out and --page are needed")
    return given


def main(arguments: list[str] | None = None) -> int:
    """Make the feed, or a key."""
    given = _arguments(arguments)
    if given.new_key:
        private, public = new_key()
        print(f"private, for the environment variable {KEYS[0]}: {private}\npublic, for update-keys.txt: {public}")
        return 0
    texts = [path.read_text(encoding="utf-8").strip() if path else "" for path in (given.notes_sv, given.notes_en)]
    try:
        keys = [private_key(os.environ[name]) for name in KEYS if os.environ.get(name)]
        if not keys:
            raise ValueError(f"the environment variable {KEYS[0]} holds no key")
        content = feed_bytes(given.version, given.published, dict(given.page), Notes(*texts))
        written = write_feed(given.out, content, keys)
    except ValueError as error:
        print(f"feed.py: {error}", file=sys.stderr)
        return 2
    if not {public_key(key) for key in keys} & set(shipped_keys()):
        print("feed.py: no app believes this key unless its settings name it in updates.keys", file=sys.stderr)
    print(*written, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The feed that tells of the newest version: what it says, whose word that is, and how it is fetched.

A small JSON file, and beside it (its address with ``.sig``) a signature over its very bytes: Ed25519, in base64, one a
line, so that a key can be changed while old versions still check by the old one.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

import msgspec
from msgspec import Meta

from b2cal_desktop import __version__
from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.system.network import (
    AnswerTooLarge,
    AnswerTooSlow,
    CertificateFileProblem,
    UnsafeAddress,
    follow_redirects,
    host_of,
    new_session,
    read_body,
    what_failed,
)
from b2cal_desktop.system.resources import resource_folder

PRODUCT = "b2cal-desktop"
_FEED_BYTES, _SIGNATURE_BYTES = 64_000, 4_000
_SECONDS = 10.0
_TIMEOUT = (4.0, 6.0)
_REDIRECTS = 3
_NO_SENSE = Text("svaret går inte att tyda", "the answer makes no sense")


class UpdateCheckFailed(B2CalError):
    """The feed cannot be read, or is not to be believed."""

    code = "update_check_failed"
    what = Text("Det går inte att se om det finns en ny version ({host}): {problem}.",
                "It cannot be told whether there is a new version ({host}): {problem}.")  # fmt: skip
    remedy = Text("Vi försöker igen i morgon.", "We try again tomorrow.")

    def __init__(self, host: str, problem: Text) -> None:
        super().__init__(host=host, problem=problem)


class UpdateNotSigned(UpdateCheckFailed):
    """No known key has signed what the feed says."""

    code = "update_not_signed"
    what = Text("Uppgiften om en ny version ({host}) är inte att lita på: {problem}.",
                "What {host} says of a new version is not to be trusted: {problem}.")  # fmt: skip
    remedy = Text(
        "Visa det här för den som sköter programmet. Hämta inget därifrån.",
        "Show this to whoever looks after the app. Download nothing from there.",
    )


# What the feed says

_Page = Annotated[str, Meta(pattern=r"\Ahttps://[A-Za-z0-9.-]+(?::\d+)?(?:/[!-~]*)?\Z", max_length=500)]
_Notes = Annotated[str, Meta(max_length=2000)]


class Notes(msgspec.Struct, frozen=True):
    """What is new, in plain text."""

    sv: _Notes = ""
    en: _Notes = ""


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """The newest version. ``pages`` maps ``windows``, ``macos``, ``linux`` to where people download it."""

    product: str
    version: Annotated[str, Meta(pattern=r"\A\d{1,5}(?:\.\d{1,5}){1,3}\Z")]
    published: Annotated[datetime, Meta(tz=True)]
    pages: dict[str, _Page]
    notes: Notes = Notes()


def parse_feed(content: bytes) -> Feed:
    """What ``content`` says; raises ValueError where it is no feed of this product."""
    try:
        feed = msgspec.json.decode(content, type=Feed)  # msgspec's errors are ValueErrors
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if feed.product != PRODUCT:
        raise ValueError("a feed of another product")
    return feed


# Whom we believe


def shipped_keys() -> tuple[str, ...]:
    """The public keys that come with the product, in base64; none until it has been released by somebody."""
    try:
        lines = (resource_folder() / "update-keys.txt").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def is_signed(content: bytes, signatures: bytes, keys: Iterable[str]) -> bool:
    """Whether one of ``signatures`` (base64, one a line) over ``content`` is by one of ``keys`` (base64)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    given = [raw for line in signatures.splitlines()[:8] if len(raw := _decoded(line)) == 64]
    for key in keys:
        if len(raw_key := _decoded(key.encode())) != 32:
            continue
        public = Ed25519PublicKey.from_public_bytes(raw_key)
        for signature in given:
            try:
                public.verify(signature, content)
            except InvalidSignature:
                continue
            return True
    return False


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        return b""


# Asking


def fetch_feed(address: str, keys: Iterable[str], clock: Clock) -> Feed:
    """What the feed at ``address`` says, once its signature holds; raises UpdateCheckFailed."""
    host = host_of(address)
    content = _fetch(address, _FEED_BYTES, clock)
    if not content.lstrip().startswith(b"{"):
        raise UpdateCheckFailed(host, _NO_SENSE)  # a page that wants a sign-in, or tells of an error
    signatures = _fetch(_signature_address(address), _SIGNATURE_BYTES, clock)
    if not is_signed(content, signatures, keys):
        raise UpdateNotSigned(host, Text("ingen känd nyckel har signerat den", "no known key has signed it"))
    try:
        return parse_feed(content)
    except ValueError:
        raise UpdateCheckFailed(host, _NO_SENSE) from None


def _signature_address(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"{parts.path}.sig"))


def _fetch(address: str, most: int, clock: Clock) -> bytes:
    import requests
    from urllib3.exceptions import HTTPError

    host = host_of(address)
    try:
        with new_session(f"B2CalDesktop/{__version__}") as session:

            def ask(place: str) -> requests.Response:
                return session.get(place, stream=True, allow_redirects=False, timeout=_TIMEOUT)

            response = follow_redirects(ask, address, _REDIRECTS)
            if response.status_code != 200:
                response.close()
                problem = Text(f"servern svarar {response.status_code}", f"the server answers {response.status_code}")
                raise UpdateCheckFailed(host, problem)
            return read_body(response, max_bytes=most, seconds=_SECONDS, clock=clock)
    except UnsafeAddress as error:
        raise UpdateCheckFailed(error.host, error.problem) from None
    except CertificateFileProblem as error:
        raise UpdateCheckFailed(host, error.as_problem) from None
    except AnswerTooLarge:
        raise UpdateCheckFailed(host, Text("svaret är för stort", "the answer is too large")) from None
    except (requests.RequestException, HTTPError, AnswerTooSlow, OSError, UnicodeError) as error:
        raise UpdateCheckFailed(host, what_failed(error)) from None

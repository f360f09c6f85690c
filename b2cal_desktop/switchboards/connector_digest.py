"""HTTP Digest authentication (RFC 7616): ``qop=auth``, MD5 and SHA-256, with the older RFC 2617 form.

Own, because requests' answer to the challenge reads a body of any size and does not quote the user's name.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

_ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}
_LONGEST_CHALLENGE = 2_000  # characters; it is read with effort that grows with the square of them
_PARAMETER = re.compile(r'(?<![A-Za-z0-9_-])([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)\s*')


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the server asked in ``WWW-Authenticate``."""

    realm: str
    nonce: str
    algorithm: str | None
    opaque: str | None
    qop: bool
    stale: bool


def parse_challenge(header: str) -> Challenge | None:
    """The strongest challenge in ``header`` that we can answer, or None."""
    found = []
    for piece in re.split(r"(?i)(?:^|,\s*)digest\s+", header)[1:]:
        values = {}
        for parameter in _PARAMETER.finditer(piece[:_LONGEST_CHALLENGE]):
            quoted = parameter[2]
            values[parameter[1].lower()] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else parameter[3]
        algorithm = values.get("algorithm")
        offered = [qop.strip().lower() for qop in values.get("qop", "").split(",") if qop.strip()]
        known = (algorithm or "MD5").upper() in _ALGORITHMS
        if "realm" in values and "nonce" in values and known and (not offered or "auth" in offered):
            stale = values.get("stale", "").lower() == "true"
            opaque = values.get("opaque")
            found.append(Challenge(values["realm"], values["nonce"], algorithm, opaque, bool(offered), stale))
    return max(found, key=lambda one: (one.algorithm or "").upper() == "SHA-256", default=None)


def answer_challenge(
    challenge: Challenge, *, method: str, url: str, user: str, password: str, count: int, cnonce: str | None = None
) -> str:
    """The value of ``Authorization``; ``count`` says how often (from 1) this nonce has been used."""
    name = _ALGORITHMS[(challenge.algorithm or "MD5").upper()]

    def digest(text: str) -> str:
        return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

    parts = urlsplit(url)
    uri = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    secret = digest(f"{user}:{challenge.realm}:{password}")
    request = digest(f"{method}:{uri}")
    fields = [("username", user), ("realm", challenge.realm), ("nonce", challenge.nonce), ("uri", uri)]
    bare = []
    if challenge.qop:
        cnonce = cnonce or secrets.token_hex(16)
        response = digest(f"{secret}:{challenge.nonce}:{count:08x}:{cnonce}:auth:{request}")
        fields.append(("cnonce", cnonce))
        bare = [("qop", "auth"), ("nc", f"{count:08x}")]
    else:
        response = digest(f"{secret}:{challenge.nonce}:{request}")
    fields.append(("response", response))
    if challenge.opaque is not None:
        fields.append(("opaque", challenge.opaque))
    if challenge.algorithm is not None:
        bare.append(("algorithm", challenge.algorithm))
    quoted = [f'{key}="{_escape(value)}"' for key, value in fields]
    return "Digest " + ", ".join(quoted + [f"{key}={value}" for key, value in bare])


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')

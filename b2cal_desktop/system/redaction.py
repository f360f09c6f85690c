"""Taking out of a text what nobody else should read: credentials, capability addresses, e-mail addresses.

The last line of defence: what we log ourselves holds none of it in the first place.
"""

from __future__ import annotations

import re

MASK = "***"

_NAMES = (
    "access_token|refresh_token|id_token|client_secret|client_assertion|assertion|code_verifier|device_code|user_code|"
    "password|passwd|pwd|lösenord|secret|ticket|token|api_?key|session_?id|sid|code|t"
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # A header, as a line of its own or as Python or JSON prints it: whatever stands in it goes.
    (
        re.compile(
            r"((?:proxy-)?authorization|set-cookie|cookie|x-api-key|x-auth-token)(['\"]?\s*[:=]\s*)"
            r"(?:b?\"[^\"\n]*\"|b?'[^'\n]*'|[^\r\n]*)",
            re.IGNORECASE,
        ),
        rf"\1\2{MASK}",
    ),
    # A scheme and what can only be its credential: too odd to be a word. After "bearer" nothing else ever comes.
    (re.compile(r"\b((?i:bearer))\s+[A-Za-z0-9+/=._~-]+"), rf"\1 {MASK}"),
    (
        re.compile(r"\b((?i:basic|negotiate|ntlm))\s+(?=[a-z]*[0-9A-Z+/=._~])[A-Za-z0-9+/=._~-]{6,}"),
        rf"\1 {MASK}",
    ),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*"), MASK),
    # Names and passwords in an address, and the published calendar whose very address is the key.
    (re.compile(r"(?<=://)[^\s/@'\"]{1,300}@"), f"{MASK}@"),
    (
        re.compile(r"((?:https?|webcals?)://[^\s/'\"<>]{1,300}/)[^\s'\"<>]{0,2000}\.ics\b[^\s'\"<>]*", re.IGNORECASE),
        rf"\1{MASK}",
    ),
    # A value in a query or a form, in JSON or a Python dict, in XML.
    (re.compile(rf"(?<![\w-])((?:{_NAMES})=)(?!=)[^\s&'\"<>#;,)]+", re.IGNORECASE), rf"\1{MASK}"),
    (
        re.compile(rf"((['\"])(?:{_NAMES})\2\s*:\s*)(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')", re.IGNORECASE),
        rf"\1'{MASK}'",
    ),
    (re.compile(rf"(<(?:\w+:)?(?:{_NAMES})\b[^>]{{0,200}}>)[^<]+", re.IGNORECASE), rf"\1{MASK}"),
    # From the first character on only: without the look behind, a long word would take quadratic time.
    (re.compile(r"(?<![\w.!#$%&+/=?^`{|}~-])[\w.!#$%&+/=?^`{|}~-]+@(?=[\w-]+(?:\.[\w-]+)*)"), f"{MASK}@"),
)


def redact(text: str) -> str:
    """``text`` without tokens, passwords, cookies, published calendar addresses and the names in e-mail addresses."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text

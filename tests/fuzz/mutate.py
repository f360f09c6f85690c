"""Makes hostile input out of good input: whole tokens (a line, a tag, a value) are moved about, then single bytes.

The input with a number is always the same one for the same seed, so a failure is its number.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

MOST_BYTES = 60_000
LINES = re.compile(rb"[^\n]*\n?")
TAGS = re.compile(rb"<[^>]*>?|[^<]+")
VALUES = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{},:]|[^"\[\]{},:]+')

# Wherever it is put, it has made some program fall over.
_ODD = (
    b"",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    "‮".encode(),
    "　".encode(),
    b"\x1b[2J",
    b"\r",
    b"\n\n",
    b"0",
    b"-1",
    b"1e999",
    b"NaN",
    b"9" * 40,
    b"9" * 5_000,
    b"0x" + b"F" * 6_000,
    b"99999999999999999999-01-01",
    b"0001-01-01T00:00:00",
    b"9999-12-31T23:59:59.9999999Z",
    b"1969-12-31T23:59:59+23:59",
    b"2026-11-23T08:00:00",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b'""',
    b'"\\ud800"',
    b"[" * 3_000,
    b'{"a":' * 3_000,
    b"<a>" * 3_000,
    b"((((",
    b"%s{0}",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>&b;",
    b"&#0;",
    b"]]>",
    b"<![CDATA[",
    b"../" * 20,
    b"file:///etc/passwd",
    b"http://169.254.169.254/",
    b"a." * 3_000,
    b" " * 30_000,
    b"a" * 30_000,
    b'"' * 500,
    b"=" * 500,
    b"re:" * 5_000,
)

Change: TypeAlias = Callable[["Mutator", random.Random, bytes], bytes]


@dataclass(frozen=True)
class Mutator:
    """Draws from ``seeds``, cut into pieces by ``token``; ``words`` are what the reader has a special ear for."""

    seeds: Sequence[bytes]
    token: re.Pattern[bytes]
    words: Sequence[bytes] = ()

    def draw(self, seed: str) -> bytes:
        """The input that ``seed`` names."""
        chance = random.Random(seed)  # noqa: S311  it is to be the same again
        data = chance.choice(self.seeds)
        for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
            data = chance.choice(_CHANGES)(self, chance, data)
        return data[:MOST_BYTES]

    def _word(self, chance: random.Random) -> bytes:
        return chance.choice(self.words if self.words and chance.random() < 0.6 else _ODD)

    def _tokens(self, data: bytes) -> list[bytes]:
        return self.token.findall(data)


def _drop_tokens(mutator: Mutator, chance: random.Random, data: bytes) -> bytes:
    tokens = mutator._tokens(data)
    at = chance.randrange(len(tokens) + 1)
    del tokens[at : at + chance.choice((1, 1, 2, 5))]
    return b"".join(tokens)


def _move_token(mutator: Mutator, chance: random.Random, data: bytes) -> bytes:
    tokens = mutator._tokens(data)
    if tokens:
        tokens.insert(chance.randrange(len(tokens) + 1), tokens.pop(chance.randrange(len(tokens))))
    return b"".join(tokens)


def _repeat_token(mutator: Mutator, chance: random.Random, data: bytes) -> bytes:
    tokens = mutator._tokens(data)
    if tokens:
        at = chance.randrange(len(tokens))
        tokens[at] *= chance.choice((2, 3, 10, 200))
    return b"".join(tokens)


def _swap_token(mutator: Mutator, chance: random.Random, data: bytes) -> bytes:
    tokens, others = mutator._tokens(data), mutator._tokens(chance.choice(mutator.seeds))
    if tokens and others:
        tokens[chance.randrange(len(tokens))] = chance.choice(others)
    return b"".join(tokens)


def _put_word(mutator: Mutator, chance: random.Random, data: bytes) -> bytes:
    tokens = mutator._tokens(data)
    if not tokens:
        return mutator._word(chance)
    at, word = chance.randrange(len(tokens)), mutator._word(chance)
    token = tokens[at]
    within = chance.randrange(len(token) + 1)
    tokens[at] = chance.choice((word, token + word, word + token, token[:within] + word + token[within:]))
    return b"".join(tokens)


def _put_value(mutator: Mutator, chance: random.Random, data: bytes) -> bytes:
    """What stands behind an equals sign or a colon, in quotes or in a tag's text gives way to a word."""
    places = list(re.finditer(rb"[=:>\"]([^=:<>\"\n]{0,80})", data))
    if not places:
        return data
    place = chance.choice(places)
    return data[: place.start(1)] + mutator._word(chance) + data[place.end(1) :]


def _bytes(_mutator: Mutator, chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data or b"\0")
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at] = chance.randrange(256)
            case _:
                changed[at:at] = changed[chance.randrange(len(changed)) :][: chance.randrange(64)]
    return bytes(changed)


def _cut(_mutator: Mutator, chance: random.Random, data: bytes) -> bytes:
    begin = chance.randrange(len(data) + 1)
    if chance.random() < 0.5:
        return data[:begin]
    return data[:begin] + data[begin + chance.randrange(200) :]


def _splice(mutator: Mutator, chance: random.Random, data: bytes) -> bytes:
    other = chance.choice(mutator.seeds)
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _noise(_mutator: Mutator, chance: random.Random, _data: bytes) -> bytes:
    return chance.randbytes(chance.randrange(200))


_CHANGES: tuple[Change, ...] = (
    _drop_tokens,
    _move_token,
    _repeat_token,
    _swap_token,
    _swap_token,
    _put_word,
    _put_word,
    _put_value,
    _put_value,
    _put_value,
    _bytes,
    _bytes,
    _cut,
    _splice,
    _noise,
)

"""What libraries would load for things that this program never asks them for."""

from __future__ import annotations

import sys
from types import ModuleType


class _NoGuesses(ModuleType):
    """Stands in for ``charset_normalizer``, as far as requests knows it, and guesses nothing."""

    __version__ = "3.0.0"  # requests asks for one that it knows

    @staticmethod
    def detect(_content: bytes) -> dict[str, None]:
        """No guess; requests then reads ``Response.text`` as UTF-8."""
        return {"encoding": None}


def spare_guesses() -> None:
    """Keep requests, from its import on, from loading what guesses a text's encoding: 2 MiB of tables.

    Bodies are read as bytes here, and their formats say themselves how they are encoded.
    """
    sys.modules.setdefault("charset_normalizer", _NoGuesses("charset_normalizer"))

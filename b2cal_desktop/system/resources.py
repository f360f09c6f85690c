"""Where the files that come with the product lie."""

from __future__ import annotations

from pathlib import Path


def resource_folder() -> Path:
    """The folder with ``connectors`` and ``icons``: inside the package once installed, beside it in the source tree."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"

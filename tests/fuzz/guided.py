"""The same targets led by coverage: ``uv run --with atheris python -m tests.fuzz --atheris --target NAME``."""

import sys
import tempfile
from pathlib import Path

from tests.fuzz.target import Target


def guided(target: Target, build: Path, inputs: int, seed: int) -> int:
    """Run ``inputs`` inputs by libFuzzer, which keeps what reached new code in ``corpus``; it ends the process."""
    import atheris

    corpus = build / "corpus" / target.name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, good in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(good)
    failed = build / "failed" / target.name
    failed.mkdir(parents=True, exist_ok=True)
    atheris.instrument_all()
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder, target.open(Path(folder)) as check:
        limits = ["-timeout=20", "-rss_limit_mb=3000", "-max_len=60000", f"-artifact_prefix={failed}/"]
        atheris.Setup([sys.argv[0], f"-runs={inputs}", f"-seed={seed}", *limits, str(corpus)], check)
        atheris.Fuzz()
    return 0

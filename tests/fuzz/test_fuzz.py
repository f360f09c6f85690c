"""A little of ``make fuzz`` every time, and that it would notice."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.fuzz.run import run
from tests.fuzz.target import Check, Target
from tests.fuzz.targets import TARGETS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="only on systems that time a process by a signal")
SEED = 7


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_input_ends_in_an_error_of_ours(
    name: str,
    tmp_path: Path,
    qapp: QApplication,  # which other tests' windows need, and no two can be
) -> None:
    outcome = run(TARGETS[name], SEED, 0, 60, tmp_path)
    assert outcome.failures == {}, [path.read_text() for path in tmp_path.rglob("*.txt")]
    assert outcome.inputs == 60


def test_the_same_number_is_the_same_input_and_most_inputs_differ() -> None:
    for target in TARGETS.values():
        drawn = [target.mutator.draw(f"1:{number}") for number in range(100)]
        assert drawn == [target.mutator.draw(f"1:{number}") for number in range(100)]
        assert len({hashlib.sha256(data).digest() for data in drawn}) > 50
        assert max(map(len, drawn)) <= 60_000


def test_what_falls_over_is_counted_by_kind_and_the_first_is_kept(tmp_path: Path) -> None:
    @contextmanager
    def opened(_folder: Path) -> Iterator[Check]:
        def check(data: bytes) -> None:
            if data != b"good":
                raise ZeroDivisionError if len(data) % 2 else KeyError

        yield check

    outcome = run(Target("bad", opened, lambda: [b"good"]), SEED, 0, 200, tmp_path)
    assert {kind.partition(" in ")[0] for kind in outcome.failures} == {"ZeroDivisionError", "KeyError"}
    kept = sorted(path for path in (tmp_path / "bad").iterdir() if not path.suffix)
    first = min(outcome.failures.values())
    mutator = Target("bad", opened, lambda: [b"good"]).mutator
    assert len(kept) == 2 and mutator.draw(f"{SEED}:bad:{first}") in [path.read_bytes() for path in kept]


def test_an_input_that_takes_too_long_is_a_failure() -> None:
    @contextmanager
    def opened(_folder: Path) -> Iterator[Check]:
        def check(data: bytes) -> None:
            while data != b"good":
                pass

        yield check

    outcome = run(Target("slow", opened, lambda: [b"good"]), SEED, 0, 2, most_seconds=0.05)
    assert [kind.partition(" ")[0] for kind in outcome.failures] == ["TooSlow"]

"""What asks the real Windows, test_real_windows.py, run by Windows' Python on Wine."""

from __future__ import annotations

import re

import pytest

from tests.windows import computer
from tests.windows.computer import Screen
from tests.windows.conftest import on_request

pytestmark = [on_request, pytest.mark.timeout(600)]


def test_registry_vault_and_log_off_are_as_windows_has_them(screen: Screen) -> None:
    code, said = computer.wine.python(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/windows/test_real_windows.py"
    )
    print(said)
    assert code == 0, said
    assert re.search(r"\b[1-9]\d* passed", said) and "skipped" not in said, said

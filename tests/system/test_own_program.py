"""Starting this program once more, and others without our libraries."""

from pathlib import Path

import pytest

from b2cal_desktop.system.own_program import forget_own_libraries, own_command, windowed


def test_frozen_it_is_the_program_itself() -> None:
    assert own_command("/usr/lib/b2cal-desktop/b2cal-desktop", frozen=True) == ["/usr/lib/b2cal-desktop/b2cal-desktop"]
    assert own_command("/usr/bin/python3", frozen=False) == ["/usr/bin/python3", "-P", "-m", "b2cal_desktop"]


def test_log_in_starts_the_program_without_a_console(tmp_path: Path) -> None:
    console = tmp_path / "b2cal-desktop.exe"
    assert windowed(str(console)) == str(console)
    (tmp_path / "B2Cal Desktop.exe").touch()
    assert windowed(str(console)) == str(tmp_path / "B2Cal Desktop.exe")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"LD_LIBRARY_PATH": "/ours", "HOME": "/h"}, {"HOME": "/h"}),
        ({"LD_LIBRARY_PATH": "/ours", "LD_LIBRARY_PATH_ORIG": "/theirs"}, {"LD_LIBRARY_PATH": "/theirs"}),
        ({"HOME": "/h", "_PYI_ARCHIVE_FILE": "/ours/b2cal-desktop"}, {"HOME": "/h"}),
    ],
)
def test_other_programs_get_the_system_s_libraries(before: dict[str, str], after: dict[str, str]) -> None:
    forget_own_libraries(before)
    assert before == after

"""Reading TOML files: what is wrong, in which line; and where each key stands."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.core.errors import ConnectorProblem, SettingsProblem
from b2cal_desktop.system.toml_file import TomlFile, read_toml

SAMPLE = """\
# "not = a key"
version = 1
text = \"\"\"
[no.table]
trap = 1 \"quoted\"\"\"\"
path = 'C:\\' # comment [x]
dotted . "quoted key".last = 2020-01-01T00:00:00Z
list = [
  1, # one
  { a = 1, b = [2,
    3] },
]

[[rows]]
name = "a"
[rows.inner]
deep = true
[[rows]]
[rows.inner]
deep = false
[[rows.sub]]
x = '''
'''
y = {}
[last."x.y"]
z = -1_000.5e3
"""


def _read(tmp_path: Path, content: bytes | str, **more: Any) -> TomlFile:
    path = tmp_path / "file.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_toml(path, problem=ConnectorProblem, **more)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("version",), 2),
        (("text",), 3),
        (("path",), 6),
        (("dotted", "quoted key", "last"), 7),
        (("list", 0), 9),
        (("list", 1, "b", 1), 11),
        (("rows",), 14),
        (("rows", 0, "name"), 15),
        (("rows", 0, "inner", "deep"), 17),
        (("rows", 1), 18),
        (("rows", 1, "inner", "deep"), 20),
        (("rows", 1, "sub", 0, "y"), 24),
        (("last", "x.y", "z"), 26),
        (("rows", 1, "inner", "missing"), 19),
        (("nowhere", "at all"), None),
    ],
)
def test_every_key_has_its_line(tmp_path: Path, newline: str, keys: tuple[str | int, ...], line: int | None) -> None:
    assert _read(tmp_path, SAMPLE.replace("\n", newline)).line_of(*keys) == line


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=6)
LEAVES = st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(codec="utf-8"), max_size=30)
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


@given(st.dictionaries(KEYS, TREES, max_size=5), st.booleans())
def test_whatever_is_written_can_be_read_with_a_line_for_each_key(data: dict[str, Any], multiline: bool) -> None:
    text = tomli_w.dumps(data, multiline_strings=multiline)
    with tempfile.TemporaryDirectory() as folder:
        file = _read(Path(folder), text)

    def check(value: Any, keys: tuple[str | int, ...]) -> None:
        if keys:
            assert keys in file.lines
            assert 1 <= file.lines[keys] <= text.count("\n") + 1
        for key, child in (
            value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else [])
        ):
            check(child, (*keys, key))

    check(file.data, ())


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("a = 1\nb = \n", 2, "not valid TOML"),
        ("a = 1\na = 2\n", 2, "not valid TOML"),
        ("a = [", 1, "not valid TOML"),
        ("a = " + "[" * 5000 + "]" * 5000, None, "nested"),
        (b"a = 1\nb = '\xe5'\n", 2, "not UTF-8"),
        ("a = 1".encode("utf-16"), None, "UTF-16"),
        ("a = 1 # " + "x" * 2000, None, "larger than 1000 bytes"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(
    tmp_path: Path, content: bytes | str, line: int | None, words: str
) -> None:
    with pytest.raises(ConnectorProblem) as caught:
        _read(tmp_path, content, limit=1000 if words.startswith("larger") else 100_000)
    assert caught.value.line == line
    assert str(tmp_path / "file.toml") in str(caught.value)
    assert words in str(caught.value)


def test_a_mark_before_utf8_is_no_fault(tmp_path: Path) -> None:
    assert _read(tmp_path, b"\xef\xbb\xbfa = 1\n").data == {"a": 1}


def test_no_file_and_no_ordinary_file(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "none.toml", "does not exist"),
        (tmp_path, "folder"),
        (Path(os.devnull), "not an ordinary file"),
        (tmp_path / "a\0b", "cannot be read"),
    ):
        with pytest.raises(SettingsProblem, match=words):
            read_toml(path, problem=SettingsProblem)

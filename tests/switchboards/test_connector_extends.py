"""A connector may be a preset of another: what it takes over, what it says itself, and where complaints point."""

import re
from pathlib import Path

import pytest

from b2cal_desktop.core.errors import ConnectorProblem
from b2cal_desktop.switchboards.connector_body import JsonBody
from b2cal_desktop.switchboards.connector_file import find_connector, load_connector, shipped_connectors
from tests.switchboards.connector_samples import SIMPLE, write_file

CHILD = """
format = 1
id = "child"
extends = "sample"
label = { sv = "Barn", en = "Child" }
confirmed = true
facts = "Made up too."
"""


def family(folder: Path, more: str = "", base: str = SIMPLE) -> Path:
    """A base and its child in one folder; the child's path."""
    write_file(folder, base)
    return write_file(folder, CHILD + more, "child.toml")


def test_what_is_left_out_comes_from_the_other_file(tmp_path: Path) -> None:
    child = load_connector(family(tmp_path))
    base = load_connector(tmp_path / "sample.toml")
    assert (child.id, child.label.en, child.facts) == ("child", "Child", "Made up too.")
    assert child.path == tmp_path / "child.toml"
    assert (child.fields, child.auth, child.requests, child.diversions, child.ends) == (
        *(base.fields, base.auth, base.requests, base.diversions),
        True,
    )


def test_tables_are_changed_key_by_key_and_a_body_as_a_whole(tmp_path: Path) -> None:
    more = """
    [requests.get]
    path = "/v2/users/{user}"
    [requests.set]
    form = { state = "{remote}", "until?" = "{until:epoch}" }
    [requests.clear]
    method = "DELETE"
    path = "/v2/users/{user}"
    [diversions]
    lunch = "Lunsj"
    sick = "Syk"
    """
    child = load_connector(family(tmp_path, more))
    base = load_connector(tmp_path / "sample.toml")
    assert child.requests["get"].shape.path != base.requests["get"].shape.path
    assert child.requests["get"].state == base.requests["get"].state
    assert child.requests["set"].shape.path == base.requests["set"].shape.path
    assert not isinstance(child.requests["set"].shape.body, JsonBody)
    assert child.requests.keys() == {"get", "set", "clear"}
    values = {key: remote.value for key, remote in child.diversions.items()}
    assert values == {"available": "Available", "lunch": "Lunsj", "meeting": "Meeting", "sick": "Syk"}


def test_fields_are_changed_by_their_key_and_keep_their_order(tmp_path: Path) -> None:
    more = """
    [[fields]]
    key = "tenant"
    label = { sv = "Bolag", en = "Tenant" }
    [[fields]]
    key = "base_url"
    default = "https://vaxel.example.se"
    """
    fields = load_connector(family(tmp_path, more)).fields
    assert [field.key for field in fields] == ["base_url", "user", "domain", "password", "tenant"]
    assert fields[0].default == "https://vaxel.example.se"
    assert fields[0].label.en == "Address"


@pytest.mark.parametrize("key", ["label", "facts", "id", "format"])
def test_who_it_is_a_file_says_itself(tmp_path: Path, key: str) -> None:
    path = family(tmp_path)
    path.write_text(re.sub(rf"(?m)^{key} = .*$", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ConnectorProblem, match=rf"child\.toml: “{key}” is missing"):
        load_connector(path)


def test_being_confirmed_is_not_inherited(tmp_path: Path) -> None:
    path = family(tmp_path)
    path.write_text(CHILD.replace("confirmed = true", ""), encoding="utf-8")
    with pytest.raises(ConnectorProblem, match=r"child\.toml: “unconfirmed” is missing"):
        load_connector(path)


@pytest.mark.parametrize(
    ("more", "old", "new", "file", "key", "line_of"),
    [
        # A mistake of the child's own, in what it adds to a table of the base's.
        ("[requests.get]\npath = 'nowhere'", "", "", "child.toml", "requests.get.path", "path = 'nowhere'"),
        ("[diversions]\nlunch = 3", "", "", "child.toml", "diversions.lunch", "lunch = 3"),
        ("[[fields]]\nkey = 'user'\npattern = '('", "", "", "child.toml", "fields[1].pattern", "pattern = '('"),
        (
            "[[fields]]\nkey = 'more'\nlabel = { sv = 'a', en = 'b' }\nkind = 'x'",
            "",
            "",
            "child.toml",
            "fields[4].kind",
            "kind = 'x'",
        ),
        # A mistake of the base's, in what the child takes over.
        ("", 'path = "/users/{user}"', 'path = "{usr}"', "sample.toml", "requests.get.path", 'path = "{usr}"'),
        ("", "required = false", 'kind = "x"', "sample.toml", "fields[2].kind", 'kind = "x"'),
        ("[requests.get]\nmethod = 'GET'", 'until = "until"', 'until = "["', "sample.toml", None, 'until = "["'),
        ("[[fields]]\nkey = 'domain'", "required = false", "required = 1", "sample.toml", None, "required = 1"),
        # One of both: the method is the child's, and forbids the body that it took over.
        ("[requests.set]\nmethod = 'GET'", "", "", "child.toml", "requests.set.method", "method = 'GET'"),
    ],
)
def test_each_mistake_is_named_in_the_file_that_makes_it(
    tmp_path: Path, more: str, old: str, new: str, file: str, key: str | None, line_of: str
) -> None:
    path = family(tmp_path, more, SIMPLE.replace(old, new, 1))
    with pytest.raises(ConnectorProblem) as caught:
        load_connector(path)
    assert caught.value.path == str(tmp_path / file)
    assert key is None or caught.value.key == key
    assert caught.value.line is not None
    lines = (tmp_path / file).read_text(encoding="utf-8").splitlines()
    assert line_of in lines[caught.value.line - 1]


def test_circles_and_strangers_are_refused(tmp_path: Path) -> None:
    path = family(
        tmp_path, base=CHILD.replace('"child"', '"sample"').replace('extends = "sample"', 'extends = "child"')
    )
    with pytest.raises(ConnectorProblem, match=r"sample\.toml, line 4, extends: .*child\.toml → sample\.toml → child"):
        load_connector(path)
    path.write_text(CHILD.replace('extends = "sample"', 'extends = "child"'), encoding="utf-8")
    with pytest.raises(ConnectorProblem, match=r"line 4, extends: .*circle"):
        load_connector(path)
    for wanted, words in (
        ('"nobody"', "There is no connector nobody"),
        ("3", "An id"),
        ('"../practice"', "There is no connector .."),
    ):
        path.write_text(CHILD.replace('extends = "sample"', f"extends = {wanted}"), encoding="utf-8")
        with pytest.raises(ConnectorProblem, match=rf"line 4, extends: {words}"):
            load_connector(path)


def test_a_base_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = family(tmp_path)
    (tmp_path / "sample.toml").write_text("id = ", encoding="utf-8")
    with pytest.raises(ConnectorProblem, match=r"sample\.toml, line 1: This is not valid TOML"):
        load_connector(path)
    (tmp_path / "sample.toml").rename(tmp_path / "other.toml")
    with pytest.raises(ConnectorProblem, match="There is no connector sample"):
        load_connector(path)


def test_the_preset_follows_its_base_where_a_person_corrects_that(tmp_path: Path) -> None:
    """An operator says: the path is another. One line in a file of one's own, and Bredband2's preset has it too."""
    correction = CHILD.replace('"child"', '"dstny-core"').replace('"sample"', '"dstny-core"')
    write_file(tmp_path, correction + '[requests.set]\npath = "/api/user/presence/{remote}"', "mine.toml")
    corrected, untouched = shipped_connectors([tmp_path]), shipped_connectors()
    for name in ("dstny-core", "bredband2"):
        paths = [c[name].requests["set"].shape.path for c in (corrected, untouched)]
        assert [len(path) for path in paths] == [4, 7]
        assert corrected[name].requests["check"] == untouched[name].requests["check"]
    assert corrected["dstny-core"].path == tmp_path / "mine.toml"


def test_the_last_folder_wins_so_the_administrator_has_the_last_word(tmp_path: Path) -> None:
    folders = []
    for name in ("profile", "administrator"):
        folders.append(tmp_path / name)
        folders[-1].mkdir()
        write_file(folders[-1], SIMPLE.replace('"sample"', '"practice"', 1).replace('"Prov"', f'"{name}"', 1))
    assert shipped_connectors(folders)["practice"].label.sv == "administrator"
    found = find_connector("practice", folders)
    assert found is not None
    assert found.path == folders[1] / "sample.toml"
    assert find_connector("nobody", folders) is None


def test_one_connector_is_found_though_another_is_broken(tmp_path: Path) -> None:
    write_file(tmp_path, "id = ", "broken.toml")
    write_file(tmp_path, SIMPLE.replace("format = 1", "format = 2"))
    assert find_connector("practice", [tmp_path]) is not None
    with pytest.raises(ConnectorProblem, match="should be 1"):
        find_connector("sample", [tmp_path])
    with pytest.raises(ConnectorProblem, match="not valid TOML"):
        find_connector("broken", [tmp_path])
    with pytest.raises(ConnectorProblem, match="not valid TOML"):
        shipped_connectors([tmp_path])

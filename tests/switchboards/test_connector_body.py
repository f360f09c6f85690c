"""Filling values into requests: each in its place, and none can change the structure of what goes out."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.connector_body import (
    FilledRequest,
    FormBody,
    JsonBody,
    JsonList,
    JsonObject,
    Named,
    RequestShape,
    XmlBody,
    XmlNode,
)
from b2cal_desktop.switchboards.connector_template import (
    UNSENDABLE,
    FillProblem,
    Template,
    TemplateProblem,
    Value,
    Vocabulary,
)

BASE = "https://switchboard.example/base/"
WORDS = Vocabulary(fields=frozenset({"user", "number", "gone"}), may_be_absent=frozenset({"gone"}), diversion=True)
UNTIL = datetime(2026, 11, 23, 13, 0, 0, 250_000, tzinfo=ZoneInfo("Europe/Stockholm"))
VALUES: dict[str, Value] = {
    "user": "anna",
    "number": 7,
    "gone": None,
    "remote": "Lunch",
    "until": UNTIL,
    "label": Text("Möte", "Meeting"),
}


def t(text: str) -> Template:
    return WORDS.parse(text)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{user}", "anna"),
        ("{user}@{remote}", "anna@Lunch"),
        ("{{{user}}}", "{anna}"),
        ("{number}", 7),
        ("no {number}", "no 7"),
        ("{gone}", None),
        ("with {gone}", None),
        ("{gone:present}", False),
        ("{until:present}", True),
        ("is {until:present}", "is true"),
        ("{label:sv} {label:en}", "Möte Meeting"),
        ("{until:iso}", "2026-11-23T13:00:00+01:00"),
        ("{until:iso_ms}", "2026-11-23T13:00:00.250+01:00"),
        ("{until:iso_utc}", "2026-11-23T12:00:00Z"),
        ("{until:epoch}", 1_795_435_200),
        ("{until:epoch_ms}", 1_795_435_200_250),
    ],
)
def test_a_template_fills_in_values(text: str, filled: object) -> None:
    got = t(text).fill(VALUES)
    assert got == filled
    assert type(got) is type(filled)


def _leaf(text: str, *, optional: bool = False, tag: str = "leaf") -> XmlNode:
    return XmlNode("urn:a", t(tag), optional, text=t(text))


def test_json_keeps_types_and_leaves_out_what_is_optional_and_absent() -> None:
    body = JsonBody(
        JsonObject(
            (
                ("text", False, t("{user}")),
                ("number", False, t("{number}")),
                ("null", False, t("{gone}")),
                ("left out", True, t("{gone}")),
                ("kept", True, t("{user}")),
                ("list", False, JsonList((t("{gone}"), 1, True, 1.5))),
                ("list left out", True, JsonList((t("{gone}"),))),
                ("inner left out", True, JsonObject((("a", False, t("{gone}")), ("b", False, 1)))),
                ("inner kept", True, JsonObject((("a", True, t("{gone}")), ("b", False, 1)))),
            )
        )
    )
    assert json.loads(body.fill(VALUES)) == {
        "text": "anna",
        "number": 7,
        "null": None,
        "kept": "anna",
        "list": [None, 1, True, 1.5],
        "inner kept": {"b": 1},
    }


def test_forms_send_empty_texts_and_leave_out_what_is_optional() -> None:
    body = FormBody((Named("a b", t("{user}&{remote}")), Named("empty", t("{gone}")), Named("out", t("{gone}"), True)))
    assert body.fill(VALUES) == b"a+b=anna%26Lunch&empty="


def test_xml_is_built_as_a_tree() -> None:
    nested = XmlNode("urn:a", t("nested"), True, children=(_leaf("{gone}"),))
    kept = XmlNode("urn:a", t("kept"), True, children=(_leaf("{gone}", optional=True),))
    held = XmlNode("urn:a", t("held"), True, attributes=(("", Named("x", t("{gone}"))),))
    root = XmlNode(
        "urn:a",
        t("root"),
        attributes=(
            ("urn:b", Named("x", t("{user}"))),
            ("", Named("y", t("{gone}"), True)),
            ("", Named("z", t("{gone}"))),
        ),
        children=(
            _leaf("<{user}>"),
            nested,
            kept,
            held,
            _leaf("{gone}", optional=True),
            XmlNode("urn:b", t("{remote}")),
        ),
    )
    document = XmlBody(root, {"a": "urn:a", "b": "urn:b", "unused": "urn:c"}).fill(VALUES)
    assert document == (
        b"<?xml version='1.0' encoding='UTF-8'?>\n"
        b'<root xmlns:b="urn:b" xmlns="urn:a" b:x="anna" z=""><leaf>&lt;anna&gt;</leaf><kept/><b:Lunch/></root>'
    )
    mixed = XmlNode("urn:a", t("root"), children=(XmlNode("", t("bare")),))
    assert XmlBody(mixed, {"a": "urn:a"}).fill({}).endswith(b'<a:root xmlns:a="urn:a"><bare/></a:root>')
    assert XmlBody(XmlNode("", t("plain"))).fill(VALUES).endswith(b"<plain/>")


@pytest.mark.parametrize("name", ["a b", "1a", "a:b", "<a", "", "a/b"])
def test_a_value_that_is_no_name_cannot_name_an_element(name: str) -> None:
    with pytest.raises(FillProblem):
        XmlBody(XmlNode("", t("{remote}"))).fill({**VALUES, "remote": name})


def _shape(**more: Any) -> RequestShape:
    return RequestShape("PUT", (t("v1"), t("{user}"), t("x-{remote}")), **more)


def test_a_request_is_put_together() -> None:
    shape = _shape(
        query=(Named("q", t("{label:sv}")), Named("out", t("{gone}"), True)),
        headers=(Named("X-Name", t("{label:sv}")),),
        body=JsonBody(t("{user}")),
    )
    filled = shape.fill(BASE, VALUES)
    assert filled.url == "https://switchboard.example/base/v1/anna/x-Lunch?q=M%C3%B6te"
    assert dict(filled.headers) == {"X-Name": "Möte".encode().decode("latin-1"), "Content-Type": "application/json"}
    assert filled.body == b'"anna"'
    assert filled.with_query("t", "a b").url.endswith("?q=M%C3%B6te&t=a%20b")
    assert {placeholder.name for placeholder in shape.placeholders()} == {"user", "remote", "label", "gone"}


def test_a_request_without_a_body_may_still_name_a_type() -> None:
    bare = _shape(content_type="application/json").fill(BASE, VALUES)
    assert (bare.body, bare.headers) == (None, (("Content-Type", "application/json"),))
    assert _shape().fill(BASE, VALUES).headers == ()
    assert _shape().fill(BASE, VALUES).with_query("t", "x").url.endswith("x-Lunch?t=x")


def test_a_path_may_end_in_a_slash() -> None:
    assert RequestShape("GET", (t("a"), t(""))).fill(BASE, {}).url == f"{BASE}a/"


@pytest.mark.parametrize("body", [FormBody((Named("a", t("{user}")),)), XmlBody(_leaf("{user}", tag="{remote}"))])
def test_placeholders_are_found_in_every_kind_of_body(body: Any) -> None:
    assert "user" in {placeholder.name for placeholder in RequestShape("PUT", (), body=body).placeholders()}


def test_placeholders_are_found_in_nested_json() -> None:
    body = JsonBody(JsonObject((("a", False, JsonList((t("{user}"), 1))), ("b", False, True))))
    assert {placeholder.name for placeholder in RequestShape("PUT", (), body=body).placeholders()} == {"user"}


@pytest.mark.parametrize("value", [".", "..", ""])
def test_dots_and_nothing_are_no_part_of_an_address(value: str) -> None:
    with pytest.raises(FillProblem):
        _shape().fill(BASE, {**VALUES, "user": value})
    with pytest.raises(FillProblem):
        RequestShape("GET", (t("{gone}"),)).fill(BASE, VALUES)


def test_what_is_too_large_is_not_sent() -> None:
    with pytest.raises(FillProblem):
        _shape().fill(BASE, {**VALUES, "user": "x" * 9_000})
    with pytest.raises(FillProblem):
        RequestShape("PUT", (), body=JsonBody(t("{user}"))).fill(BASE, {**VALUES, "user": "x" * 70_000})


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0b", "a\x7f"])
def test_nothing_breaks_out_of_a_header(value: str) -> None:
    with pytest.raises(FillProblem):
        RequestShape("GET", (), headers=(Named("X-Name", t("{user}")),)).fill(BASE, {"user": value})
    with pytest.raises(FillProblem):
        FilledRequest("GET", BASE, (), None).with_header("X-Name", value)


NASTY = st.sampled_from(
    [
        "../..",
        "%2e%2e",
        "a/b",
        "a\\b",
        "?x=1",
        "#f",
        "a&b=c",
        '"',
        "'",
        "{user}",
        "{{",
        "{0}",
        "</x>",
        "]]>",
        "&lt;",
        "\u00e5",
    ]
)
SENDABLE = (st.text(min_size=1, max_size=20) | NASTY).filter(lambda text: not UNSENDABLE.search(text))
SHAPE = RequestShape(
    "PUT",
    (t("v1"), t("{user}"), t("a-{remote}-b")),
    query=(Named("q", t("{user}")), Named("r?", t("x{remote}"))),
    headers=(Named("X-Name", t("{user}")),),
)
JSON_BODY = JsonBody(
    JsonObject((("a", False, t("{user}")), ("b", False, JsonList((t("{remote}"), t("{user}{remote}"))))))
)
FORM_BODY = FormBody((Named("a", t("{user}")), Named("b", t("{remote}"))))
XML_BODY = XmlBody(
    XmlNode(
        "urn:a",
        t("root"),
        attributes=(("", Named("at", t("{user}"))),),
        children=(_leaf("{user}"), _leaf("{remote}")),
    )
)


def _filled(values: Mapping[str, Value], body: Any = None) -> FilledRequest:
    return RequestShape(SHAPE.method, SHAPE.path, SHAPE.query, SHAPE.headers, body).fill(BASE, values)


@given(SENDABLE, SENDABLE)
@example("{remote}", "{user}")
@example("\ufeff", "\U0001f600")
def test_no_value_changes_the_structure_of_a_request(user: str, remote: str) -> None:
    values: dict[str, Value] = {"user": user, "remote": remote}
    if user in (".", ".."):
        return  # refused, see above
    filled = _filled(values)
    address = urlsplit(filled.url)
    assert address[:2] == ("https", "switchboard.example")
    assert [unquote(part) for part in address.path.split("/")] == ["", "base", "v1", user, f"a-{remote}-b"]
    assert address.fragment == ""
    assert parse_qsl(address.query, keep_blank_values=True) == [("q", user), ("r?", f"x{remote}")]
    assert [name for name, _ in filled.headers] == ["X-Name"]
    header = filled.headers[0][1].encode("latin-1").decode()
    assert header == user.strip(" \t")
    assert not re.search("[\r\n\0]", header)

    assert json.loads(JSON_BODY.fill(values)) == {"a": user, "b": [remote, user + remote]}
    assert parse_qsl(FORM_BODY.fill(values).decode(), keep_blank_values=True) == [("a", user), ("b", remote)]
    root = etree.fromstring(XML_BODY.fill(values))
    assert [child.tag for child in root.iter()] == ["{urn:a}root", "{urn:a}leaf", "{urn:a}leaf"]
    assert {str(name): value for name, value in root.attrib.items()} == {"at": user}
    assert [child.text for child in root] == [user, remote]


@given(st.integers(0, 4_000_000_000_000), st.sampled_from(["UTC", "Europe/Stockholm", "Asia/Kathmandu"]))
def test_every_format_names_the_same_instant(milliseconds: int, zone: str) -> None:
    until = datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(milliseconds=milliseconds % 1000)
    until = until.astimezone(ZoneInfo(zone))
    values: dict[str, Value] = {"until": until}
    whole = datetime.fromtimestamp(milliseconds // 1000, UTC)
    for form in ("iso", "iso_utc"):
        assert datetime.fromisoformat(str(t(f"{{until:{form}}}").fill(values))) == whole
    assert datetime.fromisoformat(str(t("{until:iso_ms}").fill(values))) == until
    assert t("{until:epoch}").fill(values) == milliseconds // 1000
    assert t("{until:epoch_ms}").fill(values) == milliseconds


@pytest.mark.parametrize("text", ["{usr}", "{xyzzy}", "{until}", "{user:iso}", "{", "}", "{0}", "{user.x}"])
def test_what_is_no_placeholder_is_refused(text: str) -> None:
    with pytest.raises(TemplateProblem):
        t(text)


def test_a_vocabulary_without_any_words_says_so() -> None:
    with pytest.raises(TemplateProblem, match="There is: –"):
        Vocabulary().parse("{user}")


def test_what_may_be_absent_is_known() -> None:
    found = [
        WORDS.can_be_absent(placeholder) for placeholder in t("{user}{gone}{until:iso}{gone:present}").placeholders
    ]
    assert found == [False, True, True, False]

"""Connector files: what is refused, with file, line and key; and that hostile ones get nowhere."""

import re
from pathlib import Path

import pytest

from b2cal_desktop.core.errors import ConnectorProblem
from b2cal_desktop.switchboards.connector_file import load_connector, shipped_connectors
from tests.switchboards.connector_samples import BROADWORKS, DSTNY, HEAD, PORTSIP, SIMPLE, THREE_CX, XCAP, write_file


@pytest.mark.parametrize("text", [SIMPLE, BROADWORKS, XCAP, THREE_CX, PORTSIP, DSTNY])
def test_known_platforms_can_be_described(tmp_path: Path, text: str) -> None:
    assert load_connector(write_file(tmp_path, text)).label.sv == "Prov"


def test_all_shipped_connectors_are_valid_and_say_whether_they_are_confirmed() -> None:
    shipped = shipped_connectors()
    assert shipped["practice"].confirmed
    for connector in shipped.values():
        assert connector.confirmed == (connector.unconfirmed is None)


def test_a_file_of_ones_own_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    write_file(tmp_path, SIMPLE.replace('"sample"', '"practice"', 1))
    assert shipped_connectors([tmp_path, tmp_path / "missing"])["practice"].label.sv == "Prov"


def test_two_files_of_one_id_in_one_folder_are_an_error(tmp_path: Path) -> None:
    write_file(tmp_path, SIMPLE)
    write_file(tmp_path, SIMPLE, "twice.toml")
    with pytest.raises(ConnectorProblem, match=r"twice\.toml.*sample\.toml has the same id"):
        shipped_connectors([tmp_path])


# What is replaced in SIMPLE, by what; the key and the words of the complaint.
MISTAKES: list[tuple[str, str, str | None, str]] = [
    ("format = 1", "format = 2", "format", "should be 1"),
    ("format = 1", "format = true", "format", "should be 1"),
    ("confirmed = true", "", None, "“unconfirmed” is missing"),
    ("confirmed = true", "confirmed = 'yes'", "confirmed", "true or false"),
    (
        "confirmed = true",
        "confirmed = true\nunconfirmed = { sv = 'a', en = 'b' }",
        "unconfirmed",
        "nothing unconfirmed",
    ),
    ("confirmed = true", "confirmed = true\nlabl = 1", "labl", "Meant: label"),
    ("confirmed = true", "confirmed = true\nxyzzy = 1", "xyzzy", "There is: auth"),
    ('id = "sample"', 'id = "Sample 1"', "id", "is not a–z"),
    ('id = "sample"', "", None, "“id” is missing"),
    ('facts = "Made up."', "facts = 3", "facts", "A text should"),
    ('facts = "Made up."', 'facts = "a\\nb"', "facts", "one line"),
    ('{ sv = "Prov", en = "Sample" }', '{ sv = "Prov" }', "label", "“en” is missing"),
    ('{ sv = "Prov", en = "Sample" }', '{ sv = "Prov", en = " " }', "label.en", "A text should"),
    ('{ sv = "Prov", en = "Sample" }', '"Prov"', "label", "A table should"),
    ('key = "domain"', 'key = "user"', "fields[2].key", "“user” is taken"),
    ('key = "domain"', 'key = "remote"', "fields[2].key", "“remote” is taken"),
    ('key = "domain"', 'key = "do-main"', "fields[2].key", "is not a–z"),
    ('kind = "address"', 'kind = "adress"', "fields[0].kind", "Allowed here: text, address, number"),
    ('kind = "address"', "", "fields", "Exactly one field"),
    ('kind = "address"', 'kind = "address"\nrequired = false', "fields", "Exactly one field"),
    ("required = false", 'required = false\npattern = "("', "fields[2].pattern", "Invalid regular"),
    ("required = false", 'required = false\npattern = "a{99999999999}"', "fields[2].pattern", "Invalid regular"),
    ("required = false", 'required = false\npattern = "(a+)+"', "fields[2].pattern", "too involved"),
    ("required = false", 'required = false\npattern = "a*a*a*a*b"', "fields[2].pattern", "too involved"),
    ("secret = true", 'secret = true\ndefault = "hunter2"', "fields[3].default", "no default"),
    ("secret = true", 'secret = true\nkind = "number"', "fields[3].kind", "is a text"),
    ('method = "GET"', 'method = "GET"\noutcomes = 1', "requests.get.outcomes", "list of tables"),
    ('kind = "basic"', 'kind = "oauth"', "auth.kind", "Allowed here: none, bearer, basic, digest, login"),
    ('kind = "basic"', 'kind = "basic"\nheader = "X-Key"', "auth.header", "unknown"),
    (
        'kind = "basic"\nuser = "{user}"\npassword = "{password}"',
        'kind = "bearer"\ntoken = "{password}"\nheader = "Host"',
        "auth.header",
        "engine",
    ),
    (
        'kind = "basic"\nuser = "{user}"\npassword = "{password}"',
        'kind = "bearer"\ntoken = "{password}"\nheader = "X-Key"\nquery = "t"',
        "auth.query",
        "Choose",
    ),
    ('user = "{user}"\n', 'user = "{password}"\n', "auth.user", "{password} does not exist here"),
    ('diversion = "now"', 'diversion = "now["', "requests.get.answer.diversion", "Invalid JMESPath"),
    ('diversion = "now"', f'diversion = "{"[" * 400}"', "requests.get.answer.diversion", "Invalid JMESPath"),
    ('diversion = "now"', f'diversion = "{"a" * 501}"', "requests.get.answer.diversion", "At most 500"),
    ('diversion = "now"', f'diversion = "{"[@,@]|" * 30}to_string(@)"', "requests.get.answer.diversion", "At most 12"),
    ('diversion = "now"', "diversion = \"join(join('-', a), a)\"", "requests.get.answer.diversion", "one join()"),
    ('diversion = "now"', 'diversion = "join(s, l)"', "requests.get.answer.diversion", "a fixed text"),
    (
        'diversion = "now"',
        f'diversion = "@{"|to_string(to_array(@))" * 12}"',
        "requests.get.answer.diversion",
        "one to_string()",
    ),
    ('diversion = "now"', 'diversion = "map(&a, `[1, 1]`)"', "requests.get.answer.diversion", "may not stand here"),
    ('until = "until" }', 'until = "until", until_format = "rfc" }', "requests.get.answer.until_format", "Allowed"),
    ('until = "until" }', 'timezone = "Europe/Atlantis" }', "requests.get.answer.timezone", "no time zone"),
    ('until = "until" }', 'timezone = "../../etc/passwd" }', "requests.get.answer.timezone", "no time zone"),
    ("ends = true", "ends = false", "requests.set", "exactly when ends = true"),
    ('now = "{remote}", ', "", "requests.set", "does not name the diversion"),
    ('method = "PUT"', 'method = "GET"', "requests.set.method", "Allowed here: PUT, POST, PATCH"),
    ('method = "GET"', 'method = "GET"\njson = {}', "requests.get", "GET has no body"),
    ('method = "GET"', 'method = "GET"\nif_match = true', "requests.get.if_match", "unknown"),
    ('method = "PUT"', 'method = "PUT"\nform = { a = "1" }', "requests.set.form", "Choose one of"),
    ('method = "PUT"', 'method = "PUT"\ncontent_type = "a/b\\r\\nX: y"', "requests.set.content_type", "one line"),
    (
        'method = "PUT"',
        'method = "PUT"\noutcomes = [{ status = 99, is = "ok" }]',
        "requests.set.outcomes[0].status",
        "200",
    ),
    (
        'method = "PUT"',
        'method = "PUT"\noutcomes = [{ status = 404, is = "available" }]',
        "requests.set.outcomes[0].is",
        "Allowed",
    ),
    ("[requests.set]", "[requests.sets]", "requests.sets", "Meant: set"),
    ("confirmed = true", "konfirmed = true", "konfirmed", "Meant: confirmed"),
    ('id = "sample"', 'Id = "sample"', "Id", "Meant: id"),
    ('kind = "basic"', 'knid = "basic"', "auth.knid", "Meant: kind"),
    ('key = "domain"', 'kay = "domain"', "fields[2].kay", "Meant: key"),
    ('diversion = "now"', 'diversoin = "now"', "requests.get.answer.diversoin", "Meant: diversion"),
    ('now = "{remote}"', 'now = "{remote}", "now?" = "x"', "requests.set.json.now?", "stands here twice"),
    ('now = "{remote}"', 'now = "{remote}", "{user}" = "x"', "requests.set.json.{user}", "cannot hold placeholders"),
    ('now = "{remote}"', 'now = "{remote}", x = nan', "requests.set.json.x", "Text, number"),
    ('now = "{remote}"', 'now = "{remote}", x = 2020-01-01', "requests.set.json.x", "Text, number"),
    ('now = "{remote}"', 'now = "{remote}", x = ' + "[" * 30 + "]" * 30, None, "Too many levels"),
    ('available = "Available"', "", "diversions", "“available” is missing"),
    ('lunch = "Lunch"', 'Lunch = "x"', "diversions.Lunch", "consists of"),
    ('lunch = "Lunch"', "lunch = 1", "diversions.lunch", "A text should"),
    ('lunch = "Lunch"', 'lunch = { remote = "L", user = "x" }', "diversions.lunch.user", "cannot be a name"),
    ('lunch = "Lunch"', 'lunch = { place = "x" }', "diversions.lunch", "“remote” is missing"),
]
# Reaching for another host, for the file system, for Python, for other headers; and secrets in an address.
HOSTILE: list[tuple[str, str, str | None, str]] = [
    *(
        ('path = "/users/{user}"\njson', f"path = '{path}'\njson", "requests.set.path", "")
        for path in (
            "https://evil.example/x",
            "//evil.example/x",
            "@evil.example/x",
            "file:///etc/passwd",
            "\\\\evil.example\\x",
            "/\\evil.example",
            "/a//b",
            "/a/../b",
            "/a/./b",
            "/a/%2e%2e/b",
            "/a%2Fb",
            "/a?b=c",
            "/a#b",
            "/a b",
            "/å",
            "/{password}",
            "/{domain}",
            "/{until:iso}",
            "/{base_url}",
            "relative",
        )
    ),
    *(
        ('now = "{remote}"', f'now = "{{remote}}", x = "{text}"', "requests.set.json.x", "")
        for text in (
            "{0}",
            "{}",
            "{user.__class__}",
            "{user[0]}",
            "{user!r}",
            "{user:>10}",
            "{user:iso}",
            "{{user}",
            "{user",
            "user}",
            "{ user }",
            "{until}",
            "{until:%Y}",
            "{usr}",
            "{base_url}",
            "{User}",
        )
    ),
    *(
        ('method = "PUT"', f'method = "PUT"\nheaders = {{ {name} = "x" }}', "requests.set.headers", "")
        for name in (
            "Host",
            "host",
            "Content-Length",
            "Transfer-Encoding",
            "Connection",
            "Authorization",
            "Cookie",
            '"X Y"',
            '"X: y\\r\\nZ"',
            "Accept",
        )
    ),
    ('method = "PUT"', 'method = "PUT"\nheaders = { X-A = "a\\r\\nX-B: c" }', "requests.set.headers.X-A", "one line"),
    ('method = "PUT"', 'method = "PUT"\nquery = { t = "{password}" }', "requests.set.query.t", "does not exist here"),
    ('method = "PUT"', 'method = "PUT\\r\\nX: y"', "requests.set.method", "Allowed"),
]


@pytest.mark.parametrize(("old", "new", "key", "words"), MISTAKES + HOSTILE)
def test_each_mistake_is_named_with_its_key_and_line(
    tmp_path: Path, old: str, new: str, key: str | None, words: str
) -> None:
    text = SIMPLE.replace(old, new, 1)
    assert text != SIMPLE
    with pytest.raises(ConnectorProblem) as caught:
        load_connector(write_file(tmp_path, text))
    problem = caught.value
    assert str(tmp_path / "sample.toml") in str(problem)
    assert words in str(problem)
    if key is not None:
        assert problem.key == key
        assert problem.line is not None
        last = re.sub(r"\[\d+\]$", "", key).rpartition(".")[2]
        assert last.strip("?{}") in text.splitlines()[problem.line - 1]
    assert problem.message("sv").what != problem.message("en").what


XML_MISTAKES = [
    ("bw:presence)", "bw:presence) | document('file:///etc/passwd')", "document() is not allowed"),
    ("bw:presence)", "bw:presence) = unparsed-text('x')", "unparsed-text() is not allowed"),
    ("string(/bw:PersonalAssistant", "re:test(/bw:PersonalAssistant", "re:test() is not allowed"),
    ("string(/bw:PersonalAssistant", "string(/xx:PersonalAssistant", "Invalid XPath"),
    ("string(/bw:PersonalAssistant", "string($x/bw:PersonalAssistant", "Invalid XPath"),
    ("string(/bw:PersonalAssistant", "string((/bw:PersonalAssistant", "Invalid XPath"),
    ("bw:presence)", "bw:presence[//*[//*[//*]]])", "At most one //"),
    ("bw:presence)", "bw:presence[1]/*[/*/*[/*/*]])", "no path from the root"),
    ("bw:presence)", "bw:presence[. and/*/*])", "no path from the root"),
    ("bw:presence)", "bw:presence[../*[../*]])", "axes allowed"),
    ("bw:presence)", "bw:presence[following :: *])", "axes allowed"),
    ('tag = "bw:presence"', 'tag = "xx:presence"', "missing in [namespaces]"),
    ('tag = "bw:presence"', 'tag = "bw:a b"', "no name in XML"),
    ('tag = "bw:presence"', 'tag = "bw:"', "no name in XML"),
    ('tag = "bw:presence"', 'tag = "bw:{domain}"', "cannot be absent"),
    ('tag = "bw:PersonalAssistant"', 'tag = "bw:PersonalAssistant?"', "root cannot be left out"),
    ('tag = "bw:presence"', 'tag = "bw:presence", attributes = { "a b" = "c" }', "no name in XML"),
    ('tag = "bw:presence"', 'tag = "bw:presence", attribute = {}', "Meant: attributes"),
    ("bw = ", "xmlx = ", "prefix is not valid"),
    ('bw = "http:', 'bw = "http:]]>', "This is no namespace"),
    (
        '{ tag = "bw:presence", ',
        '{ tag = "bw:presence", children = [' + '{tag="a",children=[' * 25 + "]}" * 25 + "], ",
        "Too many levels",
    ),
]


@pytest.mark.parametrize(("old", "new", "words"), XML_MISTAKES)
def test_each_mistake_in_xml_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = BROADWORKS.replace(old, new, 1)
    assert text != BROADWORKS
    with pytest.raises(ConnectorProblem, match=re.escape(words)):
        load_connector(write_file(tmp_path, text))


def test_unconfirmed_files_say_what_is_unconfirmed(tmp_path: Path) -> None:
    text = SIMPLE.replace("confirmed = true", 'confirmed = false\nunconfirmed = { sv = "Allt.", en = "All of it." }')
    connector = load_connector(write_file(tmp_path, text))
    assert connector.unconfirmed is not None
    assert connector.unconfirmed.en == "All of it."


def test_literal_braces_are_written_twice(tmp_path: Path) -> None:
    text = SIMPLE.replace('now = "{remote}"', 'now = "{{{remote}}}"')
    shape = load_connector(write_file(tmp_path, text)).requests["set"].shape
    assert shape.body is not None
    filled = shape.body.fill({"remote": "x", "until": None})
    assert filled == b'{"now": "{x}"}'


def test_head_alone_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConnectorProblem, match="Exactly one field"):
        load_connector(write_file(tmp_path, HEAD))


def test_a_name_may_be_absent_inside_what_can_be_left_out(tmp_path: Path) -> None:
    extra = '{ tag = "bw:place?", children = [{ tag = "bw:{place}" }] }, { tag = "bw:{place}?" },'
    text = BROADWORKS.replace('{ tag = "bw:presence"', extra + '{ tag = "bw:presence"', 1)
    text = text.replace('lunch = "Lunch"', 'lunch = { remote = "Lunch", place = "home" }')
    body = load_connector(write_file(tmp_path, text)).requests["set"].shape.body
    assert body is not None
    values = {"remote": "Lunch", "until": None}
    assert b"<place><home/></place><home/><presence>" in body.fill({**values, "place": "home"})
    absent = body.fill({**values, "place": None})
    assert b"place" not in absent
    assert b"<presence>Lunch</presence>" in absent

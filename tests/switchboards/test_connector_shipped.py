"""What every shipped connector has to tell people, and that what it tells is so."""

import re

import pytest

from b2cal_desktop.core.model import STANDARD_CATALOGUE, STANDARD_DIVERSIONS, Catalogue, Diversion, Kind, Text
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import ConnectorFile, find_connector, shipped_connectors

SHIPPED = {"practice", "bredband2", "dstny-core", "broadworks", "threecx", "portsip", "xcap-presence"}
CONFIRMED = {"practice", "xcap-presence"}


def shipped(name: str) -> ConnectorFile:
    found = find_connector(name)
    assert found is not None
    return found


def test_these_are_shipped_and_these_confirmed() -> None:
    connectors = shipped_connectors()
    assert connectors.keys() == SHIPPED
    assert {name for name, connector in connectors.items() if connector.confirmed} == CONFIRMED
    assert all(connector.path.stem == name for name, connector in connectors.items())


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_diversion_without_a_counterpart_is_named(name: str) -> None:
    """Never guessed, never passed over in silence."""
    connector = shipped(name)
    for key in STANDARD_CATALOGUE.keys() - connector.diversions.keys():
        assert connector.limits is not None
        assert STANDARD_CATALOGUE.label(key, "sv") in connector.limits.sv, key
        assert STANDARD_CATALOGUE.label(key, "en") in connector.limits.en, key


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_diversions_that_share_a_value_are_named(name: str) -> None:
    """One who sets a coarser word should know; that `available` alone means available goes without saying."""
    connector = shipped(name)
    values = [remote.value for remote in connector.diversions.values()]
    for key, remote in connector.diversions.items():
        if values.count(remote.value) > 1 and key != "available":
            assert connector.limits is not None
            assert STANDARD_CATALOGUE.label(key, "sv") in connector.limits.sv, key
            assert STANDARD_CATALOGUE.label(key, "en") in connector.limits.en, key


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_texts_are_in_both_languages_and_hold_no_links(name: str) -> None:
    connector = shipped(name)
    texts = [connector.label, connector.help, connector.limits, connector.unconfirmed]
    texts += [text for field in connector.fields for text in (field.label, field.help)]
    for text in [text for text in texts if text is not None]:
        outside_examples = re.sub(
            r"https://(vaxel\.|pbx\.|xsp\.|xcap\.)?(foretag|company|operator)[.\w/:-]*", "", text.en
        )
        assert "//" not in outside_examples.replace("https:// ", "").removesuffix("https://")
        assert text.sv.count("\n") == text.en.count("\n")  # a list has the same entries in both
    assert "//" not in connector.facts
    assert connector.help is not None
    assert all(field.help is not None for field in connector.fields), "each field says where its value is to be found"


@pytest.mark.parametrize("name", sorted(SHIPPED - CONFIRMED))
def test_what_is_unconfirmed_is_told_point_by_point(name: str) -> None:
    connector = shipped(name)
    assert connector.unconfirmed is not None
    for text in (connector.unconfirmed.sv, connector.unconfirmed.en):
        points = re.findall(r"(?m)^(\d)\. ", text)
        assert points == [str(number) for number in range(1, len(points) + 1)]
        assert len(points) >= 3


@pytest.mark.parametrize(
    ("name", "reads_back", "knows_ends", "self_ending"),
    [
        ("practice", True, True, True),
        ("bredband2", False, False, False),
        ("dstny-core", False, False, False),
        ("broadworks", True, True, True),
        ("threecx", True, False, False),
        ("portsip", False, False, False),
        ("xcap-presence", True, True, False),
    ],
)
def test_abilities(name: str, reads_back: bool, knows_ends: bool, self_ending: bool) -> None:
    fields = {"base_url": "https://vaxel.invalid", "user": "anna", "domain": "foretag.se"}
    abilities = Connector(shipped(name), fields, lambda _: "secret", STANDARD_CATALOGUE).abilities
    assert (abilities.reads_back, abilities.knows_ends) == (reads_back, knows_ends)
    assert abilities.self_ending == self_ending


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_diversion_of_ones_own_can_be_given_a_value(name: str) -> None:
    own = Diversion("travelling", Text("På resande fot", "Travelling"), Kind.ABSENCE, {name: "travel"})
    fields = {"base_url": "https://vaxel.invalid", "user": "anna", "domain": "foretag.se"}
    connector = Connector(shipped(name), fields, lambda _: "secret", Catalogue([*STANDARD_DIVERSIONS, own]))
    assert "travelling" in connector.abilities.diversions

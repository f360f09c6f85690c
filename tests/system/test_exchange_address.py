"""What people write for an Exchange server and for themselves, and what is made of it."""

import pytest

from b2cal_desktop.system.exchange_address import (
    complete_address,
    in_microsoft365,
    mailbox_problem,
    server_problem,
    user_problem,
)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("mail.foretag.se", "https://mail.foretag.se/EWS/Exchange.asmx"),
        (" https://mail.foretag.se/ ", "https://mail.foretag.se/EWS/Exchange.asmx"),
        ("https://mail.foretag.se/owa", "https://mail.foretag.se/EWS/Exchange.asmx"),
        ("mail.foretag.se:8443", "https://mail.foretag.se:8443/EWS/Exchange.asmx"),
        ("HTTPS://mail.foretag.se/ews/exchange.asmx", "https://mail.foretag.se/ews/exchange.asmx"),
        ("https://anna:hemligt@mail.foretag.se", "https://mail.foretag.se/EWS/Exchange.asmx"),
        ("", ""),
    ],
)
def test_an_address_is_completed(written: str, address: str) -> None:
    assert complete_address(written) == address
    assert server_problem(written) is None


@pytest.mark.parametrize(
    "written", ["http://mail.foretag.se", "http://localhost", "mail foretag", "https://", "https://["]
)
def test_what_a_password_is_not_sent_to(written: str) -> None:
    assert server_problem(written) is not None


@pytest.mark.parametrize(
    "user", ["", "FÖRETAG\\åsa", "asa@foretag.se", "asa", " FORETAG\\asa ", "anna.b@foretag.local"]
)
def test_forms_of_a_user(user: str) -> None:
    assert user_problem(user) is None


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ("FORETAG/asa", "fel håll"),
        (r"FORETAG\\asa", "räcker"),
        ("\\asa", "DOMÄN"),
        ("FORETAG\\", "DOMÄN"),
        ("@foretag.se", "namn@"),
        ("asa@", "namn@"),
        ("asa@b@foretag.se", "namn@"),
    ],
)
def test_forms_that_nobody_can_sign_in_by(user: str, said: str) -> None:
    problem = user_problem(user)
    assert problem is not None and said in problem.sv


@pytest.mark.parametrize(("mailbox", "fine"), [("", True), ("bo@foretag.se", True), ("bo", False), ("F\\bo", False)])
def test_another_mailbox_is_named_by_its_address(mailbox: str, fine: bool) -> None:
    assert (mailbox_problem(mailbox) is None) is fine


@pytest.mark.parametrize("url", ["https://outlook.office365.com/EWS/Exchange.asmx", "https://EU.outlook.com"])
def test_microsofts_own_are_known(url: str) -> None:
    assert in_microsoft365(url)


@pytest.mark.parametrize("url", ["https://outlook.com.foretag.se", "https://myoffice.com", "", "https://["])
def test_others_are_not_microsofts(url: str) -> None:
    assert not in_microsoft365(url)

"""Each refusal has its own name and next step; clouds and registrations are what they should be."""

from __future__ import annotations

from typing import Any

import pytest

from b2cal_desktop.accounts.microsoft_clouds import CLOUDS, READ, Registration
from b2cal_desktop.accounts.microsoft_errors import refusal
from b2cal_desktop.core.errors import (
    CalendarBlocked,
    CalendarConsentWithdrawn,
    CalendarError,
    CalendarNeedsApproval,
    CalendarNeedsSignIn,
    CalendarNotSetUp,
    CalendarSignInRevoked,
    CalendarThrottled,
    CalendarUnreachable,
)
from b2cal_desktop.system.settings import Microsoft365Settings

REGISTRATION = Registration.from_settings(Microsoft365Settings(client_id="app", tenant="foretag.se"))


def grant(code: int, error: str = "invalid_grant", **more: Any) -> dict[str, Any]:
    return {"error": error, "error_codes": [code], **more}


@pytest.mark.parametrize(
    ("answer", "signed_in", "error"),
    [
        (grant(65001), True, CalendarConsentWithdrawn),
        (grant(65001), False, CalendarNeedsApproval),
        (grant(90094, "access_denied"), False, CalendarNeedsApproval),
        ({"error": "consent_required"}, False, CalendarNeedsApproval),
        ({"error": "access_denied", "error_description": "AADSTS65004: declined"}, False, CalendarNeedsApproval),
        (grant(53003, "interaction_required"), True, CalendarBlocked),
        (grant(53000, suberror="message_only"), False, CalendarBlocked),
        (grant(50105), False, CalendarBlocked),
        (grant(50057), True, CalendarBlocked),
        (grant(7000218, "invalid_client"), False, CalendarNotSetUp),
        ({"error": "invalid_request", "error_description": "AADSTS900023: …"}, False, CalendarNotSetUp),
        ({"error": "invalid_client"}, True, CalendarNotSetUp),
        (grant(700082), True, CalendarSignInRevoked),
        ({"error": "invalid_grant"}, True, CalendarSignInRevoked),
        ({"error": "invalid_grant"}, False, CalendarNeedsSignIn),
        (grant(50076, "interaction_required"), True, CalendarNeedsSignIn),
        (grant(50078), True, CalendarNeedsSignIn),
        (grant(90033, "temporarily_unavailable"), True, CalendarUnreachable),
        ({"error": "server_error"}, True, CalendarUnreachable),
        (grant(90055), True, CalendarThrottled),
        ({}, True, CalendarNeedsSignIn),
        ({"error": "something_new", "error_codes": ["53003", None]}, True, CalendarNeedsSignIn),
    ],
)
def test_refusals(answer: dict[str, Any], signed_in: bool, error: type[CalendarError]) -> None:
    found = refusal(answer, REGISTRATION, signed_in=signed_in)
    assert type(found) is error
    for language in ("sv", "en"):
        message = found.message(language)
        assert message.what
        assert message.remedy
        assert "{" not in str(message)
        assert "!" not in str(message)


def test_the_code_is_shown_and_the_services_words_are_not() -> None:
    words = "AADSTS53003: Access has been blocked for anna@foretag.se"
    found = refusal({"error": "invalid_grant", "error_description": words}, REGISTRATION, signed_in=True)
    assert "AADSTS53003" in str(found)
    assert "anna" not in str(found)


def test_approval_is_asked_for_in_the_right_tenant() -> None:
    found = refusal({"error": "consent_required"}, REGISTRATION, signed_in=False)
    assert found.details["consent_url"] == "https://login.microsoftonline.com/foretag.se/adminconsent?client_id=app"
    assert REGISTRATION.admin_consent_url("t-1") == "https://login.microsoftonline.com/t-1/adminconsent?client_id=app"


def test_clouds_are_pairs() -> None:
    assert set(CLOUDS) == {"global", "usgov", "usdod", "china"}
    found = {
        name: Registration.from_settings(Microsoft365Settings(client_id="app", cloud=name))  # type: ignore[arg-type]
        for name in CLOUDS
    }
    assert found["global"].scopes == ("Calendars.ReadBasic",)
    assert found["usdod"].authority == "https://login.microsoftonline.us/organizations"
    assert found["usdod"].scopes == ("https://dod-graph.microsoft.us/Calendars.ReadBasic",)
    assert found["china"].graph_root == "https://microsoftgraph.chinacloudapi.cn"
    assert not [registration for registration in found.values() if registration.problem]


def test_a_cloud_of_ones_own() -> None:
    settings = Microsoft365Settings(
        client_id=" app ",
        cloud="custom",
        authority="https://login.example:8443/foretag/",
        graph_root="https://g.example/",
        permission="full",
    )
    registration = Registration.from_settings(settings, mailbox=True)
    assert registration == Registration(
        "app", "https://login.example:8443/foretag", "https://g.example", (READ,), ("MailboxSettings.Read",)
    )
    assert (registration.host, registration.tenant) == ("login.example:8443", "foretag")
    assert registration.problem is None


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"client_id": ""}, "client_id"),
        ({"tenant": ""}, "tenant"),
        ({"cloud": "custom", "graph_root": "https://g"}, "authority"),
        ({"cloud": "custom", "authority": "https://login.example", "graph_root": "https://g"}, "authority"),
        ({"cloud": "custom", "authority": "http://localhost/t", "graph_root": "https://g"}, "authority"),
        ({"cloud": "custom", "authority": "https://l/t", "graph_root": ""}, "graph_root"),
        ({"cloud": "custom", "authority": "https://l/t", "graph_root": "http://graph.example"}, "graph_root"),
        ({"cloud": "custom", "authority": "https://l/t", "graph_root": "https://a:b@g"}, "graph_root"),
    ],
)
def test_what_is_wrong_with_a_registration_is_named(more: dict[str, Any], key: str) -> None:
    problem = Registration.from_settings(Microsoft365Settings(**{"client_id": "app", **more})).problem
    assert problem is not None
    assert f"calendar.microsoft365.{key}" in problem.sv

"""Signing in, staying signed in and signing out, with msal against a certified OpenID provider over TLS."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from b2cal_desktop.accounts.microsoft import Identity, MicrosoftAccount
from b2cal_desktop.accounts.microsoft_http import SignInHttp, UnusableAnswer
from b2cal_desktop.accounts.microsoft_loopback import LoopbackReceiver
from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.core.errors import (
    CalendarBlocked,
    CalendarConsentWithdrawn,
    CalendarError,
    CalendarNeedsApproval,
    CalendarNeedsSignIn,
    CalendarNotSetUp,
    CalendarSignInRevoked,
    CalendarSignInUnfinished,
    CalendarThrottled,
    CalendarUnreachable,
    SignInUnderWay,
)
from b2cal_desktop.system.clock import FixedClock
from b2cal_desktop.system.network import new_session
from tests.accounts.microsoft_world import World
from tests.servers.graph_server import graph_server
from tests.servers.oidc_provider import TENANT, Certificates

ANNA = Identity("anna", "anna@foretag.example")
TOKEN_REQUEST = f"POST /{TENANT}/v2.0/token"


def asked_for(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


# Signing in


def test_sign_in_by_browser(world: World) -> None:
    account = world.account(open_browser=world.browser())
    assert account.identity is None
    assert account.sign_in_interactive(threading.Event(), timeout=30) == ANNA
    assert account.identity == ANNA
    assert world.provider.knows_token(account.get_token())
    asked = asked_for(world.opened[0])
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_mode"] == ["form_post"]
    assert asked["prompt"] == ["select_account"]
    assert "Calendars.ReadBasic" in asked["scope"][0].split()
    assert "Calendars.Read" not in asked["scope"][0].split()


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Any]:
    from selenium import webdriver

    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip("needs Chromium and its driver")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    options.accept_insecure_certs = True  # the tests' own authority is none of Chromium's
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-proxy-server",
        f"--user-data-dir={tmp_path / 'chromium'}",
    ):
        options.add_argument(flag)
    chrome = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(driver, env={**os.environ, "NO_PROXY": "*"})
    )
    yield chrome
    chrome.quit()


@pytest.mark.browser
def test_sign_in_by_a_real_browser(world: World, chromium: Any) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    opened = threading.Event()

    def open_browser(url: str) -> bool:
        chromium.get(url)
        opened.set()
        return True

    account = world.account(open_browser=open_browser, language="en")
    found: list[Identity] = []
    signing_in = threading.Thread(
        target=lambda: found.append(account.sign_in_interactive(threading.Event(), timeout=60))
    )
    signing_in.start()
    assert opened.wait(60)
    chromium.find_element(By.ID, "approve").click()
    signing_in.join(30)
    assert found == [ANNA]
    WebDriverWait(chromium, 10).until(lambda chrome: chrome.find_elements(By.TAG_NAME, "h1"))
    assert chromium.find_element(By.TAG_NAME, "h1").text == "Done in the browser"
    assert "code=" not in chromium.current_url
    assert world.provider.knows_token(account.get_token())


def test_sign_in_by_code(world: World) -> None:
    account = world.account()
    assert world.signs_in_by_code(account) == ANNA
    assert world.provider.knows_token(account.get_token())


def test_the_same_person_is_asked_again_unless_another_is_wanted(world: World) -> None:
    account = world.signed_in()
    account.sign_in_interactive(threading.Event(), timeout=30)
    assert asked_for(world.opened[1])["login_hint"] == [ANNA.username]
    assert "prompt" not in asked_for(world.opened[1])
    account.sign_in_interactive(threading.Event(), timeout=30, another=True)
    assert asked_for(world.opened[2])["prompt"] == ["select_account"]


def test_another_person_takes_the_first_ones_place(world: World) -> None:
    world.signed_in("anna").close()
    account = world.signed_in("bo")
    assert account.identity == Identity("bo", "bo@foretag.example")
    kept = world.secrets.get_secret("calendar/microsoft365/tokens")
    assert kept is not None
    assert {entry["home_account_id"] for entry in json.loads(kept)["RefreshToken"].values()} == {"bo"}


@pytest.mark.parametrize("way", ["browser", "code"])
def test_cancel_works_at_once(world: World, way: str) -> None:
    account, cancel = world.account(open_browser=lambda _url: not cancel.set()), threading.Event()
    with pytest.raises(CalendarSignInUnfinished) as caught:
        if way == "browser":
            account.sign_in_interactive(cancel)
        else:
            account.sign_in_device_code(lambda _code: cancel.set(), cancel)
    assert "avbröts" in caught.value.message("sv").what
    assert account.identity is None


def test_a_sign_in_that_nobody_finishes_ends(world: World) -> None:
    with pytest.raises(CalendarSignInUnfinished):
        world.account(open_browser=lambda _url: True).sign_in_interactive(threading.Event(), timeout=0.2)


def test_without_a_browser_the_code_is_named(world: World) -> None:
    with pytest.raises(CalendarSignInUnfinished) as caught:
        world.account(open_browser=lambda _url: False).sign_in_interactive(threading.Event())
    assert "logga in med kod" in caught.value.message("sv").what


def test_a_second_sign_in_is_refused_and_a_later_one_is_not(world: World) -> None:
    begun, cancel = threading.Event(), threading.Event()
    account = world.account(open_browser=lambda _url: not begun.set())
    ended: list[Exception] = []

    def first() -> None:
        try:
            account.sign_in_interactive(cancel)
        except CalendarSignInUnfinished as error:
            ended.append(error)

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(20)
    with pytest.raises(SignInUnderWay):
        account.sign_in_device_code(lambda _code: None, threading.Event())
    cancel.set()
    thread.join(20)
    assert len(ended) == 1
    assert world.signs_in_by_code(account) == ANNA


def test_declined_in_the_browser_means_that_approval_is_needed(world: World) -> None:
    account = world.account(open_browser=world.browser(answer="deny"))
    with pytest.raises(CalendarNeedsApproval) as caught:
        account.sign_in_interactive(threading.Event(), timeout=30)
    assert caught.value.details["consent_url"] == account.approval.address
    assert account.approval.address.startswith(f"{world.provider.authority}/adminconsent?client_id=")
    assert account.approval.address in account.approval.body.sv


# Staying signed in


def test_a_token_at_hand_costs_no_request_and_the_next_start_one(world: World) -> None:
    account = world.signed_in()
    token = account.get_token()
    world.provider.seen()
    assert account.get_token() == token
    assert world.provider.seen() == []
    assert world.account().get_token() == token
    assert world.provider.seen() == [f"GET /{TENANT}/v2.0/.well-known/openid-configuration"]


def test_a_new_token_without_the_user(world: World) -> None:
    account = world.signed_in()
    first = account.get_token()
    second = account.get_token(refresh=True)
    assert second != first
    assert world.provider.knows_token(second)


def test_what_is_wanted_beside_the_calendar_is_asked_for_and_done_without(world: World) -> None:
    wider = world.registration(more_scopes=("MailboxSettings.Read",))
    world.signed_in().close()
    account = world.account(registration=wider, open_browser=world.browser())
    world.provider.seen()
    assert world.provider.scopes_of(account.get_token()) >= {"Calendars.ReadBasic"}
    assert account.identity == ANNA
    assert len([asked for asked in world.provider.seen() if asked == TOKEN_REQUEST]) == 1
    account.get_token()
    assert TOKEN_REQUEST not in world.provider.seen()  # the refusal is remembered: a poll costs nothing more

    account.sign_in_interactive(threading.Event(), timeout=30)
    assert "MailboxSettings.Read" in asked_for(world.opened[-1])["scope"][0].split()
    assert "MailboxSettings.Read" in world.provider.scopes_of(account.get_token())
    assert "MailboxSettings.Read" in world.provider.scopes_of(account.get_token(refresh=True))
    world.provider.revoke()
    with pytest.raises(CalendarNeedsSignIn):
        account.get_token(refresh=True)


def test_the_full_permission_is_asked_for_where_it_is_chosen(world: World) -> None:
    account = world.account(registration=world.registration(scopes=("Calendars.Read",)), open_browser=world.browser())
    account.sign_in_interactive(threading.Event(), timeout=30)
    scopes = asked_for(world.opened[-1])["scope"][0].split()
    assert ("Calendars.Read" in scopes, "Calendars.ReadBasic" in scopes) == (True, False)
    assert "Calendars.Read" in world.provider.scopes_of(account.get_token())


def test_where_windows_cannot_sign_in_the_browser_does_and_it_is_said(world: World) -> None:
    account = world.account(broker=True, platform="win32", open_browser=world.browser())
    assert account.sign_in_interactive(threading.Event(), timeout=30) == ANNA
    assert [notice.en.split(",")[0] for notice in account.notices] == ["Signing in through Windows is chosen"]
    assert world.account(broker=True, platform="linux").notices == ()


def test_revoked_from_the_other_side(world: World) -> None:
    account = world.signed_in()
    world.provider.revoke()
    for _ in range(2):
        with pytest.raises(CalendarSignInRevoked):
            account.get_token(refresh=True)
    assert account.identity == ANNA
    account.sign_in_interactive(threading.Event(), timeout=30)
    assert world.provider.knows_token(account.get_token())


def test_a_challenge_goes_along_and_then_to_the_user(world: World) -> None:
    account = world.signed_in()
    claims = '{"access_token": {"nbf": {"essential": true, "value": "1604106651"}}}'
    assert world.provider.knows_token(account.get_token(claims=claims))
    world.provider.refuse("token", {"error": "interaction_required", "error_codes": [50076]})
    with pytest.raises(CalendarSignInRevoked):
        account.get_token(claims=claims)
    (form,) = world.provider.refused()
    sent = json.loads(form["claims"])["access_token"]
    assert sent["nbf"]["value"] == "1604106651"
    assert sent["xms_cc"] == {"values": ["CP1"]}
    account.sign_in_interactive(threading.Event(), timeout=30)
    assert "1604106651" in asked_for(world.opened[-1])["claims"][0]
    account.sign_in_interactive(threading.Event(), timeout=30)
    assert "1604106651" not in asked_for(world.opened[-1])["claims"][0]


# Signing out


def test_sign_out_forgets_everything_everywhere(world: World) -> None:
    account, elsewhere = world.signed_in(), world.account()
    assert elsewhere.get_token()
    account.sign_out()
    assert account.identity is None
    assert isinstance(world.secrets, MemorySecretStore)
    assert world.secrets._secrets == {}
    assert [f.name for f in world.profile.data.iterdir() if f.stat().st_size] == []
    world.provider.seen()
    for one in (account, elsewhere, world.account()):
        with pytest.raises(CalendarNeedsSignIn):
            one.get_token()
    assert world.provider.seen() == []
    account.sign_out()


def test_sign_out_during_a_sign_in_wins(world: World) -> None:
    open_browser = world.browser()
    account = world.account(open_browser=lambda url: account.sign_out() or open_browser(url))
    with pytest.raises(CalendarSignInUnfinished):
        account.sign_in_interactive(threading.Event(), timeout=30)
    assert account.identity is None
    assert world.secrets.get_secret("calendar/microsoft365/tokens") is None


# Offline is not signed out


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return int(unused.getsockname()[1])


def test_offline_is_not_signed_out(world: World) -> None:
    world.signed_in()
    offline = world.account(registration=world.registration(authority=f"https://localhost:{closed_port()}/{TENANT}"))
    with pytest.raises(CalendarUnreachable):
        offline.get_token()
    offline.sign_out()
    assert offline.identity is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 503, "raw": "busy"}, CalendarUnreachable),
        ({"status": 429, "raw": "{}", "headers": {"Retry-After": "30"}}, CalendarThrottled),
        ({"status": 200, "raw": "<html>Welcome to the guest network"}, CalendarUnreachable),
        ({"status": 407, "raw": "proxy"}, CalendarUnreachable),
        ({"status": 200, "raw": "x" * 2_000_000}, CalendarUnreachable),
        ({"status": 400, "raw": '{"error": "temporarily_unavailable"}'}, CalendarUnreachable),
    ],
)
def test_a_service_that_is_unwell_is_not_signed_out(
    world: World, answer: dict[str, Any], error: type[CalendarError]
) -> None:
    account = world.signed_in()
    world.provider.refuse("token", **answer)
    with pytest.raises(CalendarError) as caught:
        account.get_token(refresh=True)
    assert type(caught.value) is error
    assert caught.value.retry_after == (30 if error is CalendarThrottled else None)


def test_an_answer_that_makes_no_sense_is_no_wrong_tenant(world: World) -> None:
    account = world.signed_in()
    world.provider.refuse("token", {"access_token": "t", "expires_in": []})
    with pytest.raises(CalendarUnreachable, match="cannot be used"):
        account.get_token(refresh=True)


@pytest.mark.parametrize("more", [{"error_codes": 7}, {"error_codes": ["x", None]}, {"claims": 7}, {"claims": "{"}])
def test_a_refusal_that_makes_no_sense_does_not_stand_in_the_way_of_the_next_sign_in(
    world: World, more: dict[str, Any]
) -> None:
    account = world.account(open_browser=world.browser())
    account.sign_in_interactive(threading.Event(), timeout=30)
    world.provider.refuse("token", {"error": "interaction_required", **more})
    with pytest.raises(CalendarNeedsSignIn):
        account.get_token(refresh=True)
    assert account.sign_in_interactive(threading.Event(), timeout=30) == ANNA


def test_a_fault_of_this_computer_is_none_of_the_network(world: World) -> None:
    world.profile.microsoft_account.mkdir(parents=True)
    with pytest.raises(CalendarUnreachable, match="a fault of this computer: Is a directory"):
        world.signed_in()


def test_signing_out_lets_go_of_connections(world: World) -> None:
    sessions: list[requests.Session] = []

    def session(name: str) -> requests.Session:
        sessions.append(new_session(name))
        return sessions[-1]

    account = world.account(session=session)
    world.signs_in_by_code(account)
    (one,) = sessions
    pools = cast("HTTPAdapter", one.get_adapter(world.provider.origin)).poolmanager.pools
    assert len(pools) == 1
    account.sign_out()
    assert len(pools) == 0


def test_a_service_that_wants_tokens_over_plain_http_gets_none() -> None:
    with graph_server() as thief, new_session("x") as session:
        http = SignInHttp(session, FixedClock(datetime(2026, 11, 23, tzinfo=UTC)))
        with pytest.raises(UnusableAnswer, match="others can read"):
            http.post(f"http://vaxel.example:{urlsplit(thief.root).port}/token", data={"refresh_token": "r"})
        assert thief.asked == []


def test_no_refresh_token_follows_a_redirect(world: World, certificates: Certificates) -> None:
    account = world.signed_in()
    with graph_server(certificates.context()) as thief:
        world.provider.refuse("token", status=307, raw="", headers={"Location": f"{thief.root}/token"})
        with pytest.raises(CalendarUnreachable):
            account.get_token(refresh=True)
        assert thief.asked == []


def test_a_certificate_that_is_not_trusted_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    account = world.account()
    with pytest.raises(CalendarUnreachable) as caught:
        account.sign_in_interactive(threading.Event())
    assert "certifikat" in caught.value.message("sv").what
    monkeypatch.setenv("SSL_CERT_FILE", str(world.profile.data / "missing.pem"))
    with pytest.raises(CalendarUnreachable) as caught:
        account.sign_in_interactive(threading.Event())
    assert "SSL_CERT_FILE" in caught.value.message("sv").what


# Refusals, over the wire


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"error": "invalid_grant", "suberror": "consent_required", "error_codes": [65001]}, CalendarConsentWithdrawn),
        ({"error": "invalid_grant", "error_codes": [53003], "claims": "{}"}, CalendarBlocked),
        ({"error": "invalid_grant", "error_codes": [50173]}, CalendarSignInRevoked),
        ({"error": "interaction_required", "error_codes": [50076]}, CalendarNeedsSignIn),
        ({"error": "unauthorized_client", "error_codes": [700016]}, CalendarNotSetUp),
    ],
)
def test_what_the_service_says_no_to(world: World, answer: dict[str, Any], error: type[CalendarError]) -> None:
    account = world.signed_in()
    world.provider.refuse("token", {**answer, "error_description": "AADSTS1: anna@foretag.example"})
    with pytest.raises(CalendarError) as caught:
        account.get_token(refresh=True)
    assert type(caught.value) is error
    assert "anna" not in str(caught.value)


def test_an_unknown_tenant_and_an_app_that_is_not_set_up(world: World) -> None:
    elsewhere = world.registration(authority=f"{world.provider.origin}/nobody")
    for registration in (elsewhere, world.registration(client_id="unknown-app")):
        with pytest.raises(CalendarNotSetUp):
            world.account(registration=registration).sign_in_device_code(lambda _code: None, threading.Event())


# What nobody may see


def test_nothing_secret_in_logs_or_shown(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    account = world.signed_in()
    tokens = [account.get_token(), account.get_token(refresh=True)]
    kept = world.secrets.get_secret("calendar/microsoft365/tokens")
    assert kept is not None
    tokens += [entry["secret"] for entry in json.loads(kept)["RefreshToken"].values()]
    told = caplog.text + repr(account) + repr(account.identity)
    assert not [token for token in tokens if token in told]
    for file in world.profile.data.iterdir():
        content = file.read_bytes()
        assert not [token for token in tokens if token.encode() in content]
        assert file.stat().st_mode & 0o077 == 0


def test_msal_is_loaded_late() -> None:
    code = (
        "import sys, b2cal_desktop.accounts.microsoft, b2cal_desktop.calendars.graph\n"
        "print({'msal', 'requests', 'msal_extensions', 'keyring'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert shown.stdout.strip() == "set()"


# The receiver


def test_only_the_answer_that_is_waited_for_is_taken() -> None:
    import requests

    with LoopbackReceiver("sv") as receiver, requests.Session() as browser:
        browser.trust_env = False
        url = receiver.redirect_uri
        good = {"state": "the-state", "code": "c"}
        assert browser.post(url, data=good, timeout=5).status_code == 404  # nothing is waited for yet
        receiver.expect("the-state")
        assert browser.post(url, data={**good, "state": "another"}, timeout=5).status_code == 404
        assert browser.post(url, data={"state": "the-state"}, timeout=5).status_code == 404
        assert browser.get(url, params=good, timeout=5).status_code == 404
        assert browser.get(f"{url}/favicon.ico", timeout=5).status_code == 404
        assert browser.post(url, data=b"x" * 200_000, timeout=5).status_code == 400
        assert not receiver.arrived.is_set()
        page = browser.post(url, data=good, timeout=5)
        assert receiver.arrived.is_set()
        assert receiver.answer == good
        assert "Klart i webbläsaren" in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert browser.post(url, data={**good, "code": "second"}, timeout=5).status_code == 404
        assert receiver.answer == good


def test_an_error_may_come_in_the_address() -> None:
    import requests

    with LoopbackReceiver("en") as receiver:
        receiver.expect("s")
        with requests.Session() as browser:
            browser.trust_env = False
            page = browser.get(receiver.redirect_uri, params={"error": "access_denied", "state": "s"}, timeout=5)
        assert "The sign-in was not finished" in page.text
        assert receiver.answer["error"] == "access_denied"


def test_without_a_registration_the_missing_key_is_named(world: World) -> None:
    from b2cal_desktop.accounts.microsoft_clouds import Registration
    from b2cal_desktop.system.settings import Microsoft365Settings

    registration = Registration.from_settings(Microsoft365Settings())
    account: MicrosoftAccount = world.account(registration=registration)
    for attempt in (account.get_token, lambda: account.sign_in_interactive(threading.Event())):
        with pytest.raises(CalendarNotSetUp) as caught:
            attempt()
        assert "calendar.microsoft365.client_id" in str(caught.value)

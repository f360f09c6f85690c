"""The page: its own write address over HTTP, and what a person sees of it in a real browser."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.switchboards.practice.catalogue import CATALOGUE
from tests.switchboards.practice.conftest import StandingClock

NASTY = "<img src=x onerror=\"document.title='owned'\"> & 'note'"


# ---- over HTTP ----


def by_hand(board: PracticeSwitchboard, http: requests.Session, **headers: str | None) -> int:
    """Sets anna to lunch as the page does; the status."""
    sent = {"Origin": board.url} | {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"user": "anna", "diversion": "lunch", "until": None, "note": None}
    return http.post(f"{board.url}/page/diversion", json=body, headers=sent, timeout=10).status_code


def test_only_the_page_itself_may_write_through_it(board: PracticeSwitchboard, http: requests.Session) -> None:
    for foreign in (None, "null", "http://evil.example", board.url.replace("127.0.0.1", "localhost")):
        assert by_hand(board, http, Origin=foreign) == 403
    assert by_hand(board, http, Host="evil.example", Origin="http://evil.example") == 403
    assert by_hand(board, http, Content_Type="text/plain") == 415
    assert board.store.users() == []
    assert by_hand(board, http) == 200
    assert board.store.get("anna").set_by == "softphone"
    assert board.requests_seen.total() == 0, "the page's calls are not the API's"


def test_the_page_checks_what_it_is_sent(board: PracticeSwitchboard, http: requests.Session) -> None:
    url, headers = f"{board.url}/page/diversion", {"Origin": board.url}
    for body, status in (
        ({"diversion": "lunch"}, 400),
        ({"user": "<b>", "diversion": "lunch"}, 400),
        ({"user": "anna", "diversion": "fika"}, 422),
        ({"user": "anna", "diversion": "lunch", "until": "2026-11-23T07:59:00Z"}, 422),
        ({"user": "anna", "diversion": "lunch", "set_by": "someone"}, 400),
    ):
        assert http.post(url, json=body, headers=headers, timeout=10).status_code == status
    assert http.get(url, timeout=10).headers["Allow"] == "POST"


@pytest.mark.parametrize(
    ("accepts", "cookie", "expected"),
    [
        ("", "", "sv"),
        ("en-GB,en;q=0.9", "", "en"),
        ("de,en;q=0.5,sv;q=0.6", "", "sv"),
        ("de", "", "sv"),
        ("sv;q=0, en;q=0.1", "", "en"),
        ("en;q=many, sv;q=0.4", "", "en"),
        ("sv", "a=b; lang=en", "en"),
        ("en", "lang=<script>", "en"),
    ],
)
def test_language_follows_the_switch_then_the_browser(
    board: PracticeSwitchboard, http: requests.Session, accepts: str, cookie: str, expected: str
) -> None:
    headers = {"Accept-Language": accepts, "Cookie": cookie}
    assert f'<html lang="{expected}">' in http.get(board.url, headers=headers, timeout=10).text


def test_the_page_loads_nothing_from_elsewhere(board: PracticeSwitchboard, http: requests.Session) -> None:
    answer = http.get(board.url, timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    files = re.findall(r'(?:src|href)="(/[^"]+)"', answer.text)
    assert {"/page.css", "/page.js", "/page-words.js", "/page.svg"} <= set(files)
    for name in set(files):
        file = http.get(board.url + name, timeout=10)
        assert (file.status_code, file.headers["X-Content-Type-Options"]) == (200, "nosniff")
        without_namespaces = file.text.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"""https?:|wss?:|["'(]//|@import""", without_namespaces), name


# ---- in a browser ----


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("needs Chromium and its driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-proxy-server",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
        "--window-size=1200,900",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(driver, env={**os.environ, "NO_PROXY": "*", "TZ": "Europe/Stockholm"})
    chrome = webdriver.Chrome(options=options, service=service)
    chrome.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Stockholm"})
    yield chrome
    chrome.quit()


class Visitor:
    """A person at the page."""

    def __init__(self, browser: webdriver.Chrome) -> None:
        self.browser = browser

    def visit(self, url: str, language: str = "sv", theme: str = "light") -> None:
        run = self.browser.execute_cdp_cmd
        run("Network.clearBrowserCookies", {})
        run("Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": language}})
        run("Network.enable", {})
        run("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
        self.browser.get(url)
        self.wait_for("[data-live=on]")

    def find(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def wait_for(self, selector: str, text: str = "", seconds: float = 8) -> None:
        """Until an element matches and contains the text; the text there is said when it does not come."""

        def there(_browser: object) -> bool:
            found = self.browser.find_elements(By.CSS_SELECTOR, selector)
            return any(text in element.text for element in found)

        WebDriverWait(self.browser, seconds, 0.05, [Exception]).until(there, f"{selector} with {text!r}")

    def press(self, *keys: str) -> None:
        webdriver.ActionChains(self.browser).send_keys(*keys).perform()

    def complaints(self) -> list[str]:
        """What the browser's console says: policy violations, script errors."""
        entries = self.browser.execute("getLog", {"type": "browser"})["value"]
        return [entry["message"] for entry in entries]


@pytest.fixture
def visitor(browser: webdriver.Chrome) -> Iterator[Visitor]:
    visitor = Visitor(browser)
    visitor.complaints()
    yield visitor
    assert visitor.complaints() == []
    browser.get("about:blank")


@pytest.mark.browser
def test_a_change_in_the_api_shows_without_a_reload(
    board: PracticeSwitchboard, http: requests.Session, clock: StandingClock, visitor: Visitor
) -> None:
    visitor.visit(board.url)
    visitor.wait_for("#nobody", "Ingen har satt en hänvisning ännu")
    http.put(
        f"{board.url}/v1/users/anna@foretag.se/diversion",
        json={"diversion": "meeting", "until": "2026-11-23T10:00:00+01:00", "note": NASTY},
        headers={"User-Agent": "B2Cal-Desktop/1"},
        timeout=10,
    )
    card = '[data-user="anna@foretag.se"]'
    visitor.wait_for(card, "Möte till 10:00")
    visitor.wait_for(card, NASTY)
    visitor.wait_for(card, "från kalendern")
    visitor.wait_for("#summary", "0 i tjänst · 1 strax tillbaka · 0 borta")
    assert visitor.find("title").get_attribute("textContent") == "Vem är här?"
    clock.forward(hours=1)  # nobody writes: the end is reached
    visitor.wait_for(card, "Tillgänglig")
    visitor.wait_for(card, "tiden gick ut")


@pytest.mark.browser
def test_a_diversion_is_set_by_hand_with_the_mouse(board: PracticeSwitchboard, visitor: Visitor) -> None:
    board.store.set("anna", "available", None, set_by="B2Cal Desktop")
    visitor.visit(board.url, "en")
    visitor.wait_for('[data-user="anna"]', "Available")
    visitor.find('[data-user="anna"]').click()
    visitor.find("#set").click()
    visitor.wait_for("#problem", "Choose a diversion first.")
    visitor.find("input[value=lunch]").click()
    visitor.find("input[value='30']").click()
    visitor.wait_for("#set", "Lunch until 09:30")
    visitor.find("#note").send_keys("Back soon")
    visitor.find("#set").click()
    visitor.wait_for('[data-user="anna"][data-diversion="lunch"]', "Lunch until 09:30")
    state = board.store.get("anna")
    assert (state.set_by, state.note) == ("softphone", "Back soon")
    assert (state.as_json()["until"] or "")[:16] == "2026-11-23T08:30"

    visitor.find('[data-user="anna"]').click()
    visitor.wait_for("#history li:first-child", "set by hand")
    visitor.wait_for("#history li:last-child", "from the calendar")
    visitor.find("#available").click()
    visitor.wait_for('[data-user="anna"][data-diversion="available"]', "set by hand")
    assert board.store.get("anna").diversion == "available"


@pytest.mark.browser
def test_a_new_person_is_set_with_the_keyboard_alone(board: PracticeSwitchboard, visitor: Visitor) -> None:
    visitor.visit(board.url)
    visitor.find("#add").send_keys(Keys.ENTER)
    visitor.wait_for("#dialog-name", "Ny person")
    visitor.press("bo.ek", Keys.TAB, Keys.ARROW_DOWN)  # the first choice, then the next one
    visitor.wait_for("#set", "Upptagen till 10:00")
    visitor.press(Keys.TAB, Keys.ARROW_LEFT, Keys.ARROW_LEFT)  # from 1 h to the first, and around to the last
    visitor.wait_for("#set", "Upptagen")
    visitor.press(Keys.ENTER)
    visitor.wait_for('[data-user="bo.ek"]', "Upptagen")
    state = board.store.get("bo.ek")
    assert (state.diversion, state.until, state.set_by) == ("busy", None, "softphone")
    visitor.find('[data-user="bo.ek"]').send_keys(Keys.ENTER)
    visitor.wait_for("dialog[open]")
    visitor.press(Keys.ESCAPE)
    visitor.wait_for("body:not(:has(dialog[open]))")


@pytest.mark.browser
def test_the_language_is_switched_and_remembered(board: PracticeSwitchboard, visitor: Visitor) -> None:
    board.store.set("anna", "gone_for_the_day", None, set_by="softphone")
    visitor.visit(board.url, "sv-SE,sv")
    visitor.wait_for('[data-user="anna"]', "Gått för dagen\nsatt för hand · nyss")
    visitor.find("[data-lang=en]").click()
    visitor.wait_for('[data-user="anna"]', "Gone for the day\nset by hand · just now")
    visitor.wait_for("h1", "Who is here?")
    visitor.browser.refresh()
    visitor.wait_for("html[lang=en] h1", "Who is here?")


@pytest.mark.browser
def test_the_page_comes_back_after_the_switchboard_was_away(
    tmp_path: Path, clock: StandingClock, visitor: Visitor
) -> None:
    file = tmp_path / "state.sqlite"
    with PracticeSwitchboard(now=clock.now, state=file) as first:
        port = int(first.url.rpartition(":")[2])
        visitor.visit(first.url)
    visitor.wait_for("[data-live=off]", "Ingen kontakt med växeln")
    with PracticeSwitchboard(now=clock.now, state=file, port=port) as second:
        second.store.set("anna", "sick", None, set_by="softphone")
        visitor.wait_for('[data-user="anna"]', "Sjuk / VAB", seconds=20)
        visitor.wait_for("[data-live=on]", seconds=20)
        visitor.browser.get("about:blank")
    assert all("ERR_" in line for line in visitor.complaints()), "nothing but the missing server"


CONTRASTS = """
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const pixel = (...colors) => {
  canvas.clearRect(0, 0, 1, 1);
  for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
  return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
const light = (rgb) => rgb.map((c) => c / 255).map((c) => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
const ground = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
  return pixel(...layers);
};
const shown = [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility()
  && (element.matches('.badge') || [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim())));
return shown.map((element) => {
  const [a, b] = [light(pixel(getComputedStyle(element).color)), light(ground(element))];
  return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), element.className + ': ' + element.textContent];
});
"""


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_badges_stand_out_in_every_theme(board: PracticeSwitchboard, visitor: Visitor, theme: str) -> None:
    ids = [entry.id for entry in CATALOGUE]
    assert len(ids) == 9
    for number, diversion in enumerate(ids):
        board.store.set(f"user{number}", diversion, None, set_by="test", note="Åter snart")
    visitor.visit(board.url, theme=theme)
    visitor.wait_for('[data-user="user8"]', "Gått för dagen")
    on_page: list[tuple[float, str]] = visitor.browser.execute_script(CONTRASTS)
    visitor.find('[data-user="user1"]').click()
    for diversion in ids[1:]:
        visitor.find(f"input[value={diversion}]").click()
        on_page += visitor.browser.execute_script(CONTRASTS)
    assert len(on_page) > 100
    assert [line for line in on_page if line[0] < 4.5] == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_is_cut_off_on_a_narrow_screen(board: PracticeSwitchboard, visitor: Visitor, width: int) -> None:
    board.store.set("eva.nyström-lindgren-af-ekenstam@foretag.se", "working_from_home", None, set_by="test")
    size = {"width": width, "height": 700, "deviceScaleFactor": 1, "mobile": True}
    visitor.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        visitor.visit(board.url)
        visitor.wait_for(".card", "Jobbar hemifrån")
        wider = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert visitor.browser.execute_script(wider) == 0
        visitor.find(".card").click()
        wider = "const d = document.querySelector('dialog'); return d.scrollWidth - d.clientWidth"
        assert visitor.browser.execute_script(wider) == 0
        visitor.find("#set")
    finally:
        visitor.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

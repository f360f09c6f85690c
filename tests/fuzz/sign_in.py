"""What a sign-in service answers: its addresses, its codes and its tokens, through msal."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import requests

from b2cal_desktop.accounts.microsoft import DeviceCode, MicrosoftAccount
from b2cal_desktop.accounts.microsoft_clouds import Registration
from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.core.errors import CalendarError
from b2cal_desktop.system.clock import FixedClock
from b2cal_desktop.system.network import is_loopback
from b2cal_desktop.system.paths import Profile
from tests.fuzz.calendars import NOW, STATUSES
from tests.fuzz.mutate import VALUES
from tests.fuzz.target import Canned, Check, Target, answers

_AUTHORITY = "https://login.test/foretag"
_REGISTRATION = Registration("app", _AUTHORITY, "https://graph.test", more_scopes=("MailboxSettings.Read",))
_TOKENS = "calendar/microsoft365/tokens"


def _part(fields: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


_ID_TOKEN = ".".join((
    _part({"alg": "none", "typ": "JWT"}),
    _part({"aud": "app", "iss": _AUTHORITY, "sub": "s", "oid": "anna", "tid": "t", "preferred_username": "a@b.se",
           "iat": 1_700_000_000, "exp": 9_000_000_000}),
    "c2ln",
))  # fmt: skip
_ADDRESSES = {
    "issuer": f"{_AUTHORITY}/v2.0",
    "authorization_endpoint": f"{_AUTHORITY}/oauth2/v2.0/authorize",
    "token_endpoint": f"{_AUTHORITY}/oauth2/v2.0/token",
    "device_authorization_endpoint": f"{_AUTHORITY}/oauth2/v2.0/devicecode",
}
_CODE = {
    "user_code": "ABCD", "device_code": "d", "verification_uri": "https://login.test/device", "expires_in": 900,
    "interval": 5, "message": "x",
}  # fmt: skip
_TOKEN = {
    "token_type": "Bearer", "scope": "Calendars.ReadBasic MailboxSettings.Read", "expires_in": 3600,
    "ext_expires_in": 3600, "refresh_in": 1800, "access_token": "t0ken", "refresh_token": "r3fresh",
    "id_token": _ID_TOKEN, "client_info": _part({"uid": "anna", "utid": "t"}),
}  # fmt: skip
_REFUSAL = {
    "error": "invalid_grant", "suberror": "bad_token", "error_description": "AADSTS50173: x", "error_codes": [50173],
    "claims": '{"access_token":{}}', "correlation_id": "1",
}  # fmt: skip
_GOOD = (_ADDRESSES, _CODE, _TOKEN)
_PLACES = ("/.well-known/", "/devicecode", "/token")


class _Service(Canned):
    """Answers well but for one of the three questions: ``hostile``, whose answer is the given one."""

    hostile: int | None = None

    def send(self, request: requests.PreparedRequest, *more: object, **others: object) -> requests.Response:
        place = next((number for number, part in enumerate(_PLACES) if part in str(request.url)), 2)
        if place == self.hostile:
            return super().send(request)
        given, self.status, self.headers, self.body = (self.status, self.headers, self.body), 200, {}, _BODIES[place]
        response = super().send(request)
        self.status, self.headers, self.body = given
        return response


class _Patience(threading.Event):
    """Waits for nothing, and gives up at the third time."""

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None and timeout >= 1, "the service would be asked without end"
        self.waited = getattr(self, "waited", 0) + 1
        if self.waited == 3:
            self.set()
        return self.is_set()


@contextmanager
def _sign_in(folder: Path) -> Iterator[Check]:
    service, clock, profile = _Service(), FixedClock(NOW), Profile.in_folder(folder / "profile")
    session = service.session()

    def account(secrets: MemorySecretStore) -> MicrosoftAccount:
        return MicrosoftAccount(
            _REGISTRATION, profile, lambda: secrets, open_browser=bool, session=lambda _: session, clock=clock
        )

    def show(code: DeviceCode) -> None:
        assert code.code

    store = MemorySecretStore()
    account(store).sign_in_device_code(show, _Patience())
    tokens, identity = str(store.get_secret(_TOKENS)), profile.microsoft_account.read_bytes()

    def check(data: bytes) -> None:
        service.told(data, STATUSES, ("Retry-After", "Content-Type"))
        service.hostile, service.asked = (data[0] if data else 0) % 3, []
        kept = MemorySecretStore()
        kept.set_secret(_TOKENS, tokens)
        profile.microsoft_account.write_bytes(identity)
        someone = account(kept)
        for ask in (
            lambda: someone.get_token(refresh=True),
            lambda: someone.get_token(claims='{"a":{}}'),
            lambda: account(MemorySecretStore()).sign_in_device_code(show, _Patience()),
            someone.get_token,
        ):
            try:
                ask()
            except CalendarError as error:
                told = str(error.message("sv"))
                assert "r3fresh" not in told and "t0ken" not in told and "\n" not in error.message("en").what
        assert all(_is_safe(str(asked.url)) for asked in service.asked)

    yield check


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or is_loopback(parts.hostname)


_BODIES = tuple(json.dumps(each).encode() for each in _GOOD)
_WORDS = (
    b'"error":"authorization_pending"',
    b'"error":"slow_down"',
    b'"error":{}',
    b'"error_codes":7',
    b'"error_codes":["x",null]',
    b'"error_description":[]',
    b'"claims":"{"',
    b'"claims":7',
    b'"expires_in":1e999',
    b'"expires_in":-1',
    b'"interval":0',
    b'"interval":NaN',
    b'"interval":"x"',
    b'"user_code":[]',
    b'"access_token":{}',
    b'"id_token":"a.b.c"',
    b'"id_token":"e30.bnVsbA.e30"',
    b'"client_info":"bnVsbA"',
    b'"client_info":"%"',
    b'"refresh_token":null',
    b'"scope":null',
    b'"foci":"1"',
    b'"token_endpoint":"http://other.test/token"',
    b'"token_endpoint":"https://login.test"',
    b'"token_endpoint":"//["',
    b'"device_authorization_endpoint":"file:///etc/passwd"',
    b"AADSTS" + b"7" * 5_000,
)


def _seeds() -> list[bytes]:
    heads = [bytes([number]) + b"\n" for number in (0, 1, 2)]  # which also gives the status, 200 for all of them
    own = [head + body for head, body in zip(heads, _BODIES, strict=True)]
    refused = json.dumps(_REFUSAL).encode()
    return [
        *own,
        *(bytes([head]) + b"\n" + refused for head in (1, 2, 2, 7, 8, 8)),
        *answers([_BODIES[2]], b"\x0b\t30"),
    ]


TARGETS = (Target("sign_in", _sign_in, _seeds, VALUES, _WORDS, share=10),)

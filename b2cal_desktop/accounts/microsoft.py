"""The user's Microsoft 365 account: signing in, tokens without asking, signing out. The only place that knows msal.

Everything here may wait for the network, the keyring or the user: never call it on the GUI thread, ``identity``
excepted. msal itself is imported with the first call that needs it.
"""

from __future__ import annotations

import json
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from b2cal_desktop.accounts import microsoft_broker
from b2cal_desktop.accounts.microsoft_clouds import ApprovalRequest, Registration, approval_request
from b2cal_desktop.accounts.microsoft_errors import STRANGE, challenge_in, refusal, revoked, told_as_ours
from b2cal_desktop.accounts.microsoft_loopback import LoopbackReceiver
from b2cal_desktop.core.errors import (
    CalendarNeedsSignIn,
    CalendarNotSetUp,
    CalendarSignInUnfinished,
    CalendarUnreachable,
    SecretsUnavailable,
    SignInUnderWay,
)
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import Clock, SecretStore
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.network import new_session
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.private_files import write_private_file

if TYPE_CHECKING:
    import requests

    from b2cal_desktop.accounts.token_cache import TokenCache

_PRODUCT = "B2CalDesktop"
_TICK_SECONDS = 0.1
_PENDING = frozenset({"authorization_pending", "slow_down"})

_CANCELLED = Text("den avbröts", "it was cancelled")
_TOO_LATE = Text("den tog för lång tid", "it took too long")
_DECLINED = Text("den avböjdes i webbläsaren", "it was declined in the browser")
_UNFINISHED = {
    "authorization_declined": _DECLINED,
    "expired_token": _TOO_LATE,
    "code_expired": _TOO_LATE,
    "bad_verification_code": _TOO_LATE,
}
_NO_BROWSER = Text("ingen webbläsare gick att öppna; logga in med kod", "no browser could be opened; sign in by code")
_NO_TENANT = Text("klientorganisationen (tenant) finns inte", "there is no such tenant")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in. ``home_account_id`` is msal's name for the account, ``tenant`` the organisation's id."""

    home_account_id: str
    username: str
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What to show: ``code`` is to be typed at ``address``, on any computer, within ``seconds``."""

    code: str
    address: str
    seconds: int


class MicrosoftAccount:
    """One profile's account. ``secrets`` opens the keyring; ``broker`` asks Windows itself to sign in, where it can.

    Where it cannot, the browser signs in, and ``notices`` says so. All methods may be called from any thread. Errors
    are CalendarErrors, and SignInUnderWay.
    """

    def __init__(
        self,
        registration: Registration,
        profile: Profile,
        secrets: Callable[[], SecretStore],
        *,
        language: str = "sv",
        broker: bool = False,
        open_browser: Callable[[str], bool] = webbrowser.open,
        session: Callable[[str], requests.Session] = new_session,
        clock: Clock | None = None,
        platform: str = sys.platform,
    ) -> None:
        self.registration = registration
        self._profile, self._secrets, self._language = profile, secrets, language
        self._open_browser, self._session, self._clock = open_browser, session, clock or SystemClock()
        self.wants_broker = broker
        on_windows = broker and platform == "win32"
        self._broker = on_windows and microsoft_broker.is_installed()
        self._lacks_broker = on_windows and not self._broker
        self._identity_file = profile.microsoft_account
        self._lock = threading.RLock()
        self._signing_in = threading.Lock()
        self._tokens: TokenCache | None = None
        self._application: Any = None
        self._challenge: str | None = None
        self._without_more = False

    def __repr__(self) -> str:
        return f"MicrosoftAccount({self.registration.authority!r})"

    # Who, and how to be let in

    @property
    def identity(self) -> Identity | None:
        """Who signed in last and has not signed out; read from a small file, without msal or keyring."""
        try:
            fields = json.loads(self._identity_file.read_text("utf-8"))
            return Identity(str(fields["home_account_id"]), str(fields["username"]), str(fields["tenant"]))
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return None

    @property
    def is_signing_in(self) -> bool:
        """Whether a sign-in goes on."""
        return self._signing_in.locked()

    @property
    def notice(self) -> SecretsUnavailable | None:
        """Why the sign-in will not outlive this program, or None where it is safely kept."""
        return self._tokens.kept.problem if self._tokens is not None else None

    @property
    def notices(self) -> tuple[Text, ...]:
        """What whoever signs in is told beside that it worked."""
        kept = self.notice
        told = (_told_of(kept),) if kept is not None else ()
        return (*told, microsoft_broker.MISSING) if self._lacks_broker else told

    @property
    def approval(self) -> ApprovalRequest:
        """The message to an administrator that asks for approval."""
        return approval_request(self.registration.admin_consent_url(self._tenant()))

    # Signing in and out

    def sign_in_interactive(
        self, cancel: threading.Event, *, timeout: float = 300.0, another: bool = False
    ) -> Identity:
        """Sign in by the system's browser; waits for the user until ``cancel`` is set or ``timeout`` seconds passed.

        The account picker shows for the first sign-in and with ``another``; else the same person is asked again.
        """
        with self._one_at_a_time(), self._told():
            application = self._build()
            if self._broker:
                answer = application.acquire_token_interactive(
                    self._all_scopes,
                    parent_window_handle=microsoft_broker.front_window() or application.CONSOLE_WINDOW_HANDLE,
                    timeout=timeout,
                    **self._hints(another),
                )
                return self._signed_in(application, answer)
            with LoopbackReceiver(self._language) as receiver:
                flow = application.initiate_auth_code_flow(
                    self._all_scopes,
                    redirect_uri=receiver.redirect_uri,
                    response_mode="form_post",
                    **self._hints(another),
                )
                receiver.expect(flow["state"])
                if not cancel.is_set() and not self._open_browser(flow["auth_uri"]):
                    raise CalendarSignInUnfinished(self.registration.host, _NO_BROWSER)
                self._wait_for(receiver, cancel, timeout)
                return self._signed_in(application, application.acquire_token_by_auth_code_flow(flow, receiver.answer))

    def _wait_for(self, receiver: LoopbackReceiver, cancel: threading.Event, timeout: float) -> None:
        deadline = self._clock.monotonic() + timeout
        while not receiver.arrived.wait(_TICK_SECONDS):
            self._go_on(cancel, deadline)

    def sign_in_device_code(self, show: Callable[[DeviceCode], None], cancel: threading.Event) -> Identity:
        """Sign in by a code that ``show`` presents, for computers without a browser; organisations may forbid it."""
        with self._one_at_a_time(), self._told():
            application = self._build()
            flow = application.initiate_device_flow(self._all_scopes, claims_challenge=self._challenge)
            if "user_code" not in flow:
                raise refusal(flow, self.registration, signed_in=False)
            seconds, interval = int(flow["expires_in"]), max(1.0, float(flow.get("interval", 5)))
            deadline = self._clock.monotonic() + seconds
            show(DeviceCode(flow["user_code"], flow["verification_uri"], seconds))
            while True:
                cancel.wait(interval)
                self._go_on(cancel, deadline)
                answer = application.acquire_token_by_device_flow(flow, exit_condition=lambda _flow: True)
                if answer.get("error") not in _PENDING:
                    return self._signed_in(application, answer)
                interval += 5 if answer["error"] == "slow_down" else 0

    def _go_on(self, cancel: threading.Event, deadline: float) -> None:
        if cancel.is_set():
            raise CalendarSignInUnfinished(self.registration.host, _CANCELLED)
        if self._clock.monotonic() > deadline:
            raise CalendarSignInUnfinished(self.registration.host, _TOO_LATE)

    def _hints(self, another: bool) -> dict[str, str | None]:
        identity = self.identity
        who = {"prompt": "select_account"} if another or identity is None else {"login_hint": identity.username}
        return {**who, "claims_challenge": self._challenge}

    def _signed_in(self, application: Any, answer: Mapping[str, Any]) -> Identity:
        host = self.registration.host
        if "access_token" not in answer:
            if answer.get("error") in _UNFINISHED:
                raise CalendarSignInUnfinished(host, _UNFINISHED[answer["error"]])
            raise refusal(answer, self.registration, signed_in=False)
        claims = answer.get("id_token_claims") or {}
        local = claims.get("oid", claims.get("sub"))
        with self._lock:
            if self._application is not application:  # signed out meanwhile: the later wish counts
                raise CalendarSignInUnfinished(host, _CANCELLED)
            accounts = application.get_accounts()
            chosen = next((a for a in accounts if a["local_account_id"] == local), None)
            if chosen is None:
                raise CalendarUnreachable(host, STRANGE)
            for other in accounts:
                if other is not chosen:
                    application.remove_account(other)
            identity = Identity(chosen["home_account_id"], chosen["username"], str(claims.get("tid", "")))
            write_private_file(self._identity_file, json.dumps(asdict(identity)).encode())
            self._challenge, self._without_more = None, False
        return identity

    def sign_out(self) -> None:
        """Forget tokens and account, in memory and wherever they were kept; works without network.

        Raises SecretsUnavailable where the keyring cannot be reached; the account is then no longer used all the same.
        """
        with self._lock:
            application, self._challenge = self._application, None
            self._identity_file.unlink(missing_ok=True)
            if self._broker and application is not None:
                for account in application.get_accounts():
                    application.remove_account(account)
            self.close()
            tokens = self._opened()
            self._tokens = None
            tokens.kept.forget()

    # Tokens

    def get_token(self, *, claims: str | None = None, refresh: bool = False) -> str:
        """A token for Graph, without asking the user: for the ``claims`` that Graph demands, or with ``refresh`` anew.

        Raises CalendarUnreachable while offline, and only for what the sign-in service says that it needs the user.
        """
        identity = self.identity
        with self._told():
            self._require_set_up()
            if identity is None:
                raise CalendarNeedsSignIn(self.registration.host)
            application = self._build()
            answer = self._silently(application, identity, claims, refresh)
        if answer is not None and "access_token" in answer:
            return str(answer["access_token"])
        if challenge := claims or challenge_in(answer or {}):
            self._challenge = challenge
        error = refusal(answer or {}, self.registration, signed_in=True)
        if claims is not None and type(error) is CalendarNeedsSignIn:
            raise revoked(self.registration)
        raise error

    def _silently(self, application: Any, identity: Identity, claims: str | None, refresh: bool) -> Any:
        known = (a for a in application.get_accounts() if a["home_account_id"] == identity.home_account_id)
        account = next(known, None)
        if account is None:
            return None

        def ask(scopes: list[str]) -> Any:
            return application.acquire_token_silent_with_error(
                scopes, account=account, claims_challenge=claims, force_refresh=refresh
            )

        if self.registration.more_scopes and not self._without_more:
            answer = ask(self._all_scopes)
            if answer is not None and "access_token" in answer:
                return answer
        answer = ask(self._scopes)
        # What the calendar can be read without must not stand in its way; the next sign-in asks for it again.
        self._without_more = answer is not None and "access_token" in answer
        return answer

    # The parts

    @property
    def _scopes(self) -> list[str]:
        return list(self.registration.scopes)

    @property
    def _all_scopes(self) -> list[str]:
        return [*self._scopes, *self.registration.more_scopes]

    def _require_set_up(self) -> None:
        if self.registration.problem is not None:
            raise CalendarNotSetUp(self.registration.host, self.registration.problem)

    def _opened(self) -> TokenCache:
        if self._tokens is None:
            from b2cal_desktop.accounts.token_cache import open_token_cache

            self._tokens = open_token_cache(self._profile, self._secrets)
        return self._tokens

    def _build(self) -> Any:
        """msal's application; made once, which asks the sign-in service for its addresses."""
        self._require_set_up()
        with self._lock:
            if self._application is None:
                self._application = self._made()
            return self._application

    def _made(self) -> Any:
        import msal

        from b2cal_desktop import __version__
        from b2cal_desktop.accounts.microsoft_http import SignInHttp

        tokens, http = self._opened(), SignInHttp(self._session(f"{_PRODUCT}/{__version__}"), self._clock)
        try:
            return msal.PublicClientApplication(
                self.registration.client_id,
                authority=self.registration.authority,
                instance_discovery=False,  # our table or the administrator names it; no third party is asked
                client_capabilities=["CP1"],
                token_cache=tokens,
                http_client=http,
                app_name=_PRODUCT,
                app_version=__version__,
                enable_broker_on_windows=self._broker or None,
            )
        except Exception as error:
            http.close()
            if type(error) is ValueError:  # so msal tells that the service knows of no such authority
                raise CalendarNotSetUp(self.registration.host, _NO_TENANT) from None
            raise

    def close(self) -> None:
        """Let go of connections; tokens stay where they are kept."""
        with self._lock:
            if self._application is not None:
                self._application.http_client.close()
                self._application = None

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        if not self._signing_in.acquire(blocking=False):
            raise SignInUnderWay
        try:
            yield
        finally:
            self._signing_in.release()

    def _tenant(self) -> str | None:
        return identity.tenant if (identity := self.identity) else None

    def _told(self) -> AbstractContextManager[None]:
        return told_as_ours(self.registration, self._tenant)


def _told_of(error: SecretsUnavailable) -> Text:
    return Text(str(error.message("sv")), str(error.message("en")))

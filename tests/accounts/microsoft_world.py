"""An account of the tests' own, beside an OpenID provider that stands for Microsoft's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from b2cal_desktop.accounts.microsoft import DeviceCode, Identity, MicrosoftAccount
from b2cal_desktop.accounts.microsoft_clouds import Registration
from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.core.ports import SecretStore
from b2cal_desktop.system.paths import Profile
from tests.servers.oidc_provider import CLIENT_ID, OidcProvider


class World:
    """One person's computer. ``account`` makes the program's account anew, as a start of the program does."""

    def __init__(self, provider: OidcProvider, folder: Path) -> None:
        self.provider = provider
        self.profile = Profile.in_folder(folder)
        self.secrets: SecretStore = MemorySecretStore()
        self.opened: list[str] = []
        self._made: list[MicrosoftAccount] = []
        self._threads: list[threading.Thread] = []

    def registration(self, **more: Any) -> Registration:
        values = {"client_id": CLIENT_ID, "authority": self.provider.authority, "graph_root": self.provider.origin}
        return Registration(**{**values, **more})

    def account(self, *, registration: Registration | None = None, **more: Any) -> MicrosoftAccount:
        account = MicrosoftAccount(
            registration or self.registration(), self.profile, lambda: self.secrets, **{"open_browser": bool, **more}
        )
        self._made.append(account)
        return account

    def browser(self, login: str = "anna", answer: str = "approve") -> Callable[[str], bool]:
        """Opens the sign-in page and lets ``login`` answer, beside the program as a browser is."""

        def open_browser(url: str) -> bool:
            self.opened.append(url)
            self._run(lambda: self.provider.person(login, answer).opens(url))
            return True

        return open_browser

    def signed_in(self, login: str = "anna") -> MicrosoftAccount:
        """An account that ``login`` has signed in to."""
        account = self.account(open_browser=self.browser(login))
        account.sign_in_interactive(threading.Event(), timeout=30)
        return account

    def signs_in_by_code(self, account: MicrosoftAccount, login: str = "anna") -> Identity:
        def show(code: DeviceCode) -> None:
            self._run(lambda: self.provider.person(login).opens(f"{code.address}?user_code={code.code}"))

        return account.sign_in_device_code(show, threading.Event())

    def _run(self, work: Callable[[], object]) -> None:
        thread = threading.Thread(target=work)
        self._threads.append(thread)
        thread.start()

    def close(self) -> None:
        for thread in self._threads:
            thread.join(20)
        for account in self._made:
            account.close()

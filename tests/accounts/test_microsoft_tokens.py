"""Where tokens are kept: what cannot be read or kept is never a crash, and never plain text on disk."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.accounts.token_cache import SECRET_NAME, KeptTokens, SecretPersistence, TokenCache, open_token_cache
from b2cal_desktop.core.errors import CalendarNeedsSignIn, CalendarUnreachable, SecretsUnavailable
from b2cal_desktop.core.model import Text
from b2cal_desktop.system.paths import Profile
from tests.accounts.microsoft_world import World


class LockableSecrets(MemorySecretStore):
    """A keyring that can be locked."""

    locked = False

    def _open(self) -> None:
        if self.locked:
            raise SecretsUnavailable(Text("den är låst", "it is locked"))

    def get_secret(self, name: str) -> str | None:
        self._open()
        return super().get_secret(name)

    def set_secret(self, name: str, value: str) -> None:
        self._open()
        super().set_secret(name, value)

    def delete_secret(self, name: str) -> None:
        self._open()
        super().delete_secret(name)


@pytest.mark.parametrize("kept", ["", "garbage", "[]", '{"AccessToken": {"half', "\0"])
def test_tokens_that_cannot_be_read_mean_sign_in_again(world: World, kept: str) -> None:
    world.signed_in().close()
    world.secrets.set_secret(SECRET_NAME, kept)
    account = world.account(open_browser=world.browser())
    with pytest.raises(CalendarNeedsSignIn):
        account.get_token()
    account.sign_in_interactive(threading.Event(), timeout=30)
    assert world.provider.knows_token(world.account().get_token())


def test_without_a_keyring_the_sign_in_lasts_until_the_program_ends(world: World) -> None:
    world.secrets = secrets = LockableSecrets()
    begun = world.browser()

    def lock_and_open(url: str) -> bool:
        secrets.locked = True  # it was open when msal looked for tokens, and is not when there are some
        return begun(url)

    account = world.account(open_browser=lock_and_open)
    assert account.notice is None
    account.sign_in_interactive(threading.Event(), timeout=30)
    assert isinstance(account.notice, SecretsUnavailable)
    assert world.provider.knows_token(account.get_token(refresh=True))
    secrets.locked = False
    with pytest.raises(CalendarNeedsSignIn):
        world.account().get_token()
    account.get_token(refresh=True)
    assert account.notice is None
    assert world.account().get_token()


def test_a_locked_keyring_is_waited_for(world: World) -> None:
    world.secrets = secrets = LockableSecrets()
    world.signed_in().close()
    secrets.locked = True
    account = world.account()
    with pytest.raises(CalendarUnreachable) as caught:
        account.get_token()
    assert "nyckelringen: den är låst" in caught.value.message("sv").what
    with pytest.raises(SecretsUnavailable):
        account.sign_out()
    assert account.identity is None
    secrets.locked = False
    account.sign_out()
    assert secrets.get_secret(SECRET_NAME) is None


def made(folder: Path, secrets: MemorySecretStore) -> TokenCache:
    return open_token_cache(Profile.in_folder(folder), lambda: secrets, "linux")


def add_account(cache: TokenCache, name: str) -> None:
    entry = {"home_account_id": name, "environment": "e", "realm": "r"}
    cache.modify("Account", entry, entry)


def accounts(cache: TokenCache) -> set[str]:
    return {entry["home_account_id"] for entry in cache.search("Account")}


def test_two_programs_see_each_others_changes(tmp_path: Path) -> None:
    secrets = MemorySecretStore()
    one, two = made(tmp_path, secrets), made(tmp_path, secrets)
    add_account(one, "anna")
    add_account(two, "bo")
    assert accounts(one) == accounts(two) == {"anna", "bo"}
    one.kept.forget()
    add_account(one, "late")  # a request that was still on its way
    assert secrets.get_secret(SECRET_NAME) is None
    assert accounts(two) == set()


def test_a_lock_that_a_killed_program_left_is_overcome(tmp_path: Path) -> None:
    secrets = MemorySecretStore()
    cache = made(tmp_path, secrets)
    (tmp_path / "microsoft365-tokens.lock").write_text("1 killed")
    add_account(cache, "anna")
    assert accounts(made(tmp_path, secrets)) == {"anna"}
    assert not (tmp_path / "microsoft365-tokens.lock").exists()


def test_a_disk_that_is_full_leaves_the_tokens_in_memory(tmp_path: Path) -> None:
    class Full(SecretPersistence):
        def save(self, content: str) -> None:
            raise OSError(28, "No space left on device")

    kept = KeptTokens(Full(MemorySecretStore(), tmp_path / "signal"))
    kept.save('{"a": 1}')
    assert kept.load() == '{"a": 1}'
    assert kept.problem is not None

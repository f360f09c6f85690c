"""``sign-in`` and ``sign-out``: from the terminal, the same as in the window. A secret is never an argument."""

from __future__ import annotations

import getpass
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from b2cal_desktop.assembly import forget_calendar
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import CalendarNeedsApproval, UsageError
from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.choices import find_choice
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.exchange_address import complete_address
from b2cal_desktop.system.network import host_of
from b2cal_desktop.system.paths import CALENDAR_LEFT
from b2cal_desktop.system.private_files import write_private_file
from b2cal_desktop.system.secret_names import EXCHANGE_PASSWORD, switchboard_secret

if TYPE_CHECKING:
    from b2cal_desktop.accounts.microsoft import MicrosoftAccount

_NO_SIGN_IN = Text(
    "en kalenderfil eller kalenderlänk behöver ingen inloggning", "a calendar file or link needs no sign-in"
)
_NO_SERVER = Text(
    "Ingen server är vald än: ange url under [calendar.exchange] i settings.toml. Kommandot doctor letar efter den.",
    "No server has been chosen yet: give url under [calendar.exchange] in settings.toml. doctor looks for it.",
)
_NOT_USED = Text(
    "Lösenordet används inte: du loggar in så som du är inloggad på datorn. Ange user under [calendar.exchange] i "
    "settings.toml, och ett annat auth än sso, för att logga in med det.",
    "The password is not used: you sign in as you are signed in to this computer. Give user under [calendar.exchange] "
    "in settings.toml, and another auth than sso, to sign in by it.",
)


def sign_in_command(context: Context) -> int:
    """Sign in to the calendar, or store the switchboard's password or ticket."""
    if context.arguments.side == "switchboard":
        _store_secrets(context, _secret_fields(context))
        _let_know(context)
    elif context.loaded.settings.calendar.source == "microsoft365":
        _sign_in_microsoft(context)
    elif context.loaded.settings.calendar.source == "exchange":
        _sign_in_exchange(context)
    else:
        raise UsageError(_NO_SIGN_IN)
    return 0


def sign_out_command(context: Context) -> int:
    """Forget the sign-in, everywhere it was kept, and of a calendar also the events that were."""
    if context.arguments.side == "switchboard":
        for name, _ in _secret_fields(context):
            context.secret_store.delete_secret(name)
        _let_know(context)
        return 0
    try:
        forget_calendar(context, context.loaded.settings)
    finally:
        _let_know(context, CALENDAR_LEFT)
    return 0


def _sign_in_exchange(context: Context) -> None:
    """Keep the password; it is tried at the next sync, once, also where another one was refused before."""
    chosen = context.loaded.settings.calendar.exchange
    if not chosen.url:
        context.tell(_NO_SERVER)
    elif not chosen.user or chosen.auth == "sso":
        context.tell(_NOT_USED)
    who = f"{chosen.user or '?'} ({host_of(complete_address(chosen.url))})"
    _store_secrets(context, [(EXCHANGE_PASSWORD, Text(f"Lösenord för {who}", f"Password of {who}"))])
    if context.profile.ledger.exists():
        with closing(Ledger(context.profile.ledger)) as ledger:
            ledger.allow_sign_in()
    _let_know(context)


def _sign_in_microsoft(context: Context) -> None:
    from b2cal_desktop.accounts.microsoft import DeviceCode

    context.profile.create()
    account = context.microsoft_account(context.loaded.settings)
    # What memory alone would keep is gone when this command ends: say so before the user goes through it.
    _require_keyring(context)

    def show(device: DeviceCode) -> None:
        sv = f"Öppna {device.address} i en webbläsare och skriv koden {device.code}."
        en = f"Open {device.address} in a browser and type the code {device.code}."
        context.tell(Text(sv, en))

    never = threading.Event()
    with closing(account), _approval_told(context, account):
        if context.arguments.device_code:
            identity = account.sign_in_device_code(show, never)
        else:
            context.tell(Text("Logga in i webbläsaren som öppnas.", "Sign in in the browser that opens."))
            identity = account.sign_in_interactive(never)
        for notice in account.notices:
            context.tell(notice)
    print(Text(f"Inloggad som {identity.username}.", f"Signed in as {identity.username}.").to(context.language))


@contextmanager
def _approval_told(context: Context, account: MicrosoftAccount) -> Iterator[None]:
    """Where IT has to approve first, the message for them stands on the terminal, ready to be copied."""
    try:
        yield
    except CalendarNeedsApproval:
        context.tell(account.approval.body)
        raise


def _store_secrets(context: Context, wanted: list[tuple[str, Text]]) -> None:
    """Asked for without echo, or read from standard input, a line each."""
    if not wanted:
        raise UsageError(Text("växeln behöver ingen inloggning", "the switchboard needs no sign-in"))
    for name, label in wanted:
        _require_keyring(context)
        if context.arguments.secret_stdin:
            secret = sys.stdin.readline().rstrip("\r\n")
        else:
            secret = getpass.getpass(f"{label.to(context.language)}: ")
        if not secret:
            raise UsageError(Text("ingen hemlighet gavs", "no secret was given"))
        context.secret_store.set_secret(name, secret)
    print(Text("Sparat i nyckelringen.", "Kept in the keyring.").to(context.language))


def _let_know(context: Context, what: bytes = b"") -> None:
    """Tell a program that runs on this profile, and may hold what was kept before."""
    if context.profile.data.is_dir():
        write_private_file(context.profile.sign_in_changed, what)


def _require_keyring(context: Context) -> None:
    _ = context.secret_store
    if context.secrets_problem is not None:
        raise context.secrets_problem


def _secret_fields(context: Context) -> list[tuple[str, Text]]:
    chosen = context.loaded.settings.switchboard.connector
    choice = find_choice(chosen, context.connector_folders)
    if choice is None:
        raise UsageError(Text(f"växeln ”{chosen}” finns inte", f"there is no switchboard {chosen!r}"))
    return [(switchboard_secret(chosen, field.key), field.label) for field in choice.fields if field.secret]

"""``sign-in`` and ``sign-out``: from the terminal, the same as in the window. A secret is never an argument."""

from __future__ import annotations

import getpass
import sys
import threading
from contextlib import closing

from b2cal_desktop.assembly import forget_calendar
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import UsageError
from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.choices import find_choice
from b2cal_desktop.system.secret_names import EXCHANGE_PASSWORD, switchboard_secret

_NO_SIGN_IN = Text(
    "en kalenderfil eller kalenderlänk behöver ingen inloggning", "a calendar file or link needs no sign-in"
)
_PASSWORD = Text("Lösenord till Exchange", "Password to Exchange")


def sign_in_command(context: Context) -> int:
    """Sign in to the calendar, or store the switchboard's password or ticket."""
    if context.arguments.side == "switchboard":
        _store_secrets(context, _secret_fields(context))
    elif context.loaded.settings.calendar.source == "microsoft365":
        _sign_in_microsoft(context)
    elif context.loaded.settings.calendar.source == "exchange":
        _store_secrets(context, [(EXCHANGE_PASSWORD, _PASSWORD)])
    else:
        raise UsageError(_NO_SIGN_IN)
    return 0


def sign_out_command(context: Context) -> int:
    """Forget the sign-in, everywhere it was kept, and of a calendar also the events that were."""
    if context.arguments.side == "switchboard":
        for name, _ in _secret_fields(context):
            context.secret_store.delete_secret(name)
        return 0
    forget_calendar(context, context.loaded.settings)
    return 0


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
    with closing(account):
        if context.arguments.device_code:
            identity = account.sign_in_device_code(show, never)
        else:
            context.tell(Text("Logga in i webbläsaren som öppnas.", "Sign in in the browser that opens."))
            identity = account.sign_in_interactive(never)
        for notice in account.notices:
            context.tell(notice)
    print(Text(f"Inloggad som {identity.username}.", f"Signed in as {identity.username}.").to(context.language))


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

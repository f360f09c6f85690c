"""The checks of this computer: files, keyring, certificates, start at log-in."""

from __future__ import annotations

import os
import secrets
import sqlite3
import ssl
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import LedgerDamaged, ProfileInUse, SecretsUnavailable, SettingsProblem
from b2cal_desktop.core.model import Text
from b2cal_desktop.doctor.findings import NOTHING, Finding, Level, from_error
from b2cal_desktop.system.autostart import autostart_state
from b2cal_desktop.system.network import new_session
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.policy import PolicyFile
from b2cal_desktop.system.profile_lock import ProfileLock
from b2cal_desktop.system.settings_check import WrongSettings
from b2cal_desktop.system.settings_file import LoadedSettings

_OTHERS = 0o077
_PROBE = "doctor-probe"


def check_settings(context: Context) -> tuple[tuple[Finding, ...], LoadedSettings | None]:
    """Settings and policy, and what they say where they can be read."""
    try:
        loaded = context.loaded
    except SettingsProblem as error:
        others = error.others if isinstance(error, WrongSettings) else ()
        return tuple(from_error("settings", problem) for problem in (error, *others)), None
    warnings = [Finding("settings", Level.WARNING, warning.text) for warning in loaded.warnings]
    if loaded.path.exists():
        text = Text(f"{loaded.path} är giltig.", f"{loaded.path} is valid.")
    else:
        text = Text(f"{loaded.path} finns inte; allt är förvalt.", f"{loaded.path} does not exist; all is default.")
    return (Finding("settings", Level.OK, text), *warnings, _policy(loaded.policy)), loaded


def _policy(policy: PolicyFile | None) -> Finding:
    if policy is None or not (policy.defaults.data or policy.locked.data):
        return Finding("policy", Level.OK, Text("Företaget har inte bestämt något.", "The company decides nothing."))
    places = [policy.path] if policy.stamp is not None else []
    if policy.central is not None and policy.central.data:
        places.append(policy.central.place)
    locked, names = len(policy.locked_keys), " + ".join(map(str, places))
    text = Text(f"{names}: {locked} låsta inställningar.", f"{names}: {locked} locked settings.")
    return Finding("policy", Level.OK, text)


def check_profile(profile: Profile) -> Iterator[Finding]:
    """Can the folders be written to, and are they this user's alone?"""
    folders = tuple(dict.fromkeys((profile.folder, profile.data, profile.cache, profile.log)))
    unusable = [folder for folder in folders if not _is_writable(folder)]
    for folder in unusable:
        text = Text(f"{folder} går inte att skriva i.", f"{folder} cannot be written to.")
        remedy = Text(
            "Ge dig själv rätt att skriva där, eller välj en annan mapp med --profile.",
            "Give yourself the right to write there, or choose another folder with --profile.",
        )
        yield Finding("profile", Level.PROBLEM, text, remedy, exit_code=2)
    files = (profile.settings, profile.ledger, profile.log_file)
    open_to_others = [path for path in files if os.name == "posix" and _others_may(path)]
    for path in open_to_others:
        text = Text(f"Andra på datorn kan läsa {path}.", f"Others on this computer can read {path}.")
        remedy = Text("Starta programmet en gång: det tar bort deras rätt.", "Start the app once: it ends their right.")
        yield Finding("profile", Level.WARNING, text, remedy)
    if not unusable and not open_to_others:
        text = Text(f"{profile.folder} är bara din.", f"{profile.folder} is yours alone.")
        yield Finding("profile", Level.OK, text)


def _is_writable(folder: Path) -> bool:
    existing = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def _others_may(path: Path) -> bool:
    """Whether the file's own mode, and those of the folder that it stands in, let others reach it."""
    return path.exists() and bool(path.stat().st_mode & _OTHERS) and bool(path.parent.stat().st_mode & _OTHERS)


def check_instance(profile: Profile) -> Iterator[Finding]:
    """Does the app run already? Either is fine; only one at a time can sync."""
    running = False
    if profile.lock.exists():
        try:
            with ProfileLock(profile):
                pass
        except ProfileInUse:
            running = True
    text = (
        Text("B2Cal Desktop är igång.", "B2Cal Desktop is running.")
        if running
        else Text("B2Cal Desktop är inte igång just nu.", "B2Cal Desktop is not running now.")
    )
    yield Finding("instance", Level.OK, text)


def check_ledger(profile: Profile) -> Iterator[Finding]:
    """Is the ledger whole? It is only read, and never moved aside."""
    damaged = profile.ledger.with_name(profile.ledger.name + ".damaged")
    if damaged.exists():
        text = Text(f"En skadad minnesfil ligger kvar som {damaged}.", f"A damaged ledger was kept as {damaged}.")
        remedy = Text("Den behövs inte; du kan ta bort den.", "It is not needed; you may delete it.")
        yield Finding("ledger", Level.WARNING, text, remedy)
    if not profile.ledger.exists():
        text = Text("Den görs vid första synkroniseringen.", "It is made at the first sync.")
        yield Finding("ledger", Level.OK, text)
        return
    try:
        with closing(sqlite3.connect(f"{profile.ledger.as_uri()}?mode=ro", uri=True, timeout=2.0)) as connection:
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        answer = str(error)
    if answer != "ok":
        yield from_error("ledger", LedgerDamaged(str(profile.ledger), answer))
    else:
        yield Finding("ledger", Level.OK, Text("Den är hel.", "It is whole."))


def check_keyring(context: Context) -> Iterator[Finding]:
    """Keeps the keyring what it is given? A probe goes in, is read back and taken away."""
    store, problem = context.secret_store, context.secrets_problem
    if problem is None:
        value = secrets.token_hex(8)
        try:
            store.set_secret(_PROBE, value)
            kept = store.get_secret(_PROBE) == value
            store.delete_secret(_PROBE)
            forgotten = store.get_secret(_PROBE) is None
        except SecretsUnavailable as error:
            problem = error
        else:
            if not (kept and forgotten):
                problem = SecretsUnavailable(Text("den sparar inte det den får", "it does not keep what it is given"))
    if problem is None:
        yield Finding("keyring", Level.OK, Text("Den sparar och glömmer som den ska.", "It keeps and forgets as told."))
        return
    told = from_error("keyring", problem)
    remedy = Text(
        "En inloggning gäller tills programmet avslutas. Lås upp nyckelringen och välj Synka nu, eller installera en.",
        "A sign-in lasts until the app is closed. Unlock the keyring and choose Sync now, or install one.",
    )
    yield Finding("keyring", Level.WARNING, told.text, remedy)


def check_tls() -> Iterator[Finding]:
    """By which certificates are servers judged?"""
    with new_session("b2cal-desktop"):  # raises CertificateFileProblem
        pass
    extra = os.environ.get("SSL_CERT_FILE")
    text = Text("Servrar prövas mot datorns egna certifikat", "Servers are judged by this computer's certificates")
    if extra:
        text = Text(f"{text.sv} och {extra}", f"{text.en} and {extra}")
    yield Finding("tls", Level.OK, Text(f"{text.sv}.", f"{text.en}."))
    ignored = [name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(name)]
    if ignored and not extra:
        names = ", ".join(ignored)
        text = Text(f"{names} är satt men används inte.", f"{names} is set but not used.")
        remedy = Text(
            "Lägg in certifikatet på datorn, eller ange filen i SSL_CERT_FILE.",
            "Install the certificate on this computer, or name the file in SSL_CERT_FILE.",
        )
        yield Finding("tls", Level.WARNING, text, remedy)
    if sys.platform == "linux" and not extra and not _has_authorities():
        text = Text("Datorn har inga certifikat att pröva mot.", "This computer has no certificates to judge by.")
        remedy = Text("Installera paketet ca-certificates.", "Install the package ca-certificates.")
        yield Finding("tls", Level.PROBLEM, text, remedy)


def _has_authorities() -> bool:
    paths = ssl.get_default_verify_paths()
    known = (paths.cafile, paths.capath, "/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/ssl/cert.pem")
    return any(path and (Path(path).is_file() or (Path(path).is_dir() and any(Path(path).iterdir()))) for path in known)


def check_autostart() -> Iterator[Finding]:
    """Does the app start when the user logs in?"""
    state = autostart_state()
    if state.by_administrator:
        text = Text("Företaget startar programmet vid inloggning.", "The company starts the app at log-in.")
    elif state.enabled:
        text = Text("Programmet startar när du loggar in.", "The app starts when you log in.")
    else:
        text = Text("Programmet startar inte när du loggar in.", "The app does not start when you log in.")
    remedy = NOTHING
    if not state.enabled:
        remedy = Text("Du väljer det i inställningarna.", "You choose it in the settings.")
    yield Finding("autostart", Level.OK, text, remedy)

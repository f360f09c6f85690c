"""Signs Windows programs and installers, and says by whom.

    python installer/windows/sign.py FILE ...            as the environment says; where it says nothing, not at all
    python installer/windows/sign.py --test FILE ...     with a certificate made here, which nobody trusts
    python installer/windows/sign.py --verify FILE ...   show and check the signatures

The environment names one of these; the release workflow takes them from the repository's secrets:

Azure Artifact Signing (signtool, on Windows)
    B2CAL_SIGN_AZURE_DLIB      Azure.CodeSigning.Dlib.dll
    B2CAL_SIGN_AZURE_METADATA  metadata.json: endpoint, account and certificate profile; azure/login has signed in
A certificate in a file (osslsigncode, anywhere)
    B2CAL_SIGN_PFX             the file; B2CAL_SIGN_PFX_PASSWORD its password
    B2CAL_SIGN_TIMESTAMP       the time stamp service; default http://timestamp.digicert.com
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEST_FOLDER = ROOT / "build" / "package" / "test-certificate"
TEST_CERTIFICATE, TEST_KEY = TEST_FOLDER / "certificate.pem", TEST_FOLDER / "key.pem"
TITLE = "B2Cal Desktop"
_AZURE_TIMESTAMP = "http://timestamp.acs.microsoft.com"


class SignError(Exception):
    """A file could not be signed, or a signature is not right."""


def sign(files: Sequence[Path], *, test: bool = False) -> str:
    """Sign ``files`` in place; who signed, in words. Nothing is signed where the environment names nobody."""
    named = os.environ
    if test:
        _make_test_certificate()
        for file in files:
            _osslsigncode(file, ["-certs", str(TEST_CERTIFICATE), "-key", str(TEST_KEY)])
        return "a test certificate that nobody trusts"
    if dlib := named.get("B2CAL_SIGN_AZURE_DLIB"):
        for file in files:
            _signtool(file, dlib, named["B2CAL_SIGN_AZURE_METADATA"])
        return "Azure Artifact Signing"
    if certificate := named.get("B2CAL_SIGN_PFX"):
        stamp = named.get("B2CAL_SIGN_TIMESTAMP", "http://timestamp.digicert.com")
        with tempfile.TemporaryDirectory() as folder:
            password = Path(folder) / "password"  # not as an argument: those are for every process to read
            password.touch(mode=0o600)
            password.write_text(named.get("B2CAL_SIGN_PFX_PASSWORD", ""))
            for file in files:
                _osslsigncode(file, ["-pkcs12", certificate, "-readpass", str(password), "-ts", stamp])
        return certificate
    return "nobody: the environment names no certificate"


def verify(file: Path) -> str:
    """What osslsigncode says of the signature of ``file``; raises SignError where it is missing or wrong."""
    trusted = ["-CAfile", str(TEST_CERTIFICATE)] if TEST_CERTIFICATE.exists() else []
    return _call(["osslsigncode", "verify", *trusted, "-in", str(file)])


def _osslsigncode(file: Path, key: Sequence[str]) -> None:
    signed = file.with_name(f"{file.name}.signed")
    signed.unlink(missing_ok=True)
    _call(["osslsigncode", "sign", *key, "-h", "sha256", "-n", TITLE, "-in", str(file), "-out", str(signed)])
    shutil.copymode(file, signed)
    signed.replace(file)


def _signtool(file: Path, dlib: str, metadata: str) -> None:
    how = ["/fd", "SHA256", "/td", "SHA256", "/tr", _AZURE_TIMESTAMP, "/d", TITLE, "/dlib", dlib, "/dmdf", metadata]
    _call(["signtool", "sign", *how, str(file)])


def _make_test_certificate() -> None:
    if TEST_CERTIFICATE.exists():
        return
    TEST_FOLDER.mkdir(parents=True, exist_ok=True)
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:3072", "-nodes", "-days", "3650", "-subj", f"/CN={TITLE} test",
        "-addext", "extendedKeyUsage=codeSigning", "-addext", "keyUsage=digitalSignature", "-keyout",
        str(TEST_KEY), "-out", str(TEST_CERTIFICATE),
    ]  # fmt: skip
    _call(command)


def _call(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except FileNotFoundError:
        raise SignError(f"{command[0]} is not installed") from None
    if done.returncode != 0:
        raise SignError(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}"[-4000:])
    return done.stdout


def main(arguments: Sequence[str]) -> int:
    options = {argument for argument in arguments if argument.startswith("--")}
    files = [Path(argument) for argument in arguments if argument not in options]
    if not files or options - {"--test", "--verify"}:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        if "--verify" in options:
            for file in files:
                print(verify(file))
        else:
            print(f"signed by {sign(files, test='--test' in options)}: {', '.join(file.name for file in files)}")
    except SignError as error:
        print(f"sign: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A provider for all sign-in tests of a module, and a computer for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.accounts.microsoft_world import World
from tests.servers.oidc_provider import Certificates, OidcProvider, oidc_provider


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def provider(certificates: Certificates) -> Iterator[OidcProvider]:
    with oidc_provider(certificates) as running:
        yield running


@pytest.fixture
def world(provider: OidcProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("SSL_CERT_FILE", str(provider.ca_file))
    provider.seen()
    made = World(provider, tmp_path / "profile")
    yield made
    made.close()

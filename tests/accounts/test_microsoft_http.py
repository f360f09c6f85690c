"""How msal reaches the network: whatever comes of a request is one of the failures that msal's callers expect."""

from collections.abc import Iterator

import pytest
import requests

from b2cal_desktop.accounts.microsoft_http import SignInHttp
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.network import new_session
from tests.servers.connector_server import ConnectorServer, Reply


@pytest.fixture
def cut_off() -> Iterator[ConnectorServer]:
    server = ConnectorServer(lambda _: Reply(body='{"access_token": "', announce=1_000))
    server.start()
    yield server
    server.stop()


def test_an_answer_that_is_cut_off_is_a_failure_of_the_network(cut_off: ConnectorServer) -> None:
    http = SignInHttp(new_session("B2Cal/1"), SystemClock())
    with pytest.raises(requests.ConnectionError) as caught:
        http.post(f"{cut_off.url}/token", data={"refresh_token": "Hush7Canary9"})
    assert "Hush7Canary9" not in repr(caught.value)
    http.close()

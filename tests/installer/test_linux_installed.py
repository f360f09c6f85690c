"""The packages in build/package/out, installed in a clean Debian, started there and removed: ``make linux-test``."""

import os

import pytest

from installer.linux import try_package


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(os.environ.get("B2CAL_LINUX_TESTS") != "1", reason="only on request: make linux-test")
def test_the_packages_do_what_they_should() -> None:
    assert try_package.main([]) == 0

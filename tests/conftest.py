"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets reach loopback only (pytest-socket); a proxy on loopback would reach further."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real upstream answers, which stands beside the project and not in it.

    Where it is absent the test skips; with ``REQUIRE_SHARED`` set (as ``.ci/run`` does) it
    fails instead.
    """
    if not (_SHARED / "data").is_dir():
        message = "the folder of real upstream answers (../shared) is not here"
        if os.environ.get("REQUIRE_SHARED"):
            pytest.fail(message)
        pytest.skip(message)
    return _SHARED

"""Telegram played over real sockets, each call held against the Bot API's specification."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from adapters.telegram.testing import TelegramServer, serving
from adapters.telegram.testing_oracle import Oracle


@pytest.fixture(scope="session")
def oracle(shared: Path) -> Oracle:
    """Telegram's published specification and its own parser."""
    return Oracle(shared / "tools")


@pytest.fixture
async def server(oracle: Oracle) -> AsyncGenerator[TelegramServer]:
    """A server that takes what Telegram takes."""
    async with serving() as running:
        yield running
    assert [fault for call in running.calls for fault in oracle.faults(call)] == []

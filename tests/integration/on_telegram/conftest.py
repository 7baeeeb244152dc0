"""Telegram played over real sockets, each call held against the Bot API's specification."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from telegram_listening import Staging
from telegram_sending import options

from adapters.telegram.adapter import TelegramAdapter
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


@pytest.fixture
async def adapter(server: TelegramServer) -> AsyncGenerator[TelegramAdapter]:
    """It sends to ``server``."""
    async with TelegramAdapter(options(server)) as entered:
        yield entered


@pytest.fixture
def staged(oracle: Oracle) -> Generator[Staging]:
    """Bots that listen, each at a server that takes what Telegram takes."""
    staging = Staging()
    yield staging
    calls = [call for server in staging.servers for call in server.calls]
    assert [(call.method, fault) for call in calls for fault in oracle.faults(call)] == []

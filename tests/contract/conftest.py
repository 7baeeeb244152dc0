"""What the contract suites run over."""

from collections.abc import AsyncGenerator

import pytest

from bot.ports import Store
from bot.store.memory import MemoryStore
from bot.store.sql_store import SqlStore, open_store


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncGenerator[Store, None]:
    """An empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    async with open_store(request.getfixturevalue(f"new_{request.param}_store")()) as opened:
        yield opened


@pytest.fixture
async def sql_store(place: str) -> AsyncGenerator[SqlStore, None]:
    """An empty store on each database."""
    async with open_store(place) as opened:
        yield opened

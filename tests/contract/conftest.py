"""What the contract suites run over."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bot.ports import Store
from bot.store.memory import MemoryStore
from bot.store.sql_store import SqlStore, open_store

# An empty PostgreSQL database that the tests may wipe, as postgresql+psycopg://…; without it the
# suite runs over the fake and SQLite.
_POSTGRES = os.environ.get("SULAN_TEST_POSTGRES_URL")
_SQL = ["sqlite", *(["postgres"] if _POSTGRES else [])]


@pytest.fixture(params=["memory", *_SQL])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Store, None]:
    """An empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    place = await _empty(request.param, tmp_path, tmp_path_factory.getbasetemp())
    async with open_store(place) as opened:
        yield opened


@pytest.fixture(params=_SQL)
async def sql_store(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[SqlStore, None]:
    """An empty store on each database."""
    place = await _empty(request.param, tmp_path, tmp_path_factory.getbasetemp())
    async with open_store(place) as opened:
        yield opened


async def _empty(kind: str, tmp_path: Path, shared_path: Path) -> str:
    if kind == "sqlite":
        # Made once and copied: making the tables takes longer than most tests.
        made = shared_path / "empty.db"
        if not await asyncio.to_thread(made.exists):
            async with open_store(made):
                pass
        return str(shutil.copy(made, tmp_path / "sulan.db"))
    assert _POSTGRES
    engine = create_async_engine(_POSTGRES)
    async with engine.begin() as connection:
        await connection.execute(sa.DDL("DROP SCHEMA public CASCADE"))
        await connection.execute(sa.DDL("CREATE SCHEMA public"))
    await engine.dispose()
    return _POSTGRES

"""Answers kept for conditional requests."""

from datetime import datetime

import sqlalchemy as sa

from bot.ports import CachedResponse
from bot.store.database import Database, columns, fields
from bot.store.tables import HTTP_CACHE


class SqlHttpCache:
    """``bot.ports.HttpCache``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, url: str) -> CachedResponse | None:
        """See the port."""
        query = sa.select(HTTP_CACHE).where(HTTP_CACHE.c.url == url)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else CachedResponse(**fields(HTTP_CACHE, row))

    async def put(self, response: CachedResponse) -> None:
        """See the port."""
        async with self._database.writing() as connection:
            await connection.execute(
                self._database.upsert(HTTP_CACHE), columns(HTTP_CACHE, response)
            )

    async def prune(self, *, before: datetime) -> int:
        """See the port."""
        statement = sa.delete(HTTP_CACHE).where(HTTP_CACHE.c.stored_at < before)
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).rowcount

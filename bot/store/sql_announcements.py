"""The operator's announcements."""

from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.tables import ANNOUNCEMENTS

_ROW = ANNOUNCEMENTS.c


class SqlAnnouncements:
    """``bot.ports.Announcements``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, announcement: str, text: str, *, now: datetime) -> bool:
        """See the port."""
        row = {"id": announcement, "text": text, "created_at": now}
        insert = self._database.insert(ANNOUNCEMENTS).on_conflict_do_nothing()
        # PostgreSQL's driver counts no rows of an insert.
        added = insert.values(row).returning(_ROW.id)
        again = sa.update(ANNOUNCEMENTS).where(_ROW.id == announcement, _ROW.created_at < now)
        async with self._database.writing() as connection:
            is_new = (await connection.execute(added)).first() is not None
            if not is_new:
                await connection.execute(again.values(created_at=now))
        return is_new

    async def get(self, announcement: str) -> str | None:
        """See the port."""
        query = sa.select(_ROW.text).where(_ROW.id == announcement)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def prune(self, *, before: datetime) -> int:
        """See the port."""
        statement = sa.delete(ANNOUNCEMENTS).where(_ROW.created_at < before)
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).rowcount

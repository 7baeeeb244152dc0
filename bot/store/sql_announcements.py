"""The operator's announcements."""

from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.tables import ANNOUNCEMENTS


class SqlAnnouncements:
    """``bot.ports.Announcements``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, announcement: str, text: str, *, now: datetime) -> bool:
        """See the port."""
        row = {"id": announcement, "text": text, "created_at": now}
        insert = self._database.insert(ANNOUNCEMENTS).on_conflict_do_nothing()
        # PostgreSQL's driver counts no rows of an insert.
        added = insert.values(row).returning(ANNOUNCEMENTS.c.id)
        async with self._database.writing() as connection:
            return (await connection.execute(added)).first() is not None

    async def get(self, announcement: str) -> str | None:
        """See the port."""
        query = sa.select(ANNOUNCEMENTS.c.text).where(ANNOUNCEMENTS.c.id == announcement)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

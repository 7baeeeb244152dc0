"""Updates kept before they are confirmed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Database, batches
from bot.store.tables import UPDATES


class SqlInbox:
    """``bot.ports.Inbox``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, updates: Mapping[str, str], *, now: datetime) -> Sequence[str]:
        """See the port."""
        insert = self._database.insert(UPDATES).on_conflict_do_nothing().returning(UPDATES.c.id)
        new: set[str] = set()
        async with self._database.writing() as connection:
            for batch in batches(updates):
                rows = [{"id": i, "text": updates[i], "kept_at": now} for i in batch]
                new |= set((await connection.execute(insert.values(rows))).scalars())
        return [update_id for update_id in updates if update_id in new]

    async def open(self) -> Mapping[str, str]:
        """See the port."""
        query = (
            sa.select(UPDATES.c.id, UPDATES.c.text)
            .where(UPDATES.c.done_at.is_(None))
            .order_by(UPDATES.c.number)
        )
        async with self._database.reading() as connection:
            return {row.id: row.text for row in await connection.execute(query)}

    async def done(self, update_id: str, *, now: datetime) -> None:
        """See the port."""
        row = UPDATES.c
        statement = sa.update(UPDATES).where(row.id == update_id, row.done_at.is_(None))
        async with self._database.writing() as connection:
            await connection.execute(statement.values(done_at=now, text=""))

    async def prune(self, *, before: datetime) -> int:
        """See the port."""
        statement = sa.delete(UPDATES).where(UPDATES.c.done_at < before)
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).rowcount

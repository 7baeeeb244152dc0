"""Updates kept before they are confirmed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.ports import Kept
from bot.store.database import Database, batches
from bot.store.tables import UPDATES

_ROW = UPDATES.c


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

    async def open(self, prefix: str, *, limit: int, after: int = 0) -> Sequence[Kept]:
        """See the port."""
        query = (
            sa.select(_ROW.id, _ROW.text, _ROW.number, _ROW.kept_at)
            .where(_is_open(prefix), _ROW.number > after)
            .order_by(_ROW.number)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [Kept(*row) for row in await connection.execute(query)]

    async def newest(self, prefix: str) -> int:
        """See the port."""
        query = sa.select(sa.func.max(_ROW.number)).where(_is_open(prefix))
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one() or 0

    async def done(self, update_id: str, *, now: datetime) -> None:
        """See the port."""
        statement = sa.update(UPDATES).where(_ROW.id == update_id, _ROW.done_at.is_(None))
        async with self._database.writing() as connection:
            await connection.execute(statement.values(done_at=now, text=""))

    async def prune(self, *, before: datetime, kept_before: datetime) -> int:
        """See the port."""
        unanswered = sa.and_(_ROW.done_at.is_(None), _ROW.kept_at < kept_before)
        statement = sa.delete(UPDATES).where(sa.or_(_ROW.done_at < before, unanswered))
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).rowcount


def _is_open(prefix: str) -> sa.ColumnElement[bool]:
    # LIKE would not part upper from lower case on SQLite.
    ours = sa.func.substr(_ROW.id, 1, len(prefix)) == prefix
    return sa.and_(_ROW.done_at.is_(None), ours)

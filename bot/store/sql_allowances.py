"""What may be used up in a day, by all processes together."""

from datetime import date

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.tables import ALLOWANCES

_HERE = sa.and_(ALLOWANCES.c.name == sa.bindparam("of"), ALLOWANCES.c.day == sa.bindparam("on"))


class SqlAllowances:
    """``bot.ports.Allowances``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, name: str, count: int, *, day: date, most: int) -> int:
        """See the port."""
        here = {"of": name, "on": day}
        there = self._database.insert(ALLOWANCES).values(name=name, day=day, used=0)
        # Locked until the end: SQLite has but one writer, and PostgreSQL keeps the row.
        standing = sa.select(ALLOWANCES.c.used).where(_HERE).with_for_update()
        async with self._database.writing() as connection:
            await connection.execute(there.on_conflict_do_nothing())
            used = (await connection.execute(standing, here)).scalar_one()
            granted = max(0, min(count, most - used))
            if granted:
                taken = sa.update(ALLOWANCES).where(_HERE).values(used=used + granted)
                await connection.execute(taken, here)
        return granted

    async def used(self, name: str, *, day: date) -> int:
        """See the port."""
        query = sa.select(ALLOWANCES.c.used).where(_HERE)
        async with self._database.reading() as connection:
            found = await connection.execute(query, {"of": name, "on": day})
            return found.scalar_one_or_none() or 0

    async def prune(self, *, before: date) -> int:
        """See the port."""
        async with self._database.writing() as connection:
            done = await connection.execute(sa.delete(ALLOWANCES).where(ALLOWANCES.c.day < before))
            return done.rowcount

"""One rate for each key, shared by all processes: the generic cell rate algorithm, in one row."""

from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.instants import at_microseconds, microseconds, slots_before, span
from bot.store.later import later
from bot.store.tables import RATES


class SqlRates:
    """``bot.ports.Rates``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, key: str, count: int, *, per_second: float, now: datetime) -> datetime:
        """See the port."""
        taken = span(count, per_second)
        present = sa.literal(microseconds(now), sa.BigInteger)
        # One statement decides, in whatever process.
        statement = (
            self._database.insert(RATES)
            .values(key=key, next_at=microseconds(now) + taken)
            .on_conflict_do_update(
                index_elements=[RATES.c.key],
                set_={"next_at": later(RATES.c.next_at, present) + taken},
            )
            .returning(RATES.c.next_at)
        )
        async with self._database.writing() as connection:
            free = (await connection.execute(statement)).scalar_one()
        return at_microseconds(free - taken)

    async def reserve_before(
        self, key: str, count: int, *, per_second: float, now: datetime, by: datetime
    ) -> tuple[datetime, int]:
        """See the port."""
        present = microseconds(now)
        there = self._database.insert(RATES).values(key=key, next_at=present)
        # Locked until the end: SQLite has but one writer, and PostgreSQL keeps the row.
        free = sa.select(RATES.c.next_at).where(RATES.c.key == key).with_for_update()
        async with self._database.writing() as connection:
            await connection.execute(there.on_conflict_do_nothing())
            first = max((await connection.execute(free)).scalar_one(), present)
            taken = slots_before(by, first, count, per_second)
            if taken:
                later_on = first + span(taken, per_second)
                update = sa.update(RATES).where(RATES.c.key == key).values(next_at=later_on)
                await connection.execute(update)
        return at_microseconds(first), taken

    async def hold(self, key: str, *, until: datetime) -> None:
        """See the port."""
        insert = self._database.insert(RATES).values(key=key, next_at=microseconds(until))
        statement = insert.on_conflict_do_update(
            index_elements=[RATES.c.key],
            set_={"next_at": later(RATES.c.next_at, insert.excluded.next_at)},
        )
        async with self._database.writing() as connection:
            await connection.execute(statement)

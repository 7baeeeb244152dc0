"""One rate for each key, shared by all processes: the generic cell rate algorithm, in one row."""

from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.instants import at_microseconds, microseconds, span
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

    async def hold(self, key: str, *, until: datetime) -> None:
        """See the port."""
        insert = self._database.insert(RATES).values(key=key, next_at=microseconds(until))
        statement = insert.on_conflict_do_update(
            index_elements=[RATES.c.key],
            set_={"next_at": later(RATES.c.next_at, insert.excluded.next_at)},
        )
        async with self._database.writing() as connection:
            await connection.execute(statement)

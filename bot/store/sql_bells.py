"""Bells over a database: numbers that others read a few times a second.

On PostgreSQL, NOTIFY would be quicker by a tenth of a second, and would cost each process a
connection of its own, which a pooler in between does not give.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.tables import REVISIONS

# The table counts changes of other things too.
_PREFIX = "bell:"


class SqlBells:
    """``bot.ports.Bells``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ring(self, name: str) -> int:
        """See the port."""
        statement = (
            self._database.insert(REVISIONS)
            .values(name=_PREFIX + name, number=1)
            .on_conflict_do_update(
                index_elements=[REVISIONS.c.name], set_={"number": REVISIONS.c.number + 1}
            )
            .returning(REVISIONS.c.number)
        )
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).scalar_one()

    async def rung(self) -> Mapping[str, int]:
        """See the port."""
        bells = REVISIONS.c.name.startswith(_PREFIX, autoescape=True)
        statement = sa.select(REVISIONS.c.name, REVISIONS.c.number).where(bells)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return {name.removeprefix(_PREFIX): number for name, number in rows}

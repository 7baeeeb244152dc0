"""How much is still to be sent."""

from collections.abc import Sequence

import sqlalchemy as sa

from bot.ports import Waiting
from bot.store.database import Database
from bot.store.tables import DELIVERIES, OPEN

_ROW = DELIVERIES.c
_BY_PLATFORM = (
    sa.select(_ROW.platform, sa.func.count(), sa.func.min(_ROW.due_at, type_=_ROW.due_at.type))
    .where(OPEN)
    .group_by(_ROW.platform)
    .order_by(_ROW.platform)
)


class SqlBacklog:
    """``bot.ports.Backlog``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self) -> Sequence[Waiting]:
        """See the port."""
        async with self._database.reading() as connection:
            return [Waiting(*row) for row in await connection.execute(_BY_PLATFORM)]

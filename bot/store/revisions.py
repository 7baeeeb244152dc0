"""Numbers that grow with every change, so that who keeps a copy learns cheaply that it is old."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.tables import REVISIONS

_CHATS = "chats"
_NUMBER = sa.select(REVISIONS.c.number).where(REVISIONS.c.name == _CHATS)


async def advance(database: Database, connection: AsyncConnection) -> None:
    """Note, in the transaction that changes chats, that they change.

    Last in it: on PostgreSQL the row is locked from here on, for every other change of a chat.
    """
    statement = database.insert(REVISIONS).on_conflict_do_update(
        index_elements=[REVISIONS.c.name], set_={"number": REVISIONS.c.number + 1}
    )
    await connection.execute(statement, {"name": _CHATS, "number": 1})


async def current(connection: AsyncConnection) -> int:
    """The number by now."""
    return (await connection.execute(_NUMBER)).scalar_one_or_none() or 0

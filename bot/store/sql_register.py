"""Chats as they change themselves."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.chat import Chat
from bot.domain.target import Target
from bot.store.addresses import lane_of, require_start
from bot.store.chat_rows import CHAT_ROWS, ChatReader, at_target, row_of
from bot.store.database import Database
from bot.store.lanes import lock, refresh
from bot.store.revisions import advance, current
from bot.store.sql_moves import forget_moves, home_of
from bot.store.tables import CHATS, DELIVERIES, SUSPENSIONS, VOTES


class SqlRegister:
    """``bot.ports.ChatRegister``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, chat: Chat) -> None:
        """See the port."""
        require_start(chat)
        async with self._database.writing() as connection:
            target = await home_of(connection, chat.target)
            row = {**row_of(chat), "chat": target.chat}
            await connection.execute(self._database.upsert(CHATS), row)
            await advance(self._database, connection)

    async def at(self, target: Target) -> Chat | None:
        """See the port."""
        async with self._database.reading() as connection:
            return await _at(connection, target) or await _at(
                connection, await home_of(connection, target)
            )

    async def parts(self, target: Target) -> Sequence[Chat]:
        """See the port."""
        here = (CHATS.c.platform == target.platform, CHATS.c.chat == target.chat)
        async with self._database.reading() as connection:
            return list(ChatReader().read((await connection.execute(CHAT_ROWS.where(*here))).all()))

    async def forget(self, target: Target) -> None:
        """See the port."""
        lane = lane_of(target)
        # The lane stays: a number without an address, and somebody may be about to write to it.
        async with self._database.writing() as connection:
            await lock(connection, [lane])
            for table in (CHATS, SUSPENSIONS, VOTES, DELIVERIES):
                await connection.execute(sa.delete(table).where(at_target(table, target)))
            await forget_moves(connection, target)
            await refresh(connection, [lane])
            await advance(self._database, connection)

    async def revision(self) -> int:
        """See the port."""
        async with self._database.reading() as connection:
            return await current(connection)


async def _at(connection: AsyncConnection, target: Target) -> Chat | None:
    rows = (await connection.execute(CHAT_ROWS.where(at_target(CHATS, target)))).all()
    return next(iter(ChatReader().read(rows)), None)

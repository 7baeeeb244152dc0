"""Chats and what each gets."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.target import Target
from bot.store.addresses import SUSPENDED, lane_of, readdressed, require_one_platform
from bot.store.chat_rows import (
    CHAT_ROWS,
    SETTINGS,
    ChatReader,
    at_target,
    chats_at,
    columns_of,
    row_of,
    targets_packed,
)
from bot.store.database import Database, batches
from bot.store.lanes import make, refresh
from bot.store.revisions import advance
from bot.store.sql_moves import homes, move_deliveries, move_rows, move_spacing, remember
from bot.store.tables import CHATS, DELIVERIES, SUSPENSIONS, VOTES

# So many chats are made at a time, lest the loop stand still: some 2 ms.
_SLICE = 250


class SqlChats:
    """``bot.ports.ChatStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, chats: Sequence[Chat], *, now: datetime) -> Sequence[Target]:
        """See the port."""
        async with self._database.writing() as connection:
            moved = await homes(connection)
            at_home = [replace(chat, target=_home(chat.target, moved)) for chat in chats]
            # In one order everywhere, so that two writers cannot lock each other out.
            last = {chat.target: chat for chat in at_home}
            wanted = sorted(last.values(), key=lambda chat: tuple(columns_of(chat.target).values()))
            changed = False
            for batch in batches(wanted):
                changed |= await self._save(connection, batch, now)
            if changed:
                await advance(self._database, connection)
        return [chat.target for chat in at_home]

    async def all(self) -> Sequence[Chat]:
        """See the port."""
        reader = ChatReader()
        found: list[Chat] = []
        query = CHAT_ROWS.order_by(*CHATS.primary_key.columns)
        async with self._database.streaming(query, size=_SLICE) as slices:
            async for rows in slices:
                found += reader.read(rows)
        return found

    async def suspend(self, target: Target, reason: str) -> None:
        """See the port."""
        async with self._database.writing() as connection:
            lanes = await make(self._database, connection, [target])
            row = {**columns_of(target), "reason": reason}
            await connection.execute(self._database.upsert(SUSPENSIONS), row)
            await refresh(connection, lanes)
            await advance(self._database, connection)

    async def resume(self, target: Target, *, now: datetime) -> None:
        """See the port."""
        async with self._database.writing() as connection:
            lanes = await make(self._database, connection, [target])
            lifted = sa.delete(SUSPENSIONS).where(at_target(SUSPENSIONS, target))
            if (await connection.execute(lifted)).rowcount:
                await connection.execute(_expire(target))
                since = sa.update(CHATS).where(at_target(CHATS, target)).values(since=now)
                await connection.execute(since)
                await refresh(connection, lanes)
                await advance(self._database, connection)

    async def move(self, old: Target, new: Target) -> None:
        """See the port."""
        require_one_platform(old, new)
        if old.chat == new.chat:
            return
        async with self._database.writing() as connection:
            lanes = await make(self._database, connection, [old, new])
            for table in (CHATS, SUSPENSIONS, VOTES):
                await move_rows(self._database, connection, table, old, new.chat)
            await move_deliveries(connection, old, new.chat)
            await move_spacing(connection, old, new)
            await refresh(connection, lanes)
            await remember(self._database, connection, old, new.chat)
            await advance(self._database, connection)

    async def _save(
        self, connection: AsyncConnection, chats: Collection[Chat], now: datetime
    ) -> bool:
        """Write those that are new or differ from what is there; returns whether any was."""
        query = chats_at(connection.dialect.name)
        targets = targets_packed(chat.target for chat in chats)
        rows = (await connection.execute(query, targets)).all()
        known = {chat.target: chat for chat in ChatReader().read(rows)}
        changed = [
            merged for chat in chats if (merged := _merged(known.get(chat.target), chat, now))
        ]
        if not changed:
            return False
        await self._suspend(connection, [c for c in changed if c.target not in known])
        insert = self._database.insert(CHATS)
        statement = insert.on_conflict_do_update(
            index_elements=list(CHATS.primary_key.columns),
            set_={name: insert.excluded[name] for name in SETTINGS},
        )
        await connection.execute(statement, [row_of(chat) for chat in changed])
        return True

    async def _suspend(self, connection: AsyncConnection, newcomers: Sequence[Chat]) -> None:
        """Suspend those of these chats that come suspended."""
        suspended = [chat for chat in newcomers if chat.suspended]
        if suspended:
            lanes = await make(self._database, connection, [chat.target for chat in suspended])
            rows = [{**columns_of(chat.target), "reason": chat.suspended} for chat in suspended]
            statement = self._database.insert(SUSPENSIONS).on_conflict_do_nothing()
            await connection.execute(statement, rows)
            await refresh(connection, lanes)


def _merged(known: Chat | None, chat: Chat, now: datetime) -> Chat | None:
    """The chat as it is to be stored; ``None`` where it is already."""
    if known is None:
        return replace(chat, since=chat.since or now)
    merged = replace(chat, since=known.since, suspended=known.suspended, paused=known.paused)
    return None if merged == known else merged


def _home(target: Target, moved: dict[tuple[str, str], str]) -> Target:
    return readdressed(target, moved.get((target.platform, target.chat), target.chat))


def _expire(target: Target) -> sa.Update:
    """End what waits for a target."""
    waiting = DELIVERIES.c.state.in_([State.PENDING.value, State.CLAIMED.value])
    return (
        sa.update(DELIVERIES)
        .where(DELIVERIES.c.lane == lane_of(target), at_target(DELIVERIES, target), waiting)
        .values(state=State.EXPIRED.value, lease_until=None, reason=SUSPENDED)
    )

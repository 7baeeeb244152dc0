"""Chats and what each gets."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.chat import Chat
from bot.domain.delivery import OnUnknown, State
from bot.domain.target import Target
from bot.store.addresses import SUSPENDED, lane_of, readdressed, require_one_platform, settled
from bot.store.database import Database
from bot.store.lanes import make, refresh
from bot.store.sql_moves import move_deliveries, move_rows
from bot.store.tables import CHAT_MOVES, CHATS, DELIVERIES, LANES, SUSPENSIONS

_SETTINGS = ("language", "sources", "heartbeat", "zone", "on_unknown")


class SqlChats:
    """``bot.ports.ChatStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, chats: Sequence[Chat], *, now: datetime) -> Sequence[Target]:
        """See the port."""
        insert = self._database.insert(CHATS)
        statement = insert.on_conflict_do_update(
            index_elements=list(CHATS.primary_key.columns),
            set_={name: insert.excluded[name] for name in _SETTINGS},
        )
        async with self._database.writing() as connection:
            homes = await _homes(connection)
            at_home = [_at_home(chat, homes) for chat in chats]
            for chat in at_home:
                await self._suspend_newcomer(connection, chat)
                await connection.execute(statement, _row(chat, now))
        return [chat.target for chat in at_home]

    async def all(self) -> Sequence[Chat]:
        """See the port."""
        reasons = CHATS.outerjoin(SUSPENSIONS, _same_target(CHATS, SUSPENSIONS))
        query = (
            sa.select(CHATS, SUSPENSIONS.c.reason)
            .select_from(reasons)
            .order_by(*CHATS.primary_key.columns)
        )
        async with self._database.reading() as connection:
            return [_chat(row) for row in (await connection.execute(query)).mappings()]

    async def suspend(self, target: Target, reason: str) -> None:
        """See the port."""
        async with self._database.writing() as connection:
            lanes = await make(self._database, connection, [target])
            row = {**_columns(target), "reason": reason}
            await connection.execute(self._database.upsert(SUSPENSIONS), row)
            await refresh(connection, lanes)

    async def resume(self, target: Target, *, now: datetime) -> None:
        """See the port."""
        async with self._database.writing() as connection:
            lanes = await make(self._database, connection, [target])
            lifted = sa.delete(SUSPENSIONS).where(_is(SUSPENSIONS, target))
            if (await connection.execute(lifted)).rowcount:
                await connection.execute(_expire(target))
                since = sa.update(CHATS).where(_is(CHATS, target)).values(since=now)
                await connection.execute(since)
                await refresh(connection, lanes)

    async def move(self, old: Target, new: Target) -> None:
        """See the port."""
        require_one_platform(old, new)
        if old.chat == new.chat:
            return
        async with self._database.writing() as connection:
            lanes = await make(self._database, connection, [old, new])
            for table in (CHATS, SUSPENSIONS):
                await move_rows(self._database, connection, table, old, new.chat)
            await move_deliveries(connection, old, new.chat)
            await self._move_spacing(connection, old, new)
            await refresh(connection, lanes)
            await self._remember(connection, old, new.chat)

    async def _suspend_newcomer(self, connection: AsyncConnection, chat: Chat) -> None:
        if not chat.suspended:
            return
        known = await connection.execute(sa.select(CHATS.c.chat).where(_is(CHATS, chat.target)))
        if known.first() is None:
            lanes = await make(self._database, connection, [chat.target])
            row = {**_columns(chat.target), "reason": chat.suspended}
            statement = self._database.insert(SUSPENSIONS).on_conflict_do_nothing()
            await connection.execute(statement, row)
            await refresh(connection, lanes)

    async def _move_spacing(self, connection: AsyncConnection, old: Target, new: Target) -> None:
        left = sa.select(LANES.c.next_at).where(LANES.c.lane == lane_of(old))
        until = (await connection.execute(left)).scalar_one()
        lane = sa.update(LANES).where(LANES.c.lane == lane_of(new), LANES.c.next_at < until)
        await connection.execute(lane.values(next_at=until))

    async def _remember(self, connection: AsyncConnection, old: Target, home: str) -> None:
        """Note where a chat is now, for it and for all addresses that led to it."""
        row = CHAT_MOVES.c
        led_to_it = sa.update(CHAT_MOVES).where(row.platform == old.platform, row.home == old.chat)
        await connection.execute(led_to_it.values(home=home))
        left = {"platform": old.platform, "chat": old.chat, "home": home}
        await connection.execute(self._database.upsert(CHAT_MOVES), left)


async def _homes(connection: AsyncConnection) -> dict[tuple[str, str], str]:
    rows = await connection.execute(sa.select(CHAT_MOVES))
    return {(platform, chat): home for platform, chat, home in rows}


def _at_home(chat: Chat, homes: dict[tuple[str, str], str]) -> Chat:
    target = chat.target
    home = homes.get((target.platform, target.chat), target.chat)
    return replace(chat, target=readdressed(target, home))


def _expire(target: Target) -> sa.Update:
    """End what waits for a target."""
    waiting = DELIVERIES.c.state.in_([State.PENDING.value, State.CLAIMED.value])
    return (
        sa.update(DELIVERIES)
        .where(DELIVERIES.c.lane == lane_of(target), _is(DELIVERIES, target), waiting)
        .values(state=State.EXPIRED.value, lease_until=None, reason=SUSPENDED)
    )


def _columns(target: Target) -> dict[str, str]:
    target = settled(target)
    return {"platform": target.platform, "chat": target.chat, "thread": target.thread or ""}


def _is(table: sa.Table, target: Target) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == value for name, value in _columns(target).items()))


def _same_target(one: sa.Table, other: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(*(one.c[name] == other.c[name] for name in ("platform", "chat", "thread")))


def _row(chat: Chat, now: datetime) -> dict[str, Any]:
    settings = {name: getattr(chat, name) for name in _SETTINGS}
    return {
        **_columns(chat.target),
        **settings,
        "on_unknown": chat.on_unknown.value,
        "since": chat.since or now,
    }


def _chat(row: sa.RowMapping) -> Chat:
    return Chat(
        target=Target(row["platform"], row["chat"], row["thread"] or None),
        language=row["language"],
        sources=row["sources"],
        heartbeat=row["heartbeat"],
        zone=row["zone"],
        on_unknown=OnUnknown(row["on_unknown"]),
        since=row["since"],
        suspended=row["reason"] or "",
    )

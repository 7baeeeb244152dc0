"""Deliveries: rows before calls."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.store.addresses import lane_of, settled
from bot.store.database import Database, batches
from bot.store.lanes import LONG_AGO, able, lock, refresh
from bot.store.tables import DELIVERIES, LANES, OPEN, SUSPENSIONS

# What a delivery is besides where it goes; none of it but the last changes after adding.
_WHAT = tuple(field.name for field in fields(Delivery) if field.name != "target")
_CHANGING = tuple(name for name in _WHAT if name not in {"post_key", "created_at", "part"})


class SqlOutbox:
    """``bot.ports.Outbox``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        """See the port."""
        if not deliveries:
            return 0
        rows = [_row(delivery) for delivery in deliveries]
        statement = self._database.insert(DELIVERIES).on_conflict_do_nothing()
        async with self._database.writing() as connection:
            lanes = await lock(self._database, connection, (d.target for d in deliveries))
            added = (await connection.execute(statement, rows)).rowcount
            if added:
                await refresh(self._database, connection, lanes)
        return added

    async def claim(
        self, limit: int, *, now: datetime, lease: timedelta, platform: str | None = None
    ) -> Sequence[Delivery]:
        """See the port."""
        async with self._database.writing() as connection:
            lanes = await _ready(connection, max(0, limit), now=now, platform=platform)
            claimed: list[Delivery] = []
            for batch in batches(lanes):
                claimed += await self._claim(connection, batch, now, now + lease)
        return claimed

    async def save(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        """See the port."""
        sending = [delivery for delivery in deliveries if delivery.state is State.SENDING]
        async with self._database.writing() as connection:
            lanes = await lock(self._database, connection, (d.target for d in deliveries))
            gone, suspended = await _barred(connection, sending)
            rows = [_changes(d) for d in deliveries if d.id not in gone]
            if rows:
                await connection.execute(_UPDATE, rows)
            await refresh(self._database, connection, lanes)
        barred = gone | suspended
        return [delivery for delivery in sending if delivery.id in barred]

    async def space(self, target: Target, *, until: datetime) -> None:
        """See the port."""
        async with self._database.writing() as connection:
            lanes = await lock(self._database, connection, [target])
            statement = sa.update(LANES).where(LANES.c.lane.in_(lanes), LANES.c.next_at < until)
            await connection.execute(statement.values(next_at=until))
            await refresh(self._database, connection, lanes)

    async def find(self, query: DeliveryQuery) -> Sequence[Delivery]:
        """See the port."""
        states = sorted(State if query.states is None else query.states)
        if not states or query.limit < 1:
            return []
        # Each state by itself is read in order from an index; together they would be sorted.
        parts = [sa.select(_found(query, state).subquery()) for state in states]
        found = sa.union_all(*parts).subquery()
        newest = sa.select(found).order_by(*_newest_first(found)).limit(query.limit)
        async with self._database.reading() as connection:
            return [_delivery(row) for row in (await connection.execute(newest)).mappings()]

    async def _claim(
        self, connection: AsyncConnection, lanes: list[int], now: datetime, until: datetime
    ) -> list[Delivery]:
        """Take the first delivery of each of these lanes, in their order."""
        first = _first(now)
        numbers = sa.select(first).where(LANES.c.lane.in_(lanes))
        query = sa.select(DELIVERIES).where(DELIVERIES.c.number.in_(numbers.scalar_subquery()))
        rows = {row["lane"]: row for row in (await connection.execute(query)).mappings()}
        taken = [rows[lane] for lane in lanes if lane in rows]
        await connection.execute(
            sa.update(DELIVERIES)
            .where(DELIVERIES.c.number.in_([row["number"] for row in taken]))
            .values(state=_HELD, lease_until=until)
        )
        await connection.execute(
            sa.update(LANES).where(LANES.c.lane.in_(list(rows))).values(ready_at=until)
        )
        if len(rows) < len(lanes):
            # It said that it had something and has not; it must not stand at the head for ever.
            await refresh(self._database, connection, [n for n in lanes if n not in rows])
        return [_claimed(_delivery(row), until) for row in taken]


_HELD = sa.case(
    (DELIVERIES.c.state == State.SENDING.value, State.SENDING.value), else_=State.CLAIMED.value
)

# What was sent stays so, whoever believes otherwise.
_UPDATE = (
    sa.update(DELIVERIES)
    .where(DELIVERIES.c.id == sa.bindparam("row_id"), DELIVERIES.c.state != State.SENT.value)
    .values({name: sa.bindparam(f"new_{name}") for name in _CHANGING})
)


async def _ready(
    connection: AsyncConnection, limit: int, *, now: datetime, platform: str | None
) -> list[int]:
    """Lanes that have something to send, those waiting longest first; locked."""
    query = sa.select(LANES.c.lane).where(LANES.c.ready_at <= now)
    if platform is not None:
        query = query.where(LANES.c.platform == platform)
    query = query.order_by(LANES.c.ready_at, LANES.c.lane).limit(limit)
    return list((await connection.execute(query.with_for_update(skip_locked=True))).scalars())


def _first(now: datetime) -> sa.ScalarSelect[int]:
    """The number of the delivery of a lane that is to go first."""
    row = DELIVERIES.alias("row")
    pending = row.c.state == State.PENDING.value
    lease = sa.func.coalesce(row.c.lease_until, LONG_AGO)
    return (
        sa.select(row.c.number)
        .where(row.c.lane == LANES.c.lane, OPEN, able(row))
        .where(sa.case((pending, row.c.due_at), else_=lease) <= now)
        .order_by(row.c.due_at, row.c.created_at, row.c.number)
        .limit(1)
        .scalar_subquery()
    )


async def _barred(
    connection: AsyncConnection, sending: Sequence[Delivery]
) -> tuple[set[str], set[str]]:
    """The ids of those that are finished or not there, and of those whose target is suspended."""
    row = DELIVERIES.c
    suspended = sa.exists().where(
        *(SUSPENSIONS.c[name] == row[name] for name in ("platform", "chat", "thread"))
    )
    gone, stopped = {delivery.id for delivery in sending}, set[str]()
    for batch in batches(sending):
        query = sa.select(row.id, suspended).where(row.id.in_([d.id for d in batch]), OPEN)
        for row_id, is_suspended in await connection.execute(query):
            gone.discard(row_id)
            if is_suspended:
                stopped.add(row_id)
    return gone, stopped


def _found(query: DeliveryQuery, state: State) -> sa.Select[Any]:
    row = DELIVERIES.c
    select = sa.select(DELIVERIES).where(row.state == state.value)
    if query.target is not None:
        target = settled(query.target)
        select = select.where(row.lane == lane_of(target), row.platform == target.platform)
        select = select.where(row.chat == target.chat, row.thread == (target.thread or ""))
    if query.post_key is not None:
        select = select.where(row.post_key == query.post_key)
    if query.since is not None:
        select = select.where(row.created_at >= query.since)
    return select.order_by(*_newest_first(DELIVERIES)).limit(query.limit)


def _newest_first(rows: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    return rows.c.created_at.desc(), rows.c.number.desc()


def _row(delivery: Delivery) -> dict[str, Any]:
    target = delivery.target
    return {
        "id": delivery.id,
        "lane": lane_of(target),
        "platform": target.platform,
        "chat": target.chat,
        "thread": target.thread or "",
        **{name: getattr(delivery, name) for name in _WHAT},
        "state": delivery.state.value,
    }


def _changes(delivery: Delivery) -> dict[str, Any]:
    changed = {f"new_{name}": getattr(delivery, name) for name in _CHANGING}
    return changed | {"row_id": delivery.id, "new_state": delivery.state.value}


def _delivery(row: Mapping[Any, Any]) -> Delivery:
    return Delivery(
        target=Target(row["platform"], row["chat"], row["thread"] or None),
        **{name: row[name] for name in _WHAT if name != "state"},
        state=State(row["state"]),
    )


def _claimed(delivery: Delivery, until: datetime) -> Delivery:
    state = State.SENDING if delivery.state is State.SENDING else State.CLAIMED
    return replace(delivery, state=state, lease_until=until)

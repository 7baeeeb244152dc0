"""Deliveries: rows before calls."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.burst import Burst
from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.store.adding import add
from bot.store.addresses import lane_of
from bot.store.bursts import noting, rows_of
from bot.store.column_types import Instant
from bot.store.database import Database, batches
from bot.store.lanes import ABLE, LEASE_END, NEVER, ROW, lock, refresh
from bot.store.later import later
from bot.store.outbox_query import newest
from bot.store.tables import DELIVERIES, LANES, OPEN, SUSPENSIONS

# Who asks for no more gets them at once, in less time all told: 10,000 take some 150 ms.
_FEW = 10_000
# Of more, so many are made at a time: some 5 ms.
_SLICE = 500
_COLUMNS = DELIVERIES.c.keys()
# What a delivery is besides where it goes; none of it but the last changes after adding.
_WHAT = tuple(field.name for field in fields(Delivery) if field.name != "target")
_CHANGING = tuple(name for name in _WHAT if name not in {"post_key", "created_at", "part"})


class SqlOutbox:
    """``bot.ports.Outbox``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        """See the port."""
        return await add(self._database, deliveries)

    async def claim(
        self, limit: int, *, now: datetime, lease: timedelta, platform: str | None = None
    ) -> Sequence[Delivery]:
        """See the port."""
        claimed: list[Delivery] = []
        async with self._database.writing() as connection:
            lanes = await _ready(connection, max(0, limit), now=now, platform=platform)
            for batch in batches(lanes):
                claimed += await _claim(connection, batch, now, now + lease)
        return claimed

    async def save(
        self,
        deliveries: Sequence[Delivery],
        *,
        spaced: Mapping[Target, datetime] | None = None,
        bursts: Sequence[Burst] = (),
        held: Mapping[str, datetime] | None = None,
    ) -> Sequence[Delivery]:
        """See the port."""
        leases = held or {}
        asked = [delivery for delivery in deliveries if _may_be_another_s(delivery, leases)]
        targets = [*(one.target for one in (*deliveries, *bursts)), *(spaced or ())]
        lanes = {lane_of(target) for target in targets}
        async with self._database.writing() as connection:
            await lock(connection, lanes)
            if spaced:
                await connection.execute(self._space_all(), _spacings(spaced))
            if bursts:
                await connection.execute(noting(self._database), rows_of(bursts))
            gone, suspended = await _barred(connection, asked, leases)
            rows = [_changes(delivery) for delivery in deliveries if delivery.id not in gone]
            if rows:
                await connection.execute(_UPDATE, rows)
            await refresh(connection, lanes)
        return [
            delivery
            for delivery in asked
            if delivery.id in gone or (delivery.state is State.SENDING and delivery.id in suspended)
        ]

    async def space(self, target: Target, *, until: datetime) -> None:
        """See the port."""
        async with self._database.writing() as connection:
            await connection.execute(self._space_all(), _spacings({target: until}))

    def _space_all(self) -> sa.Executable:
        insert = self._database.insert(LANES)
        # As ``lanes.refresh`` would find: nothing but the spacing has changed.
        spaced = {
            "next_at": later(LANES.c.next_at, insert.excluded.next_at),
            "ready_at": later(LANES.c.ready_at, insert.excluded.next_at),
        }
        return insert.on_conflict_do_update(index_elements=[LANES.c.lane], set_=spaced)

    async def find(self, query: DeliveryQuery) -> Sequence[Delivery]:
        """See the port."""
        states = sorted(State if query.states is None else query.states)
        if not states or query.limit < 1:
            return []
        wanted = newest(self._database.reader.dialect.name, query, states)
        if query.limit > _FEW:
            return await self._many(wanted)
        async with self._database.reading() as connection:
            rows = await connection.execute(wanted)
            return [_delivery(row) for row in rows.mappings()]

    async def _many(self, wanted: sa.Select[Any]) -> list[Delivery]:
        """So many that the loop must not stand still for them (F65)."""
        found: list[Delivery] = []
        async with self._database.streaming(wanted, size=_SLICE) as slices:
            async for rows in slices:
                found += [_delivery(dict(zip(_COLUMNS, row, strict=True))) for row in rows]
        return found


_SEND_FIRST = (
    sa.select(ROW.c.number)
    .where(ROW.c.lane == LANES.c.lane, OPEN, ABLE)
    .where(
        sa.case((ROW.c.state == State.PENDING.value, ROW.c.due_at), else_=LEASE_END)
        <= sa.bindparam("now", type_=Instant)
    )
    .order_by(ROW.c.due_at, ROW.c.created_at, ROW.c.number)
    .limit(1)
    .scalar_subquery()
)
_THESE_LANES = LANES.c.lane.in_(sa.bindparam("lanes", expanding=True))
_FIRST_OF_EACH = sa.select(DELIVERIES).where(
    DELIVERIES.c.number.in_(sa.select(_SEND_FIRST).where(_THESE_LANES))
)
_TAKE = (
    sa.update(DELIVERIES)
    .where(DELIVERIES.c.number.in_(sa.bindparam("numbers", expanding=True)))
    .values(
        state=sa.case(
            (DELIVERIES.c.state == State.SENDING.value, State.SENDING.value),
            else_=State.CLAIMED.value,
        ),
        lease_until=sa.bindparam("until", type_=Instant),
    )
)
_BUSY = sa.update(LANES).where(_THESE_LANES).values(ready_at=sa.bindparam("until", type_=Instant))

_NEW: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in _CHANGING}
_NEW["resent"] = sa.or_(DELIVERIES.c.resent, sa.bindparam("new_resent", type_=sa.Boolean))
# What was sent stays so, whoever believes otherwise.
_UPDATE = (
    sa.update(DELIVERIES)
    .where(DELIVERIES.c.id == sa.bindparam("row_id"), DELIVERIES.c.state != State.SENT.value)
    .values(_NEW)
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


async def _claim(
    connection: AsyncConnection, lanes: list[int], now: datetime, until: datetime
) -> list[Delivery]:
    """Take the first delivery of each of these lanes, in their order."""
    first = await connection.execute(_FIRST_OF_EACH, {"lanes": lanes, "now": now})
    rows = {row["lane"]: row for row in first.mappings()}
    numbers = [row["number"] for row in rows.values()]
    await connection.execute(_TAKE, {"numbers": numbers, "until": until})
    await connection.execute(_BUSY, {"lanes": list(rows), "until": until})
    if len(rows) < len(lanes):
        # It said that it had something and has not; it must not stand at the head for ever.
        await refresh(connection, [lane for lane in lanes if lane not in rows])
    return [_claimed(_delivery(rows[lane]), until) for lane in lanes if lane in rows]


def _may_be_another_s(delivery: Delivery, held: Mapping[str, datetime]) -> bool:
    """Whether it must be looked at before it is written; that it was sent is true in any case."""
    if delivery.state is State.SENT:
        return False
    return delivery.state is State.SENDING or delivery.id in held


async def _barred(
    connection: AsyncConnection, asked: Sequence[Delivery], held: Mapping[str, datetime]
) -> tuple[set[str], set[str]]:
    """The ids of those that are finished, not there or somebody else's, and of those whose target
    is suspended."""
    row = DELIVERIES.c
    suspended = sa.exists().where(
        *(SUSPENSIONS.c[name] == row[name] for name in ("platform", "chat", "thread"))
    )
    gone, stopped = {delivery.id for delivery in asked}, set[str]()
    these = sa.select(row.id, row.lease_until, suspended)
    for batch in batches(asked):
        query = these.where(row.id.in_([d.id for d in batch]), OPEN)
        for row_id, lease_until, is_suspended in await connection.execute(query):
            if row_id not in held or held[row_id] == lease_until:
                gone.discard(row_id)
            if is_suspended:
                stopped.add(row_id)
    return gone, stopped


def _spacings(spaced: Mapping[Target, datetime]) -> list[dict[str, Any]]:
    """A row for each lane, in one order everywhere."""
    latest: dict[int, tuple[str, datetime]] = {}
    for target, until in spaced.items():
        lane = lane_of(target)
        latest[lane] = (target.platform, max(until, latest.get(lane, ("", until))[1]))
    return [
        {"lane": lane, "platform": latest[lane][0], "next_at": latest[lane][1], "ready_at": NEVER}
        for lane in sorted(latest)
    ]


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

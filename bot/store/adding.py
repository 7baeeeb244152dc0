"""New deliveries, some hundred thousand within seconds.

A paper for 100,000 chats is as many rows. They travel as parcels, so that the database works on
its own while others have their turn; and the queues' ``ready_at``, which ``lanes.refresh`` would
look up anew, follow from what is added, but for the few that have something in flight or are
suspended.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import Delivery, State
from bot.store.addresses import lane_of
from bot.store.database import Database, plan_anew
from bot.store.instants import microseconds
from bot.store.lanes import LONG_AGO, NEVER, refresh
from bot.store.later import later
from bot.store.parcels import packed, unpacked
from bot.store.tables import DELIVERIES, IN_FLIGHT, LANES, SUSPENSIONS

# Rows in a parcel: after each statement the database waits until the loop has a turn for it.
_PARCEL = 4000
# Rows that are made before others have a turn: some 2 ms.
_SLICE = 250
# Every column but the first, which counts.
_COLUMNS = tuple(DELIVERIES.columns)[1:]
_LANE_COLUMNS = (LANES.c.lane, LANES.c.platform, LANES.c.next_at, LANES.c.ready_at)
_LONG_AGO, _NEVER = microseconds(LONG_AGO), microseconds(NEVER)


async def add(database: Database, deliveries: Sequence[Delivery]) -> int:
    """Insert those that are not there yet; returns how many were new.

    Raises:
        StoreError: the database cannot be written; nothing is added.
    """
    load = await _loaded(deliveries)
    async with database.writing() as connection:
        await plan_anew(connection)
        return await _Adding(connection, load).go()


@dataclass(slots=True)
class _Load:
    """What is to be added. ``due`` is when each queue has something new to send, ``NEVER`` where
    it has not; ``parts`` are queues with more parts of posts, of which each waits for others."""

    rows: list[str] = field(default_factory=list[str])
    platforms: dict[int, str] = field(default_factory=dict[int, str])
    due: dict[int, int] = field(default_factory=dict[int, int])
    parts: set[int] = field(default_factory=set[int])

    async def take(self, deliveries: Sequence[Delivery]) -> None:
        """Pack a parcel more."""
        rows: list[tuple[object, ...]] = []
        for at in range(0, len(deliveries), _SLICE):
            if at:
                await asyncio.sleep(0)
            rows += [self._row(delivery) for delivery in deliveries[at : at + _SLICE]]
        self.rows.append(packed(rows))

    def lanes(self, next_at: int, ready_at: int | None = None) -> list[str]:
        """A row for each queue, in one order everywhere. Without ``ready_at`` it is when they have
        something new to send."""
        rows = [
            (lane, self.platforms[lane], next_at, self.due[lane] if ready_at is None else ready_at)
            for lane in sorted(self.platforms)
        ]
        return [packed(rows[at : at + _PARCEL]) for at in range(0, len(rows), _PARCEL)]

    def _row(self, delivery: Delivery) -> tuple[object, ...]:
        target, lane = delivery.target, lane_of(delivery.target)
        due_at = microseconds(delivery.due_at)
        self.platforms[lane] = target.platform
        due = self.due.setdefault(lane, _NEVER)
        if delivery.part:
            self.parts.add(lane)
        elif delivery.state is State.PENDING and due_at < due:
            self.due[lane] = due_at
        return (
            *(delivery.id, lane, target.platform, target.chat, target.thread or ""),
            *(delivery.post_key, delivery.part, microseconds(delivery.created_at), due_at),
            *(delivery.state.value, delivery.attempts, delivery.resent, delivery.plain),
            _instant(delivery.lease_until),
            _instant(delivery.called_at),
            _instant(delivery.sent_at),
            *(delivery.message_id, delivery.reason),
        )


async def _loaded(deliveries: Sequence[Delivery]) -> _Load:
    load = _Load()
    for at in range(0, len(deliveries), _PARCEL):
        if at:
            await asyncio.sleep(0)
        await load.take(deliveries[at : at + _PARCEL])
    return load


def _instant(moment: datetime | None) -> int | None:
    return None if moment is None else microseconds(moment)


@dataclass(frozen=True, slots=True)
class _Adding:
    """One transaction."""

    connection: AsyncConnection
    load: _Load

    async def go(self) -> int:
        statements = _statements(self.connection.dialect.name)
        await self._run(statements.make, self.load.lanes(_LONG_AGO, _NEVER))
        lanes = self.load.lanes(_LONG_AGO)
        if statements.lock is not None:
            await self._run(statements.lock, lanes)
        added = await self._run(statements.insert, self.load.rows)
        if added:
            await self._run(statements.wake, lanes)
            await refresh(self.connection, sorted(await self._to_look_up(statements.special)))
        return added

    async def _to_look_up(self, special: sa.Executable) -> set[int]:
        found = set(self.load.parts)
        for rows in self.load.rows:
            found.update((await self.connection.execute(special, {"rows": rows})).scalars())
        return found

    async def _run(self, statement: sa.Executable, parcels: Iterable[str]) -> int:
        count = 0
        for rows in parcels:
            count += (await self.connection.execute(statement, {"rows": rows})).rowcount
        return count


@dataclass(frozen=True, slots=True)
class _Statements:
    """``make`` the queues, ``lock`` them where there is more than one writer, ``insert`` what is
    new, ``wake`` queues in which nothing is in flight, and find those that are ``special``."""

    make: sa.Executable
    lock: sa.Executable | None
    insert: sa.Executable
    wake: sa.Executable
    special: sa.Executable


@cache
def _statements(dialect: str) -> _Statements:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    lanes, rows = unpacked(dialect, *_LANE_COLUMNS), unpacked(dialect, *_COLUMNS)
    make = insert(LANES).from_select([c.name for c in _LANE_COLUMNS], lanes)
    add_new = insert(DELIVERIES).from_select([c.name for c in _COLUMNS], rows)
    these = sa.select(lanes.subquery("these").c.lane)
    lock = sa.select(LANES.c.lane).where(LANES.c.lane.in_(these)).order_by(LANES.c.lane)
    return _Statements(
        make.on_conflict_do_nothing(index_elements=[LANES.c.lane]),
        None if dialect == "sqlite" else lock.with_for_update(),
        # Without the option no count comes back from PostgreSQL.
        add_new.on_conflict_do_nothing(index_elements=[DELIVERIES.c.id]).execution_options(
            preserve_rowcount=True
        ),
        _wake(lanes.subquery("new")),
        _special(rows.subquery("new")),
    )


def _wake(new: sa.Subquery) -> sa.Executable:
    """``lanes.refresh``, where nothing was in flight before: what is new is due sooner, or not."""
    soonest = later(LANES.c.next_at, new.c.ready_at)
    flying = sa.exists().where(DELIVERIES.c.lane == LANES.c.lane, IN_FLIGHT)
    return (
        sa.update(LANES)
        .where(LANES.c.lane == new.c.lane, LANES.c.ready_at > soonest, ~flying)
        .values(ready_at=soonest)
    )


def _special(new: sa.Subquery) -> sa.Executable:
    flying = sa.exists().where(DELIVERIES.c.lane == new.c.lane, IN_FLIGHT)
    suspended = sa.exists().where(
        *(SUSPENSIONS.c[name] == new.c[name] for name in ("platform", "chat", "thread"))
    )
    return sa.select(new.c.lane).where(sa.or_(flying, suspended)).distinct()

"""The queues of chats: locked before their deliveries change, and brought up to date after.

``lanes.ready_at`` is what makes a claim as fast over a million deliveries as over ten: whoever
changes deliveries keeps it true, so that a claim reads the first few of an index and no more.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import State
from bot.domain.target import Target
from bot.store.addresses import lane_of
from bot.store.column_types import Instant
from bot.store.database import Database, batches
from bot.store.later import later
from bot.store.tables import DELIVERIES, IN_FLIGHT, LANES, OPEN, SUSPENSIONS

# Instead of NULL, which no two databases compare alike.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)

# A delivery of a lane, in the queries that look for one.
ROW = DELIVERIES.alias("row")

_THESE = LANES.c.lane.in_(sa.bindparam("lanes", expanding=True))


async def make(
    database: Database, connection: AsyncConnection, targets: Iterable[Target]
) -> list[int]:
    """The lanes of these targets, made where they are not there yet, and locked."""
    platforms = {lane_of(target): target.platform for target in targets}
    lanes = sorted(platforms)
    insert = database.insert(LANES).on_conflict_do_nothing()
    for batch in batches(lanes):
        rows = [
            {"lane": lane, "platform": platforms[lane], "next_at": LONG_AGO, "ready_at": NEVER}
            for lane in batch
        ]
        await connection.execute(insert, rows)
    await lock(connection, lanes)
    return lanes


async def lock(connection: AsyncConnection, lanes: Collection[int]) -> None:
    """Keep other writers off these lanes.

    In a statement of its own, and in one order everywhere: on PostgreSQL what is read after it is
    what the last holder left, and no two lock each other out. SQLite has but one writer.
    """
    if connection.dialect.name == "sqlite":
        return
    for batch in batches(sorted(lanes)):
        await connection.execute(_LOCK, {"lanes": batch})


async def refresh(connection: AsyncConnection, lanes: Collection[int]) -> None:
    """Compute anew from when on each of these lanes has something to send."""
    for batch in batches(lanes):
        await connection.execute(_REFRESH, {"lanes": batch})


def is_suspended(rows: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a delivery's target takes nothing."""
    return sa.exists().where(
        *(SUSPENSIONS.c[name] == rows.c[name] for name in ("platform", "chat", "thread"))
    )


def _able() -> sa.ColumnElement[bool]:
    earlier = DELIVERIES.alias("earlier")
    preceded = sa.exists().where(
        *(earlier.c[name] == ROW.c[name] for name in ("lane", "thread", "post_key")),
        earlier.c.part < ROW.c.part,
        OPEN,
    )
    return sa.and_(~is_suspended(ROW), sa.or_(ROW.c.part == 0, ~preceded))


# Whether an open delivery may go: its target is not suspended, and no earlier part of its post is
# still open.
ABLE = _able()

# When the lease of a delivery in flight runs out.
LEASE_END = sa.func.coalesce(ROW.c.lease_until, sa.literal(LONG_AGO, Instant))


def _ready_at() -> sa.ColumnElement[datetime]:
    """Once its spacing is over, its leases have run out, and something able is there and due."""
    here = ROW.c.lane == LANES.c.lane
    first_due = (
        sa.select(ROW.c.due_at)
        .where(here, OPEN, ROW.c.state == State.PENDING.value, ABLE)
        .order_by(ROW.c.due_at, ROW.c.created_at, ROW.c.number)
        .limit(1)
        .scalar_subquery()
    )
    leases = sa.select(LEASE_END).where(here, IN_FLIGHT).limit(1)
    first_lease = leases.where(ABLE).order_by(ROW.c.lease_until.nulls_first()).scalar_subquery()
    last_lease = leases.order_by(ROW.c.lease_until.desc().nulls_last()).scalar_subquery()
    return later(
        LANES.c.next_at,
        sa.func.coalesce(last_lease, sa.literal(LONG_AGO, Instant)),
        # A lease that runs out counts as due; it is never later than the last of them.
        sa.func.coalesce(first_lease, first_due, sa.literal(NEVER, Instant)),
    )


_LOCK = sa.select(LANES.c.lane).where(_THESE).order_by(LANES.c.lane).with_for_update()
_REFRESH = sa.update(LANES).where(_THESE).values(ready_at=_ready_at())

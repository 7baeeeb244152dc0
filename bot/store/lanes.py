"""The queues of chats: locked before their deliveries change, and brought up to date after.

``lanes.ready_at`` is what makes a claim as fast over a million deliveries as over ten: it is kept
true by whoever changes deliveries, so that a claim reads the first few of an index and no more.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import State
from bot.domain.target import Target
from bot.store.addresses import lane_of
from bot.store.column_types import UtcDateTime
from bot.store.database import Database, batches
from bot.store.tables import DELIVERIES, IN_FLIGHT, LANES, OPEN, SUSPENSIONS

# Instead of NULL, which no two databases compare alike.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_NO_TIME = sa.literal(LONG_AGO, UtcDateTime)


async def lock(
    database: Database, connection: AsyncConnection, targets: Iterable[Target]
) -> list[int]:
    """Keep other writers off the chats of these targets; returns their lanes, now all there.

    In a statement of its own, and in one order everywhere: on PostgreSQL what is read after it is
    what the last holder left, and no two lock each other out. SQLite has but one writer.
    """
    platforms = {lane_of(target): target.platform for target in targets}
    lanes = sorted(platforms)
    if not lanes:
        return []
    rows = [{"lane": n, "platform": platforms[n], "next_at": LONG_AGO} for n in lanes]
    await connection.execute(database.insert(LANES).on_conflict_do_nothing(), rows)
    if connection.dialect.name != "sqlite":
        for batch in batches(lanes):
            held = sa.select(LANES.c.lane).where(LANES.c.lane.in_(batch)).order_by(LANES.c.lane)
            await connection.execute(held.with_for_update())
    return lanes


async def refresh(database: Database, connection: AsyncConnection, lanes: Collection[int]) -> None:
    """Compute anew from when on each of these lanes has something to send."""
    ready_at = _ready_at(database)
    for batch in batches(lanes):
        statement = sa.update(LANES).where(LANES.c.lane.in_(batch)).values(ready_at=ready_at)
        await connection.execute(statement)


def able(row: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether an open delivery may go: its target is not suspended, and no earlier part of its
    post is still open."""
    earlier = DELIVERIES.alias("earlier")
    suspended = sa.exists().where(
        *(SUSPENSIONS.c[name] == row.c[name] for name in ("platform", "chat", "thread"))
    )
    preceded = sa.exists().where(
        *(earlier.c[name] == row.c[name] for name in ("lane", "chat", "thread", "post_key")),
        earlier.c.part < row.c.part,
        OPEN,
    )
    return sa.and_(~suspended, sa.or_(row.c.part == 0, ~preceded))


def _ready_at(database: Database) -> sa.ColumnElement[datetime]:
    """Once its spacing is over, its leases have run out, and something able is there and due."""
    row = DELIVERIES.alias("row")
    lease = sa.func.coalesce(row.c.lease_until, _NO_TIME)
    in_lane = sa.and_(row.c.lane == LANES.c.lane, OPEN)
    first_due = (
        sa.select(row.c.due_at)
        .where(in_lane, row.c.state == State.PENDING.value, able(row))
        .order_by(row.c.due_at, row.c.created_at, row.c.number)
        .limit(1)
        .scalar_subquery()
    )
    in_flight = sa.and_(row.c.lane == LANES.c.lane, IN_FLIGHT)
    first_lease = sa.select(sa.func.min(lease)).where(in_flight, able(row)).scalar_subquery()
    last_lease = sa.select(sa.func.max(lease)).where(in_flight).scalar_subquery()
    # A lease that runs out counts as due; it is never later than the last of them.
    first = sa.func.coalesce(first_lease, first_due)
    ready = database.later(LANES.c.next_at, sa.func.coalesce(last_lease, _NO_TIME), first)
    return sa.case((first.is_(None), sa.null()), else_=ready)

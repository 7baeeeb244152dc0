"""What the store knows of the clock, and what is moved when that was put back."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import State
from bot.ports import CLOCK_TOLERANCE
from bot.store import lanes
from bot.store.database import Database
from bot.store.instants import earlier, microseconds
from bot.store.later import later
from bot.store.tables import CLOCK, DELIVERIES, IN_FLIGHT, LANES, LEASES, RATES, SUMMARY_CLAIMS

_ROW = 1


class SqlTimekeeping:
    """``bot.ports.Timekeeping``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, now: datetime, *, move: bool = True) -> timedelta:
        """See the port."""
        async with self._database.writing() as connection:
            # PostgreSQL's other writers of this row wait here, and then read what was written.
            there = sa.select(CLOCK.c.seen_at).where(CLOCK.c.id == _ROW).with_for_update()
            seen_at = (await connection.execute(there)).scalar_one_or_none()
            by = max(timedelta(), seen_at - now) if seen_at is not None else timedelta()
            if by and by <= CLOCK_TOLERANCE:
                return timedelta()
            if by and not move:
                return by
            await connection.execute(self._noted(now))
            if by:
                await _move(connection, by, now)
        return by

    def _noted(self, now: datetime) -> sa.Executable:
        insert = self._database.insert(CLOCK).values(id=_ROW, seen_at=now)
        return insert.on_conflict_do_update(index_elements=[CLOCK.c.id], set_={"seen_at": now})


async def _move(connection: AsyncConnection, by: timedelta, now: datetime) -> None:
    await connection.execute(_moved(RATES, RATES.c.next_at, by, now))
    await connection.execute(_moved(LANES, LANES.c.next_at, by, now))
    row = DELIVERIES.c
    await connection.execute(_moved(DELIVERIES, row.lease_until, by, now).where(IN_FLIGHT))
    at_once = sa.or_(row.attempts > 0, row.due_at <= row.created_at)
    soon = sa.and_(row.state == State.PENDING.value, at_once)
    await connection.execute(_moved(DELIVERIES, row.due_at, by, now).where(soon))
    waiting = sa.select(LANES.c.lane).where(LANES.c.ready_at > now, LANES.c.ready_at < lanes.NEVER)
    await lanes.refresh(connection, list((await connection.execute(waiting)).scalars()))
    for table in (LEASES, SUMMARY_CLAIMS):
        await _move_ends(connection, table, by, now)


def _moved(
    table: sa.Table, column: sa.Column[datetime] | sa.Column[int], by: timedelta, now: datetime
) -> sa.Update:
    """Brought nearer where it is to come, but not into the past."""
    present = sa.literal(microseconds(now), sa.BigInteger)
    number = sa.type_coerce(column, sa.BigInteger)
    nearer = later(number - by // timedelta(microseconds=1), present)
    return sa.update(table).where(number > present).values({column.name: nearer})


async def _move_ends(
    connection: AsyncConnection, table: sa.Table, by: timedelta, now: datetime
) -> None:
    """Of the few rows whose moments people can read, which SQL cannot reckon with alike."""
    keys = list(table.primary_key.columns)
    query = sa.select(*keys, table.c.expires_at).where(table.c.expires_at > now)
    for *key, end in (await connection.execute(query)).all():
        same = sa.and_(*(column == value for column, value in zip(keys, key, strict=True)))
        moved = sa.update(table).where(same).values(expires_at=earlier(end, by, now))
        await connection.execute(moved)

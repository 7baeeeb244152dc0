"""Which source listed which paper on which day."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.store.database import Database, batches
from bot.store.looks import after_look
from bot.store.tables import LIST_CHECKS, LISTINGS

_PLACE = (
    LISTINGS.c.paper_id,
    LISTINGS.c.version,
    LISTINGS.c.day,
    LISTINGS.c.position,
    LISTINGS.c.first_seen,
)


class SqlListings:
    """``bot.ports.ListingStore``; ``looks.after_look`` has the rule of positions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(
        self, source: str, day: date, papers: Sequence[Paper], *, seen_at: datetime
    ) -> Sequence[PaperId]:
        """See the port."""
        async with self._database.writing() as connection:
            # First of all, for on PostgreSQL this row is the lock on the list.
            await connection.execute(
                self._database.upsert(LIST_CHECKS),
                {"source": source, "day": day, "checked_at": seen_at},
            )
            before = await _of_day(connection, source, day)
            after = after_look(before, papers, day=day, seen_at=seen_at)
            unchanged = set(before)
            changed = [_row(source, place) for place in after if place not in unchanged]
            if changed:
                await connection.execute(self._database.upsert(LISTINGS), changed)
        known = {place.paper_id for place in before}
        return [place.paper_id for place in after if place.paper_id not in known]

    async def of_day(self, source: str, day: date) -> Sequence[Listed]:
        """See the port."""
        async with self._database.reading() as connection:
            return await _of_day(connection, source, day)

    async def checked_at(self, source: str, day: date) -> datetime | None:
        """See the port."""
        query = sa.select(LIST_CHECKS.c.checked_at).where(
            LIST_CHECKS.c.source == source, LIST_CHECKS.c.day == day
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def earlier(
        self, source: str, ids: Collection[PaperId], *, before: date
    ) -> Mapping[PaperId, Listed]:
        """See the port."""
        latest: dict[PaperId, Listed] = {}
        async with self._database.reading() as connection:
            for batch in batches(ids):
                query = (
                    sa.select(*_PLACE)
                    .where(LISTINGS.c.source == source, LISTINGS.c.paper_id.in_(batch))
                    .where(LISTINGS.c.day < before)
                    .order_by(LISTINGS.c.day)
                )
                for row in await connection.execute(query):
                    place = Listed(*row)
                    latest[place.paper_id] = place
        return latest

    async def latest_day(self, source: str) -> date | None:
        """See the port."""
        query = sa.select(sa.func.max(LISTINGS.c.day)).where(LISTINGS.c.source == source)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one()


async def _of_day(connection: AsyncConnection, source: str, day: date) -> list[Listed]:
    query = (
        sa.select(*_PLACE)
        .where(LISTINGS.c.source == source, LISTINGS.c.day == day)
        .order_by(LISTINGS.c.position)
    )
    return [Listed(*row) for row in await connection.execute(query)]


def _row(source: str, place: Listed) -> dict[str, Any]:
    return {"source": source} | {column.name: getattr(place, column.name) for column in _PLACE}

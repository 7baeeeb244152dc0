"""How the program's parts stand."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.domain.standing import Standing, known_by, merged
from bot.ports import CLOCK_TOLERANCE
from bot.store.database import Database
from bot.store.tables import STANDINGS

_ROW = STANDINGS.c


class SqlStandings:
    """``bot.ports.Standings``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def report(self, standings: Mapping[str, Standing], *, now: datetime) -> None:
        """See the port."""
        if not standings:
            return
        # In one order everywhere, so that two writers cannot lock each other out.
        parts = sorted(standings)
        make = self._database.insert(STANDINGS).on_conflict_do_nothing()
        known = sa.select(STANDINGS).where(_ROW.part.in_(parts)).order_by(_ROW.part)
        put, latest = self._database.upsert(STANDINGS), now + CLOCK_TOLERANCE
        async with self._database.writing() as connection:
            await connection.execute(make, [_row(part, Standing(), now) for part in parts])
            rows = (await connection.execute(known.with_for_update())).all()
            merged_rows: list[dict[str, object]] = []
            for row in rows:
                standing = merged(known_by(_standing(row), latest), standings[row.part])
                merged_rows.append(_row(row.part, standing, max(row.seen_at, now)))
            await connection.execute(put, merged_rows)

    async def all(self, *, seen_since: datetime) -> Mapping[str, Standing]:
        """See the port."""
        query = sa.select(STANDINGS).where(_ROW.seen_at >= seen_since).order_by(_ROW.part)
        async with self._database.reading() as connection:
            return {row.part: _standing(row) for row in await connection.execute(query)}

    async def told(self, parts: Collection[str], *, at: datetime | None) -> None:
        """See the port."""
        if not parts:
            return
        statement = sa.update(STANDINGS).where(_ROW.part.in_(sorted(parts))).values(told_at=at)
        async with self._database.writing() as connection:
            await connection.execute(statement)

    async def prune(self, *, before: datetime) -> int:
        """See the port."""
        async with self._database.writing() as connection:
            gone = await connection.execute(sa.delete(STANDINGS).where(_ROW.seen_at < before))
            return gone.rowcount


def _row(part: str, standing: Standing, seen_at: datetime) -> dict[str, object]:
    return {
        "part": part,
        "worked_at": standing.worked_at,
        "failing_since": standing.failing_since,
        "failed_at": standing.failed_at,
        "reason": standing.reason,
        "told_at": standing.told_at,
        "seen_at": seen_at,
    }


def _standing(row: sa.Row[tuple[object, ...]]) -> Standing:
    return Standing(row.worked_at, row.failing_since, row.failed_at, row.reason, row.told_at)

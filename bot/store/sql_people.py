"""What people keep for themselves, and what they think of papers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.ports import Tally, Vote
from bot.store.chat_rows import at_target, columns_of
from bot.store.database import Database
from bot.store.tables import SAVED, VOTES
from bot.store.tallies import best_first, known_to


class SqlSaved:
    """``bot.ports.Saved``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, user: str, paper_id: PaperId, *, now: datetime) -> bool:
        """See the port."""
        row = {"user_id": user, "paper_id": paper_id, "saved_at": now}
        insert = self._database.insert(SAVED).on_conflict_do_nothing()
        # PostgreSQL's driver counts no rows of an insert.
        added = insert.values(row).returning(SAVED.c.paper_id)
        async with self._database.writing() as connection:
            return (await connection.execute(added)).first() is not None

    async def remove(self, user: str, paper_id: PaperId) -> bool:
        """See the port."""
        kept = sa.and_(SAVED.c.user_id == user, SAVED.c.paper_id == paper_id)
        async with self._database.writing() as connection:
            return (await connection.execute(sa.delete(SAVED).where(kept))).rowcount == 1

    async def of(self, user: str) -> Sequence[PaperId]:
        """See the port."""
        query = (
            sa.select(SAVED.c.paper_id)
            .where(SAVED.c.user_id == user)
            .order_by(SAVED.c.saved_at.desc(), SAVED.c.paper_id.desc())
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def forget(self, user: str) -> int:
        """See the port."""
        statement = sa.delete(SAVED).where(SAVED.c.user_id == user)
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).rowcount


class SqlVotes:
    """``bot.ports.Votes``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cast(self, vote: Vote) -> int:
        """See the port."""
        insert = self._database.insert(VOTES)
        news = {name: insert.excluded[name] for name in ("thread", "value", "cast_at")}
        replaced = insert.on_conflict_do_update(
            index_elements=list(VOTES.primary_key.columns),
            set_=news,
            where=VOTES.c.cast_at <= insert.excluded.cast_at,
        )
        async with self._database.writing() as connection:
            before = (await connection.execute(_standing(vote))).scalar()
            if vote.value:
                await connection.execute(replaced, _row(vote))
            else:
                await connection.execute(_withdrawn(vote))
        return before or 0

    async def tally(self, target: Target, *, since: datetime) -> Sequence[Tally]:
        """See the port."""
        in_chat = _sums(target).where(VOTES.c.cast_at >= since).group_by(VOTES.c.paper_id)
        async with self._database.reading() as connection:
            return best_first(Tally(*row) for row in await connection.execute(in_chat))

    async def of_paper(self, target: Target, paper_id: PaperId) -> Tally:
        """See the port."""
        of_it = _sums(target).where(VOTES.c.paper_id == paper_id).group_by(VOTES.c.paper_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(of_it)).first()
        return Tally(paper_id, 0, 0) if row is None else Tally(*row)

    async def hand_over(self, target: Target, platform: str) -> int:
        """See the port."""
        here = at_target(VOTES, target)
        async with self._database.writing() as connection:
            rows = (await connection.execute(sa.select(VOTES).where(here))).mappings().all()
            if rows:
                moved = [_handed_over(row, platform) for row in rows]
                insert = self._database.insert(VOTES).on_conflict_do_nothing()
                await connection.execute(insert, moved)
                await connection.execute(sa.delete(VOTES).where(here))
        return len(rows)

    async def forget(self, user: str) -> int:
        """See the port."""
        statement = sa.delete(VOTES).where(VOTES.c.user_id == user)
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).rowcount


def _row(vote: Vote) -> dict[str, Any]:
    return {
        **columns_of(vote.target),
        "paper_id": vote.paper_id,
        "user_id": vote.user,
        "value": vote.value,
        "cast_at": vote.at,
    }


def _handed_over(row: sa.RowMapping, platform: str) -> dict[str, Any]:
    user = known_to(platform, row["user_id"], of=row["platform"])
    return {**row, "platform": platform, "user_id": user}


def _standing(vote: Vote) -> sa.Select[Any]:
    return sa.select(VOTES.c.value).where(_same(vote))


def _withdrawn(vote: Vote) -> sa.Delete:
    return sa.delete(VOTES).where(_same(vote), VOTES.c.cast_at <= vote.at)


def _same(vote: Vote) -> sa.ColumnElement[bool]:
    """The same person's on the same paper in the same chat."""
    row = VOTES.c
    return sa.and_(_in_chat(vote.target), row.paper_id == vote.paper_id, row.user_id == vote.user)


def _in_chat(target: Target) -> sa.ColumnElement[bool]:
    return sa.and_(VOTES.c.platform == target.platform, VOTES.c.chat == target.chat)


def _sums(target: Target) -> sa.Select[Any, Any, Any]:
    value = VOTES.c.value
    up = sa.func.sum(sa.case((value > 0, value), else_=0))
    down = sa.func.sum(sa.case((value < 0, -value), else_=0))
    return sa.select(VOTES.c.paper_id, up, down).where(_in_chat(target))

"""Stored papers by what somebody types."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.command import Suggestion
from bot.domain.paper import Paper
from bot.store.database import Database
from bot.store.folding import folded
from bot.store.tables import PAPER_INDEX, PAPERS

_UNDATED = datetime(1, 1, 1, tzinfo=UTC)


class SqlPaperIndex:
    """``bot.ports.PaperIndex``; ``SqlPapers`` keeps it up to date."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        """See the port."""
        typed, row = folded(text), PAPER_INDEX.c
        paper_id = sa.type_coerce(row.paper_id, sa.Text)
        fits = sa.or_(
            paper_id.startswith(typed, autoescape=True), row.title.contains(typed, autoescape=True)
        )
        order = (row.newest.desc(), row.paper_id.desc())
        found = sa.select(row.paper_id, row.newest).order_by(*order).limit(max(0, limit))
        chosen = (found.where(fits) if typed else found).subquery()
        query = (
            sa.select(PAPERS.c.id, PAPERS.c.title)
            .join(chosen, PAPERS.c.id == chosen.c.paper_id)
            .order_by(chosen.c.newest.desc(), chosen.c.paper_id.desc())
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return [Suggestion(paper_id.value, title) for paper_id, title in rows]


async def index_papers(
    database: Database, connection: AsyncConnection, papers: Collection[Paper]
) -> None:
    """Let papers be found by what they are now."""
    rows: list[dict[str, Any]] = [
        {
            "paper_id": paper.id,
            "newest": paper.published_at or _UNDATED,
            "title": folded(paper.title),
        }
        for paper in papers
    ]
    if rows:
        await connection.execute(database.upsert(PAPER_INDEX), rows)

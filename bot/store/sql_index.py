"""Stored papers by what somebody types."""

from collections.abc import Sequence

import sqlalchemy as sa

from bot.domain.command import Suggestion
from bot.domain.paper_id import PaperId
from bot.ports import Found
from bot.store.database import Database
from bot.store.folding import folded
from bot.store.paper_words import FIND, query
from bot.store.search_text import Phrase, read, telling
from bot.store.tables import PAPER_INDEX, PAPERS

# What a search finds at most; ``Found.total`` counts no further.
MOST_FOUND = 1_000


class SqlPaperIndex:
    """``bot.ports.PaperIndex``; ``SqlPapers`` and ``SqlSummaries`` keep it up to date
    (sql_indexing.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = database.writer.dialect.name

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        """See the port."""
        found = await self._begun(folded(text), max(0, limit))
        room = limit - len(found)
        phrases = read(text)
        if (
            room <= 0
            or not telling(phrases)
            or any(f.paper_id.startswith(folded(text)) for f in found)
        ):
            return found
        known = {suggestion.paper_id for suggestion in found}
        others = [paper for paper in await self._find(phrases, limit) if paper not in known]
        return [*found, *await self._entitled([PaperId(paper) for paper in others[:room]])]

    async def search(self, text: str, *, limit: int, offset: int = 0) -> Found:
        """See the port."""
        phrases = read(text)
        papers: Sequence[str] = await self._find(phrases, MOST_FOUND) if phrases else ()
        start = max(0, offset)
        # Read as ids no sooner than here, for there may be a thousand.
        page = [PaperId(paper) for paper in papers[start : start + max(0, limit)]]
        return Found(page, len(papers))

    async def _begun(self, typed: str, limit: int) -> list[Suggestion]:
        """Papers whose id begins with what was typed, or whose title holds it."""
        row = PAPER_INDEX.c
        paper_id = sa.type_coerce(row.paper_id, sa.Text)
        place_of = sa.func.strpos if self._dialect == "postgresql" else sa.func.instr
        fits = sa.or_(place_of(paper_id, typed) == 1, place_of(row.title, typed) > 0)
        order = (row.newest.desc(), row.paper_id.desc())
        found = sa.select(row.paper_id, row.newest).order_by(*order).limit(limit)
        chosen = (found.where(fits) if typed else found).subquery()
        statement = (
            sa.select(PAPERS.c.id, PAPERS.c.title)
            .join(chosen, PAPERS.c.id == chosen.c.paper_id)
            .order_by(chosen.c.newest.desc(), chosen.c.paper_id.desc())
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(statement)
            return [Suggestion(paper_id.value, title) for paper_id, title in rows]

    async def _find(self, phrases: Sequence[Phrase], most: int) -> Sequence[str]:
        """The ids of papers that hold all of these, the best first."""
        wanted = {**query(self._dialect, phrases), "most": most}
        async with self._database.searching() as connection:
            rows = await connection.execute(FIND[self._dialect], wanted)
            return [str(paper_id) for paper_id in rows.scalars()]

    async def _entitled(self, papers: Sequence[PaperId]) -> list[Suggestion]:
        statement = sa.select(PAPERS.c.id, PAPERS.c.title).where(PAPERS.c.id.in_(papers))
        async with self._database.reading() as connection:
            titles = {i: title for i, title in await connection.execute(statement)}  # noqa: C416 - rows
        return [Suggestion(i.value, titles[i]) for i in papers if i in titles]

"""Papers, each once, by id."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.paper import Paper, merge
from bot.domain.paper_id import PaperId
from bot.store.database import Database, batches, columns, fields
from bot.store.sql_indexing import index_papers
from bot.store.tables import PAPERS


class SqlPapers:
    """``bot.ports.PaperStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, papers: Sequence[Paper]) -> None:
        """See the port."""
        news = merged(papers)
        if not news:
            return
        # In one order everywhere, so that two writers on PostgreSQL cannot lock each other out.
        rows = [columns(PAPERS, news[paper_id]) for paper_id in sorted(news)]
        async with self._database.writing() as connection:
            # Newcomers first: whoever loses a race to insert one then reads, and merges into, the
            # winner's row.
            newcomers = self._database.insert(PAPERS).on_conflict_do_nothing()
            await connection.execute(newcomers, rows)
            known = await _read(connection, sorted(news), lock=True)
            now = [merge(known[paper_id], news[paper_id]) for paper_id in sorted(news)]
            changed = [columns(PAPERS, paper) for paper in now if paper != known[paper.id]]
            if changed:
                await connection.execute(self._database.upsert(PAPERS), changed)
            renewed = {paper.id for paper in now if _indexed(paper) != _indexed(known[paper.id])}
            await index_papers(self._database, connection, now, changed=renewed)

    async def get(self, ids: Collection[PaperId]) -> Mapping[PaperId, Paper]:
        """See the port."""
        async with self._database.reading() as connection:
            return await _read(connection, ids, lock=False)


def merged(papers: Sequence[Paper]) -> dict[PaperId, Paper]:
    """Each paper once; what comes twice is merged in order."""
    once: dict[PaperId, Paper] = {}
    for paper in papers:
        known = once.get(paper.id)
        once[paper.id] = paper if known is None else merge(known, paper)
    return once


def _indexed(paper: Paper) -> tuple[object, ...]:
    """What the index knows of a paper."""
    return paper.title, paper.abstract, paper.published_at


async def _read(
    connection: AsyncConnection, ids: Collection[PaperId], *, lock: bool
) -> dict[PaperId, Paper]:
    """``lock`` keeps other writers off the rows on PostgreSQL; SQLite has but one writer."""
    found: dict[PaperId, Paper] = {}
    for batch in batches(ids):
        query = sa.select(PAPERS).where(PAPERS.c.id.in_(batch)).order_by(PAPERS.c.id)
        rows = await connection.execute(query.with_for_update() if lock else query)
        for row in rows.mappings():
            paper = Paper(**fields(PAPERS, row))
            found[paper.id] = paper
    return found

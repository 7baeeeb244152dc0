"""Keeping the index of papers up to date, in the transaction that changes what it is about."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Summary, SummaryKey
from bot.store.database import Database, batches
from bot.store.documents import decode, oldest_first
from bot.store.folding import folded
from bot.store.paper_words import WRITE, row
from bot.store.searchable import searchable
from bot.store.tables import PAPER_INDEX, PAPERS, SUMMARIES

_UNDATED = datetime(1, 1, 1, tzinfo=UTC)


async def index_papers(
    database: Database,
    connection: AsyncConnection,
    papers: Sequence[Paper],
    *,
    changed: Collection[PaperId],
) -> None:
    """Let papers be found by what they are now: those that changed, and those not yet there."""
    for batch in batches(papers):
        numbers = await _numbers(connection, [paper.id for paper in batch])
        stale = [paper for paper in batch if paper.id in changed or paper.id not in numbers]
        if stale:
            await connection.execute(_upsert(database), [_entry(paper) for paper in stale])
            await _write_words(connection, stale)


async def index_summary(connection: AsyncConnection, paper_id: PaperId) -> None:
    """Let a paper be found by its summaries too; one that is not stored yet will be, once it is."""
    # Locked, so that of two summaries written at once none is left out (SQLite has one writer).
    query = sa.select(PAPERS).where(PAPERS.c.id == paper_id).with_for_update()
    found = (await connection.execute(query)).mappings().first()
    if found is not None:
        await _write_words(connection, [Paper(**found)])


async def _write_words(connection: AsyncConnection, papers: Sequence[Paper]) -> None:
    ids = [paper.id for paper in papers]
    numbers = await _numbers(connection, ids)
    summaries = await _summaries(connection, ids)
    dialect = connection.dialect.name
    rows: list[dict[str, Any]] = []
    for paper in papers:
        text = searchable(paper.title, paper.abstract, summaries.get(paper.id, ()))
        rows.append({"number": numbers[paper.id], **row(dialect, text)})
    await connection.execute(WRITE[dialect], rows)


async def _numbers(connection: AsyncConnection, ids: Collection[PaperId]) -> dict[PaperId, int]:
    index = PAPER_INDEX.c
    query = sa.select(index.paper_id, index.number).where(index.paper_id.in_(ids))
    return {i: number for i, number in await connection.execute(query)}  # noqa: C416 - rows


async def _summaries(
    connection: AsyncConnection, ids: Collection[PaperId]
) -> Mapping[PaperId, Sequence[Summary]]:
    """All that is stored of these papers, in every language, oldest first."""
    t = SUMMARIES.c
    query = sa.select(t.paper_id, t.version, t.language, t.prompt, t.model, t.document)
    rows = await connection.execute(query.where(t.paper_id.in_(ids)))
    pairs = [(SummaryKey(*key), decode(document)) for *key, document in rows]
    found: dict[PaperId, list[Summary]] = {}
    for key, summary in oldest_first(pairs):
        found.setdefault(key.paper_id, []).append(summary)
    return found


def _upsert(database: Database) -> sa.Executable:
    insert = database.insert(PAPER_INDEX)
    news = {name: insert.excluded[name] for name in ("newest", "title")}
    return insert.on_conflict_do_update(index_elements=[PAPER_INDEX.c.paper_id], set_=news)


def _entry(paper: Paper) -> dict[str, Any]:
    newest = paper.published_at or _UNDATED
    return {"paper_id": paper.id, "newest": newest, "title": folded(paper.title)}

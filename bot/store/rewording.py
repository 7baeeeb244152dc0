"""Writing the words of all indexed papers anew, from the papers and their summaries."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.paper_id import PaperId
from bot.domain.summary import Summary, SummaryKey
from bot.store.documents import decode, oldest_first
from bot.store.paper_words import WRITE, row
from bot.store.searchable import searchable
from bot.store.tables import PAPER_INDEX, PAPERS, SUMMARIES

# Papers in one statement.
_BATCH = 500


def write_all_words(connection: sa.Connection) -> None:
    """Let all papers of the index be found by their words; the table of words is empty before."""
    dialect, after = connection.dialect.name, 0
    while batch := _entries(connection, after):
        after = batch[-1].number
        summaries = _summaries(connection, [entry.paper_id for entry in batch])
        rows: list[dict[str, Any]] = []
        for entry in batch:
            text = searchable(entry.title, entry.abstract, summaries.get(entry.paper_id, ()))
            rows.append({"number": entry.number, **row(dialect, text)})
        connection.execute(WRITE[dialect], rows)


def _entries(connection: sa.Connection, after: int) -> Sequence[sa.Row[int, PaperId, str, str]]:
    index = PAPER_INDEX.c
    query = (
        sa.select(index.number, index.paper_id, PAPERS.c.title, PAPERS.c.abstract)
        .join(PAPERS, PAPERS.c.id == index.paper_id)
        .where(index.number > after)
        .order_by(index.number)
        .limit(_BATCH)
    )
    return connection.execute(query).all()


def _summaries(
    connection: sa.Connection, papers: Sequence[PaperId]
) -> Mapping[PaperId, Sequence[Summary]]:
    stored = SUMMARIES.c
    key = (stored.paper_id, stored.version, stored.language, stored.prompt, stored.model)
    query = sa.select(*key, stored.document).where(stored.paper_id.in_(papers))
    pairs = [(SummaryKey(*key), decode(document)) for *key, document in connection.execute(query)]
    found: dict[PaperId, list[Summary]] = {}
    for of, summary in oldest_first(pairs):
        found.setdefault(of.paper_id, []).append(summary)
    return found

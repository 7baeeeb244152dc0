"""Summaries by what was paid for, and the claims on writing them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.paper_id import PaperId
from bot.domain.summary import Language, Summary, SummaryKey
from bot.store.database import Database, batches
from bot.store.documents import decode, encode, oldest_first, require_match
from bot.store.sql_indexing import index_summary
from bot.store.tables import SUMMARIES, SUMMARY_CLAIMS


class SqlSummaries:
    """``bot.ports.SummaryStore``; ``documents.oldest_first`` has the order of ``of_papers``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: SummaryKey) -> Summary | None:
        """See the port."""
        query = sa.select(SUMMARIES.c.document).where(_is(SUMMARIES, key))
        async with self._database.reading() as connection:
            document = (await connection.execute(query)).scalar_one_or_none()
        return None if document is None else decode(document)

    async def put(self, key: SummaryKey, summary: Summary) -> None:
        """See the port."""
        require_match(key, summary)
        written = summary.provenance.created_at
        row = {**_columns(key), "created_at": written, "document": encode(summary)}
        async with self._database.writing() as connection:
            await connection.execute(self._database.upsert(SUMMARIES), row)
            await connection.execute(sa.delete(SUMMARY_CLAIMS).where(_is(SUMMARY_CLAIMS, key)))
            await index_summary(connection, key.paper_id)

    async def of_papers(
        self, ids: Collection[PaperId], language: Language
    ) -> Sequence[tuple[SummaryKey, Summary]]:
        """See the port."""
        t = SUMMARIES.c
        found: list[tuple[SummaryKey, Summary]] = []
        async with self._database.reading() as connection:
            for batch in batches(ids):
                query = sa.select(
                    t.paper_id, t.version, t.language, t.prompt, t.model, t.document
                ).where(t.paper_id.in_(batch), t.language == language)
                for *key, document in await connection.execute(query):
                    found.append((SummaryKey(*key), decode(document)))
        return oldest_first(found)

    async def claim(self, key: SummaryKey, owner: str, *, now: datetime, until: datetime) -> bool:
        """See the port. A claim has run out once ``now`` reaches its end."""
        held = SUMMARY_CLAIMS.c
        insert = self._database.insert(SUMMARY_CLAIMS)
        # One statement decides, in whatever process: a row comes back to the one who holds it.
        statement = (
            insert.values(**_columns(key), owner=owner, expires_at=until)
            .on_conflict_do_update(
                index_elements=list(SUMMARY_CLAIMS.primary_key.columns),
                set_={"owner": owner, "expires_at": until},
                where=sa.or_(held.owner == owner, held.expires_at <= now),
            )
            .returning(held.owner)
        )
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).scalar_one_or_none() is not None

    async def release(self, key: SummaryKey, owner: str) -> None:
        """See the port."""
        statement = sa.delete(SUMMARY_CLAIMS).where(
            _is(SUMMARY_CLAIMS, key), SUMMARY_CLAIMS.c.owner == owner
        )
        async with self._database.writing() as connection:
            await connection.execute(statement)

    async def prune_claims(self, *, before: datetime) -> int:
        """See the port."""
        statement = sa.delete(SUMMARY_CLAIMS).where(SUMMARY_CLAIMS.c.expires_at < before)
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).rowcount


def _columns(key: SummaryKey) -> dict[str, Any]:
    return {
        "paper_id": key.paper_id,
        "version": key.version,
        "language": key.language,
        "prompt": key.prompt,
        "model": key.model,
    }


def _is(table: sa.Table, key: SummaryKey) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == value for name, value in _columns(key).items()))

"""What chats choose for themselves, what people keep and vote, and a search over all texts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.documents import decode
from bot.store.folding import folded
from bot.store.paper_words import CREATE, WRITE, row
from bot.store.searchable import searchable

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_UNSENT = sa.text("state NOT IN ('sent', 'included', 'passed')")
_NAMED = sa.text("message_id IS NOT NULL")
_BATCH = 500


def upgrade() -> None:
    """Create the tables and columns, and index the papers and summaries that are there."""
    _chats()
    _deliveries()
    _people()
    _paper_index()


def _chats() -> None:
    op.add_column("chats", sa.Column("settings", sa.Text, nullable=False, server_default="{}"))
    op.add_column(
        "chats", sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column("chats", sa.Column("listed", sa.Text, nullable=False, server_default=""))
    # Until now chats came from the operator's list alone; this is no entry's fingerprint, so that
    # the list is applied once more.
    chats = sa.table("chats", sa.column("listed", sa.Text))
    op.execute(sa.update(chats).values(listed="0002"))
    revisions = op.create_table(
        "revisions",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(revisions, [{"name": "chats", "number": 1}])


def _deliveries() -> None:
    op.drop_index("ix_deliveries_unsent", "deliveries")
    _partial_index("ix_deliveries_unsent", ["state", "created_at", "number"], _UNSENT)
    _partial_index("ix_deliveries_message", ["message_id", "chat"], _NAMED)


def _partial_index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)


def _people() -> None:
    op.create_table(
        "saved_papers",
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("paper_id", sa.Text, primary_key=True),
        sa.Column("saved_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "votes",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("chat", sa.Text, primary_key=True),
        sa.Column("paper_id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.Column("cast_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_votes_cast_at", "votes", ["platform", "chat", "cast_at"])
    op.create_index("ix_votes_user_id", "votes", ["user_id"])


def _paper_index() -> None:
    op.drop_table("paper_index")
    index = op.create_table(
        "paper_index",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("paper_id", sa.Text, nullable=False, unique=True),
        sa.Column("newest", _MOMENT, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
    )
    op.create_index("ix_paper_index_newest", "paper_index", ["newest", "paper_id", "title"])
    connection = op.get_bind()
    for statement in CREATE[connection.dialect.name]:
        op.execute(statement)
    number = 0
    for papers in _papers(connection):
        summaries = _summaries(connection, [paper["id"] for paper in papers])
        for paper in papers:
            number += 1
            newest = paper["published_at"] or datetime(1, 1, 1, tzinfo=UTC)
            entry = {"paper_id": paper["id"], "newest": newest, "title": folded(paper["title"])}
            connection.execute(sa.insert(index), {"number": number, **entry})
            text = searchable(
                paper["title"],
                paper["abstract"],
                [decode(document) for document in summaries.get(paper["id"], ())],
            )
            words = row(connection.dialect.name, text)
            connection.execute(WRITE[connection.dialect.name], {"number": number, **words})
    _let_numbers_go_on(connection)


def _papers(connection: sa.Connection) -> Iterator[Sequence[Mapping[Any, Any]]]:
    """All papers, the oldest first, some at a time."""
    papers = sa.table(
        "papers",
        sa.column("id", sa.Text),
        sa.column("title", sa.Text),
        sa.column("abstract", sa.Text),
        sa.column("published_at", _MOMENT),
    )
    ids = sa.select(papers.c.id).order_by(papers.c.published_at.nulls_first(), papers.c.id)
    order = connection.execute(ids).scalars().all()
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        found = connection.execute(sa.select(papers).where(papers.c.id.in_(batch))).mappings()
        rows = {paper["id"]: paper for paper in found}
        yield [rows[paper_id] for paper_id in batch]


def _summaries(connection: sa.Connection, papers: Sequence[str]) -> dict[str, list[str]]:
    stored = sa.table(
        "summaries",
        sa.column("paper_id", sa.Text),
        sa.column("created_at", _MOMENT),
        sa.column("document", sa.Text),
    )
    query = (
        sa.select(stored.c.paper_id, stored.c.document)
        .where(stored.c.paper_id.in_(papers))
        .order_by(stored.c.created_at.nulls_first())
    )
    found: dict[str, list[str]] = {}
    for paper_id, document in connection.execute(query):
        found.setdefault(paper_id, []).append(document)
    return found


def _let_numbers_go_on(connection: sa.Connection) -> None:
    """PostgreSQL counts apart from the rows; SQLite goes on from the last of them."""
    if connection.dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('paper_index', 'number'), "
            "(SELECT coalesce(max(number), 0) + 1 FROM paper_index), false)"
        )

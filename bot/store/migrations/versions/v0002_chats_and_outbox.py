"""Chats, deliveries with their queues, rates, updates, leases, and the index of papers."""

import unicodedata
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OPEN = sa.text("state IN ('pending', 'claimed', 'sending')")
_IN_FLIGHT = sa.text("state IN ('claimed', 'sending')")
_UNSENT = sa.text("state <> 'sent'")
_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables, and index the papers that are there."""
    _chats()
    _lanes()
    _deliveries()
    _shared()
    _paper_index()


def _target() -> tuple[sa.Column[str], ...]:
    return (
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("chat", sa.Text, primary_key=True),
        sa.Column("thread", sa.Text, primary_key=True),
    )


def _chats() -> None:
    op.create_table(
        "chats",
        *_target(),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("sources", sa.JSON, nullable=False),
        sa.Column("heartbeat", sa.Time),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("on_unknown", sa.Text, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
    )
    op.create_table("suspensions", *_target(), sa.Column("reason", sa.Text, nullable=False))
    op.create_table(
        "chat_moves",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("chat", sa.Text, primary_key=True),
        sa.Column("home", sa.Text, nullable=False),
    )


def _lanes() -> None:
    op.create_table(
        "lanes",
        sa.Column("lane", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("ready_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_lanes_ready_at", "lanes", ["ready_at", "lane"])
    op.create_index("ix_lanes_platform", "lanes", ["platform", "ready_at", "lane"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("lane", sa.BigInteger, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("post_key", sa.Text, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("resent", sa.Boolean, nullable=False),
        sa.Column("plain", sa.Boolean, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("called_at", sa.BigInteger),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("message_id", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
    )
    _partial_index("ix_deliveries_open", ["lane", "due_at", "created_at", "number"], _OPEN)
    _partial_index("ix_deliveries_in_flight", ["lane", "lease_until"], _IN_FLIGHT)
    _partial_index("ix_deliveries_unsent", ["state", "created_at", "number"], _UNSENT)
    op.create_index("ix_deliveries_chat", "deliveries", ["chat", "created_at", "number"])
    op.create_index("ix_deliveries_created_at", "deliveries", ["created_at", "number"])


def _partial_index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)


def _shared() -> None:
    op.create_table(
        "rates",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("next_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "updates",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT),
    )
    op.create_index("ix_updates_done_at", "updates", ["done_at"])
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )


def _paper_index() -> None:
    index = op.create_table(
        "paper_index",
        sa.Column("paper_id", sa.Text, primary_key=True),
        sa.Column("newest", _MOMENT, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
    )
    op.create_index("ix_paper_index_newest", "paper_index", ["newest", "paper_id", "title"])
    papers = sa.table(
        "papers", sa.column("id"), sa.column("title"), sa.column("published_at", _MOMENT)
    )
    query = sa.select(papers.c.id, papers.c.published_at, papers.c.title)
    rows = [
        {"paper_id": paper_id, "newest": at or datetime(1, 1, 1, tzinfo=UTC), "title": _folded(t)}
        for paper_id, at, t in op.get_bind().execute(query)
    ]
    op.bulk_insert(index, rows)


def _folded(title: str) -> str:
    """As ``bot.store.folding`` did when this was written."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())

"""The tables. ``migrations/versions`` creates them; a test holds the two together."""

import sqlalchemy as sa

from bot.store.column_types import Dollars, Instant, PaperIdText, TextTuple, UtcDateTime

METADATA = sa.MetaData()

# One column for each field of domain.paper.Paper, of the same name.
PAPERS = sa.Table(
    "papers",
    METADATA,
    sa.Column("id", PaperIdText, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("abstract", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("authors", TextTuple, nullable=False),
    sa.Column("categories", TextTuple, nullable=False),
    sa.Column("published_at", UtcDateTime, index=True),
    sa.Column("updated_at", UtcDateTime),
    sa.Column("withdrawn", sa.Boolean, nullable=False),
    sa.Column("upvotes", sa.Integer),
    sa.Column("comments", sa.Integer),
    sa.Column("thumbnail_url", sa.Text),
    sa.Column("media_urls", TextTuple, nullable=False),
    sa.Column("code_url", sa.Text),
    sa.Column("code_stars", sa.Integer),
    sa.Column("project_url", sa.Text),
    sa.Column("organization", sa.Text),
    sa.Column("keywords", TextTuple, nullable=False),
    sa.Column("upstream_summary", sa.Text),
    sa.Column("submitted_by", sa.Text),
)

LIST_CHECKS = sa.Table(
    "list_checks",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("checked_at", UtcDateTime, nullable=False),
)

LISTINGS = sa.Table(
    "listings",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("paper_id", PaperIdText, sa.ForeignKey("papers.id"), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("first_seen", UtcDateTime, nullable=False),
    sa.Index("ix_listings_paper_id", "paper_id", "source", "day"),
)


def _summary_key() -> tuple[sa.Column[object], ...]:
    """The columns of a domain.summary.SummaryKey."""
    return (
        sa.Column("paper_id", PaperIdText, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("language", sa.Text, primary_key=True),
        sa.Column("prompt", sa.Text, primary_key=True),
        sa.Column("model", sa.Text, primary_key=True),
    )


# No foreign key to papers: a summary that was paid for outlives whatever happens to its paper.
SUMMARIES = sa.Table(
    "summaries",
    METADATA,
    *_summary_key(),
    sa.Column("created_at", UtcDateTime),
    sa.Column("document", sa.Text, nullable=False),
)

SUMMARY_CLAIMS = sa.Table(
    "summary_claims",
    METADATA,
    *_summary_key(),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

MODEL_CALLS = sa.Table(
    "model_calls",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("paper_id", PaperIdText, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("prompt", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("input_tokens", sa.Integer, nullable=False),
    sa.Column("cached_tokens", sa.Integer, nullable=False),
    sa.Column("output_tokens", sa.Integer, nullable=False),
    sa.Column("cost_usd_e12", Dollars),
    sa.Column("outcome", sa.Text, nullable=False),
)

HTTP_CACHE = sa.Table(
    "http_cache",
    METADATA,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("stored_at", UtcDateTime, nullable=False, index=True),
)

# SQLite gives a row's own number to this type only.
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# Titles as they are suggested (folding.folded), apart from the papers: what a search reads stays
# small. ``number`` counts in the order of adding; the words (paper_words.py) stand under it, and in
# no table of this file, for no two databases keep them alike. ``newest`` is when a paper was
# published, the beginning of time where nobody knows.
PAPER_INDEX = sa.Table(
    "paper_index",
    METADATA,
    sa.Column("number", _NUMBER, primary_key=True),
    sa.Column("paper_id", PaperIdText, nullable=False, unique=True),
    sa.Column("newest", UtcDateTime, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Index("ix_paper_index_newest", "newest", "paper_id", "title"),
)


def _target() -> tuple[sa.Column[str], ...]:
    """The columns of a domain.target.Target; no thread is ""."""
    return (
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("chat", sa.Text, primary_key=True),
        sa.Column("thread", sa.Text, primary_key=True),
    )


# ``settings`` holds what has no column of its own (chat_documents.py).
CHATS = sa.Table(
    "chats",
    METADATA,
    *_target(),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("sources", TextTuple, nullable=False),
    sa.Column("heartbeat", sa.Time),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("on_unknown", sa.Text, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("settings", sa.Text, nullable=False),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("listed", sa.Text, nullable=False),
)

# Numbers that grow with every change of something: of ``chats``.
REVISIONS = sa.Table(
    "revisions",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
)

# Also of targets that are no chats of ours: a refusal counts for them too.
SUSPENSIONS = sa.Table(
    "suspensions", METADATA, *_target(), sa.Column("reason", sa.Text, nullable=False)
)

# Addresses that chats have left, each with where the chat is now.
CHAT_MOVES = sa.Table(
    "chat_moves",
    METADATA,
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("chat", sa.Text, primary_key=True),
    sa.Column("home", sa.Text, nullable=False),
)

# One queue a chat (addresses.lane_of). ``ready_at`` is the moment from which a claim finds
# something in it; ``lanes.refresh`` computes it. ``lately`` is when the chat was last written to,
# where its platform permits bursts (``bursts``).
LANES = sa.Table(
    "lanes",
    METADATA,
    sa.Column("lane", _NUMBER, primary_key=True, autoincrement=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("ready_at", Instant, nullable=False),
    sa.Column("lately", sa.Text),
    sa.Index("ix_lanes_ready_at", "ready_at", "lane"),
    sa.Index("ix_lanes_platform", "platform", "ready_at", "lane"),
)

# Written out, not bound: a database uses a partial index for the very same words only. And no
# other index begins with the lane, lest SQLite choose one that holds all that was ever sent.
OPEN = sa.text("state IN ('pending', 'claimed', 'sending')")
IN_FLIGHT = sa.text("state IN ('claimed', 'sending')")
UNSENT = sa.text("state NOT IN ('sent', 'included', 'passed')")
NAMED = sa.text("message_id IS NOT NULL")


def _partial_index(name: str, where: sa.TextClause, *columns: str) -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


# ``number`` counts in the order of adding; ``id`` is Delivery.id.
DELIVERIES = sa.Table(
    "deliveries",
    METADATA,
    sa.Column("number", _NUMBER, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("lane", sa.BigInteger, nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("chat", sa.Text, nullable=False),
    sa.Column("thread", sa.Text, nullable=False),
    sa.Column("post_key", sa.Text, nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("resent", sa.Boolean, nullable=False),
    sa.Column("plain", sa.Boolean, nullable=False),
    sa.Column("lease_until", Instant),
    sa.Column("called_at", Instant),
    sa.Column("sent_at", Instant),
    sa.Column("message_id", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    _partial_index("ix_deliveries_open", OPEN, "lane", "due_at", "created_at", "number"),
    _partial_index("ix_deliveries_in_flight", IN_FLIGHT, "lane", "lease_until"),
    _partial_index("ix_deliveries_unsent", UNSENT, "state", "created_at", "number"),
    # By the message first: where somebody reacted to it, that is all one knows.
    _partial_index("ix_deliveries_message", NAMED, "message_id", "chat"),
    sa.Index("ix_deliveries_chat", "chat", "created_at", "number"),
    sa.Index("ix_deliveries_created_at", "created_at", "number"),
)

# One rate a key; ``next_at`` is its next free slot, in microseconds as they are (instants.py).
RATES = sa.Table(
    "rates",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("next_at", sa.BigInteger, nullable=False),
)

# ``number`` counts in the order of arrival. The text goes once the update is done (T12).
UPDATES = sa.Table(
    "updates",
    METADATA,
    sa.Column("number", _NUMBER, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("kept_at", UtcDateTime, nullable=False),
    sa.Column("done_at", UtcDateTime, index=True),
)

LEASES = sa.Table(
    "leases",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

# One row: the latest moment that any process has noted.
CLOCK = sa.Table(
    "clock",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seen_at", Instant, nullable=False),
)

# No foreign keys to papers, as with summaries. ``user_id`` is ``platform:id``.
SAVED = sa.Table(
    "saved_papers",
    METADATA,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("paper_id", PaperIdText, primary_key=True),
    sa.Column("saved_at", UtcDateTime, nullable=False),
)

# Once a person, paper and chat, in whichever thread last.
VOTES = sa.Table(
    "votes",
    METADATA,
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("chat", sa.Text, primary_key=True),
    sa.Column("paper_id", PaperIdText, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("thread", sa.Text, nullable=False),
    sa.Column("value", sa.Integer, nullable=False),
    sa.Column("cast_at", UtcDateTime, nullable=False),
    sa.Index("ix_votes_cast_at", "platform", "chat", "cast_at"),
    sa.Index("ix_votes_user_id", "user_id"),
)

# How the program's parts stand (domain.standing), and when a process last reported each.
STANDINGS = sa.Table(
    "standings",
    METADATA,
    sa.Column("part", sa.Text, primary_key=True),
    sa.Column("worked_at", UtcDateTime),
    sa.Column("failing_since", UtcDateTime),
    sa.Column("failed_at", UtcDateTime),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("told_at", UtcDateTime),
    sa.Column("seen_at", UtcDateTime, nullable=False),
)

# How much of something was used on a day (UTC).
ALLOWANCES = sa.Table(
    "allowances",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("used", sa.BigInteger, nullable=False),
)

# What the operator says to everybody; deliveries name it by its id.
ANNOUNCEMENTS = sa.Table(
    "announcements",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

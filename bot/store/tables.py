"""The tables. ``migrations/versions`` creates them; a test holds the two together."""

import sqlalchemy as sa

from bot.store.column_types import Dollars, PaperIdText, TextTuple, UtcDateTime

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

"""What the store says, read from outside with plain SQL."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.domain.target import Target
from bot.store.tables import (
    DELIVERIES,
    LEASES,
    LISTINGS,
    SUMMARIES,
    SUMMARY_CLAIMS,
    UPDATES,
)

OPEN = ("pending", "claimed", "sending")


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery, as far as it is compared."""

    target: Target
    post_key: str
    part: int
    state: str
    message_id: str
    resent: bool
    reason: str
    due_at: datetime

    @property
    def kind(self) -> str:
        """``paper``, ``digest``, ``edit``…"""
        return self.post_key.partition(":")[0]

    @property
    def paper(self) -> str:
        """The paper of a paper's row."""
        return self.post_key.split(":")[1] if self.kind == "paper" else ""


class Books:
    """A store's tables. ``url`` is as in the settings: a file's path or PostgreSQL's address."""

    def __init__(self, url: str) -> None:
        self.file = None if "://" in url else Path(url)
        address = url if self.file is None else f"sqlite:///{self.file}"
        self._engine = sa.create_engine(address, pool_pre_ping=True)

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def rows(self) -> list[Row]:
        """All deliveries, in the order of adding."""
        row = DELIVERIES.c
        query = sa.select(
            row.platform, row.chat, row.thread, row.post_key, row.part, row.state,
            row.message_id, row.resent, row.reason, row.due_at,
        ).order_by(row.number)  # fmt: skip
        with self._engine.connect() as connection:
            return [
                Row(
                    Target(one.platform, one.chat, one.thread or None),
                    one.post_key,
                    one.part,
                    one.state,
                    one.message_id or "",
                    one.resent,
                    one.reason,
                    one.due_at,
                )
                for one in connection.execute(query)
            ]

    def open_rows(self, *, now: datetime) -> int:
        """How many deliveries are under way, or will be: also those that are tried again later, but
        an edit only once it is due."""
        row = DELIVERIES.c
        later = row.post_key.startswith("edit:") & (row.due_at > now) & (row.state == "pending")
        wanted = row.state.in_(OPEN) & ~later
        return self._count(sa.select(sa.func.count()).where(wanted).select_from(DELIVERIES))

    def waiting_rows(self) -> int:
        """How many wait, also for a later moment."""
        wanted = DELIVERIES.c.state.in_(OPEN)
        return self._count(sa.select(sa.func.count()).where(wanted).select_from(DELIVERIES))

    def edits_due(self, *, by: datetime) -> bool:
        """Whether a digest is to be edited by a moment."""
        row = DELIVERIES.c
        wanted = row.post_key.startswith("edit:") & row.state.in_(OPEN) & (row.due_at <= by)
        return self._count(sa.select(sa.func.count()).where(wanted).select_from(DELIVERIES)) > 0

    def listed(self) -> set[str]:
        """The papers that were collected."""
        with self._engine.connect() as connection:
            ids = connection.execute(sa.select(LISTINGS.c.paper_id)).scalars()
            return {str(one) for one in ids}

    def summaries(self, papers: Collection[str] | None = None) -> set[tuple[str, str]]:
        """The papers and languages that a model's summary is stored for."""
        table = SUMMARIES.c
        query = sa.select(table.paper_id, table.language).where(table.model != "extractive")
        with self._engine.connect() as connection:
            found = {(str(one.paper_id), one.language) for one in connection.execute(query)}
        return found if papers is None else {one for one in found if one[0] in papers}

    def open_updates(self) -> int:
        """Commands that were kept and not answered."""
        query = sa.select(sa.func.count()).where(UPDATES.c.done_at.is_(None))
        return self._count(query.select_from(UPDATES))

    def in_hand(self) -> set[str]:
        """Who has given a command that was kept and is not noted as answered."""
        query = sa.select(UPDATES.c.text).where(UPDATES.c.done_at.is_(None))
        with self._engine.connect() as connection:
            updates = [json.loads(text) for text in connection.execute(query).scalars()]
        return {str(update["message"]["from"]["id"]) for update in updates if "message" in update}

    def leases(self, *, now: datetime) -> Sequence[str]:
        """Leases and claims that some process still holds. What only notes something until it ends
        by itself is none: the number of Discord's shards, the pause after an introduction there."""
        lease, claim = LEASES.c, SUMMARY_CLAIMS.c
        with self._engine.connect() as connection:
            notes = ~lease.owner.contains(":") | lease.name.contains(":identify:")
            held = connection.execute(sa.select(lease.name).where(~notes, lease.expires_at > now))
            claimed = connection.execute(sa.select(claim.paper_id).where(claim.expires_at > now))
            return [*held.scalars(), *(f"claim:{one}" for one in claimed.scalars())]

    def _count(self, query: sa.Select[Any]) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())


def now_utc() -> datetime:
    """This moment."""
    return datetime.now(UTC)

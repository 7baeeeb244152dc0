"""Summaries, and what they cost."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.model_call import ModelCall, Spending
from bot.domain.paper_id import PaperId
from bot.domain.summary import Language, Summary, SummaryKey


class SummaryStore(Protocol):
    """Summaries by what was paid for, and the claims that keep two from paying at once."""

    async def get(self, key: SummaryKey) -> Summary | None:
        """The summary under exactly this key."""
        ...

    async def put(self, key: SummaryKey, summary: Summary) -> None:
        """Store (or replace) a summary and drop any claim on its key, in one transaction."""
        ...

    async def of_papers(
        self, ids: Collection[PaperId], language: Language
    ) -> Sequence[tuple[SummaryKey, Summary]]:
        """Every stored summary of these papers in a language, oldest first."""
        ...

    async def claim(self, key: SummaryKey, owner: str, *, now: datetime, until: datetime) -> bool:
        """Whether ``owner`` may now write this summary: nobody else holds an unexpired claim.

        Claiming again as the same owner prolongs it.
        """
        ...

    async def release(self, key: SummaryKey, owner: str) -> None:
        """Give a claim back without a summary. Not holding it is no error."""
        ...

    async def prune_claims(self, *, before: datetime) -> int:
        """Forget claims that ran out before a moment; returns how many."""
        ...


class Ledger(Protocol):
    """Calls to models and what they cost."""

    async def record(self, call: ModelCall) -> None:
        """Note one call."""
        ...

    async def spent(self, *, since: datetime) -> Spending:
        """Everything from ``since`` (UTC) on."""
        ...

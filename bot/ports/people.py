"""What people keep and think."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.paper_id import PaperId
from bot.domain.target import Target


class Saved(Protocol):
    """Papers that people keep for themselves. ``user`` is ``platform:id``."""

    async def add(self, user: str, paper_id: PaperId, *, now: datetime) -> bool:
        """Keep a paper; returns whether it was not kept already."""
        ...

    async def remove(self, user: str, paper_id: PaperId) -> bool:
        """Keep it no longer; returns whether it was."""
        ...

    async def of(self, user: str) -> Sequence[PaperId]:
        """What somebody keeps, the newest first."""
        ...

    async def forget(self, user: str) -> int:
        """Remove everything of somebody's; returns how much it was."""
        ...


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody thinks of a paper in a chat: ``value`` 1, -1, or 0 for nothing any more.

    ``user`` is ``platform:id``. Where a platform tells totals only, they come as votes of
    ``platform:message:up`` and ``…:down``, whose values are those totals (the latter negative).
    """

    target: Target
    paper_id: PaperId
    user: str
    value: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How a paper was received: sums of positive and of negative votes, both counted from 0."""

    paper_id: PaperId
    up: int
    down: int


class Votes(Protocol):
    """What chats think of papers."""

    async def cast(self, vote: Vote) -> int:
        """Note a vote; the same person's newer one on the same paper in the same chat replaces.
        Returns the value that stood before, 0 for none."""
        ...

    async def tally(self, target: Target, *, since: datetime) -> Sequence[Tally]:
        """A chat's votes (all of its threads) cast since, a line a paper, the best (up less down)
        first, equals by the newer paper."""
        ...

    async def of_paper(self, target: Target, paper_id: PaperId) -> Tally:
        """A paper's votes in a chat."""
        ...

    async def hand_over(self, target: Target, platform: str) -> int:
        """Give the votes cast at exactly this target to the bot that is called ``platform``, whose
        users go by the same ids; what stands there already stays. Returns how many they were."""
        ...

    async def forget(self, user: str) -> int:
        """Remove somebody's votes everywhere; returns how many."""
        ...

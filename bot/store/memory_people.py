"""In-memory fakes of what people keep and vote."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.ports import Tally, Vote
from bot.store.addresses import readdressed, settled
from bot.store.tallies import best_first, known_to

# Platform, chat, paper, user: one vote.
_Key: TypeAlias = tuple[str, str, PaperId, str]


class MemorySaved:
    """``bot.ports.Saved``."""

    def __init__(self) -> None:
        self._saved: dict[str, dict[PaperId, datetime]] = {}

    async def add(self, user: str, paper_id: PaperId, *, now: datetime) -> bool:
        """See the port."""
        kept = self._saved.setdefault(user, {})
        is_new = paper_id not in kept
        kept.setdefault(paper_id, now)
        return is_new

    async def remove(self, user: str, paper_id: PaperId) -> bool:
        """See the port."""
        return self._saved.get(user, {}).pop(paper_id, None) is not None

    async def of(self, user: str) -> Sequence[PaperId]:
        """See the port."""
        kept = self._saved.get(user, {})
        return sorted(kept, key=lambda paper_id: (kept[paper_id], paper_id), reverse=True)

    async def forget(self, user: str) -> int:
        """See the port."""
        return len(self._saved.pop(user, {}))


class MemoryVotes:
    """``bot.ports.Votes``."""

    def __init__(self) -> None:
        self._votes: dict[_Key, Vote] = {}

    async def cast(self, vote: Vote) -> int:
        """See the port."""
        vote = replace(vote, target=settled(vote.target))
        known = self._votes.get(_key(vote))
        before = known.value if known else 0
        if known is not None and known.at > vote.at:
            return before
        if vote.value:
            self._votes[_key(vote)] = vote
        else:
            self._votes.pop(_key(vote), None)
        return before

    async def tally(self, target: Target, *, since: datetime) -> Sequence[Tally]:
        """See the port."""
        cast = [vote for vote in self._in_chat(target) if vote.at >= since]
        return best_first(_sum(paper_id, cast) for paper_id in {vote.paper_id for vote in cast})

    async def of_paper(self, target: Target, paper_id: PaperId) -> Tally:
        """See the port."""
        return _sum(paper_id, self._in_chat(target))

    async def forget(self, user: str) -> int:
        """See the port."""
        return self._remove(vote for vote in self._votes.values() if vote.user == user)

    def forget_place(self, target: Target) -> None:
        """Remove the votes cast at exactly this target."""
        self._remove(vote for vote in self._votes.values() if vote.target == target)

    def move(self, old: Target, chat: str) -> None:
        """Give a chat's votes its new address; what stands there already stays."""
        for vote in self._in_chat(old):
            del self._votes[_key(vote)]
            moved = replace(vote, target=readdressed(vote.target, chat))
            self._votes.setdefault(_key(moved), moved)

    async def hand_over(self, target: Target, platform: str) -> int:
        """See the port."""
        votes = [vote for vote in self._votes.values() if vote.target == target]
        for vote in votes:
            del self._votes[_key(vote)]
            user = known_to(platform, vote.user, of=target.platform)
            moved = replace(vote, target=replace(target, platform=platform), user=user)
            self._votes.setdefault(_key(moved), moved)
        return len(votes)

    def _in_chat(self, target: Target) -> list[Vote]:
        place = (target.platform, target.chat)
        return [v for v in self._votes.values() if (v.target.platform, v.target.chat) == place]

    def _remove(self, votes: Iterable[Vote]) -> int:
        gone = [_key(vote) for vote in votes]
        for key in gone:
            del self._votes[key]
        return len(gone)


def _key(vote: Vote) -> _Key:
    return vote.target.platform, vote.target.chat, vote.paper_id, vote.user


def _sum(paper_id: PaperId, votes: Iterable[Vote]) -> Tally:
    values = [vote.value for vote in votes if vote.paper_id == paper_id]
    return Tally(paper_id, sum(v for v in values if v > 0), -sum(v for v in values if v < 0))

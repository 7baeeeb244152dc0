"""The week's best, three ways."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.ports import Store, Tally
from bot.services.finding.rows import PaperRow, ReadRows

# So far back; and as many papers of each kind.
WEEK = timedelta(days=7)
MOST = 5


@dataclass(frozen=True, slots=True)
class Best:
    """The best of a week, each list its best first, none longer than ``MOST``.

    ``reactions`` come with their votes. ``listed`` is how many papers the lists of the week have.
    """

    reactions: tuple[tuple[PaperRow, Tally], ...]
    upvotes: tuple[PaperRow, ...]
    scores: tuple[PaperRow, ...]
    listed: int


class ReadBest:
    """Reads it, for a chat and its sources."""

    def __init__(self, store: Store, sources: Sequence[str], rows: ReadRows) -> None:
        self._store = store
        self._sources = sources
        self._rows = rows

    async def best(self, target: Target, *, now: datetime) -> Best:
        """The best of the seven days before ``now``.

        Raises:
            StoreError: the store cannot be read.
        """
        liked, ids = await asyncio.gather(self._liked(target, now), self._listed(now))
        voted, listed = await asyncio.gather(
            self._rows.rows([tally.paper_id for tally in liked], now=now),
            self._rows.rows(ids, now=now),
        )
        tallies = {tally.paper_id: tally for tally in liked}
        return Best(
            reactions=tuple((row, tallies[row.paper.id]) for row in voted),
            upvotes=by_upvotes(listed),
            scores=by_score(listed),
            listed=len(listed),
        )

    async def _liked(self, target: Target, now: datetime) -> Sequence[Tally]:
        tallies = await self._store.votes.tally(target, since=now - WEEK)
        return [tally for tally in tallies if tally.up > tally.down][:MOST]

    async def _listed(self, now: datetime) -> Sequence[PaperId]:
        """Each paper once, the newest list's first."""
        today = now.date()
        days = [today - timedelta(days=back) for back in range(WEEK.days)]
        listings = self._store.listings
        places = await asyncio.gather(
            *(listings.of_day(source, day) for day in days for source in self._sources)
        )
        return list(dict.fromkeys(place.paper_id for day in places for place in day))


def by_upvotes(rows: Sequence[PaperRow]) -> tuple[PaperRow, ...]:
    """Those with most upvotes; one without any is not among the best."""
    voted = [row for row in rows if row.paper.upvotes]
    return tuple(sorted(voted, key=lambda row: -(row.paper.upvotes or 0))[:MOST])


def by_score(rows: Sequence[PaperRow]) -> tuple[PaperRow, ...]:
    """Those most recommended; equals by upvotes, then the newer list's."""
    rated = [(row, row.recommendation) for row in rows if row.recommendation is not None]
    ranked = sorted(rated, key=lambda pair: (-pair[1], -(pair[0].paper.upvotes or 0)))
    return tuple(row for row, _ in ranked[:MOST])

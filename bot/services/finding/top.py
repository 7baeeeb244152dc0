"""The week's best, three ways."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.domain.paper_id import PaperId
from bot.domain.summary import Language
from bot.domain.target import Target
from bot.ports import Clock, Store, Tally
from bot.services.finding.rows import PaperRow, ReadRows
from bot.services.single_flight import SingleFlight

# So far back; and as many papers of each kind.
WEEK = timedelta(days=7)
MOST = 5
# Seconds for which a ranking stands: a week of several lists takes half a second to rank, and
# anybody may ask (T8). Reactions are always those of now.
_FRESH_FOR = 60.0
# Rankings kept, some 50 kB each.
_MOST_KEPT = 64

# Sources and languages.
_Lists: TypeAlias = tuple[tuple[str, ...], tuple[Language, ...]]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best of a week's lists, each the best first, none longer than ``MOST``. ``listed`` is how
    many papers the lists have."""

    upvotes: tuple[PaperRow, ...]
    scores: tuple[PaperRow, ...]
    listed: int


@dataclass(frozen=True, slots=True)
class Best:
    """A ranking, and what a chat liked best, with its votes."""

    reactions: tuple[tuple[PaperRow, Tally], ...]
    ranking: Ranking


class ReadBest:
    """Reads it, for a chat, its sources and its languages, the preferred one first."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._kept: OrderedDict[_Lists, tuple[float, Ranking]] = OrderedDict()
        self._reading: SingleFlight[_Lists, Ranking] = SingleFlight()

    async def best(
        self, target: Target, sources: Sequence[str], languages: Sequence[Language]
    ) -> Best:
        """The best of the seven days before now.

        Raises:
            StoreError: the store cannot be read.
        """
        lists = (tuple(sources), tuple(languages))
        reactions, ranking = await asyncio.gather(
            self._reactions(target, lists), self._ranking(lists)
        )
        return Best(reactions, ranking)

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        await self._reading.drain()

    async def _reactions(self, target: Target, lists: _Lists) -> tuple[tuple[PaperRow, Tally], ...]:
        now = self._clock.now()
        tallies = await self._store.votes.tally(target, since=now - WEEK)
        liked = {tally.paper_id: tally for tally in tallies if tally.up > tally.down}
        rows = await self._rows(lists).rows(list(liked)[:MOST], now=now)
        return tuple((row, liked[row.paper.id]) for row in rows)

    async def _ranking(self, lists: _Lists) -> Ranking:
        moment = self._clock.monotonic()
        kept = self._kept.get(lists)
        if kept is not None and moment - kept[0] < _FRESH_FOR:
            return kept[1]
        ranking = await self._reading.run(lists, lambda: self._rank(lists))
        self._kept[lists] = (moment, ranking)
        self._kept.move_to_end(lists)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return ranking

    async def _rank(self, lists: _Lists) -> Ranking:
        now = self._clock.now()
        rows = await self._rows(lists).rows(await self._listed(lists[0], now), now=now)
        return Ranking(by_upvotes(rows), by_score(rows), len(rows))

    async def _listed(self, sources: Sequence[str], now: datetime) -> Sequence[PaperId]:
        """Each paper once, the newest list's first."""
        ids: dict[PaperId, None] = {}
        for back in range(WEEK.days):
            for source in sources:
                day = now.date() - timedelta(days=back)
                places = await self._store.listings.of_day(source, day)
                ids |= dict.fromkeys(place.paper_id for place in places)
        return list(ids)

    def _rows(self, lists: _Lists) -> ReadRows:
        sources, languages = lists
        return ReadRows(self._store, languages, sources)


def by_upvotes(rows: Sequence[PaperRow]) -> tuple[PaperRow, ...]:
    """Those with most upvotes; one without any is not among the best."""
    voted = [row for row in rows if row.paper.upvotes]
    return tuple(sorted(voted, key=lambda row: -(row.paper.upvotes or 0))[:MOST])


def by_score(rows: Sequence[PaperRow]) -> tuple[PaperRow, ...]:
    """Those most recommended; equals by upvotes, then the newer list's."""
    rated = [(row, row.recommendation) for row in rows if row.recommendation is not None]
    ranked = sorted(rated, key=lambda pair: (-pair[1], -(pair[0].paper.upvotes or 0)))
    return tuple(row for row, _ in ranked[:MOST])

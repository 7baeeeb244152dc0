"""Papers as a list shows them, read from the store."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Language, Summary
from bot.ports import Store
from bot.services.digest import by_paper
from bot.services.summarise import best

# Read at a time: some 5 ms of work, during which nobody else is answered.
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper, what is said of it (in some language) if anything is, and the newest day on which it
    was listed (or when it was published), where one is known."""

    paper: Paper
    summary: Summary | None = None
    day: date | None = None

    @property
    def recommendation(self) -> float | None:
        """The score to rank by, ``None`` for an unrated paper."""
        scores = self.summary.scores if self.summary else None
        return scores.recommendation.value if scores else None


class ReadRows:
    """Reads rows, with summaries in the first of some languages in which there is one, and days by
    the lists of some sources."""

    def __init__(self, store: Store, languages: Sequence[Language], sources: Sequence[str]) -> None:
        self._store = store
        self._languages = languages
        self._sources = sources

    async def rows(self, ids: Sequence[PaperId], *, now: datetime) -> Sequence[PaperRow]:
        """Those of the papers that are stored, in the given order.

        Raises:
            StoreError: the store cannot be read.
        """
        rows: list[PaperRow] = []
        for start in range(0, len(ids), _AT_ONCE):
            rows += await self._some(ids[start : start + _AT_ONCE], now)
        return rows

    async def _some(self, ids: Sequence[PaperId], now: datetime) -> Sequence[PaperRow]:
        papers, summaries, days = await asyncio.gather(
            self._store.papers.get(ids), self._summaries(ids), self._days(ids, now)
        )
        return [
            PaperRow(paper, summaries.get(paper.id), days.get(paper.id) or _born(paper))
            for paper in (papers[paper_id] for paper_id in ids if paper_id in papers)
        ]

    async def _summaries(self, ids: Sequence[PaperId]) -> dict[PaperId, Summary]:
        found: dict[PaperId, Summary] = {}
        for language in self._languages:
            lacking = [paper_id for paper_id in ids if paper_id not in found]
            if lacking:
                stored = by_paper(await self._store.summaries.of_papers(lacking, language))
                chosen = {paper_id: best(kept) for paper_id, kept in stored.items()}
                found |= {paper_id: one for paper_id, one in chosen.items() if one is not None}
        return found

    async def _days(self, ids: Sequence[PaperId], now: datetime) -> dict[PaperId, date]:
        """A day that is ahead of ours somewhere on Earth counts too."""
        end = now.date() + timedelta(days=2)
        days: dict[PaperId, date] = {}
        for source in self._sources:
            for paper_id, listed in (
                await self._store.listings.earlier(source, ids, before=end)
            ).items():
                days[paper_id] = max(listed.day, days.get(paper_id, listed.day))
        return days


def _born(paper: Paper) -> date | None:
    return paper.published_at.date() if paper.published_at else None

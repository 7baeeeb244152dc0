"""Having listed papers summarised in every language that a chat wants, and not waiting for ever."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.domain.errors import BudgetSpent, ModelBusy, ModelUnusable, SummaryError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import FindingKind, Language, Origin, Summary
from bot.ports import Clock, Store
from bot.services.audiences import Groups
from bot.services.health import Health
from bot.services.news import first_seen, places_of, recent_days
from bot.services.news_desk import places_on
from bot.services.rounds.demand import Demand, Open
from bot.services.summarise import SummariseService

_log = logging.getLogger(__name__)

# The model will not write today: the paper is published without it, and at once (F24, F29).
_HOPELESS = frozenset((ModelUnusable.reason, BudgetSpent.reason))
# The model's name on the board.
MODEL = "model"

_Name: TypeAlias = tuple[PaperId, Language]


@dataclass(frozen=True, slots=True)
class Lacking:
    """A listed paper without any summary in a language, which some chat may want. ``since`` is when
    the wait began (UTC): when it was listed, or when it came to please somebody."""

    paper_id: PaperId
    language: Language
    since: datetime


class Writing:
    """Knows what lacks a summary, has it written, and quotes where the wait is over.

    ``first_seen`` is when each paper that is news came up first, as of the last look.
    """

    def __init__(
        self, summaries: SummariseService, *, store: Store, clock: Clock, health: Health
    ) -> None:
        self._summaries = summaries
        self._store = store
        self._clock = clock
        self._health = health
        self._written: set[_Name] = set()
        self._demand = Demand()
        self.first_seen: dict[PaperId, datetime] = {}

    async def lacking(self, groups: Groups) -> list[Lacking]:
        """What is not written in any way, and wanted by somebody as far as can be told without it.
        For who waits for a slot it is written ahead.

        Raises:
            StoreError: the store cannot be used.
        """
        now = self._clock.now()
        days, listings = recent_days(now), self._store.listings
        places = places_of({s: await places_on(listings, s, days) for s in groups.sources})
        self.first_seen = {i: first_seen(there) for i, there in places.items()}
        read = sorted({language for languages in groups.languages for language in languages})
        every = [(paper_id, language) for paper_id in places for language in read]
        left = await self._unwritten(every)
        papers = await self._store.papers.get({paper_id for paper_id, _ in left})
        open_ = [Open(papers[i], places[i], language) for i, language in left if i in papers]
        wanted = await self._demand.since(open_, groups, now)
        return [Lacking(one.paper.id, one.language, since) for one, since in wanted]

    async def _unwritten(self, every: Sequence[_Name]) -> list[_Name]:
        self._written.intersection_update(every)
        asked: dict[Language, list[PaperId]] = defaultdict(list)
        for paper_id, language in every:
            if (paper_id, language) not in self._written:
                asked[language].append(paper_id)
        for language, ids in asked.items():
            stored = await self._store.summaries.of_papers(ids, language)
            self._written.update((key.paper_id, language) for key, _ in stored)
        return [name for name in every if name not in self._written]

    async def write(self, paper_id: PaperId, language: Language) -> bool:
        """Have one summary written; whether the paper has one now, or never will.

        Raises:
            StoreError: the store cannot be used.
        """
        paper = await self._paper(paper_id)
        if paper is None:
            return True
        try:
            summary = await self._summaries.summarise(paper, language)
            reason = _fallback_of(summary)
            self._note(summary, reason)
            if reason in _HOPELESS:
                await self._summaries.quote(paper, language, reason)
                return True
        except SummaryError as error:
            _log.warning("no summary", extra={"paper": str(paper_id), "reason": str(error)})
            return True
        stored = await self._store.summaries.of_papers([paper_id], language)
        return bool(stored)

    async def quote(self, lacking: Iterable[Lacking]) -> None:
        """Quote the abstracts of papers that have waited long enough (F23)."""
        for one in lacking:
            paper = await self._paper(one.paper_id)
            if paper is None:
                continue
            try:
                await self._summaries.quote(paper, one.language, ModelBusy.reason)
            except SummaryError as error:
                self._written.add((one.paper_id, one.language))  # there is nothing to quote
                _log.warning("no summary", extra={"paper": str(paper.id), "reason": str(error)})

    async def _paper(self, paper_id: PaperId) -> Paper | None:
        return (await self._store.papers.get([paper_id])).get(paper_id)

    def _note(self, summary: Summary, reason: str | None) -> None:
        """What a summary says of the model's health. One that was stored before says nothing new,
        and does no harm."""
        now = self._clock.now()
        self._health.tally("summaries", reason or summary.provenance.origin.value)
        if reason is not None and (reason == ModelBusy.reason or reason in _HOPELESS):
            self._health.failed(MODEL, reason, at=now)
        elif summary.provenance.origin is Origin.MODEL:
            main = self._summaries.model
            if main is None or summary.provenance.model == main:
                self._health.worked(MODEL, at=now)
            else:  # the other one wrote, for the main one cannot be used (F25)
                self._health.failed(MODEL, ModelUnusable.reason, at=now)


def _fallback_of(summary: Summary) -> str | None:
    """Why the model did not write, if it did not."""
    for finding in summary.findings:
        if finding.kind is FindingKind.FALLBACK:
            return finding.detail
    return None

"""Having listed papers summarised in every language that a chat wants, and not waiting for ever."""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat import Chat
from bot.domain.errors import BudgetSpent, ModelBusy, ModelUnusable, SummaryError
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import FindingKind, Language, Origin, Summary
from bot.ports import Clock, Store
from bot.services.health import Health
from bot.services.news import Lists, audience_of, first_places, news_for, recent_days
from bot.services.summarise import SummariseService

_log = logging.getLogger(__name__)

# The model will not write today: the paper is published without it, and at once (F24, F29).
_HOPELESS = frozenset((ModelUnusable.reason, BudgetSpent.reason))
# The model's name on the board.
MODEL = "model"


@dataclass(frozen=True, slots=True)
class Lacking:
    """A listed paper without any summary in a language; ``first_seen`` is UTC."""

    paper_id: PaperId
    language: Language
    first_seen: datetime


def wanted(chats: Iterable[Chat], lists: Lists, now: datetime) -> list[Lacking]:
    """Which papers are to be read in which languages: what is news to a chat that gets messages."""
    audiences = {audience_of(chat, now) for chat in chats if not chat.suspended}
    found: dict[tuple[PaperId, Language], datetime] = {}
    for audience in audiences:
        for place in news_for(audience, lists, now):
            found.setdefault((place.paper_id, audience.language), place.first_seen)
    return [Lacking(paper, language, seen) for (paper, language), seen in found.items()]


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
        self._written: set[tuple[PaperId, Language]] = set()
        self.first_seen: dict[PaperId, datetime] = {}

    async def lacking(self, chats: Collection[Chat]) -> list[Lacking]:
        """What is wanted and not written in any way.

        Raises:
            StoreError: the store cannot be used.
        """
        now = self._clock.now()
        sources = {source for chat in chats if not chat.suspended for source in chat.sources}
        lists = {source: await self._recent(source, now) for source in sources}
        every = wanted(chats, lists, now)
        self.first_seen = {one.paper_id: one.first_seen for one in every}
        self._written &= {(one.paper_id, one.language) for one in every}
        left = [one for one in every if (one.paper_id, one.language) not in self._written]
        for language in {one.language for one in left}:
            ids = [one.paper_id for one in left if one.language == language]
            stored = await self._store.summaries.of_papers(ids, language)
            self._written.update((key.paper_id, language) for key, _ in stored)
        return [one for one in left if (one.paper_id, one.language) not in self._written]

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

    async def _recent(self, source: str, now: datetime) -> Sequence[Listed]:
        listings, days = self._store.listings, recent_days(now)
        places = [place for day in days for place in await listings.of_day(source, day)]
        ids = {place.paper_id for place in places}
        return first_places(places, await listings.earlier(source, ids, before=days[0]))

    def _note(self, summary: Summary, reason: str | None) -> None:
        """What a summary says of the model's health. One that was stored before says nothing new,
        and does no harm."""
        now = self._clock.now()
        if reason is not None and (reason == ModelBusy.reason or reason in _HOPELESS):
            self._health.failed(MODEL, reason, at=now)
        elif summary.provenance.origin is Origin.MODEL:
            self._health.worked(MODEL, at=now)


def _fallback_of(summary: Summary) -> str | None:
    """Why the model did not write, if it did not."""
    for finding in summary.findings:
        if finding.kind is FindingKind.FALLBACK:
            return finding.detail
    return None

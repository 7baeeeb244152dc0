"""Planning: for each paper that is news to a chat, a row in the outbox."""

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeAlias

from bot.domain.delivery import Delivery, State
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Language
from bot.domain.target import Target
from bot.ports import Clock, Store
from bot.services.news import (
    Audience,
    Lists,
    audience_of,
    first_places,
    news_for,
    overdue,
    recent_days,
    why_never,
)
from bot.services.post_keys import PaperPost

_log = logging.getLogger(__name__)

# Longer than that a paper does not wait for its summary: it is quoted instead (F23).
PATIENCE = timedelta(minutes=20)
# Rows in one transaction, where a chat's own stay together; more would hold up the event loop.
_CHUNK = 1000

# Which of some papers have a summary in a language.
Readiness: TypeAlias = Callable[[Collection[PaperId], Language], Awaitable[Collection[PaperId]]]


@dataclass(frozen=True, slots=True)
class Planned:
    """What a round did: rows that are new, papers that still wait for a summary, and papers that
    are not posted at all, with the reason (F13)."""

    added: int = 0
    waiting: frozenset[PaperId] = frozenset()
    skipped: Mapping[PaperId, str] = field(default_factory=dict[PaperId, str])


@dataclass(frozen=True, slots=True)
class _Done:
    """What an audience has been planned already, by this process."""

    targets: frozenset[Target] = frozenset()
    papers: frozenset[PaperId] = frozenset()


@dataclass(frozen=True, slots=True)
class _Round:
    """What one round knows."""

    now: datetime
    lists: Lists
    papers: Mapping[PaperId, Paper]


class Planner:
    """Plans papers for all chats. Planning again adds nothing, here or in another process.

    It remembers what it has planned, so that a round without news costs a few queries, however many
    chats there are.
    """

    def __init__(
        self, store: Store, clock: Clock, *, ready: Readiness, patience: timedelta = PATIENCE
    ) -> None:
        self._store = store
        self._clock = clock
        self._ready = ready
        self._patience = patience
        self._done: dict[Audience, _Done] = {}

    async def plan(self) -> Planned:
        """Write a row for each paper and each chat that should get it.

        Raises:
            StoreError: the store cannot be used; the next round makes up for it.
        """
        audiences = await self._audiences()
        sources = frozenset(chain.from_iterable(audience.sources for audience in audiences))
        current = await self._round(sources)
        wanted = {a: news_for(a, current.lists, current.now) for a in audiences}
        ready = await self._ready_by_language(wanted)
        self._done = {a: done for a, done in self._done.items() if a in audiences}
        added, waiting, skipped = 0, set[PaperId](), dict[PaperId, str]()
        for audience, places in wanted.items():
            verdicts = {
                place.paper_id: self._verdict(place, current, ready[audience.language])
                for place in places
            }
            waiting.update(i for i, verdict in verdicts.items() if verdict is None)
            decided = {i: verdict for i, verdict in verdicts.items() if verdict is not None}
            skipped.update((i, verdict) for i, verdict in decided.items() if verdict)
            added += await self._add(audience, audiences[audience], decided, current.now)
        return Planned(added, frozenset(waiting), skipped)

    async def _audiences(self) -> Mapping[Audience, frozenset[Target]]:
        now = self._clock.now()
        grouped: dict[Audience, set[Target]] = defaultdict(set)
        for chat in await self._store.chats.all():
            if not chat.suspended:
                grouped[audience_of(chat, now)].add(chat.target)
        return {audience: frozenset(targets) for audience, targets in grouped.items()}

    async def _round(self, sources: Iterable[str]) -> _Round:
        now = self._clock.now()
        lists = {source: await self._recent(source, now) for source in sources}
        ids = {place.paper_id for places in lists.values() for place in places}
        return _Round(now, lists, await self._store.papers.get(ids))

    async def _recent(self, source: str, now: datetime) -> Sequence[Listed]:
        days = recent_days(now)
        listings = self._store.listings
        places = [place for day in days for place in await listings.of_day(source, day)]
        ids = {place.paper_id for place in places}
        return first_places(places, await listings.earlier(source, ids, before=days[0]))

    async def _ready_by_language(
        self, wanted: Mapping[Audience, Sequence[Listed]]
    ) -> Mapping[Language, Collection[PaperId]]:
        """The papers that have a summary; those planned before need not be asked about."""
        asked: dict[Language, set[PaperId]] = defaultdict(set)
        ready: dict[Language, set[PaperId]] = defaultdict(set)
        for audience, places in wanted.items():
            planned = self._done.get(audience, _Done()).papers
            ready[audience.language] |= planned
            asked[audience.language] |= {place.paper_id for place in places} - planned
        for language, ids in asked.items():
            if ids:
                ready[language] |= set(await self._ready(ids, language))
        return ready

    def _verdict(self, place: Listed, current: _Round, ready: Collection[PaperId]) -> str | None:
        """ "" to post it, ``None`` to wait, else why it is not posted."""
        paper = current.papers.get(place.paper_id)
        if place.paper_id in ready and paper is not None and not paper.withdrawn:
            return ""
        if not overdue(place, self._patience, current.now):
            return None
        return "not stored" if paper is None else why_never(paper)

    async def _add(
        self,
        audience: Audience,
        targets: frozenset[Target],
        decided: Mapping[PaperId, str],
        now: datetime,
    ) -> int:
        done = self._done.get(audience, _Done())
        added = 0
        new = {i: reason for i, reason in decided.items() if i not in done.papers}
        for chunk in _chunks(_rows(targets & done.targets, new, audience.language, now)):
            added += await self._store.outbox.add(chunk)
        for chunk in _chunks(_rows(targets - done.targets, decided, audience.language, now)):
            added += await self._store.outbox.add(chunk)
        for paper_id, reason in new.items():
            if reason:
                said = {"paper": str(paper_id), "reason": reason}
                _log.warning("a paper is not posted", extra=said)
        self._done[audience] = _Done(targets, frozenset(decided))
        return added


def _rows(
    targets: Iterable[Target], decided: Mapping[PaperId, str], language: Language, now: datetime
) -> Iterator[list[Delivery]]:
    """Each chat's rows. What is not posted becomes a failed row, so that it is said once and can
    be looked up. A microsecond between them keeps the order of the list."""
    if not decided:
        return
    for target in targets:
        yield [
            Delivery(
                target,
                PaperPost(paper_id, language).key,
                created_at=now + timedelta(microseconds=place),
                due_at=now,
                state=State.FAILED if reason else State.PENDING,
                reason=reason,
            )
            for place, (paper_id, reason) in enumerate(decided.items())
        ]


def _chunks(rows_of_chats: Iterable[list[Delivery]]) -> Iterator[list[Delivery]]:
    chunk: list[Delivery] = []
    for rows in rows_of_chats:
        chunk += rows
        if len(chunk) >= _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def stored_summaries(store: Store) -> Readiness:
    """Papers are ready once the store has any summary of them in the language."""

    async def ready(ids: Collection[PaperId], language: Language) -> Collection[PaperId]:
        return {key.paper_id for key, _ in await store.summaries.of_papers(ids, language)}

    return ready

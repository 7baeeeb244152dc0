"""Planning: for each paper that is news to a chat, a row in the outbox."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.paper_id import PaperId
from bot.domain.standing import REMEMBERED, Standing, known_by
from bot.domain.timetable import next_slot
from bot.ports import CLOCK_TOLERANCE, Clock, Store
from bot.services.audiences import Audiences, Groups
from bot.services.chat_roll import ChatRoll
from bot.services.news_desk import PATIENCE, News, NewsDesk
from bot.services.plan_round import PlanRound, Turns, in_slices, open_turns
from bot.services.row_writer import RowWriter

_log = logging.getLogger(__name__)

# Planning's name on the board; it worked when a round ended.
PLANNING = "planning"
_REPORTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a round did: rows that are new, papers that still wait for a summary, and papers that
    are not posted at all, with the reason (F13)."""

    added: int = 0
    waiting: frozenset[PaperId] = frozenset()
    skipped: Mapping[PaperId, str] = field(default_factory=dict[PaperId, str])


class Planner:
    """Plans papers for all chats. Planning again adds nothing, here or in another process.

    It remembers how papers stood and which chats it has served, so that only what has changed is
    put to chats again, and a round without news costs a few queries, however many chats there are.
    ``audiences`` are the process's; its own where none are given.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        audiences: Audiences | None = None,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._audiences = audiences or Audiences(ChatRoll(store, clock), clock)
        self._desk = NewsDesk(store, patience=patience)
        self._lock = asyncio.Lock()
        self._served: Groups | None = None
        self._next_turn: datetime | None = None
        self._planned: datetime | None = None
        self._reported: datetime | None = None
        self._skipped: dict[PaperId, str] = {}

    async def plan(self) -> Planned:
        """Write a row for each paper and each chat that should get it.

        Raises:
            StoreError: the store cannot be used; the next round makes up for it.
        """
        async with self._lock:
            groups = await self._audiences.now()
            now = self._clock.now()
            turns = await self._turns(groups, now)
            after = min((w.after for w in turns.open.values() if w is not None), default=None)
            news = await self._desk.look(groups, now, after=after)
            added = await self._write(groups, news, turns)
            await self._keep(groups, news, turns)
            await self._report(now, slots=bool(turns.open))
        return Planned(added, news.waiting, self._skipped)

    async def _turns(self, groups: Groups, now: datetime) -> Turns:
        """Nobody is asked before chats have changed, or somebody's slot has come."""
        if groups is self._served and (self._next_turn is None or now < self._next_turn):
            return Turns(planned=self._planned)
        if groups.slotted:
            known = await self._store.standings.all(seen_since=now - REMEMBERED)
            others = known_by(known.get(PLANNING, Standing()), now + CLOCK_TOLERANCE).worked_at
            moments = [at for at in (others, self._planned) if at is not None]
            self._planned = max(moments, default=None)
        return await open_turns(groups, now, self._planned)

    async def _report(self, now: datetime, *, slots: bool) -> None:
        """Note that a round has ended, so that no later one, after a restart or in another process,
        takes the slots before it for missed."""
        self._planned = now
        if slots or self._reported is None or now - self._reported >= _REPORTED_EVERY:
            await self._store.standings.report({PLANNING: Standing(worked_at=now)}, now=now)
            self._reported = now

    async def _write(self, groups: Groups, news: News, turns: Turns) -> int:
        if groups is self._served and not turns.open and not news.has_changed:
            return 0
        async with RowWriter(self._store) as rows:
            skipped = await PlanRound(self._desk, news, turns, rows).go(groups)
        for paper_id, reason in skipped.items():
            if paper_id not in self._skipped:
                said = {"paper": str(paper_id), "reason": reason}
                _log.warning("a paper is not posted", extra=said)
        known = {i: reason for i, reason in self._skipped.items() if news.holds(i)}
        self._skipped = {**known, **skipped}
        return rows.added

    async def _keep(self, groups: Groups, news: News, turns: Turns) -> None:
        """All that was to be done has been done."""
        self._desk.keep(news)
        if groups is not self._served:
            async for group in in_slices(groups.by_audience.values()):
                group.serve()
        async for group in in_slices(turns.open):
            if (timetable := group.audience.timetable) is not None:
                group.turn = next_slot(timetable, group.audience.zone, news.now)
        if turns.open or groups is not self._served:
            self._next_turn = min((g.turn for g in groups.slotted if g.turn), default=None)
        self._served = groups

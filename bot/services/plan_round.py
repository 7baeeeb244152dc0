"""One round of planning: every group is asked about what is new to it."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import TypeAlias

from bot.domain.due import Window, send_at, window
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.domain.timetable import next_slot
from bot.services.audiences import Audience, Group, Groups, Taste
from bot.services.cases import Case, is_ripe, outcome, wanted_late, worth_waiting
from bot.services.news import first_seen, news_at
from bot.services.news_desk import News, NewsDesk
from bot.services.plan_rows import Pick, Turn, in_order
from bot.services.row_writer import RowWriter

# Groups that are asked before others have a turn.
_SLICE = 50
# A list is stored so soon after it was looked at. A paper that had been seen by then, and was not
# here in the round before, has come back on another list, or that round was another program's.
_STORED_WITHIN = timedelta(minutes=5)
# The same where nobody knows when that round was.
_LATE = timedelta(hours=1)

# What a taste makes of cases (``bot.services.cases.outcome``).
_Opinions: TypeAlias = dict[Case, str | None]


@dataclass(frozen=True, slots=True)
class Turns:
    """``open`` are the groups with a timetable that have new chats or whose slot has come, each
    with what is due for them, ``None`` for nothing. ``planned`` is when somebody's last round ended
    that we know of."""

    open: Mapping[Group, Window | None] = field(default_factory=dict[Group, Window | None])
    planned: datetime | None = None


async def open_turns(groups: Groups, now: datetime, planned: datetime | None) -> Turns:
    """The groups that are to be asked about all that is due for them. A slot whose turn was before
    a round that ended has been: what pleases only since then waits for the next."""
    found: dict[Group, Window | None] = {}
    async for group in in_slices(groups.slotted):
        timetable, zone = group.audience.timetable, group.audience.zone
        if timetable is not None and (group.new or _is_its_turn(group, now)):
            due = window(timetable, zone, now)
            if _has_been(due, planned):
                group.serve()
                group.turn = next_slot(timetable, zone, now)
            else:
                found[group] = due
    return Turns(found, planned)


async def in_slices(groups: Iterable[Group]) -> AsyncGenerator[Group, None]:
    """Some groups after another, with turns for others between them."""
    for number, group in enumerate(groups, 1):
        yield group
        if number % _SLICE == 0:
            await asyncio.sleep(0)


class PlanRound:
    """Puts papers to groups, and what they want to ``rows``."""

    def __init__(self, desk: NewsDesk, news: News, turns: Turns, rows: RowWriter) -> None:
        self._desk = desk
        self._news = news
        self._turns = turns
        self._rows = rows
        self._skipped: dict[PaperId, str] = {}
        self._changes = {each: news.fresh(each) for each in news.recent}
        self._as_they_appear = window(None, "UTC", news.now)

    async def go(self, groups: Groups) -> Mapping[PaperId, str]:
        """Ask everybody; returns the papers that are not posted at all, with the reason.

        Raises:
            StoreError: the store cannot be used.
        """
        asked = count()
        for taste, members in groups.by_taste.items():
            opinions: _Opinions = {}
            for group in members:
                await self._ask(group, taste, opinions)
                if next(asked) % _SLICE == 0:
                    await asyncio.sleep(0)
        return self._skipped

    async def _ask(self, group: Group, taste: Taste, opinions: _Opinions) -> None:
        """Plan for a group what is new: all that is due for new chats, or at its slot; else what
        has changed."""
        slotted = group.audience.timetable is not None
        changes = self._changes[taste.languages]
        if slotted:
            # A paper that comes to please only after its slot waits for the next.
            changes = [(c, b) for c, b in changes if self._comes_late(c, b, taste)]
        its_turn = slotted and _is_its_turn(group, self._news.now)
        if not (changes or its_turn or group.new) or (due := self._window(group)) is None:
            return
        asked = _Asked(group.audience, taste, due, opinions)
        if group.new or its_turn:
            every = [self._pick(case, asked) for case in self._news.every(taste.languages)]
            await self._give((*group.new, *group.served) if its_turn else group.new, every, asked)
        if group.served and not its_turn:
            new = [
                self._pick(now, asked) for now, before in changes if not self._had(before, asked)
            ]
            await self._give(group.served, new, asked)

    def _window(self, group: Group) -> Window | None:
        if group.audience.timetable is None:
            return self._as_they_appear
        if group in self._turns.open:
            return self._turns.open[group]
        return window(group.audience.timetable, group.audience.zone, self._news.now)

    def _comes_late(self, case: Case, before: Case | None, taste: Taste) -> bool:
        """Whether it is no more than late for a slot: its summary was, or its list."""
        if before is None:
            planned = self._turns.planned
            since = self._news.now - _LATE if planned is None else planned - _STORED_WITHIN
            return first_seen(case.places) > since
        return not is_ripe(before, taste.filters)

    def _had(self, before: Case | None, asked: "_Asked") -> bool:
        """Whether a paper was planned for an audience as it stood before."""
        return before is not None and self._pick(before, asked) is not None

    def _pick(self, case: Case, asked: "_Asked") -> Pick | None:
        audience = asked.audience
        place = news_at(audience.sources, audience.since, case.places, asked.due.holds)
        if place is None:
            return None
        if case not in asked.opinions:
            asked.opinions[case] = self._opinion(case, asked.taste)
        reason = asked.opinions[case]
        return None if reason is None else Pick(case, place, reason)

    def _opinion(self, case: Case, taste: Taste) -> str | None:
        filters = taste.filters
        if not is_ripe(case, filters):
            if wanted_late(filters) and worth_waiting(case, filters):
                self._desk.note_wanted(case, taste.languages, self._news.now)
            return None
        return outcome(case, filters)

    async def _give(
        self, targets: Sequence[Target], picks: Iterable[Pick | None], asked: "_Asked"
    ) -> None:
        wanted = [pick for pick in picks if pick is not None]
        if not wanted or not targets:
            return
        chosen = in_order(wanted, asked.audience.sources)
        self._skipped.update((pick.case.paper_id, pick.reason) for pick in chosen if pick.reason)
        audience, now = asked.audience, self._news.now
        due_at = send_at(audience.quiet_hours, audience.zone, now)
        turn = Turn(audience, asked.due, now, due_at)
        singly = [pick for pick in chosen if audience.limited or not pick.place.caught_up]
        await self._rows.give(targets, singly, turn)
        if len(singly) < len(chosen):
            gathered = [pick for pick in chosen if pick.place.caught_up]
            as_digest = replace(turn, audience=replace(audience, digest=True))
            await self._rows.give(targets, gathered, as_digest)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An audience with what is due for it. ``opinions`` are its taste's so far."""

    audience: Audience
    taste: Taste
    due: Window
    opinions: _Opinions


def _has_been(due: Window | None, planned: datetime | None) -> bool:
    return due is not None and due.slot is not None and planned is not None and due.slot <= planned


def _is_its_turn(group: Group, now: datetime) -> bool:
    return group.turn is None or now >= group.turn

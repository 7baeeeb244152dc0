"""What the ticks put in, and what the jobs do."""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from bot.domain.paper_id import PaperId
from bot.domain.role import ALL_ROLES, Role
from bot.engine_port import Engine, Job
from bot.ports import Clock, Store
from bot.services.audiences import Audiences
from bot.services.rounds.collecting import Collecting
from bot.services.rounds.membership import Membership
from bot.services.rounds.retention import forget_old
from bot.services.rounds.writing import Lacking, Writing
from bot.services.summarise import SummariseService

_log = logging.getLogger(__name__)

COLLECT, SUMMARISE, PLAN, FORGET = "collect", "sum", "plan", "forget"

# Jobs are kept only to know that they were done: a summary is in the store by itself, and a slot
# of hours ago never comes back.
_KEEP_JOBS = timedelta(hours=6)

# Writes down what is to be posted; raises StoreError.
Plan: TypeAlias = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``patience`` is how long a paper waits for the model after it was first listed (F23);
    ``again`` is how long after a fruitless try the model is asked again."""

    patience: timedelta
    again: timedelta
    writers: int = 4


@dataclass(frozen=True, slots=True)
class Team:
    """Who does the work, and whom it is for. ``roles`` are those of this process."""

    audiences: Audiences
    collecting: Collecting
    writing: Writing
    summaries: SummariseService
    membership: Membership
    plan: Plan
    roles: Collection[Role] = ALL_ROLES


class Duties:
    """Jobs go through the engine: each slot of each duty is done once, whoever ticks."""

    def __init__(
        self, team: Team, engine: Engine, *, store: Store, clock: Clock, rhythm: Rhythm
    ) -> None:
        self._team = team
        self._engine = engine
        self._store = store
        self._clock = clock
        self._rhythm = rhythm
        self._tried: dict[tuple[PaperId, str], float] = {}
        self._forgot_on: date | None = None
        self._begun = False
        # Kept until the jobs of the hour that comes again are forgotten.
        self._again_from: datetime | None = None

    def register(self) -> None:
        """Tell the engine who does what. Before it starts."""
        register, roles, writers = self._engine.register, self._team.roles, self._rhythm.writers
        collects, plans = Role.COLLECT in roles, Role.PLAN in roles
        register(COLLECT, self._collect, at_once=4, cut_off=True, here=collects)
        register(SUMMARISE, self._summarise, at_once=writers, here=Role.SUMMARISE in roles)
        # Two at once would each count what the other has not written yet (``most_a_day``).
        register(PLAN, self._plan, at_once=1, alone=True, here=plans)
        register(FORGET, self._forget, at_once=1, cut_off=True, here=plans)

    async def tick_collect(self, slot: datetime) -> None:
        """Have each source that a chat wants looked at."""
        stamp = _stamp(slot)
        sources = sorted((await self._team.audiences.now()).sources)
        await self._engine.enqueue(
            [Job(COLLECT, f"{source}:{stamp}", (source, stamp)) for source in sources]
        )

    async def tick_plan(self, slot: datetime) -> None:
        """Have what is ready planned."""
        await self._engine.enqueue([Job(PLAN, _stamp(slot))])

    async def tick_upkeep(self, slot: datetime) -> None:
        """Forget old jobs, take over those of processes that died, and once a day have old
        deliveries forgotten."""
        self._again_from = await self._hour_that_comes_again() or self._again_from
        dead = await self._team.membership.dead()
        old = self._clock.now() - _KEEP_JOBS
        await self._engine.maintain(before=old, after=self._again_from, dead=dead)
        self._again_from = None
        if Role.PLAN in self._team.roles and slot.date() != self._forgot_on:
            self._forgot_on = slot.date()
            await self._engine.enqueue([Job(FORGET, slot.date().isoformat())])

    async def _hour_that_comes_again(self) -> datetime | None:
        """From when on slots are reached a second time, where the clock was put back (F62).

        That is found at the start: who runs while it happens begins anew (``bot.clock.put_back``).
        Later it is another machine's clock that is ahead.
        """
        now = self._clock.now()
        by = await self._store.timekeeping.note(now, move=not self._begun)
        again, self._begun = not self._begun and bool(by), True
        if by:
            said = {"by_s": by.total_seconds(), "waits_shortened": again}
            _log.warning("a process has noted a later time than it is here", extra=said)
        return now if again else None

    async def _collect(self, arguments: Sequence[str]) -> bool:
        source, stamp = arguments
        new = await self._team.collecting.collect(source)
        if new and await self._team.membership.held(Role.PLAN):
            # New papers need not wait for the next look at what is ready.
            await self._engine.enqueue([Job(PLAN, f"{source}:{stamp}")])
        return True

    async def _summarise(self, arguments: Sequence[str]) -> bool:
        paper, language = arguments
        return await self._team.writing.write(PaperId(paper), language)

    async def _forget(self, _: Sequence[str]) -> bool:
        await forget_old(self._store, self._clock.now())
        return True

    async def _plan(self, _: Sequence[str]) -> bool:
        lacking = await self._team.writing.lacking(await self._team.audiences.now())
        latest = self._clock.now() - self._rhythm.patience
        await self._team.writing.quote(one for one in lacking if one.since <= latest)
        # What nobody would do must not lie there until somebody comes, when it is old.
        if await self._team.membership.held(Role.SUMMARISE):
            await self._have_written([one for one in lacking if one.since > latest])
        await self._team.plan()
        return True

    async def _have_written(self, lacking: Sequence[Lacking]) -> None:
        """Put in what was not tried a moment ago."""
        now, again = self._clock.monotonic(), self._rhythm.again.total_seconds()
        self._tried = {key: at for key, at in self._tried.items() if now - at < again}
        fresh = [one for one in lacking if (one.paper_id, one.language) not in self._tried]
        papers = await self._store.papers.get([one.paper_id for one in fresh])
        jobs: list[Job] = []
        for one in fresh:
            if (paper := papers.get(one.paper_id)) is not None:
                key = self._team.summaries.key_of(paper, one.language)
                name = f"{key.paper_id}v{key.version}:{key.language}:{key.prompt}:{key.model}"
                jobs.append(Job(SUMMARISE, name, (str(one.paper_id), one.language)))
        await self._engine.enqueue(jobs)
        self._tried.update({(one.paper_id, one.language): now for one in fresh})


def _stamp(slot: datetime) -> str:
    return slot.astimezone(UTC).isoformat().replace("+00:00", "Z")

"""A run's programs: started, killed at chosen places, started again, and in the end stopped."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TypeAlias

from tests.kill.books import Books, now_utc
from tests.kill.migrations import Migrations
from tests.kill.points import FAN_OUT, MIGRATION, RANDOM, STARTING, Point, choose
from tests.kill.programs import Nursery, Program, until
from tests.kill.tally import Tally
from tests.kill.transactions import strike_within, watcher
from tests.kill.work import Work
from tests.kill.world import EDIT, World

# How long a place is waited for; then whoever lives is killed wherever it is.
_PATIENCE_S = 3.0
_START_S = 300.0
_DOWN_S = 0.2
# Nothing is left to do once nothing was for so long.
_QUIET_S = 1.5
_NAMES = ("program1", "program2", "program3")

# Programs by their roles; no role is all of them.
Crew: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass
class Siege:
    """``url`` is the store's address; everything of the programs' is in ``folder``."""

    world: World
    nursery: Nursery
    books: Books
    migrations: Migrations
    tally: Tally
    url: str
    folder: Path
    seed: int
    crew: Crew = ()
    programs: list[Program] = field(default_factory=list[Program])

    def pids(self) -> Sequence[int]:
        """The programs that live."""
        programs = [*self.programs, *self.migrations.programs]
        return [p.pid for p in programs if p.alive and p.pid is not None]

    def strike(self, pid: int) -> None:
        """SIGKILL for a process of ours."""
        for program in (*self.programs, *self.migrations.programs):
            if program.pid == pid:
                self.tally.deaths[pid] = time.monotonic()
                program.kill()

    async def man(self, crew: Crew) -> None:
        """Have these programs, each given by its roles; all of them run then."""
        if crew == self.crew:
            return
        await self._stop()
        self.crew = crew
        self.programs = [
            Program(name, self.folder / name, self.world.settings(self.url, roles), self.nursery)
            for name, roles in zip(_NAMES, crew, strict=False)
        ]
        for program in self.programs:
            await program.start()
        await self._all_run()

    async def kill_once(self) -> None:
        """One kill, and the next life of who was killed."""
        # A stream of its own: what else is left to chance does not change the places.
        random = Random(f"{self.seed} kill {len(self.tally.kills) + 1}")
        point = choose(random, without=self._out_of_reach())
        if point.kind == MIGRATION:
            await self._kill_migrating(point)
            return
        pid = await self._reach(point, random)
        hit = pid is not None
        if pid is None:
            pid = random.choice(self.pids())
            self.strike(pid)
        victim = next(program for program in self.programs if program.pid == pid)
        self.tally.silent()
        await victim.buried()
        self.tally.killed(point, victim, hit=hit)
        self._bury(victim)
        await asyncio.sleep(_DOWN_S * random.random())
        await victim.start()

    async def finish(self, work: Work, *, patience_s: float) -> float:
        """Let everything be done; returns how long it took. What is not done then is a fault."""
        began = time.monotonic()
        quiet_since: float | None = None
        while time.monotonic() - began < patience_s:
            await self._all_run()
            left, now = await asyncio.to_thread(work.left), time.monotonic()
            self.tally.note(left=left)
            quiet_since = None if left else quiet_since or now
            if quiet_since is not None and now - quiet_since > _QUIET_S:
                break
            await asyncio.sleep(0.5)
        else:
            self.tally.fault(f"not done after {patience_s:.0f} s: {'; '.join(work.left())}")
        took = time.monotonic() - began
        await self._stop()
        return took

    async def _kill_migrating(self, point: Point) -> None:
        hit = await self.migrations.kill(point.after_s)
        self.tally.killed(point, self.migrations.programs[-1], hit=hit)
        for fault in await self.migrations.check():
            self.tally.fault(fault)

    def _out_of_reach(self) -> frozenset[str]:
        """Digests are edited once a minute: there may be no edit to wait for."""
        soon = now_utc() + timedelta(seconds=1)
        return frozenset() if self.books.edits_due(by=soon) else frozenset({EDIT})

    async def _reach(self, point: Point, random: Random) -> int | None:
        """Kill at a point; ``None`` where it was not reached in time."""
        if point.kind == STARTING:
            await asyncio.sleep(point.after_s)
            pid = max(self.programs, key=lambda program: program.began).pid
        elif point.kind == RANDOM:
            await self._all_run()
            await asyncio.sleep(point.after_s)
            pid = random.choice(self.pids())
        elif point.kind == FAN_OUT:
            return await self._within_transaction(point)
        else:
            return await self._at_call(point)
        if pid is not None:
            self.strike(pid)
        return pid

    async def _at_call(self, point: Point) -> int | None:
        assert point.moment
        trap = self.world.traps.set(point.kind, point.moment, point.after_s)
        running = asyncio.ensure_future(until(self._is_up, _START_S))
        try:
            await asyncio.wait([trap.sprung, running], return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait([trap.sprung], timeout=_PATIENCE_S)
            return trap.sprung.result() if trap.sprung.done() else None
        finally:
            running.cancel()
            self.world.traps.unset()

    async def _within_transaction(self, point: Point) -> int | None:
        watching = await watcher(self.url, self.pids)
        try:
            await until(self._is_up, _START_S)
            self.world.lists.grow(1)
            return await strike_within(
                watching, self.strike, held_s=point.after_s, patience_s=_PATIENCE_S
            )
        finally:
            await watching.close()

    def _is_up(self) -> bool:
        """Whether each program has said that it runs, or has ended."""
        return all(program.runs() or not program.alive for program in self.programs)

    async def _all_run(self) -> None:
        """Wait until they do; one that has ended by itself is started again."""
        await until(self._is_up, _START_S)
        for program in [program for program in self.programs if not program.alive]:
            await program.buried()
            self._bury(program)
            await program.start()

    async def _stop(self) -> None:
        for program in self.programs:
            # One that is only starting knows of no signals yet, and has nothing to finish.
            lived = program.alive and program.runs()
            # What it has to leave unfinished is in flight like a dead one's.
            self.tally.deaths.setdefault(program.pid or 0, time.monotonic())
            code = await program.stop()
            self._bury(program)
            if lived and code:
                self.tally.fault(f"{program.name} ended with {code} when it was asked to stop")

    def _bury(self, program: Program) -> None:
        """Count what a process left behind: commands that it may have answered without a note of
        it, and model calls whose summaries are not stored."""
        self.tally.ended(program)
        self.tally.in_hand |= self.books.in_hand()
        calls = self.world.model.calls[-200:]
        begun = {(call.paper, call.language) for call in calls if call.pid == program.pid}
        if begun:
            stored = self.books.summaries({paper for paper, _ in begun})
            self.tally.in_flight += len(begun - stored)

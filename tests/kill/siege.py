"""A run: programs that are killed again and again, and a world that gives them work."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TextIO, TypeAlias

from tests.kill.books import Books, now_utc
from tests.kill.migrations import Migrations
from tests.kill.points import FAN_OUT, MIGRATION, RANDOM, STARTING, Point, choose
from tests.kill.programs import Nursery, Program, until
from tests.kill.sights import answers
from tests.kill.transactions import strike_within, watcher
from tests.kill.world import EDIT, World

# How long a place is waited for; then whoever lives is killed wherever it is.
_PATIENCE_S = 3.0
_START_S = 60.0
_DOWN_S = 0.2
_STALLED = "gave no sign of life for too long"
# With so much still to be sent nothing new is listed: kills must not outrun the work for ever.
_MOST_WAITING = 60
_MOST_UNWRITTEN = 12


_NAMES = ("program1", "program2", "program3", "program4")

# Programs by their roles; no role is all of them.
Crew: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill, as it is logged."""

    number: int
    point: str
    hit: bool
    pid: int
    program: str
    lived_s: float
    cpu_s: float
    programs: int


@dataclass
class Siege:
    """``settings`` makes a sulan.toml for a store's address."""

    world: World
    nursery: Nursery
    books: Books
    migrations: Migrations
    url: str
    folder: Path
    seed: int
    log: TextIO
    crew: Crew = ()
    programs: list[Program] = field(default_factory=list[Program])
    random: Random = field(default_factory=Random)
    kills: list[Kill] = field(default_factory=list[Kill])
    hits: Counter[str] = field(default_factory=Counter[str])
    misses: Counter[str] = field(default_factory=Counter[str])
    silences: list[float] = field(default_factory=list[float])
    in_flight: int = 0
    stalled: int = 0
    faults: list[str] = field(default_factory=list[str])
    _silent_since: float | None = None
    _cpu_s: float = 0.0

    def pids(self) -> Sequence[int]:
        """The programs that live."""
        programs = [*self.programs, *self.migrations.programs]
        return [p.pid for p in programs if p.alive and p.pid is not None]

    def strike(self, pid: int) -> None:
        """SIGKILL for a process of ours."""
        self._cpu_s = _cpu_s(pid)
        for program in (*self.programs, *self.migrations.programs):
            if program.pid == pid:
                program.kill()

    def heard(self) -> None:
        """A message has arrived."""
        if self._silent_since is not None:
            self.silences.append(time.monotonic() - self._silent_since)
            self._silent_since = None

    async def man(self, crew: Crew) -> None:
        """Have these programs, each given by its roles; all of them run then."""
        if crew == self.crew:
            return
        for program in self.programs:
            await self._stop(program)
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
        self.random = Random(f"{self.seed} kill {len(self.kills) + 1}")
        point = choose(self.random, without=self._out_of_reach())
        if point.kind == MIGRATION:
            hit = await self.migrations.kill(point.after_s)
            victim = self.migrations.programs[-1]
            self._note(point, victim, hit=hit)
            self.faults += await self.migrations.check()
            return
        pid = await self._reach(point)
        hit = pid is not None
        if pid is None:
            pid = self.random.choice(self.pids())
            self.strike(pid)
        victim = next(program for program in self.programs if program.pid == pid)
        if self._silent_since is None:
            self._silent_since = time.monotonic()
        await victim.buried()
        self._note(point, victim, hit=hit)
        self._count_in_flight(pid)
        await asyncio.sleep(_DOWN_S * self.random.random())
        await victim.start()

    async def feed(self, stopping: asyncio.Event) -> None:
        """List papers and ask for some, as long as the programs keep up."""
        random = Random(f"{self.seed} feed")
        self.world.lists.grow(2)
        while not stopping.is_set():
            await asyncio.sleep(random.uniform(0.4, 1.0))
            count = random.choice((1, 1, 1, 2, 3))
            if await asyncio.to_thread(self._keeps_up):
                self.world.lists.grow(count)
            self._ask(random)

    def _keeps_up(self) -> bool:
        """Whether little waits to be sent, and few papers to be read and written up."""
        unwritten = set(self.world.lists.ids) - {paper for paper, _ in self.books.summaries()}
        return self.books.waiting_rows() < _MOST_WAITING and len(unwritten) < _MOST_UNWRITTEN

    def _ask(self, random: Random) -> None:
        known = self.world.lists.ids
        unanswered = sum(not count for count in answers(self.world).values())
        if known and unanswered < 10:
            about = random.choice(known[-20:])
            self.world.ask(f"/paper {about}", about)

    async def finish(self, *, patience_s: float) -> float:
        """Let everything be done; returns how long it took. What is not done then is a fault."""
        began = time.monotonic()
        await self._all_run()
        quiet_since: float | None = None
        while time.monotonic() - began < patience_s:
            left = await asyncio.to_thread(self.left)
            now = time.monotonic()
            quiet_since = None if left else quiet_since or now
            if quiet_since is not None and now - quiet_since > 1.5:
                break
            self.log.write(json.dumps({"at": now_utc().isoformat(), "left": left}) + "\n")
            await asyncio.sleep(0.3)
        else:
            self.faults.append(f"not done after {patience_s:.0f} s: {'; '.join(self.left())}")
        took = time.monotonic() - began
        for program in self.programs:
            await self._stop(program)
        return took

    def left(self) -> list[str]:
        """What is still to be done."""
        listed = self.books.listed()
        open_rows = self.books.open_rows(now=now_utc())
        unread = set(self.world.lists.ids) - listed
        calls = set(self.world.model.by_key()) - self.books.summaries()
        unanswered = [user for user, count in answers(self.world).items() if not count]
        counts = {
            "papers not collected": len(unread),
            "summaries not stored": len(calls),
            "deliveries not sent": open_rows,
            "commands not answered": len(unanswered),
            "updates not done": self.books.open_updates(),
            "updates not fetched": len(self.world.telegram.unconfirmed),
        }
        return [f"{count} {what}" for what, count in counts.items() if count]

    def _out_of_reach(self) -> frozenset[str]:
        """Digests are edited once a minute: there may be no edit to wait for."""
        soon = now_utc() + timedelta(seconds=1)
        return frozenset() if self.books.edits_due(by=soon) else frozenset({EDIT})

    async def _reach(self, point: Point) -> int | None:
        """Kill at a point; ``None`` where it was not reached in time."""
        if point.kind == STARTING:
            await asyncio.sleep(point.after_s)
            pid = max(self.programs, key=lambda program: program.began).pid
        elif point.kind == RANDOM:
            await self._all_run()
            await asyncio.sleep(point.after_s)
            pid = self.random.choice(self.pids())
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
        try:
            running = asyncio.ensure_future(self._all_run())
            await asyncio.wait([trap.sprung, running], return_when=asyncio.FIRST_COMPLETED)
            running.cancel()
            await asyncio.wait([trap.sprung], timeout=_PATIENCE_S)
            return trap.sprung.result() if trap.sprung.done() else None
        finally:
            self.world.traps.unset()

    async def _within_transaction(self, point: Point) -> int | None:
        watching = await watcher(self.url, self.pids)
        try:
            self.world.lists.grow(1)
            return await strike_within(
                watching, self.strike, held_s=point.after_s, patience_s=_PATIENCE_S
            )
        finally:
            await watching.close()

    async def _all_run(self) -> None:
        await until(lambda: all(p.runs() or not p.alive for p in self.programs), _START_S)
        dead = [program for program in self.programs if not program.alive]
        for program in dead:
            await program.buried()
            self._hear_of(program)
            await program.start()

    async def _stop(self, program: Program) -> None:
        asked = program.alive
        code = await program.stop()
        if not asked:
            self._hear_of(program)
        elif code:
            self.faults.append(f"{program.name} ended with {code} when it was asked to stop")

    def _note(self, point: Point, victim: Program, *, hit: bool) -> None:
        kill = Kill(
            len(self.kills) + 1,
            str(point),
            hit,
            victim.pid or 0,
            victim.name,
            round(time.monotonic() - victim.began, 3),
            self._cpu_s,
            len(self.programs),
        )
        self.kills.append(kill)
        (self.hits if hit else self.misses)[point.kind] += 1
        said = {name: getattr(kill, name) for name in Kill.__slots__}
        self.log.write(json.dumps({"at": now_utc().isoformat(), **said}) + "\n")
        self.log.flush()
        self._hear_of(victim)

    def _hear_of(self, program: Program) -> None:
        """A program that was too slow to prolong its place ends by itself, which is right."""
        self.stalled += sum(_STALLED in said for said in program.unforeseen)
        self.faults += [said for said in program.unforeseen if _STALLED not in said]
        program.unforeseen.clear()

    def _count_in_flight(self, pid: int) -> None:
        """Model calls that the dead process had begun and whose summaries are not stored."""
        calls = {(c.paper, c.language) for c in self.world.model.calls[-200:] if c.pid == pid}
        if calls:
            self.in_flight += len(calls - self.books.summaries({paper for paper, _ in calls}))


def _cpu_s(pid: int) -> float:
    """What a process has computed so far, in seconds (proc(5)); for the log."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / 100

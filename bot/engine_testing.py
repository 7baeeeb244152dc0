"""The in-process fake of the engine; the contract suite holds it to the real one."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.engine_port import Job, Work
from bot.ports import Clock

_log = logging.getLogger(__name__)


@dataclass
class Shelf:
    """What a database would hold: jobs by id, and those that ended, with whether they are done."""

    jobs: dict[str, Job] = field(default_factory=dict[str, Job])
    ended: dict[str, tuple[bool, datetime]] = field(
        default_factory=dict[str, tuple[bool, datetime]]
    )
    # Where jobs of a kind take their turns in all processes.
    alone: dict[str, asyncio.Semaphore] = field(default_factory=dict[str, asyncio.Semaphore])
    begun_by: dict[str, str] = field(default_factory=dict[str, str])
    engines: "list[InProcessEngine]" = field(default_factory=list["InProcessEngine"])


class InProcessEngine:
    """``bot.engine_port.Engine``; what it knows lies on a shelf that outlives it."""

    def __init__(self, clock: Clock, shelf: Shelf | None = None, *, executor: str = "0") -> None:
        self._clock = clock
        self._shelf = shelf or Shelf()
        self._executor = executor
        self._works: dict[str, tuple[Work, asyncio.Semaphore]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._cut_off: set[str] = set()
        self._running: dict[str, str] = {}
        self._stopping = False

    def register(
        self,
        kind: str,
        work: Work,
        *,
        at_once: int,
        alone: bool = False,
        cut_off: bool = False,
        here: bool = True,
    ) -> None:
        """See the port."""
        if cut_off:
            self._cut_off.add(kind)
        if here:
            room = asyncio.Semaphore(1 if alone else at_once)
            self._works[kind] = (work, self._shelf.alone.setdefault(kind, room) if alone else room)

    async def start(self) -> None:
        """See the port."""
        self._shelf.engines.append(self)
        for job in self._shelf.jobs.values():
            mine = self._shelf.begun_by.get(job.id, self._executor) == self._executor
            if mine and self.does(job) and job.id not in self._shelf.ended:
                self.begin(job)

    async def enqueue(self, jobs: Sequence[Job]) -> int:
        """See the port."""
        fresh = [job for job in dict.fromkeys(jobs) if self._may_run(job)]
        for job in fresh:
            self._shelf.jobs[job.id] = job
            self._shelf.ended.pop(job.id, None)
            self._hand_on(job)
        return len(fresh)

    async def unfinished(self) -> int:
        """See the port."""
        return len(self._shelf.jobs) - len(self._shelf.ended)

    async def maintain(
        self, *, before: datetime, after: datetime | None = None, dead: Collection[str] = ()
    ) -> None:
        """See the port."""
        ended = self._shelf.ended.items()
        old = [name for name, (_, at) in ended if at < before or (after and at > after)]
        for name in old:
            del self._shelf.jobs[name], self._shelf.ended[name]
        for name, executor in list(self._shelf.begun_by.items()):
            if executor in dead and name in self._shelf.jobs:
                del self._shelf.begun_by[name]
                self._hand_on(self._shelf.jobs[name])

    async def stop(self, grace: float) -> None:
        """See the port."""
        self._stopping = True
        if self in self._shelf.engines:
            self._shelf.engines.remove(self)
        waited = [
            self._tasks[name] for name, kind in self._running.items() if kind not in self._cut_off
        ]
        if waited:
            await asyncio.wait(waited, timeout=grace)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _may_run(self, job: Job) -> bool:
        done, _ = self._shelf.ended.get(job.id, (None, None))
        return job.id not in self._shelf.jobs or done is False

    def _hand_on(self, job: Job) -> None:
        """To ourselves, or else to the first that does such jobs."""
        for engine in (self, *self._shelf.engines):
            if engine.does(job):
                engine.begin(job)
                return

    def does(self, job: Job) -> bool:
        """Whether jobs of this kind are done here."""
        return job.kind in self._works

    def begin(self, job: Job) -> None:
        """Do it, once there is room."""
        task = asyncio.ensure_future(self._run(job))
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    async def _run(self, job: Job) -> None:
        work, gate = self._works[job.kind]
        async with gate:
            if self._stopping:
                return
            self._shelf.begun_by[job.id] = self._executor
            self._running[job.id] = job.kind
            try:
                done = await work(job.arguments)
            except Exception:  # noqa: BLE001 - one job's fault must not reach another
                _log.exception("job failed", extra={"kind": job.kind})
                done = False
            finally:
                del self._running[job.id]
            self._shelf.begun_by.pop(job.id, None)
            self._shelf.ended[job.id] = (done, self._clock.now())

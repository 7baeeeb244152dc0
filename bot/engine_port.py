"""The port to whatever keeps jobs: collect, summarise and plan survive a kill because of it."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work that is done once for each ``kind`` and ``key``.

    ``arguments`` are all that its work is given, also after a restart.
    """

    kind: str
    key: str
    arguments: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its name among all jobs: ``collect:hf:2026-11-21T10:00:00Z``."""
        return f"{self.kind}:{self.key}"


# Does a job; ``False`` where it is not done and may be enqueued again. An exception counts as that
# and is logged. May be run more than once (after a kill), so it must not mind.
Work: TypeAlias = Callable[[Sequence[str]], Awaitable[bool]]


class Engine(Protocol):
    """Runs jobs on this event loop, each at least once, whatever happens to the process."""

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
        """Say who does jobs of a kind, and how many at the same time in this process; one in all
        processes where each has to be ``alone``. Before ``start``.

        Jobs that cost nothing to begin anew may be ``cut_off`` by a stop. Those not done ``here``
        can be enqueued all the same, and are left to other processes.
        """
        ...

    async def start(self) -> None:
        """Begin, with what an earlier process under the same executor's name left unfinished.

        Raises:
            StoreError: the engine's database cannot be used.
        """
        ...

    async def enqueue(self, jobs: Sequence[Job]) -> int:
        """Have jobs done; returns how many are to be done now.

        One that waits, runs or was done is left alone; one that was not done is put in again.

        Raises:
            StoreError: the engine's database cannot be used.
        """
        ...

    async def unfinished(self) -> int:
        """How many jobs wait or run, in all processes."""
        ...

    async def maintain(
        self, *, before: datetime, after: datetime | None = None, dead: Collection[str] = ()
    ) -> None:
        """Forget jobs that ended before a moment (UTC), or ``after`` the present one where the
        clock was put back: their slots come again. Take over the jobs of dead executors."""
        ...

    async def stop(self, grace: float) -> None:
        """Begin no job any more, and give those that run (and may not be cut off) ``grace``
        seconds. What is cut off or waits is there at the next start."""
        ...

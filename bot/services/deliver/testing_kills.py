"""Programs that die between any two of their steps, for tests: from then on nothing they do has any
effect."""

import asyncio
import inspect
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.virtual_time import LoopClock


@dataclass
class Life:
    """Ends at a step; ``None`` lives for ever."""

    ends_at: int | None = None
    steps: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def step(self) -> None:
        self.steps += 1
        if self.ends_at is not None and self.steps >= self.ends_at:
            self.over.set()
        await self.breathe()

    async def breathe(self) -> None:
        """Nobody comes back from here who is dead."""
        if self.over.is_set():
            await asyncio.Event().wait()


class Mortal:
    """Anything of a program: its coroutines take a step before and after what they do."""

    def __init__(self, inner: Any, life: Life) -> None:
        self._inner = inner
        self._life = life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(found):
            return found if inspect.isroutine(found) else Mortal(found, self._life)

        async def call(*args: Any, **named: Any) -> Any:
            await self._life.step()
            result = await found(*args, **named)
            await self._life.step()
            return result

        return call


class MortalClock(LoopClock):
    """A dead program's sleepers never wake."""

    def __init__(self, start: datetime, life: Life) -> None:
        super().__init__(start)
        self._life = life

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        await self._life.breathe()


async def bury() -> None:
    """End the tasks that a dead program left behind.

    Not the database driver's, which close a connection whose user has gone: cancelled in the middle
    of that, they wait for a thread that has already ended.
    """
    others = asyncio.all_tasks() - {asyncio.current_task()}
    left = [task for task in others if not _is_the_driver_s(task)]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _is_the_driver_s(task: asyncio.Task[Any]) -> bool:
    coroutine: Any = task.get_coro()
    return "sqlalchemy" in coroutine.cr_code.co_filename

"""A lane: one at a time, in order of arrival, with a gap between."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.ports import Clock


class Lane:
    """Whoever enters waits for those before, and until ``gap`` seconds after the last has left.

    The gap runs from end to start, not from start to start: a first request that spends a second
    on its connection reaches the server late, and a second one would follow too closely.
    """

    def __init__(self, clock: Clock, *, gap: float) -> None:
        self._clock = clock
        self._gap = gap
        self._turn = asyncio.Lock()  # wakes its waiters first come, first served
        self._free_at: float | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None, None]:
        """Hold the lane. What fails or is cancelled inside counts like any other."""
        async with self._turn:
            await self._wait()
            try:
                yield
            finally:
                self._free_at = self._clock.monotonic() + self._gap

    async def _wait(self) -> None:
        while self._free_at is not None:
            left = self._free_at - self._clock.monotonic()
            if left <= 0:
                return
            await self._clock.sleep(left)

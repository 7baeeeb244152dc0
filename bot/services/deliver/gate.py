"""Calls leave evenly, also after this process was held up."""

import asyncio

from bot.ports import Clock

# A timer comes a millisecond late, and what it lost is made up for; what a stall cost is not, or
# all that was due meanwhile would leave at once and be refused.
_TOLERANCE_S = 0.005


class Gate:
    """Lets calls through one by one, in their order, no faster than the rate: in any second one
    more than that at most, by the time at which they really leave."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = asyncio.Lock()
        self._free_at = float("-inf")

    async def pass_through(self, per_second: float | None) -> None:
        """Wait for one's turn; ``None`` is no limit."""
        if per_second is None:
            return
        async with self._turn:
            early = self._free_at - _TOLERANCE_S - self._clock.monotonic()
            if early > 0:
                await self._clock.sleep(early)
            self._free_at = max(self._free_at, self._clock.monotonic()) + 1 / per_second

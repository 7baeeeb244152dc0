"""Room for calls beside the paced ones (looking for threads, reading histories, starting posts)."""

from collections import deque

from bot.ports import Clock

# Discord API v10, "Global Rate Limit": 50 a second; sending alone makes up to 49 of them.
LIMIT = 49
# Calls beside come evenly, after the first few, and leave some of it to the sends that they belong
# to.
BESIDE = 40.0
AT_ONCE = 10
_SECOND = 1.0
# Nothing that is sent waits long for it: a lease runs meanwhile (DESIGN: at most 60 s).
PATIENCE = 5.0


class Courtesy:
    """Knows the calls of the last second, and lets further ones wait while it is full.

    What is sent is paced by the deliverer, who knows nothing of what a send takes besides: a post
    of a forum three calls, a day's first one in a thread four.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at: deque[float] = deque(maxlen=LIMIT)
        self._free_at = clock.monotonic()

    @property
    def backlog(self) -> float:
        """Seconds that another call beside would wait for those before it."""
        return max(0.0, self._free_at - AT_ONCE / BESIDE - self._clock.monotonic())

    async def turn(self, *, beside: bool = False) -> None:
        """Wait for room, but not for ever, and count one more call, which is to be made now."""
        until = self._clock.monotonic() + PATIENCE
        if beside and (wait := self._place()):
            await self._clock.sleep(wait)
        while (wait := self._until_room()) and self._clock.monotonic() < until:
            await self._clock.sleep(wait)
        self._at.append(self._clock.monotonic())

    def _place(self) -> float:
        """Seconds until the next place among the calls beside, which is taken."""
        backlog = self.backlog
        if backlog < PATIENCE:
            self._free_at = max(self._free_at, self._clock.monotonic()) + 1 / BESIDE
        return min(backlog, PATIENCE)

    def _until_room(self) -> float:
        """Seconds until the last second holds fewer calls than it may; 0 where it does."""
        if len(self._at) < LIMIT:
            return 0.0
        return max(0.0, self._at[0] + _SECOND - self._clock.monotonic())

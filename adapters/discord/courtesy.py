"""Room for calls beside the paced ones (looking for threads, reading histories, starting posts)."""

from collections import deque

from bot.ports import Clock

# Discord API v10, "Global Rate Limit": 50 a second; sending alone makes up to 49 of them.
LIMIT = 49
_SECOND = 1.0
# Nothing that is sent waits long for it: a lease runs meanwhile (DESIGN: at most 60 s).
PATIENCE = 5.0


class Courtesy:
    """Knows the calls of the last second, and lets further ones wait while it is full.

    What is sent is paced by the deliverer, who knows nothing of what a send takes besides: a post
    of a forum three calls, a day's first one in a thread four.
    """

    def __init__(self, clock: Clock, *, limit: int = LIMIT, patience: float = PATIENCE) -> None:
        self._clock = clock
        self._patience = patience
        self._at: deque[float] = deque(maxlen=limit)

    async def turn(self) -> None:
        """Wait for room, but not for ever; the call is then to be made and noted at once."""
        until = self._clock.monotonic() + self._patience
        while (wait := self._until_room()) and self._clock.monotonic() < until:
            await self._clock.sleep(wait)

    def note(self) -> None:
        """One more call, now."""
        self._at.append(self._clock.monotonic())

    def _until_room(self) -> float:
        """Seconds until the last second has room; 0 where it has."""
        if len(self._at) < (self._at.maxlen or 0):
            return 0.0
        return max(0.0, self._at[0] + _SECOND - self._clock.monotonic())

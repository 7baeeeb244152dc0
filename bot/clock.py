"""The machine's own time: the one file that reads it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from bot.ports import CLOCK_TOLERANCE, Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOOK_EVERY_S = 10.0


class SystemClock:
    """Implements ``bot.ports.Clock``."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


async def put_back(clock: Clock) -> timedelta:
    """Wait until somebody puts the clock back; returns by how much, more than ``CLOCK_TOLERANCE``.

    What a process holds in its memory ends at moments of the old clock (F62). A clock that is put
    forward, or a machine that slept, makes moments come earlier, which everything here can stand.
    """
    furthest = _offset(clock)
    while True:
        await clock.sleep(_LOOK_EVERY_S)
        offset = _offset(clock)
        if furthest - offset > CLOCK_TOLERANCE:
            return furthest - offset
        furthest = max(furthest, offset)


def _offset(clock: Clock) -> timedelta:
    """What the clock on the wall says beyond the seconds that have passed."""
    return clock.now() - _EPOCH - timedelta(seconds=clock.monotonic())

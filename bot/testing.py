"""Stand-ins for the outside world that anyone's tests may use."""

import asyncio
from datetime import datetime, timedelta


class VirtualClock:
    """Implements ``bot.ports.Clock``; nobody ever waits, sleeping moves the time.

    Two that sleep at once wake at the times they asked for, not one after the other: a sleep is
    counted from when it began. ``sleeps`` lists the seconds of every sleep, in order.
    """

    def __init__(self, now: datetime) -> None:
        self._start = now
        self._elapsed = 0.0
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        wake = self._elapsed + max(0.0, seconds)
        self.sleeps.append(seconds)
        await asyncio.sleep(0)
        self._elapsed = max(self._elapsed, wake)

    def advance(self, seconds: float) -> None:
        """Let time pass while nobody sleeps."""
        self._elapsed += seconds

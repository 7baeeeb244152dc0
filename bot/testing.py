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

    def put(self, by: timedelta) -> None:
        """Somebody sets the clock: forward, or back where ``by`` is negative. No time passes."""
        self._start += by


class HeldClock(VirtualClock):
    """A clock whose sleepers wake only when the test lets time pass (``advance``)."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.Event()
        self._sleepers.append((self._elapsed + seconds, woken))
        await woken.wait()

    def advance(self, seconds: float) -> None:
        """Let time pass, and wake whoever wanted to be by then."""
        super().advance(seconds)
        for wake, woken in self._sleepers:
            if wake <= self._elapsed:
                woken.set()
        self._sleepers = [sleeper for sleeper in self._sleepers if not sleeper[1].is_set()]

"""The in-memory fake of what the store knows of the clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.ports import CLOCK_TOLERANCE


class Timed(Protocol):
    """A part of the store in which something ends soon."""

    def clock_went_back(self, by: timedelta, now: datetime) -> None:
        """Move it back with the clock."""
        ...


class MemoryTimekeeping:
    """``bot.ports.Timekeeping``."""

    def __init__(self, parts: Sequence[Timed]) -> None:
        self._parts = parts
        self._seen_at = datetime.min.replace(tzinfo=UTC)

    async def note(self, now: datetime, *, move: bool = True) -> timedelta:
        """See the port."""
        by = max(timedelta(), self._seen_at - now)
        if by and by <= CLOCK_TOLERANCE:
            return timedelta()
        if by and not move:
            return by
        self._seen_at = now
        if by:
            for part in self._parts:
                part.clock_went_back(by, now)
        return by

"""The in-memory fake of what may be used up in a day."""

from collections import Counter
from datetime import date


class MemoryAllowances:
    """``bot.ports.Allowances``."""

    def __init__(self) -> None:
        self._used: Counter[tuple[str, date]] = Counter()

    async def take(self, name: str, count: int, *, day: date, most: int) -> int:
        """See the port."""
        granted = max(0, min(count, most - self._used[name, day]))
        self._used[name, day] += granted
        return granted

    async def used(self, name: str, *, day: date) -> int:
        """See the port."""
        return self._used[name, day]

    async def prune(self, *, before: date) -> int:
        """See the port."""
        old = [key for key in self._used if key[1] < before]
        for key in old:
            del self._used[key]
        return len(old)

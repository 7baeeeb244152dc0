"""What may be used up in a day."""

from datetime import date
from typing import Protocol


class Allowances(Protocol):
    """How much of something was used on a day (UTC), by all processes together."""

    async def take(self, name: str, count: int, *, day: date, most: int) -> int:
        """Use up to ``count`` more, so that it is ``most`` in all on that day; returns how many
        that are, 0 once nothing is left. Whoever else takes at the same time gets none of them."""
        ...

    async def used(self, name: str, *, day: date) -> int:
        """How many were taken on a day."""
        ...

    async def prune(self, *, before: date) -> int:
        """Forget the days before one; returns how many entries those were."""
        ...

"""How the program's parts stand, as all its processes have it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.standing import Standing


class Standings(Protocol):
    """Parts by name (``source:hf``, ``token:telegram``), of which there are a few dozen at most."""

    async def report(self, standings: Mapping[str, Standing], *, now: datetime) -> None:
        """Add what one process knows (``domain.standing.merged``); ``told_at`` is not taken. What
        was known for later than ``now`` and ``CLOCK_TOLERANCE`` is forgotten (F62)."""
        ...

    async def all(self, *, seen_since: datetime) -> Mapping[str, Standing]:
        """Every part that some process has reported since, by name."""
        ...

    async def told(self, parts: Collection[str], *, at: datetime | None) -> None:
        """Note that the operator was told of these parts' failures; ``None``: of their end."""
        ...

    async def prune(self, *, before: datetime) -> int:
        """Forget parts that nobody has reported since a moment; returns how many."""
        ...

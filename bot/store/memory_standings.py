"""The in-memory fake of how the program's parts stand."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.standing import Standing, known_by, merged
from bot.ports import CLOCK_TOLERANCE


class MemoryStandings:
    """``bot.ports.Standings``."""

    def __init__(self) -> None:
        self._parts: dict[str, tuple[Standing, datetime]] = {}

    async def report(self, standings: Mapping[str, Standing], *, now: datetime) -> None:
        """See the port."""
        for part, reported in standings.items():
            known, seen_at = self._parts.get(part, (Standing(), now))
            known = known_by(known, now + CLOCK_TOLERANCE)
            self._parts[part] = merged(known, reported), max(seen_at, now)

    async def all(self, *, seen_since: datetime) -> Mapping[str, Standing]:
        """See the port."""
        return {
            part: standing
            for part, (standing, seen_at) in sorted(self._parts.items())
            if seen_at >= seen_since
        }

    async def told(self, parts: Collection[str], *, at: datetime | None) -> None:
        """See the port."""
        for part in parts:
            if part in self._parts:
                standing, seen_at = self._parts[part]
                self._parts[part] = replace(standing, told_at=at), seen_at

    async def prune(self, *, before: datetime) -> int:
        """See the port."""
        stale = [part for part, (_, seen_at) in self._parts.items() if seen_at < before]
        for part in stale:
            del self._parts[part]
        return len(stale)

"""The in-memory fake of the backlog."""

from collections import defaultdict
from collections.abc import Sequence

from bot.domain.delivery import Delivery, State
from bot.ports import DeliveryQuery, Waiting
from bot.store.memory_outbox import MemoryOutbox

_OPEN = frozenset((State.PENDING, State.CLAIMED, State.SENDING))


class MemoryBacklog:
    """``bot.ports.Backlog``."""

    def __init__(self, outbox: MemoryOutbox) -> None:
        self._outbox = outbox

    async def waiting(self) -> Sequence[Waiting]:
        """See the port."""
        platforms: dict[str, list[Delivery]] = defaultdict(list)
        for row in await self._outbox.find(DeliveryQuery(states=_OPEN, limit=1_000_000)):
            platforms[row.target.platform].append(row)
        return [
            Waiting(platform, len(rows), min(row.due_at for row in rows))
            for platform, rows in sorted(platforms.items())
        ]

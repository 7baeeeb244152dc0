"""The in-memory fake of the backlog."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Waiting
from bot.store.addresses import settled
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
            if not self._outbox.suspends(row.target):
                platforms[row.target.platform].append(row)
        return [
            Waiting(platform, len(rows), min(row.due_at for row in rows))
            for platform, rows in sorted(platforms.items())
        ]

    async def planned(
        self, targets: Collection[Target], *, kind: str, since: datetime, within: str | None = None
    ) -> Mapping[Target, int]:
        """See the port."""
        wanted = {settled(target): target for target in targets}
        rows = [
            row
            for target in wanted
            for row in await self._outbox.find(
                DeliveryQuery(target=target, kind=kind, since=since, limit=1_000_000)
            )
        ]
        posts = {
            (wanted[row.target], row.post_key.rpartition(":")[0])
            for row in rows
            if row.state not in {State.PASSED, State.FAILED}
            if within is None or (row.state is State.INCLUDED and row.reason == within)
        }
        return dict(Counter(target for target, _ in posts))

    async def known(self, ids: Collection[str]) -> Collection[str]:
        """See the port."""
        return {row_id for row_id in ids if self._outbox.holds(row_id)}

    async def prune(self, *, before: datetime) -> int:
        """See the port."""
        rows = await self._outbox.find(DeliveryQuery(limit=1_000_000))
        stale = [row for row in rows if row.created_at < before and row.state not in _OPEN]
        for row in stale:
            self._outbox.remove(row)
        return len(stale)

    async def renew(
        self, deliveries: Collection[Delivery], *, now: datetime, within: str | None = None
    ) -> int:
        """See the port."""
        return sum(self._outbox.renew(delivery, now, within=within) for delivery in deliveries)

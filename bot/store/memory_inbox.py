"""The in-memory fakes of what processes share: updates, leases and rates."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from bot.ports import Kept
from bot.store.instants import at_microseconds, earlier, microseconds, slots_before, span


class MemoryInbox:
    """``bot.ports.Inbox``."""

    def __init__(self) -> None:
        self._open: dict[str, Kept] = {}
        self._done: dict[str, datetime] = {}
        self._count = 0

    async def keep(self, updates: Mapping[str, str], *, now: datetime) -> Sequence[str]:
        """See the port."""
        new = [i for i in updates if i not in self._open and i not in self._done]
        for update_id in new:
            self._count += 1
            self._open[update_id] = Kept(update_id, updates[update_id], self._count, now)
        return new

    async def open(self, prefix: str, *, limit: int, after: int = 0) -> Sequence[Kept]:
        """See the port."""
        ours = (kept for i, kept in self._open.items() if i.startswith(prefix))
        return list(islice((kept for kept in ours if kept.number > after), limit))

    async def newest(self, prefix: str) -> int:
        """See the port."""
        ours = (kept.number for i, kept in self._open.items() if i.startswith(prefix))
        return max(ours, default=0)

    async def done(self, update_id: str, *, now: datetime) -> None:
        """See the port."""
        if self._open.pop(update_id, None) is not None:
            self._done[update_id] = now

    async def prune(self, *, before: datetime, kept_before: datetime) -> int:
        """See the port."""
        done = [i for i, at in self._done.items() if at < before]
        unanswered = [i for i, kept in self._open.items() if kept.kept_at < kept_before]
        for update_id in done:
            del self._done[update_id]
        for update_id in unanswered:
            del self._open[update_id]
        return len(done) + len(unanswered)


class MemoryLeases:
    """``bot.ports.Leases``."""

    def __init__(self) -> None:
        self._leases: dict[str, tuple[str, datetime]] = {}

    async def acquire(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
        """See the port. A lease has run out once ``now`` reaches its end."""
        holder, end = self._leases.get(name, (owner, now))
        if holder != owner and end > now:
            return False
        self._leases[name] = (owner, until)
        return True

    async def release(self, name: str, owner: str) -> None:
        """See the port."""
        if self._leases.get(name, ("", None))[0] == owner:
            del self._leases[name]

    async def held(self, prefix: str, *, now: datetime) -> Mapping[str, str]:
        """See the port."""
        held = self._leases.items()
        return {name: who for name, (who, end) in held if name.startswith(prefix) and end > now}

    async def prune(self, *, before: datetime) -> int:
        """See the port."""
        stale = [name for name, (_, end) in self._leases.items() if end < before]
        for name in stale:
            del self._leases[name]
        return len(stale)

    def clock_went_back(self, by: timedelta, now: datetime) -> None:
        """Move what ends later than now."""
        for name, (owner, end) in self._leases.items():
            self._leases[name] = owner, earlier(end, by, now)


class MemoryRates:
    """``bot.ports.Rates``."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    async def reserve(self, key: str, count: int, *, per_second: float, now: datetime) -> datetime:
        """See the port."""
        first = max(self._next.get(key, 0), microseconds(now))
        self._next[key] = first + span(count, per_second)
        return at_microseconds(first)

    async def reserve_before(
        self, key: str, count: int, *, per_second: float, now: datetime, by: datetime
    ) -> tuple[datetime, int]:
        """See the port."""
        first = max(self._next.get(key, 0), microseconds(now))
        taken = slots_before(by, first, count, per_second)
        if taken:
            self._next[key] = first + span(taken, per_second)
        return at_microseconds(first), taken

    async def hold(self, key: str, *, until: datetime) -> None:
        """See the port."""
        self._next[key] = max(self._next.get(key, 0), microseconds(until))

    def clock_went_back(self, by: timedelta, now: datetime) -> None:
        """Move what is free later than now."""
        for key, free in self._next.items():
            self._next[key] = microseconds(earlier(at_microseconds(free), by, now))


class MemoryBells:
    """``bot.ports.Bells``."""

    def __init__(self) -> None:
        self._rung: Counter[str] = Counter()

    async def ring(self, name: str) -> int:
        """See the port."""
        self._rung[name] += 1
        return self._rung[name]

    async def rung(self) -> Mapping[str, int]:
        """See the port."""
        return dict(self._rung)

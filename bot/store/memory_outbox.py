"""The in-memory fake of the outbox."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.domain.burst import Burst, with_another
from bot.domain.delivery import UNSENT_FOR_GOOD, Delivery, State, renewed
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.store.addresses import lane_of, readdressed, settled
from bot.store.instants import earlier

OPEN = frozenset({State.PENDING, State.CLAIMED, State.SENDING})

_NEVER = datetime.min.replace(tzinfo=UTC)


class MemoryOutbox:
    """``bot.ports.Outbox``. ``suspended`` is shared with the chats."""

    def __init__(self, suspended: Mapping[Target, str]) -> None:
        self._suspended = suspended
        self._rows: dict[str, Delivery] = {}
        self._by_target: dict[Target, dict[str, Delivery]] = {}
        self._numbers: dict[str, int] = {}
        self._counter = count()
        self._open: dict[int, dict[str, Delivery]] = {}
        self._next_at: dict[int, datetime] = {}
        self._lately: dict[int, tuple[datetime, ...]] = {}

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        """See the port."""
        before = len(self._rows)
        for delivery in deliveries:
            if delivery.id not in self._rows:
                self._write(delivery)
        return len(self._rows) - before

    async def claim(
        self, limit: int, *, now: datetime, lease: timedelta, platform: str | None = None
    ) -> Sequence[Delivery]:
        """See the port."""
        lanes = (lane for lane in self._open if platform in {None, self._platform_of(lane)})
        ready = sorted((at, lane) for lane in lanes if (at := self._ready_at(lane)) <= now)
        taken = [self._first(lane, now) for _, lane in ready[: max(0, limit)]]
        claimed = [
            replace(
                delivery,
                state=State.SENDING if delivery.state is State.SENDING else State.CLAIMED,
                lease_until=now + lease,
            )
            for delivery in taken
        ]
        for delivery in claimed:
            self._write(delivery)
        return claimed

    async def save(
        self,
        deliveries: Sequence[Delivery],
        *,
        spaced: Mapping[Target, datetime] | None = None,
        bursts: Sequence[Burst] = (),
        held: Mapping[str, datetime] | None = None,
    ) -> Sequence[Delivery]:
        """See the port."""
        for target, until in (spaced or {}).items():
            self._space(lane_of(target), until)
        for burst in bursts:
            lane = lane_of(burst.target)
            self._lately[lane], until = with_another(self._lately.get(lane, ()), burst)
            self._space(lane, until or burst.at)
        barred: list[Delivery] = []
        for delivery in deliveries:
            row = self._rows.get(delivery.id)
            sending = delivery.state is State.SENDING
            left = _is_another_s(delivery, row, held or {})
            if left or (sending and settled(delivery.target) in self._suspended):
                barred.append(delivery)
            # What was sent stays so, whoever believes otherwise.
            if row and row.state is not State.SENT and not left:
                self._write(replace(delivery, resent=row.resent or delivery.resent))
        return barred

    async def space(self, target: Target, *, until: datetime) -> None:
        """See the port."""
        self._space(lane_of(target), until)

    async def find(self, query: DeliveryQuery) -> Sequence[Delivery]:
        """See the port."""
        found = [
            row
            for row in self._near(query)
            if _at(row, query)
            and (query.platform is None or row.target.platform == query.platform)
            and (query.kind is None or row.post_key.startswith(query.kind))
            and (query.states is None or row.state in query.states)
            and (query.post_key is None or row.post_key == query.post_key)
            and (query.since is None or row.created_at >= query.since)
            and (query.until is None or row.created_at < query.until)
        ]
        found.sort(key=lambda row: (row.created_at, self._numbers[row.id]), reverse=True)
        return found[: max(0, query.limit)]

    def renew(self, delivery: Delivery, now: datetime, *, within: str | None = None) -> bool:
        """Queue a row anew that ended unsent, or put it into a post; returns whether it did."""
        row = self._rows.get(delivery.id)
        if row is None or row.state not in UNSENT_FOR_GOOD:
            return False
        self._write(renewed(row, now, within=within))
        return True

    def suspends(self, target: Target) -> bool:
        """Whether a target takes nothing."""
        return settled(target) in self._suspended

    def holds(self, row_id: str) -> bool:
        """Whether there is a delivery with this id."""
        return row_id in self._rows

    def expire(self, target: Target, reason: str) -> None:
        """End what waits for a target."""
        for row in list(self._open.get(lane_of(target), {}).values()):
            if row.target == target and row.state in {State.PENDING, State.CLAIMED}:
                self._write(replace(row, state=State.EXPIRED, lease_until=None, reason=reason))

    def forget(self, target: Target) -> None:
        """Remove all rows of a target."""
        for row in [row for row in self._rows.values() if row.target == target]:
            self.remove(row)

    def remove(self, row: Delivery) -> None:
        """Remove a row that is there."""
        self._remove(row)
        del self._numbers[row.id]

    def move(self, old: Target, new: Target) -> None:
        """Give all rows of a chat their new address; where a twin stands there, it stays."""
        place = (old.platform, old.chat)
        for row in list(self._rows.values()):
            if (row.target.platform, row.target.chat) == place:
                self._remove(row)
                number = self._numbers.pop(row.id)
                moved = replace(row, target=readdressed(row.target, new.chat))
                if moved.id not in self._rows:
                    self._numbers[moved.id] = number
                    self._write(moved)
        self._move_spacing(lane_of(old), lane_of(new))

    def clock_went_back(self, by: timedelta, now: datetime) -> None:
        """Move what ends later than now: spacings, leases, waits before another try."""
        for lane, until in self._next_at.items():
            self._next_at[lane] = earlier(until, by, now)
        for row in [row for rows in self._open.values() for row in rows.values()]:
            if row.lease_until is not None:
                self._write(replace(row, lease_until=earlier(row.lease_until, by, now)))
            elif row.attempts or row.due_at <= row.created_at:
                self._write(replace(row, due_at=earlier(row.due_at, by, now)))

    def _space(self, lane: int, until: datetime) -> None:
        self._next_at[lane] = max(until, self._next_at.get(lane, until))

    def _move_spacing(self, old: int, new: int) -> None:
        spacing = self._next_at.pop(old, None)
        if spacing is not None:
            self._space(new, spacing)
        if old in self._lately:
            self._lately[new] = self._lately.pop(old)

    def _write(self, delivery: Delivery) -> None:
        delivery = replace(delivery, target=settled(delivery.target))
        if delivery.id in self._rows:
            self._remove(self._rows[delivery.id])
        self._rows[delivery.id] = delivery
        self._by_target.setdefault(delivery.target, {})[delivery.id] = delivery
        if delivery.id not in self._numbers:
            self._numbers[delivery.id] = next(self._counter)
        if delivery.state in OPEN:
            self._open.setdefault(lane_of(delivery.target), {})[delivery.id] = delivery

    def _remove(self, delivery: Delivery) -> None:
        del self._rows[delivery.id]
        del self._by_target[delivery.target][delivery.id]
        lane = lane_of(delivery.target)
        rows = self._open.get(lane, {})
        rows.pop(delivery.id, None)
        if not rows:
            self._open.pop(lane, None)

    def _near(self, query: DeliveryQuery) -> Iterable[Delivery]:
        """Those among which to look: a target's, unless another thread's may be meant."""
        if query.targets is not None:
            at = {settled(target) for target in query.targets}
            return [row for one in at for row in self._by_target.get(one, {}).values()]
        if query.target is None or query.message_id is not None:
            return self._rows.values()
        return self._by_target.get(settled(query.target), {}).values()

    def _platform_of(self, lane: int) -> str:
        return next(iter(self._open[lane].values())).target.platform

    def _ready_at(self, lane: int) -> datetime:
        """From when on the chat may be sent something; the end of time where it has nothing."""
        able = [_available(row) for row in self._able(lane)]
        if not able:
            return datetime.max.replace(tzinfo=UTC)
        rows = self._open[lane].values()
        leases = (_available(row) for row in rows if row.state is not State.PENDING)
        return max(min(able), self._next_at.get(lane, _NEVER), *leases)

    def _first(self, lane: int, now: datetime) -> Delivery:
        due = (row for row in self._able(lane) if _available(row) <= now)
        return min(due, key=lambda row: (row.due_at, row.created_at, self._numbers[row.id]))

    def _able(self, lane: int) -> Iterable[Delivery]:
        """Those whose target is not suspended, and that no earlier part of their post precedes."""
        rows = self._open[lane].values()
        first: dict[tuple[Target, str], int] = {}
        for row in rows:
            post = (row.target, row.post_key)
            first[post] = min(row.part, first.get(post, row.part))
        return (
            row
            for row in rows
            if row.target not in self._suspended and row.part == first[row.target, row.post_key]
        )


def _is_another_s(delivery: Delivery, row: Delivery | None, held: Mapping[str, datetime]) -> bool:
    asked = delivery.state is State.SENDING or delivery.id in held
    if delivery.state is State.SENT or not asked:
        return False
    if row is None or row.state not in OPEN:
        return True
    return delivery.id in held and held[delivery.id] != row.lease_until


def _at(row: Delivery, query: DeliveryQuery) -> bool:
    if query.message_id is not None and row.message_id != query.message_id:
        return False
    if query.target is None:
        return True
    target = settled(query.target)
    if query.message_id is not None:  # named in its chat, whatever the thread
        target = replace(target, thread=row.target.thread)
    return row.target == target


def _available(row: Delivery) -> datetime:
    in_flight = row.state is not State.PENDING
    return (row.lease_until or _NEVER) if in_flight else row.due_at

"""Deliveries that a dead process had in hand, before their leases run out by themselves."""

from dataclasses import replace
from datetime import datetime

from bot.domain.delivery import Delivery, State
from bot.domain.role import Role
from bot.ports import Clock, DeliveryQuery, Outbox
from bot.services.deliver.sender import LEASE
from bot.services.rounds.membership import Membership

_IN_HAND = frozenset((State.CLAIMED, State.SENDING))
# More than a process ever has in hand.
_MOST = 10_000


class Inheriting:
    """Takes back, once, what was in hand before this process started: as soon as it is certainly
    the only one that delivers."""

    def __init__(self, outbox: Outbox, clock: Clock, *, membership: Membership) -> None:
        self._outbox = outbox
        self._clock = clock
        self._membership = membership
        self._started_at = clock.now()
        self._done = False

    async def look(self) -> bool:
        """Whether something has just been taken back.

        Raises:
            StoreError: the store cannot be used.
        """
        if self._done or not await self._membership.alone_with(Role.DELIVER):
            return False
        taken = await take_back(self._outbox, started_at=self._started_at, now=self._clock.now())
        self._done = True
        return taken > 0


async def take_back(outbox: Outbox, *, started_at: datetime, now: datetime) -> int:
    """Free what was claimed before this process started; returns how many.

    Only for a process that is alone. What was merely claimed waits again; what was being sent is
    found by the next claim, and settled as an outcome that nobody knows.

    Raises:
        StoreError: the store cannot be used.
    """
    rows = await outbox.find(DeliveryQuery(states=_IN_HAND, limit=_MOST))
    # Our own claims end later than any lease from before our start.
    left = [row for row in rows if row.lease_until and row.lease_until < started_at + LEASE]
    if left:
        # Somebody may live after all, and have gone on with some of them meanwhile.
        held = {row.id: row.lease_until for row in left if row.lease_until is not None}
        await outbox.save([_freed(row, now) for row in left], held=held)
    return len(left)


def _freed(row: Delivery, now: datetime) -> Delivery:
    if row.state is State.CLAIMED:
        return replace(row, state=State.PENDING, lease_until=None)
    return replace(row, lease_until=now)

"""Which processes live, what each of them does, and which ones have died.

A job belongs to the executor that began it. Names must be stable, so that a process that starts
again finds what it left, and no two that live may share one. So there is a small row of places,
each held by a lease, which also says what roles its holder has. Whoever does no jobs stands in a
row of its own: in the place of an executor that died it would keep the jobs left there from others.
"""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.errors import StoreError
from bot.domain.role import ALL_ROLES, ENGINE_ROLES, Role, ordered
from bot.ports import Clock, Leases

_log = logging.getLogger(__name__)

# Processes on one store, of each row.
PLACES = 128
_PREFIX = "executor:"
_JOBLESS = f"{_PREFIX}none:"
# Signs of life within one patience.
_SIGNS = 3


class PlaceLost(StoreError):
    """Another process has our place, because we gave no sign of life for too long."""


async def living(leases: Leases, *, now: datetime) -> Mapping[str, frozenset[Role]]:
    """The processes that live, by the names of their places, with their roles.

    Raises:
        StoreError: the store cannot be read.
    """
    held = await leases.held(_PREFIX, now=now)
    return {name: _roles_of(owner) for name, owner in held.items()}


def counted(processes: Mapping[str, frozenset[Role]]) -> Mapping[Role, int]:
    """How many of them have each role; every role is there."""
    counts = Counter(role for roles in processes.values() for role in roles)
    return {role: counts[role] for role in Role}


class Membership:
    """Holds one place. ``patience`` is after how long without a sign of life one is free again."""

    def __init__(
        self,
        leases: Leases,
        clock: Clock,
        *,
        owner: str,
        patience: timedelta,
        roles: Collection[Role] = ALL_ROLES,
    ) -> None:
        self._leases = leases
        self._clock = clock
        self._owner = f"{owner} {','.join(ordered(roles))}"
        self._roles = frozenset(roles)
        self._row = _JOBLESS if self._roles.isdisjoint(ENGINE_ROLES) else _PREFIX
        self._patience = patience
        self._place: int | None = None
        self._seen_at = clock.now()
        self._certain_from = clock.now()
        # By the clock on the wall, and by the one that nobody sets.
        self._lives_until = (clock.now(), clock.monotonic())

    @property
    def executor(self) -> str:
        """Our name. Only after ``join``."""
        return _name(self._place)

    async def join(self) -> None:
        """Take the first free place.

        Raises:
            StoreError: there is none, or the store cannot be used.
        """
        held = await self._leases.held(_PREFIX, now=self._clock.now())
        for place in range(PLACES):
            if self._lease(place) not in held and await self._acquire(place):
                self._place = place
                self._seen_at = self._certain_from = self._clock.now()
                return
        raise StoreError(f"{PLACES} processes work on this store already; stop one of them")

    async def keep(self) -> None:
        """Give signs of life until cancelled.

        Raises:
            PlaceLost: another process has the place, because we gave none for too long.
        """
        while True:
            await self._clock.sleep(self._patience.total_seconds() / _SIGNS)
            try:
                await self.sign()
            except PlaceLost:
                raise
            except StoreError as error:
                _log.warning("no sign of life could be given", extra={"reason": str(error)})

    async def sign(self) -> None:
        """Give a sign of life.

        Raises:
            PlaceLost: another process has the place.
            StoreError: the store cannot be used.
        """
        if self._place is None or not await self._acquire(self._place):
            raise PlaceLost(
                "this process gave no sign of life for too long (did the machine sleep?), and "
                "another one does its work"
            )
        now = self._clock.now()
        if self._silent_at(now):
            # What kept us silent (a sleeping machine, a store that was away) may have kept the
            # others so: they are given time to say that they live.
            self._certain_from = now + self._patience / 2
        self._seen_at = now

    async def dead(self) -> Sequence[str]:
        """The executors that nobody is; none as long as we cannot be sure of it.

        Raises:
            StoreError: the store cannot be read.
        """
        now = self._clock.now()
        if self._silent_at(now) or now < self._certain_from:
            return ()
        held = await self._leases.held(_PREFIX, now=now)
        free = (place for place in range(PLACES) if f"{_PREFIX}{place}" not in held)
        return [_name(place) for place in free if self._lease(place) != self._lease(self._place)]

    async def alone_with(self, role: Role) -> bool:
        """Whether certainly nobody else has this role.

        Raises:
            StoreError: the store cannot be read.
        """
        now = self._clock.now()
        if self._silent_at(now) or now < self._certain_from:
            return False
        others = dict(await living(self._leases, now=now))
        others.pop(self._lease(self._place), None)
        return not any(role in roles for roles in others.values())

    async def held(self, role: Role) -> bool:
        """Whether anybody has this role, we or another.

        Raises:
            StoreError: the store cannot be read.
        """
        if role in self._roles:
            return True
        processes = await living(self._leases, now=self._clock.now())
        return any(role in roles for roles in processes.values())

    def lives(self) -> bool:
        """Whether nobody can take us for dead yet, as far as signs of life go: who may be must not
        begin what others would do in our place."""
        at, monotonic = self._lives_until
        return self._clock.now() < at and self._clock.monotonic() < monotonic

    async def leave(self) -> None:
        """Give the place up, for the next process to have it at once."""
        if self._place is not None:
            self._lives_until = (self._clock.now(), self._clock.monotonic())
            await self._leases.release(self._lease(self._place), self._owner)
            self._place = None

    def _lease(self, place: int | None) -> str:
        return f"{self._row}{place}"

    def _silent_at(self, now: datetime) -> bool:
        return now - self._seen_at >= self._patience

    async def _acquire(self, place: int) -> bool:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        until = now + self._patience
        acquired = await self._leases.acquire(self._lease(place), self._owner, now=now, until=until)
        if acquired:
            self._lives_until = (until, monotonic + self._patience.total_seconds())
        return acquired


def _roles_of(owner: str) -> frozenset[Role]:
    _, _, names = owner.partition(" ")
    return frozenset(role for role in Role if role in names.split(","))


def _name(place: int | None) -> str:
    if place is None:
        raise ValueError("no place has been taken yet")
    return f"sulan-{place}"

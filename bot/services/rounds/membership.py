"""Which executor this process is, and which ones have died.

A job belongs to the executor that began it. Names must be stable, so that a process that starts
again finds what it left, and no two that live may share one. So there is a small row of places,
each held by a lease.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.errors import StoreError
from bot.ports import Clock, Leases

_log = logging.getLogger(__name__)

# Processes on one store; each place costs a tiny transaction at every look.
PLACES = 16


class Membership:
    """Holds one place. ``patience`` is after how long without a sign of life one is free again."""

    def __init__(self, leases: Leases, clock: Clock, *, owner: str, patience: timedelta) -> None:
        self._leases = leases
        self._clock = clock
        self._owner = owner
        self._patience = patience
        self._place: int | None = None

    @property
    def executor(self) -> str:
        """Our name. Only after ``join``."""
        return _name(self._place)

    async def join(self) -> None:
        """Take the first free place.

        Raises:
            StoreError: there is none, or the store cannot be used.
        """
        for place in range(PLACES):
            if await self._acquire(place):
                self._place = place
                return
        raise StoreError(f"{PLACES} processes work on this store already; stop one of them")

    async def keep(self) -> None:
        """Prolong the place until cancelled.

        Raises:
            StoreError: another process has it, because we gave no sign of life for too long.
        """
        while True:
            await self._clock.sleep(self._patience.total_seconds() / 3)
            try:
                kept = self._place is not None and await self._acquire(self._place)
            except StoreError as error:
                _log.warning("no sign of life could be given", extra={"reason": str(error)})
                continue
            if not kept:
                raise StoreError(
                    "this process gave no sign of life for too long (did the machine sleep?), and "
                    "another one does its work; start it again"
                )

    async def dead(self) -> Sequence[str]:
        """The executors that nobody is; their places are looked at and left free."""
        names: list[str] = []
        for place in range(PLACES):
            if place != self._place and await self._acquire(place):
                await self._leases.release(_lease(place), self._owner)
                names.append(_name(place))
        return names

    @staticmethod
    def alone(dead: Sequence[str]) -> bool:
        """Whether nobody else lives, given the dead."""
        return len(dead) == PLACES - 1

    async def leave(self) -> None:
        """Give the place up, for the next process to have it at once."""
        if self._place is not None:
            await self._leases.release(_lease(self._place), self._owner)
            self._place = None

    async def _acquire(self, place: int) -> bool:
        now = self._clock.now()
        return await self._leases.acquire(
            _lease(place), self._owner, now=now, until=now + self._patience
        )


def _lease(place: int) -> str:
    return f"executor:{place}"


def _name(place: int | None) -> str:
    if place is None:
        raise ValueError("no place has been taken yet")
    return f"sulan-{place}"

"""The right to do what only one process of several may do: poll a token, hold a gateway."""

import logging
from contextlib import suppress

from adapters.base import Desk
from bot.domain.errors import StoreError

_log = logging.getLogger(__name__)

# Seconds between two looks of who waits: so quickly is taken over what was given back.
LOOK_EVERY_S = 1.0
# A holder prolongs so often within a desk's patience.
SIGNS = 3


class Holding:
    """A lease for this process, from being won until it is lost or given back."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.name = name
        self._desk = desk
        self._until = desk.clock.now()

    async def win(self) -> bool:
        """Wait until it is ours; returns whether another process had it meanwhile."""
        waited = False
        while not await self.prolong():
            waited = True
            await self._desk.clock.sleep(LOOK_EVERY_S)
        return waited

    async def prolong(self) -> bool:
        """Whether it is ours now; while the store cannot be asked, for as long as it was.

        To be called ``SIGNS`` times within the desk's patience.
        """
        now, desk = self._desk.clock.now(), self._desk
        until = now + desk.patience
        try:
            # Who only waits reads, and leaves the writers alone.
            ours = not await self._is_anothers() and await desk.leases.acquire(
                self.name, desk.owner, now=now, until=until
            )
        except StoreError as error:
            said = {"lease": self.name, "reason": str(error)}
            _log.warning("a lease was not prolonged", extra=said)
            return now < self._until
        self._until = until if ours else now
        return ours

    async def wait(self, seconds: float) -> bool:
        """Wait and keep it meanwhile; returns, sooner if it is lost, whether it is ours still."""
        clock, sign_s = self._desk.clock, self._desk.patience.total_seconds() / SIGNS
        end = clock.monotonic() + seconds
        while (left := end - clock.monotonic()) > 0:
            if not await self.prolong():
                return False
            await clock.sleep(min(left, sign_s))
        return await self.prolong()

    async def give_back(self) -> None:
        """Let another process take over at once."""
        with suppress(StoreError):
            await self._desk.leases.release(self.name, self._desk.owner)

    async def _is_anothers(self) -> bool:
        desk, now = self._desk, self._desk.clock.now()
        if now < self._until:
            return False
        held = await desk.leases.held(self.name, now=now)
        return held.get(self.name, desk.owner) != desk.owner

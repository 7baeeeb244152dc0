"""What processes share: rates, leases, and updates that none may lose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Rates(Protocol):
    """One rate for each key (a bot token), shared by all processes (GCRA)."""

    async def reserve(self, key: str, count: int, *, per_second: float, now: datetime) -> datetime:
        """Take ``count`` slots; returns the instant of the first, the others follow at
        1/``per_second``. Never lets through more than the rate plus one in any second."""
        ...

    async def reserve_before(
        self, key: str, count: int, *, per_second: float, now: datetime, by: datetime
    ) -> tuple[datetime, int]:
        """Take those of ``count`` slots that begin before ``by``; returns the instant of the first
        and how many they are, perhaps none."""
        ...

    async def hold(self, key: str, *, until: datetime) -> None:
        """No slot before ``until``: the platform asked us to wait. Never shortens a wait."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """An update as it was kept. Of two in one inbox the later has the higher ``number``."""

    id: str
    text: str
    number: int
    kept_at: datetime


class Inbox(Protocol):
    """Updates kept before they are confirmed, so that a kill loses none.

    An id begins with the name of the bot that the update came to, so that whoever serves one bot
    reads nothing of the others'.
    """

    async def keep(self, updates: Mapping[str, str], *, now: datetime) -> Sequence[str]:
        """Store updates (id to its JSON); returns the ids that are new, in the given order."""
        ...

    async def open(self, prefix: str, *, limit: int, after: int = 0) -> Sequence[Kept]:
        """Those not yet done whose ids begin so, oldest first, at most ``limit`` of them; only
        those with a number above ``after``."""
        ...

    async def newest(self, prefix: str) -> int:
        """The highest number among those not yet done whose ids begin so, 0 where there is none."""
        ...

    async def done(self, update_id: str, *, now: datetime) -> None:
        """It has been handled. It stays known, so that a repeat does nothing."""
        ...

    async def prune(self, *, before: datetime, kept_before: datetime) -> int:
        """Forget those done before a moment, and those not done that were kept before another;
        returns how many."""
        ...


class Leases(Protocol):
    """Who does what only one may do: poll a token, hold a gateway shard."""

    async def acquire(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
        """Whether ``owner`` holds the lease now; acquiring again prolongs it."""
        ...

    async def release(self, name: str, owner: str) -> None:
        """Give it back. Not holding it is no error."""
        ...

    async def held(self, prefix: str, *, now: datetime) -> Mapping[str, str]:
        """The leases that have not run out and whose names begin so, by name: their owners."""
        ...

    async def prune(self, *, before: datetime) -> int:
        """Forget those that ran out before a moment; returns how many."""
        ...


class Bells(Protocol):
    """What wakes others: one process rings, and all look sooner than they would by themselves.

    A hint, never a promise: whoever heeds a bell looks now and then without it too.
    """

    async def ring(self, name: str) -> int:
        """There is something to do for whoever heeds this bell; returns how often it has been rung
        by now."""
        ...

    async def rung(self) -> Mapping[str, int]:
        """How often each bell has been rung by now, by its name. Cheap."""
        ...

"""One rate's slots, and others for calls that missed theirs."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.errors import StoreError
from bot.ports import Clock, Rates

# How late a call may leave in its slot. Adapters ask for 2.6 % less than their platforms permit
# (29.2 of 30, 48.7 of 50, 969 of 1,000): were all calls of a second so late, they would still fit.
_ROOM = timedelta(milliseconds=20)
# So long after somebody else took slots, they are taken to go on.
_BESIDE = timedelta(seconds=10)
# A slot's moment is rounded to microseconds, here and in the store.
_ROUNDING = timedelta(microseconds=500)
# How long one that was missed waits for others, to be replaced with them in one transaction.
_GATHER_S = 0.005


class Turns:
    """Slots of one rate, which all processes reserve from the same row.

    Alone, a process that was held up needs no other slots: its calls leave late, but one by one
    (``Gate``). Beside others, which use their slots meanwhile, they would come on top.
    """

    def __init__(self, rates: Rates, key: str, clock: Clock) -> None:
        self._rates = rates
        self._key = key
        self._clock = clock
        self._end: datetime | None = None
        self._beside_until: datetime | None = None
        self._missed: list[asyncio.Future[datetime]] = []
        self._replacing: asyncio.Task[None] | None = None

    async def reserve(self, count: int, per_second: float) -> Sequence[datetime]:
        """So many slots, the earliest there are.

        Raises:
            StoreError: the store cannot be used.
        """
        now = self._clock.now()
        first = await self._rates.reserve(self._key, count, per_second=per_second, now=now)
        return self._taken(first, count, per_second, now)

    async def reserve_within(
        self, within: timedelta, count: int, per_second: float
    ) -> Sequence[datetime]:
        """Up to so many slots, those that begin within so long.

        Raises:
            StoreError: the store cannot be used.
        """
        now = self._clock.now()
        first, taken = await self._rates.reserve_before(
            self._key, count, per_second=per_second, now=now, by=now + within
        )
        return self._taken(first, taken, per_second, now)

    async def kept(self, slot: datetime, per_second: float) -> datetime:
        """The slot, unless it has been missed and others use theirs: then another, some time to
        come. Where the store cannot be asked it is the old one."""
        now = self._clock.now()
        beside = self._beside_until is not None and now < self._beside_until
        if now - slot <= _ROOM or not beside:
            return slot
        another: asyncio.Future[datetime] = asyncio.get_running_loop().create_future()
        self._missed.append(another)
        if self._replacing is None:
            self._replacing = asyncio.ensure_future(self._replace(per_second))
        try:
            return await another
        except StoreError:
            return slot

    def _taken(
        self, first: datetime, count: int, per_second: float, now: datetime
    ) -> Sequence[datetime]:
        """The slots; whether somebody else has taken some is seen by where they begin."""
        if first - max(now, self._end or now) > _ROUNDING:
            self._beside_until = now + _BESIDE
        each = timedelta(seconds=1 / per_second)
        if count:
            self._end = first + count * each
        return [first + n * each for n in range(count)]

    async def _replace(self, per_second: float) -> None:
        try:
            while self._missed:
                await self._clock.sleep(_GATHER_S)
                batch, self._missed = self._missed, []
                await self._hand_out(batch, per_second)
        finally:
            self._replacing = None

    async def _hand_out(self, batch: Sequence[asyncio.Future[datetime]], per_second: float) -> None:
        try:
            slots = await self.reserve(len(batch), per_second)
        except BaseException as error:
            for one in batch:
                if not one.done():
                    one.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for one, slot in zip(batch, slots, strict=True):
            if not one.done():
                one.set_result(slot)

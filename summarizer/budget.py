"""What may still be spent today, and the book of what was."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.errors import BudgetSpent, StoreError
from bot.domain.model_call import ModelCall
from bot.ports import Clock, Ledger

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cost:
    """Tokens and US dollars. Dollars are 0 where the price is not known."""

    tokens: int = 0
    usd: Decimal = Decimal(0)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.tokens + other.tokens, self.usd + other.usd)

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.tokens - other.tokens, self.usd - other.usd)


@dataclass(frozen=True, slots=True)
class DailyLimit:
    """The hard stop for one UTC day. ``None`` is no limit; 0 allows no call at all."""

    tokens: int | None = None
    usd: Decimal | None = None

    def holds(self, cost: Cost) -> bool:
        """Whether a day may cost this much."""
        return (self.tokens is None or cost.tokens <= self.tokens) and (
            self.usd is None or cost.usd <= self.usd
        )


class Reservation:
    """Room held for one call. ``keep`` leaves it counted for the rest of the day, for a call whose
    answer was lost: it may have been billed, and the ledger cannot say."""

    def __init__(self) -> None:
        self.kept = False

    def keep(self) -> None:
        """Count the estimate as spent."""
        self.kept = True


class Budget:
    """Stops calls before they are made when the day's limit leaves no room for another (F29).

    A call reserves the most that it can cost and gives the rest back when it is booked, so calls at
    the same time cannot overrun together; what can go over is the error of one estimate. Another
    process on the same ledger is seen when it books, not while its calls are in flight.
    """

    def __init__(self, ledger: Ledger, *, clock: Clock, limit: DailyLimit) -> None:
        self._ledger = ledger
        self._clock = clock
        self._limit = limit
        self._reserved = Cost()
        self._kept: dict[datetime, Cost] = {}
        self._unbooked: list[ModelCall] = []
        self._booking = asyncio.Lock()
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def room_for(self, estimate: Cost) -> AsyncGenerator[Reservation, None]:
        """Hold room for one call while it runs and is booked.

        Where calls in flight hold the room that this one needs, it waits for what they leave.

        Raises:
            BudgetSpent: there is none today.
        """
        async with self._changed:
            while not await self._has_room(estimate):
                await self._changed.wait()
            self._reserved += estimate
        reservation = Reservation()
        try:
            yield reservation
        finally:
            self._reserved -= estimate
            if reservation.kept:
                today = self._midnight()
                self._kept = {today: self._kept.get(today, Cost()) + estimate}
            async with self._changed:
                self._changed.notify_all()

    async def book(self, call: ModelCall) -> None:
        """Note a call in the ledger, whatever came of it; where the store takes nothing down,
        before the next call is made."""
        self._unbooked.append(call)
        try:
            await self._catch_up()
        except StoreError as error:
            _log.warning("a call cannot be booked yet", extra={"reason": str(error)})

    async def _catch_up(self) -> None:
        async with self._booking:
            while self._unbooked:
                await self._ledger.record(self._unbooked[0])
                del self._unbooked[0]

    async def _has_room(self, estimate: Cost) -> bool:
        await self._catch_up()
        today = self._midnight()
        spending = await self._ledger.spent(since=today)
        spent = Cost(spending.tokens, spending.cost_usd) + self._kept.get(today, Cost())
        if not self._limit.holds(spent + estimate):
            raise BudgetSpent(
                f"Today's budget for the model leaves no room for another call: {spent.tokens} "
                f"tokens and {spent.usd:.4f} USD are spent. It is renewed at 00:00 UTC; "
                "model.daily_tokens and model.daily_usd set it."
            )
        return self._limit.holds(spent + self._reserved + estimate)

    def _midnight(self) -> datetime:
        return self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)

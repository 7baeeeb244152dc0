"""When messages may be sent: in the platform's free slots, and in paid ones where it sells them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from adapters.base import Adapter, Fare, Payable
from bot.services.deliver.prepared import Ready
from bot.services.deliver.tools import Tools
from bot.services.deliver.turns import Turns

# Free slots within so long are waited for. What is due beyond them exceeds the free rate, which is
# one by the second (FACTS §1.3).
_FREE_WITHIN = timedelta(seconds=1)


def fare_of(adapter: Adapter) -> Fare | None:
    """What an adapter may send for money, where its options say that it may."""
    return adapter.fare if isinstance(adapter, Payable) else None


def paid_key(name: str) -> str:
    """Under what an adapter's paid messages are counted, and their rate is kept."""
    return f"{name}:paid"


class Slots:
    """Hands out one adapter's slots; all of its chats share them, in all processes."""

    def __init__(self, adapter: Adapter, tools: Tools) -> None:
        self._adapter = adapter
        self._name = adapter.name
        rates, key = tools.store.rates, paid_key(adapter.name)
        self._free_turns = Turns(rates, adapter.name, tools.clock)
        self._paid_turns = Turns(rates, key, tools.clock)
        self._allowances = tools.store.allowances
        self._clock = tools.clock
        self._sold_out: date | None = None

    @property
    def sells(self) -> bool:
        """Whether more than the free rate can be had, as far as is known here."""
        return fare_of(self._adapter) is not None and self._sold_out != self._clock.now().date()

    async def of(self, ready: Sequence[Ready]) -> list[tuple[Ready, datetime]]:
        """Each with its slot, the earliest first.

        Raises:
            StoreError: the store cannot be used.
        """
        paces = [one.pace.per_second for one in ready if one.pace.per_second is not None]
        if not paces:
            now = self._clock.now()
            return [(one, now) for one in ready]
        fare, per_second = fare_of(self._adapter), min(paces)
        if fare is None or not self.sells:
            return await self._free(ready, per_second)
        return await self._mixed(ready, per_second, fare)

    async def kept(self, ready: Ready, slot: datetime) -> datetime:
        """See ``Turns``."""
        if ready.pace.per_second is None:
            return slot
        turns = self._paid_turns if ready.paid else self._free_turns
        return await turns.kept(slot, ready.pace.per_second)

    async def _free(
        self, ready: Sequence[Ready], per_second: float
    ) -> list[tuple[Ready, datetime]]:
        if not ready:
            return []
        slots = await self._free_turns.reserve(len(ready), per_second)
        return list(zip(ready, slots, strict=True))

    async def _mixed(
        self, ready: Sequence[Ready], per_second: float, fare: Fare
    ) -> list[tuple[Ready, datetime]]:
        """Free slots for as many as those at hand, edits before others, for no platform sells
        those; paid ones for the others, as far as the day's limit goes; the rest waits."""
        in_turn = sorted(ready, key=lambda one: one.replaces is None)
        at_hand = await self._free_turns.reserve_within(_FREE_WITHIN, len(in_turn), per_second)
        free = list(zip(in_turn, at_hand, strict=False))
        others = in_turn[len(free) :]
        edits = [one for one in others if one.replaces is not None]
        wanted = others[len(edits) :]
        granted = await self._granted(len(wanted), fare)
        bought = await self._bought(wanted[:granted], fare)
        left = await self._free(edits + wanted[granted:], per_second)
        return sorted(free + bought + left, key=lambda slot: slot[1])

    async def _granted(self, count: int, fare: Fare) -> int:
        if not count:
            return 0
        today = self._clock.now().date()
        granted = await self._allowances.take(
            paid_key(self._name), count, day=today, most=fare.most_a_day
        )
        if granted < count:
            self._sold_out = today
        return granted

    async def _bought(self, paid: Sequence[Ready], fare: Fare) -> list[tuple[Ready, datetime]]:
        if not paid or not isinstance(self._adapter, Payable):
            return []
        slots = await self._paid_turns.reserve(len(paid), fare.per_second)
        charged = [
            replace(
                one,
                message=self._adapter.charged(one.message),
                pace=replace(one.pace, per_second=fare.per_second),
                paid=True,
            )
            for one in paid
        ]
        return list(zip(charged, slots, strict=True))

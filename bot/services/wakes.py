"""Waking who has something to do: in this process at once, in the others within a moment."""

import asyncio
from collections.abc import Callable
from typing import NoReturn, TypeAlias

from bot.domain.errors import StoreError
from bot.ports import Bells, Clock
from bot.services.deliver.waiting import sleep_or

# The bell of those who deliver: rows have been written that are due.
DELIVER = "deliver"
# Seconds between two looks at what was rung elsewhere: a read of a row or two.
LOOK_EVERY_S = 0.25

Call: TypeAlias = Callable[[], None]


class Wakes:
    """This process's share in the bells of all processes."""

    def __init__(self, bells: Bells, clock: Clock) -> None:
        self._bells = bells
        self._clock = clock
        self._calls: dict[str, Call] = {}
        self._heard: dict[str, int] = {}
        self._pending: set[str] = set()
        self._poked = asyncio.Event()

    def heed(self, name: str, call: Call) -> None:
        """Have something called whenever this bell is rung, here or elsewhere."""
        self._calls[name] = call

    def wake(self, name: str) -> None:
        """Ring a bell: who heeds it here is called now, the others after the next look."""
        if (call := self._calls.get(name)) is not None:
            call()
        self._pending.add(name)
        self._poked.set()

    async def keep(self) -> NoReturn:
        """Pass on what is rung, here and elsewhere, until cancelled. While the store cannot be used
        nobody is woken: all look by themselves now and then."""
        while True:
            await sleep_or(self._poked, LOOK_EVERY_S, self._clock)
            self._poked.clear()
            try:
                await self.look()
            except StoreError:
                await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Pass on what has been rung since the last look.

        Raises:
            StoreError: the store cannot be used; what was rung here is kept for the next look.
        """
        for name in sorted(self._pending):
            number = await self._bells.ring(name)
            self._pending.discard(name)
            if number == self._heard.get(name, 0) + 1:
                self._heard[name] = number  # nobody else has rung: it was called already
        if not self._calls:
            return
        for name, number in (await self._bells.rung()).items():
            if number != self._heard.get(name, 0):
                self._heard[name] = number
                if (call := self._calls.get(name)) is not None:
                    call()

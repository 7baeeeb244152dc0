"""Which shards of a bot this process holds: its part of them, and those of a process that died.

All that processes agree on stands in leases, whose names begin with the bot's in the settings:

- ``…:shards``: its *owner* is the number of shards. Whoever connects prolongs it, so that all have
  the same number; who wants another one releases it in the owner's name.
- ``…:listener:<since>:<process>``: one for each process that wants shards.
- ``…:gateway:<shard>/<shards>``: whose shard it is.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

from adapters.base import Desk
from adapters.discord.introductions import ask_limits
from adapters.discord.rest import BotRest
from adapters.discord.waits import Waits
from adapters.holding import LOOK_EVERY_S, SIGNS, Holding
from bot.domain.delivery_errors import AccessRevoked, DeliveryError
from bot.domain.errors import StoreError

_log = logging.getLogger(__name__)

# A bot grows slowly, and Discord says so (4011) when it has grown too large.
_ASK_EVERY_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Shard:
    """One of ``count``."""

    index: int
    count: int


# Holds a shard's connection until cancelled.
Attend: TypeAlias = Callable[[Shard], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class _Held:
    holding: Holding
    task: asyncio.Task[None]


def part_of(processes: int, rank: int, *, shards: int) -> int:
    """How many shards are the process's with this rank, from 0: all parts are as good as equal."""
    return shards // processes + (rank < shards % processes)


class Shards:
    """Holds this process's shards of one bot, whose name in the settings is ``name``."""

    def __init__(self, desk: Desk, rest: BotRest, *, name: str, attend: Attend) -> None:
        self._desk = desk
        self._rest = rest
        self._name = name
        self._attend = attend
        since = desk.clock.now()
        self._me = f"{name}:listener:{since:%Y%m%d%H%M%S%f}:{desk.owner}"
        self._count = 0
        self._held: dict[int, _Held] = {}
        self._sign_at = self._ask_at = desk.clock.monotonic()
        self.outgrown = asyncio.Event()

    async def hold(self) -> NoReturn:
        """Hold what is ours until cancelled; then give it back.

        Raises:
            AccessRevoked: the token is not accepted.
        """
        try:
            while True:
                try:
                    await self._step()
                except StoreError as error:
                    _log.warning("shards cannot be shared out", extra={"reason": str(error)})
                    await self._let_lapsed_go()
                await self._rest_a_while()
        finally:
            await self._let_go(list(self._held))
            with suppress(StoreError):
                await self._desk.leases.release(self._me, self._desk.owner)

    async def _rest_a_while(self) -> None:
        """Until the next look; a connection that has failed ends it all."""
        nap = asyncio.ensure_future(self._desk.clock.sleep(LOOK_EVERY_S))
        try:
            tasks = [held.task for held in self._held.values()]
            await asyncio.wait({nap, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()
        for held in self._held.values():
            if held.task.done():
                held.task.result()

    async def _step(self) -> None:
        """Agree on the number, say that we live, then take or give."""
        desk = self._desk
        held = await desk.leases.held(f"{self._name}:", now=desk.clock.now())
        await self._agree(held.get(f"{self._name}:shards"))
        await self._say_that_we_live()
        if self.outgrown.is_set() or desk.clock.monotonic() >= self._ask_at:
            await self._grow()
            return
        held = await desk.leases.held(f"{self._name}:", now=desk.clock.now())
        await self._take_or_give(held)

    async def _agree(self, agreed: str | None) -> None:
        count = int(agreed) if agreed else self._count or await self._recommended()
        if count != self._count:
            if self._count:
                said = {"shards": count, "before": self._count}
                _log.warning("the number of shards has changed; all connect anew", extra=said)
            await self._let_go(list(self._held))
            self._count = count
            self._ask_at = self._desk.clock.monotonic() + _ASK_EVERY_S
            self._sign_at = self._desk.clock.monotonic()

    async def _recommended(self) -> int:
        """How many shards Discord recommends, however long it cannot be reached (F50).

        Raises:
            AccessRevoked: the token is not accepted.
        """
        waits = Waits()
        while True:
            try:
                return (await ask_limits(self._rest)).shards
            except AccessRevoked:
                raise
            except DeliveryError as error:
                _log.warning("Discord does not let us in yet", extra={"reason": str(error)})
                await self._desk.clock.sleep(waits.after(error))

    async def _grow(self) -> None:
        """Ask Discord again; if it wants more shards, all processes move on to so many."""
        self._ask_at = self._desk.clock.monotonic() + _ASK_EVERY_S
        self.outgrown.clear()
        try:
            wanted = (await ask_limits(self._rest)).shards
        except AccessRevoked:
            raise
        except DeliveryError as error:
            _log.warning("the number of shards is not known anew", extra={"reason": str(error)})
            return
        if wanted > self._count:
            await self._desk.leases.release(f"{self._name}:shards", str(self._count))
            await self._acquire(f"{self._name}:shards", str(wanted))

    async def _say_that_we_live(self) -> None:
        now, desk = self._desk.clock.monotonic(), self._desk
        if now < self._sign_at:
            return
        self._sign_at = now + desk.patience.total_seconds() / SIGNS
        await self._acquire(self._me, desk.owner)
        if not await self._acquire(f"{self._name}:shards", str(self._count)):
            self._sign_at = now  # there is another number: at the next step it is ours too
        await self._let_lapsed_go()

    async def _let_lapsed_go(self) -> None:
        """Prolong what we hold; what is another's by now we hold no longer."""
        lost = [i for i, one in self._held.items() if not await one.holding.prolong()]
        if lost:
            _log.warning("shards are lost; another process may have them", extra={"shards": lost})
        await self._let_go(lost)

    async def _take_or_give(self, held: Mapping[str, str]) -> None:
        listeners = sorted(name for name in held if name.startswith(f"{self._name}:listener:"))
        if self._me not in listeners:
            return
        part = part_of(len(listeners), listeners.index(self._me), shards=self._count)
        if len(self._held) > part:
            await self._let_go(sorted(self._held)[part:])
        for index in range(self._count):
            if len(self._held) >= part:
                return
            shard = Shard(index, self._count)
            if index not in self._held and self._lease_of(shard) not in held:
                await self._take(shard)

    async def _take(self, shard: Shard) -> None:
        holding = Holding(self._desk, self._lease_of(shard))
        if await holding.prolong():
            task = asyncio.ensure_future(self._attend(shard))
            self._held[shard.index] = _Held(holding, task)

    async def _let_go(self, indices: list[int]) -> None:
        """Hang up, then let others have them."""
        going = [self._held.pop(index) for index in indices]
        for one in going:
            one.task.cancel()
        if going:
            await asyncio.wait([one.task for one in going])
        for one in going:
            await one.holding.give_back()

    async def _acquire(self, name: str, owner: str) -> bool:
        now, desk = self._desk.clock.now(), self._desk
        return await desk.leases.acquire(name, owner, now=now, until=now + desk.patience)

    def _lease_of(self, shard: Shard) -> str:
        return f"{self._name}:gateway:{shard.index}/{shard.count}"

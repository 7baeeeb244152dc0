"""From due rows to messages with a time slot each."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.base import Adapter
from bot.domain.delivery import Delivery, State, Unclear
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.answers import window_of
from bot.services.deliver.prepared import Compose, Preparer, Ready
from bot.services.deliver.recorder import Call, Recorder
from bot.services.deliver.sender import LEASE
from bot.services.deliver.slots import Slots
from bot.services.deliver.spacing import burst_of
from bot.services.deliver.tools import Settled


@dataclass(frozen=True, slots=True)
class Taken:
    """What one look brought: how many rows, and those that are to be sent, each with its slot."""

    rows: int
    slots: Sequence[tuple[Ready, datetime]]


class Intake:
    """Takes one platform's deliveries out of the outbox; ``slots`` are those it gives them."""

    def __init__(
        self, adapter: Adapter, compose: Compose, chats: ChatRoll, *, recorder: Recorder
    ) -> None:
        self._adapter = adapter
        self._tools = tools = recorder.tools
        self._recorder = recorder
        self.slots = Slots(adapter, tools)
        self._marks = recorder.marks
        self._chats = chats
        self._preparer = Preparer(
            adapter,
            compose,
            outbox=tools.store.outbox,
            clock=tools.clock,
            batches=recorder.batches,
        )

    async def take(self, count: int, *, held: Collection[str]) -> Taken:
        """Claim so many rows, settle what was found in mid-call, and make messages of the rest.

        ``held`` are ids of deliveries that we have in hand: such a row comes back where its outcome
        could not be recorded for longer than its lease.

        Raises:
            StoreError: the store cannot be used; what was claimed comes back when its lease ends.
        """
        claimed = await self._tools.store.outbox.claim(
            count, now=self._tools.clock.now(), lease=LEASE, platform=self._adapter.name
        )
        rows = [row for row in claimed if row.id not in held]
        await asyncio.gather(*(self._settle_killed(r) for r in rows if r.state is State.SENDING))
        waiting = [row for row in rows if row.state is not State.SENDING]
        prepared = await asyncio.gather(*(self._prepared(row) for row in waiting))
        ready = [one for one in prepared if one is not None]
        return Taken(len(claimed), await self.slots.of(ready))

    async def _settle_killed(self, row: Delivery) -> None:
        repeatable = window_of(self._adapter, row) > 0 or await self._preparer.replaces(row)
        answer = Unclear("stopped in mid-call", killed=True, repeatable=repeatable)
        chat, now = await self._chats.at(row.target), self._tools.clock.now()
        # Nobody knows when it went, but not later than now.
        burst = burst_of(row.target, self._adapter.pace(row.target), now, now)
        await self._recorder.record(Call(row, answer, chat, row.lease_until, burst=burst))

    async def _prepared(self, row: Delivery) -> Ready | None:
        made = await self._preparer.prepare(row, await self._chats.at(row.target))
        if isinstance(made, Ready):
            return made
        if not await self._marks.write(made, held_until=row.lease_until):
            return None
        if made.state is not State.PENDING or made.attempts > row.attempts:
            self._tools.watch(Settled(made, ""))
        return None

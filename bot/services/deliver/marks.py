"""States of deliveries, written many in one transaction."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.burst import Burst
from bot.domain.delivery import Delivery
from bot.domain.target import Target
from bot.ports import Clock, Outbox

# How long a mark waits for others to share its transaction with; a commit costs about as much.
_GATHER_S = 0.005


@dataclass(frozen=True, slots=True)
class _Mark:
    delivery: Delivery
    spaced_until: datetime | None
    burst: Burst | None
    held_until: datetime | None
    written: asyncio.Future[bool]


class Marks:
    """Group commits: whoever marks a delivery waits until it is written, with others' or alone."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self._waiting: list[_Mark] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(
        self,
        delivery: Delivery,
        *,
        spaced_until: datetime | None = None,
        burst: Burst | None = None,
        held_until: datetime | None = None,
    ) -> bool:
        """Write a state; until when the chat gets nothing more, and what its message counts as
        among several, where they are given.

        ``held_until`` is the lease under which the row is ours. False where it is not any more, and
        where a delivery to be sent must not be (``Outbox.save``).

        Raises:
            StoreError: nothing is written.
        """
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Mark(delivery, spaced_until, burst, held_until, written))
        if self._writing is None:
            self._writing = asyncio.ensure_future(self._write_all())
        return await written

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                await self._clock.sleep(_GATHER_S)
                batch, self._waiting = self._waiting, []
                await self._write(batch)
        finally:
            self._writing = None

    async def _write(self, batch: list[_Mark]) -> None:
        try:
            barred = await self._outbox.save(
                [mark.delivery for mark in batch],
                spaced=_spacings(batch),
                bursts=[mark.burst for mark in batch if mark.burst is not None],
                held=_leases(batch),
            )
        except BaseException as error:
            for mark in batch:
                if not mark.written.done():
                    mark.written.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        kept_back = {delivery.id for delivery in barred}
        for mark in batch:
            if not mark.written.done():
                mark.written.set_result(mark.delivery.id not in kept_back)


def _leases(batch: Iterable[_Mark]) -> Mapping[str, datetime]:
    return {m.delivery.id: m.held_until for m in batch if m.held_until is not None}


def _spacings(batch: Iterable[_Mark]) -> Mapping[Target, datetime]:
    spaced: dict[Target, datetime] = {}
    for mark in batch:
        if mark.spaced_until is not None:
            target = mark.delivery.target
            spaced[target] = max(mark.spaced_until, spaced.get(target, mark.spaced_until))
    return spaced

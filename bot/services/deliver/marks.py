"""States of deliveries, written many in one transaction."""

import asyncio

from bot.domain.delivery import Delivery
from bot.ports import Clock, Outbox

# How long a mark waits for others to share its transaction with; a commit costs about as much.
_GATHER_S = 0.005


class Marks:
    """Group commits: whoever marks a delivery waits until it is written, with others' or alone."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self._waiting: list[tuple[Delivery, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, delivery: Delivery) -> bool:
        """Write a state. False where a delivery to be sent must not be (``Outbox.save``).

        Raises:
            StoreError: it is not written.
        """
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, written))
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

    async def _write(self, batch: list[tuple[Delivery, asyncio.Future[bool]]]) -> None:
        try:
            barred = await self._outbox.save([delivery for delivery, _ in batch])
        except BaseException as error:
            for _, written in batch:
                if not written.done():
                    written.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        kept_back = {delivery.id for delivery in barred}
        for delivery, written in batch:
            if not written.done():
                written.set_result(delivery.id not in kept_back)

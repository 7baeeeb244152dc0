"""Every platform's lane, side by side."""

import asyncio
from collections.abc import Iterable, Mapping

from adapters.base import Adapter
from bot.services.deliver.lane import Lane
from bot.services.deliver.marks import Marks
from bot.services.deliver.prepared import Compose
from bot.services.deliver.tools import Tools


class Deliverer:
    """Delivers what the outbox holds for the platforms of some adapters.

    The adapters are open (entered) for as long as this is used. Several processes may deliver from
    one store.
    """

    def __init__(self, adapters: Iterable[Adapter], compose: Compose, *, tools: Tools) -> None:
        marks = Marks(tools.store.outbox, tools.clock)
        self._lanes = {a.name: Lane(a, compose, tools, marks) for a in adapters}

    @property
    def revoked(self) -> Mapping[str, str]:
        """Platforms whose token is no longer accepted, with the reason. Nothing is sent there until
        the next start (F39)."""
        lanes = self._lanes.items()
        return {name: lane.recorder.revoked for name, lane in lanes if lane.recorder.revoked}

    async def run(self, stopping: asyncio.Event, *, within: float = 9.0) -> None:
        """Deliver until ``stopping`` is set. Run once only.

        Then nothing more is taken, what is in flight may end ``within`` so many seconds, and the
        rest stays in the outbox (F56).
        """
        running = [asyncio.ensure_future(lane.run(within=within)) for lane in self._lanes.values()]
        try:
            await stopping.wait()
            for lane in self._lanes.values():
                lane.stop()
            if running:
                # A lane may be waiting for a store that cannot be written; its rows are safe there.
                await asyncio.wait(running, timeout=within + 0.5)
        finally:
            for lane in running:
                lane.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def run_once(self) -> int:
        """Deliver what is due now; returns how many rows were taken.

        Raises:
            StoreError: the store cannot be used.
        """
        return sum(await asyncio.gather(*(lane.run_once() for lane in self._lanes.values())))

    def wake(self) -> None:
        """Something may have become due: look now."""
        for lane in self._lanes.values():
            lane.wake()

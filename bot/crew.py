"""Everything that is at work in ``sulan run``, begun together and ended in order (F56)."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass

from adapters.base import Adapter, Desk, Listener
from bot.app import Sulan
from bot.clock import put_back
from bot.domain.chat import Chat
from bot.engine_port import Engine
from bot.lifetime import GRACE_S, Lifetime
from bot.listening import keep_listening
from bot.observing import Observer
from bot.schedule import Schedule
from bot.services.commands.service import CommandService
from bot.services.deliver.deliverer import Deliverer
from bot.services.rounds.membership import Membership
from bot.web.lag import watch
from bot.web.server import WebServer

_log = logging.getLogger(__name__)

# Of the grace that a stop is given, for closing connections and the store.
_CLOSING_S = 2.0


@dataclass(frozen=True, slots=True)
class Crew:
    """Everything that is at work, opened; ``web`` is ``None`` where nobody wants it."""

    sulan: Sulan
    chats: Sequence[Chat]
    adapters: Sequence[Adapter]
    commands: CommandService
    deliverer: Deliverer
    engine: Engine
    schedule: Schedule
    membership: Membership
    observer: Observer
    web: WebServer | None

    async def work(self, life: Lifetime) -> None:
        """Work until it is time to stop, then end in order: intake first (F56).

        Raises:
            StoreError: the engine's database cannot be used.
            SettingsError: the web server cannot listen.
        """
        await self.engine.start()
        sending = self._begin(life, "deliveries", self._deliver(life))
        others = [
            self._begin(life, "membership", self.membership.keep()),
            self._begin(life, "loop", watch(self.sulan.clock, self.observer.metrics.lagged)),
            self._begin(life, "model", tell_of_model(self.sulan)),
            self._begin(life, "clock", self._mind_the_clock(life)),
        ]
        listening = [self._begin(life, a.name, self._listen(a)) for a in self.adapters]
        try:
            if self.web is not None:
                await self.web.start()
            self.schedule.start()
            await life.stopping.wait()
        finally:
            life.stop()
            self.schedule.stop()
            for task in (*listening, *others):
                task.cancel()
            within = max(0.0, life.left() - _CLOSING_S)
            await asyncio.gather(
                asyncio.wait([sending, *listening, *others], timeout=within + 1),
                self.engine.stop(within),
                *([self.web.stop()] if self.web is not None else []),
            )

    def _begin(
        self, life: Lifetime, name: str, work: Coroutine[object, object, object]
    ) -> asyncio.Task[None]:
        return asyncio.ensure_future(life.watch(name, work))

    async def _mind_the_clock(self, life: Lifetime) -> None:
        by = await put_back(self.sulan.clock)
        _log.warning("the clock was put back; beginning anew", extra={"by_s": by.total_seconds()})
        life.begin_anew()

    async def _deliver(self, life: Lifetime) -> None:
        await self.deliverer.run(life.stopping, within=GRACE_S - _CLOSING_S)

    async def _listen(self, adapter: Adapter) -> None:
        if isinstance(adapter, Listener):
            sulan, store = self.sulan, self.sulan.store
            desk = Desk(store.inbox, store.leases, sulan.clock, sulan.owner)
            health = self.observer.health
            await keep_listening(adapter.name, adapter, self.commands, desk=desk, health=health)


async def tell_of_model(sulan: Sulan) -> None:
    """Say at the start that the model ends soon, is not offered, or refuses the key (F25)."""
    status = await sulan.model_status()
    if status is not None and status.problem is not None:
        _log.warning("the model needs a look", extra={"reason": status.problem})

"""Everything that is at work in ``sulan run``, begun together and ended in order (F56)."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn, Protocol

from adapters.base import Adapter, Commands, Desk, Listener, Receiver
from bot.app import Sulan
from bot.clock import put_back
from bot.domain.errors import ModelUnusable, StoreError
from bot.domain.role import Role
from bot.engine_port import Engine
from bot.ground import Ground
from bot.lifetime import GRACE_S, Lifetime
from bot.listening import keep_listening
from bot.observing import Observer
from bot.services.deliver.deliverer import Deliverer
from bot.services.fares import bill_of
from bot.services.health import Health
from bot.services.rounds.inheriting import Inheriting
from bot.services.rounds.membership import Membership, PlaceLost
from bot.services.rounds.writing import MODEL
from bot.services.wakes import DELIVER
from bot.services.watching.watchman import Watchman
from bot.web.lag import watch
from bot.web.server import WebServer

_log = logging.getLogger(__name__)

# A receiver asks nobody.
_NOBODY: Any = None
# Of the grace that a stop is given, for closing connections and the store.
_CLOSING_S = 2.0
# Between two looks at the list of models, which costs nothing (F25).
_MODEL_EVERY_S = 86_400.0


class Ticking(Protocol):
    """A schedule (``bot.schedule.Schedule``)."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Jobs:
    """The engine, and what puts jobs into it."""

    engine: Engine
    schedule: Ticking


@dataclass(frozen=True, slots=True)
class Sending:
    """Who delivers, and takes back what a dead process had in hand."""

    deliverer: Deliverer
    inheriting: Inheriting


@dataclass(frozen=True, slots=True)
class Crew:
    """Everything that is at work, opened; what this process's roles do not need is ``None``."""

    ground: Ground
    observer: Observer
    jobs: Jobs | None
    sending: Sending | None
    commands: Commands | None
    web: WebServer | None
    watchman: Watchman

    async def work(self, life: Lifetime) -> None:
        """Work until it is time to stop, then end in order: intake first (F56).

        Raises:
            StoreError: the engine's database cannot be used.
            SettingsError: the web server cannot listen.
        """
        membership = stay_a_member(self.ground.membership, life)
        staying = self._begin(life, "membership", membership)
        try:
            if self.jobs is not None:
                await self.jobs.engine.start()
        except BaseException:
            staying.cancel()
            raise
        sending = [self._begin(life, *named) for named in self._deliveries(life)]
        others = [staying, *(self._begin(life, *named) for named in self._others(life))]
        try:
            if self.web is not None:
                await self.web.start()
            if self.jobs is not None:
                self.jobs.schedule.start()
            await life.stopping.wait()
        finally:
            life.stop()
            await self._end(life, sending, others)

    def _deliveries(self, life: Lifetime) -> Sequence["_Named"]:
        if (sending := self.sending) is None:
            return ()
        within = GRACE_S - _CLOSING_S
        return [("deliveries", sending.deliverer.run(life.stopping, within=within))]

    def _others(self, life: Lifetime) -> Sequence["_Named"]:
        ground, clock = self.ground, self.ground.sulan.clock
        others: list[_Named] = [
            ("loop", watch(clock, self.observer.metrics.lagged)),
            ("clock", self._mind_the_clock(life)),
            ("bells", ground.wakes.keep()),
            ("watch", self.watchman.keep()),
            *((adapter.name, self._listen(adapter)) for adapter in ground.adapters),
        ]
        if Role.SUMMARISE in ground.roles:
            others.append(("model", self._mind_the_model()))
        if self.sending is not None:
            others.append(("fares", tell_of_fares(ground.adapters, ground.sulan)))
            others.append(("inheritance", self._inherit(self.sending.inheriting)))
        return others

    async def _end(
        self, life: Lifetime, sending: list[asyncio.Task[None]], others: list[asyncio.Task[None]]
    ) -> None:
        if self.jobs is not None:
            self.jobs.schedule.stop()
        for task in others:
            task.cancel()
        within = max(0.0, life.left() - _CLOSING_S)
        await asyncio.gather(
            asyncio.wait([*sending, *others], timeout=within + 1),
            *([self.jobs.engine.stop(within)] if self.jobs is not None else []),
            *([self.web.stop()] if self.web is not None else []),
        )

    def _begin(
        self, life: Lifetime, name: str, work: Coroutine[object, object, object]
    ) -> asyncio.Task[None]:
        return asyncio.ensure_future(life.watch(name, work))

    async def _mind_the_clock(self, life: Lifetime) -> None:
        by = await put_back(self.ground.sulan.clock)
        _log.warning("the clock was put back; beginning anew", extra={"by_s": by.total_seconds()})
        life.begin_anew()

    async def _mind_the_model(self) -> NoReturn:
        while True:
            await tell_of_model(self.ground.sulan, self.ground.health)
            await self.ground.sulan.clock.sleep(_MODEL_EVERY_S)

    async def _inherit(self, inheriting: Inheriting) -> NoReturn:
        ground = self.ground
        while True:
            try:
                if await inheriting.look():
                    ground.wakes.wake(DELIVER)
            except StoreError as error:
                _log.warning("nothing could be taken over", extra={"reason": str(error)})
            await ground.sulan.clock.sleep(ground.sulan.settings.run.takeover_s / 3)

    async def _listen(self, adapter: Adapter) -> None:
        sulan, store = self.ground.sulan, self.ground.sulan.store
        desk = Desk(
            store.inbox,
            store.leases,
            sulan.clock,
            sulan.owner,
            patience=timedelta(seconds=sulan.settings.run.takeover_s),
            bells=store.bells,
        )
        name, health = adapter.name, self.observer.health
        if self.commands is not None and isinstance(adapter, Listener):
            await keep_listening(name, adapter, self.commands, desk=desk, health=health)
        elif self.commands is None and self.web is not None and isinstance(adapter, Receiver):
            receiving = _Receiving(adapter)
            await keep_listening(name, receiving, _NOBODY, desk=desk, health=health)


async def stay_a_member(membership: Membership, life: Lifetime) -> None:
    """Give signs of life. Whoever has lost its place, because the machine slept, say, is of use
    again as soon as it has begun anew."""
    try:
        await membership.keep()
    except PlaceLost as error:
        _log.warning("beginning anew", extra={"reason": str(error)})
        life.begin_anew()


@dataclass(frozen=True, slots=True)
class _Receiving:
    """A listener that hears for another process."""

    receiver: Receiver

    async def listen(self, commands: Commands, desk: Desk) -> None:  # noqa: ARG002 - nobody's
        """See ``Listener``."""
        await self.receiver.receive(desk)


_Named = tuple[str, Coroutine[object, object, object]]


async def tell_of_fares(adapters: Sequence[Adapter], sulan: Sulan) -> None:
    """Say at the start what a day may cost, before anything is bought."""
    with suppress(StoreError):
        for adapter in adapters:
            bill = await bill_of(adapter, sulan.store, sulan.clock.now())
            if bill is not None:
                said = {"adapter": adapter.name, "bill": bill.words()}
                _log.warning("messages above the free rate cost money", extra=said)


async def tell_of_model(sulan: Sulan, health: Health | None = None) -> None:
    """Say that the model ends soon, is not offered, or refuses the key (F25); on the board too,
    before a paper comes that it should write up."""
    status = await sulan.model_status()
    if status is None or status.problem is None:
        return
    _log.warning("the model needs a look", extra={"reason": status.problem})
    if health is None:
        return
    now, standing = sulan.clock.now(), health.of(MODEL)
    # Endpoints take names that their lists lack; whether such a model writes shows by itself.
    writes = standing.failing_since is None and standing.worked_at is not None
    if status.key_accepted is False or (status.offered is False and not writes):
        health.failed(MODEL, ModelUnusable.reason, at=now)
    elif status.shutdown_date is not None:
        health.failed(f"ending:{MODEL}", status.problem, at=now)

"""A stage for deliveries: some chats, some posts, and a deliverer that runs until all is quiet."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from adapters.base import Adapter
from adapters.testing import FakeAdapter
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.post import Post, Section
from bot.domain.target import Target
from bot.ports import Clock, DeliveryQuery, Store
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.tools import Settled, Tools
from bot.services.health import Health
from bot.virtual_time import LoopClock, run_virtually

START = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
A, B, C = (Target("fake", name) for name in "ABC")
ONE, TWO, THREE = (f"paper:2608.0000{n}:zh" for n in (1, 2, 3))

OPEN = frozenset({State.PENDING, State.CLAIMED, State.SENDING})


class Stage:
    """``settled`` is what deliverers of this stage reported, in order.

    ``broken`` are post keys that cannot be composed, ``gone`` those there is no reason to send, and
    ``long`` maps some to the number of lines that their posts have.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.health = Health()
        self.settled: list[Settled] = []
        self.broken: set[str] = set()
        self.gone: set[str] = set()
        self.long: dict[str, int] = {}

    async def open(self, chats: Iterable[Chat]) -> None:
        """List chats, as long known."""
        known = self.clock.now() - timedelta(days=30)
        await self.store.chats.save([replace(c, since=c.since or known) for c in chats], now=known)

    async def queue(self, targets: Iterable[Target], keys: Sequence[str]) -> None:
        """Put posts into the outbox, due now, for each target in the order of the keys."""
        await self.store.outbox.add(
            [
                Delivery(target, key, created_at=_after(self.clock, place), due_at=self.clock.now())
                for target in targets
                for place, key in enumerate(keys)
            ]
        )

    def deliverer(self, *adapters: Adapter) -> Deliverer:
        """A new one, as after a start of the program."""
        tools = Tools(self.store, self.clock, self.health, self.settled.append)
        return Deliverer(adapters, self.compose, tools=tools)

    async def compose(self, delivery: Delivery, chat: Chat) -> Post | Sequence[Post] | None:
        """A post that says its key."""
        if delivery.post_key in self.broken:
            raise KeyError(delivery.post_key)
        if delivery.post_key in self.gone:
            return None
        lines = tuple(f"line {n} of {delivery.post_key}" for n in range(self.long_of(delivery)))
        section = (Section("", lines),) if lines else ()
        return Post(chat.language, title=delivery.post_key, url="", sections=section)

    def long_of(self, delivery: Delivery) -> int:
        """How many lines the post has besides its title."""
        return self.long.get(delivery.post_key, 0)

    async def play(self, *adapters: Adapter, most: float = 3600.0) -> None:
        """Deliver until nothing is open any more, for so many seconds at most."""
        await self.play_for(most, *adapters, until_quiet=True)

    async def play_for(self, seconds: float, *adapters: Adapter, until_quiet: bool = False) -> None:
        """Deliver for a while, then stop in order."""
        stopping = asyncio.Event()
        running = asyncio.ensure_future(self.deliverer(*adapters).run(stopping))
        start, glance = self.clock.monotonic(), 1.0
        while (left := start + seconds - self.clock.monotonic()) > 0:
            if until_quiet and await self.quiet():
                break
            await self.clock.sleep(min(glance, left))
            glance *= 1.02  # a play of days need not be looked at every second
        stopping.set()
        await running

    async def quiet(self) -> bool:
        """Whether nothing is open."""
        return not await self.store.outbox.find(DeliveryQuery(states=OPEN, limit=1))

    async def rows(self, target: Target | None = None) -> list[Delivery]:
        """All deliveries, oldest first."""
        found = await self.store.outbox.find(DeliveryQuery(target=target, limit=1_000_000))
        return list(reversed(found))

    async def states(self, target: Target | None = None) -> list[State]:
        """The states of all deliveries, in their order."""
        return [row.state for row in await self.rows(target)]


def _after(clock: Clock, place: int) -> datetime:
    return clock.now() + timedelta(microseconds=place)


Scenario: TypeAlias = Callable[[Stage, FakeAdapter], Awaitable[None]]


def act(scenario: Scenario, store: Store, adapter: FakeAdapter | None = None) -> None:
    """Run a scenario on virtual time, on a stage with the chats A, B and C."""

    async def main() -> None:
        stage = Stage(store, LoopClock(START))
        await stage.open([Chat(A), Chat(B), Chat(C)])
        await scenario(stage, adapter or FakeAdapter())

    run_virtually(main)

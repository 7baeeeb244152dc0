"""A bot that listens to Discord's loopback servers, with time in the test's hands."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.base import Commands, Desk, Options
from adapters.discord import DiscordBot, create
from adapters.discord.testing.buckets import Buckets
from adapters.discord.testing.gateway import GatewayServer
from adapters.discord.testing.interactions import Interactions
from adapters.discord.testing.server import TOKEN, DiscordServer
from bot.ports import Leases
from bot.store.memory_inbox import MemoryInbox, MemoryLeases
from bot.testing import HeldClock

_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stage:
    """Discord's two servers, one clock for them and whoever listens, and their leases."""

    server: DiscordServer
    gateway: GatewayServer
    interactions: Interactions
    clock: HeldClock
    leases: Leases

    @property
    def options(self) -> Options:
        """What ``[adapters.discord]`` would hold."""
        addresses = {"api_url": self.server.rest, "gateway_url": self.server.gateway}
        return Options("discord", {"token": TOKEN, **addresses})

    def desk(self, owner: str = "first") -> Desk:
        """What one of several processes works with."""
        return Desk(MemoryInbox(), self.leases, self.clock, owner)

    async def settle(self, *, advance: float) -> None:
        """Let time pass once what is under way has gone as far as it can without."""
        for _ in range(20):
            await asyncio.sleep(0.001)
        self.clock.advance(advance)


@asynccontextmanager
async def staged(*, leases: Leases | None = None) -> AsyncGenerator[Stage]:
    """The servers, without limits of rates."""
    clock = HeldClock(_NOON)
    server = DiscordServer(clock=clock, buckets=Buckets(clock, bucket=None, everywhere=None))
    gateway = GatewayServer(server, clock, token=TOKEN)
    interactions = Interactions(server.world, server.routes, clock)
    async with server:
        gateway.open()
        yield Stage(server, gateway, interactions, clock, leases or MemoryLeases())


@asynccontextmanager
async def listening(
    stage: Stage, commands: Commands, *, owner: str = "first", bot: DiscordBot | None = None
) -> AsyncGenerator[tuple[DiscordBot, asyncio.Task[None]]]:
    """A bot with its listening task, which is cancelled in the end; its fault is the test's."""
    async with bot or create(stage.options) as entered:
        task = asyncio.ensure_future(entered.listen(commands, stage.desk(owner)))
        try:
            yield entered, task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await within(task)


async def within(work: Awaitable[None]) -> None:
    """Wait, but not for ever."""
    async with asyncio.timeout(10):
        await work

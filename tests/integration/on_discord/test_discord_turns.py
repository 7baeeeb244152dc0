"""Who of several processes listens, and how one ends."""

import asyncio
from datetime import datetime

from discord_wired import Scripted, answered, connected, pushed

from adapters.discord.testing.stage import Stage, listening, staged
from adapters.discord.testing.world import Channel, Kind
from bot.domain.errors import StoreError
from bot.store.memory_inbox import MemoryLeases


async def test_f60_a_second_process_stays_passive_and_takes_over(
    stage: Stage, channel: Channel
) -> None:
    async with listening(stage, second := Scripted(), owner="second") as (_, waiting):
        await connected(stage)
        async with listening(stage, Scripted(), owner="third"):
            for _ in range(6):
                await stage.settle(advance=10.0)
            assert stage.gateway.connections == 1
            waiting.cancel()
            await pushed(stage, until=lambda: stage.gateway.connections == 2, by=10.0)
            await stage.gateway.until(lambda: stage.gateway.present == 1)
            await answered(stage, channel, "1")
    assert second.heard == []
    assert stage.gateway.closed[0] == 1000


async def test_f60_who_loses_the_lease_hangs_up_and_finishes_what_it_began(
    stage: Stage, channel: Channel
) -> None:
    commands = Scripted(go=asyncio.Event())
    async with listening(stage, commands, owner="slow"):
        await connected(stage)
        asked = await stage.gateway.ask(stage.interactions.command(channel, "paper", "1"))
        await stage.gateway.until(lambda: len(commands.heard) == 1)
        await stage.leases.release("discord:gateway:0/1", "slow")
        now = stage.clock.now()
        until = datetime.max.replace(tzinfo=now.tzinfo)
        assert await stage.leases.acquire("discord:gateway:0/1", "other", now=now, until=until)
        await pushed(stage, until=lambda: stage.gateway.present == 0, by=1.0)
        assert commands.go is not None
        commands.go.set()
        await stage.gateway.until(lambda: asked.titles == ["About 1"])
        for _ in range(5):
            await stage.settle(advance=10.0)
        assert stage.gateway.connections == 1


class Failing(MemoryLeases):
    """A store that works until it breaks."""

    broken = False

    async def acquire(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
        if self.broken:
            raise StoreError("the disk is full")
        return await super().acquire(name, owner, now=now, until=until)


async def test_f60_a_lease_that_cannot_be_prolonged_holds_until_it_runs_out(
    channel: Channel, stage: Stage
) -> None:
    leases = Failing()
    async with staged(leases=leases) as own, listening(own, Scripted()):
        await connected(own)
        leases.broken = True
        for _ in range(2):
            await own.settle(advance=10.0)
        await answered(own, own.server.world.add(Kind.TEXT), "1")
        await pushed(own, until=lambda: own.gateway.present == 0, by=10.0)
        leases.broken = False
        await pushed(own, until=lambda: own.gateway.present == 1, by=10.0)


async def test_f56_cancelled_it_takes_nothing_new_and_finishes_what_it_began(
    stage: Stage, channel: Channel
) -> None:
    commands = Scripted(go=asyncio.Event())
    async with listening(stage, commands) as (_, task):
        await connected(stage)
        asked = await stage.gateway.ask(stage.interactions.command(channel, "paper", "1"))
        await stage.gateway.until(lambda: len(commands.heard) == 1)
        task.cancel()
        await stage.gateway.until(lambda: stage.gateway.closed == [1000])
        assert not task.done()
        assert commands.go is not None
        commands.go.set()
        await stage.gateway.until(task.done)
        assert asked.titles == ["About 1"]
    assert await stage.leases.acquire(
        "discord:gateway:0/1", "next", now=stage.clock.now(), until=stage.clock.now()
    )


async def test_f56_cancelled_twice_it_gives_up_what_it_began(
    stage: Stage, channel: Channel
) -> None:
    commands = Scripted(go=asyncio.Event())
    async with listening(stage, commands) as (_, task):
        await connected(stage)
        await stage.gateway.ask(stage.interactions.command(channel, "paper", "1"))
        await stage.gateway.until(lambda: len(commands.heard) == 1)
        task.cancel()
        await stage.gateway.until(lambda: stage.gateway.closed == [1000])
        task.cancel()
        await stage.gateway.until(task.done)

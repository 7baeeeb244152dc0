"""Several shards of a bot, divided among processes, over real sockets with time in our hands."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime

import pytest

from adapters.base import Responder
from adapters.discord import create
from adapters.discord import shards as shards_module
from adapters.discord.shards import part_of
from adapters.discord.testing.gateway import IDENTIFY, INVALID_SESSION
from adapters.discord.testing.stage import Stage, staged
from adapters.discord.testing.world import Kind
from bot.domain.command import Command, Suggestion
from bot.domain.post import Post
from bot.store.memory_inbox import MemoryLeases


class Answering:
    """Answers everything by who it is."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[Command] = []

    async def handle(self, command: Command, responder: Responder) -> None:
        self.heard.append(command)
        await responder.show(Post("en", f"From {self.name}", ""))

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        self.heard.append(command)

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        return ()


class Process:
    """A process that listens; ``kill`` leaves its leases as a killed one does."""

    def __init__(self, stage: Stage, name: str, stack: AsyncExitStack) -> None:
        self._stage, self._name, self._stack = stage, name, stack
        self.commands = Answering(name)
        self.leases = Severed(stage.leases)
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        bot = await self._stack.enter_async_context(create(self._stage.options))
        desk = replace(self._stage.desk(self._name), leases=self.leases)
        self.task = asyncio.ensure_future(bot.listen(self.commands, desk))
        self._stack.push_async_callback(self.stop)

    async def stop(self) -> None:
        assert self.task is not None
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task

    async def kill(self) -> None:
        self.leases.severed = True
        await self.stop()

    @property
    def shards(self) -> list[str]:
        """The shards whose leases it has."""
        ends = self._stage.clock.now()
        held = self.leases.whole.holders(f"{self._stage.options.name}:gateway:", ends)
        return sorted(n.rpartition(":")[2] for n, who in held.items() if who == self._name)


class Listed(MemoryLeases):
    """Leases that a test may look at."""

    def holders(self, prefix: str, now: datetime) -> dict[str, str]:
        held = self._leases.items()
        return {name: who for name, (who, end) in held if name.startswith(prefix) and end > now}


class Severed:
    """Leases as one process reaches them."""

    def __init__(self, whole: object) -> None:
        assert isinstance(whole, Listed)
        self.whole = whole
        self.severed = False

    async def acquire(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
        return await self.whole.acquire(name, owner, now=now, until=until)

    async def release(self, name: str, owner: str) -> None:
        if not self.severed:
            await self.whole.release(name, owner)

    async def held(self, prefix: str, *, now: datetime) -> dict[str, str]:
        return dict(await self.whole.held(prefix, now=now))

    async def prune(self, *, before: datetime) -> int:
        return await self.whole.prune(before=before)


@asynccontextmanager
async def processes(
    *names: str, shards: int, at_once: int = 1
) -> AsyncGenerator[tuple[Stage, list[Process]]]:
    async with staged(leases=Listed()) as stage, AsyncExitStack() as stack:
        stage.server.routes.shards, stage.server.routes.at_once = shards, at_once
        made = [Process(stage, name, stack) for name in names]
        for process in made:
            await process.start()
            await stage.settle(advance=0.001)
        yield stage, made
        assert stage.gateway.too_soon == 0


async def until(stage: Stage, true: Callable[[], bool], *, by: float = 1.0) -> float:
    """Let time pass until something holds; returns how many seconds passed."""
    began = stage.clock.monotonic()
    async with asyncio.timeout(30):
        while not true():
            await stage.settle(advance=by)
    return stage.clock.monotonic() - began


def whole(count: int) -> list[tuple[int, int]]:
    return [(index, count) for index in range(count)]


@pytest.mark.parametrize("shards", [1, 2, 4])
async def test_f51_one_process_holds_every_shard_and_introduces_them_five_seconds_apart(
    shards: int,
) -> None:
    async with processes("one", shards=shards) as (stage, _):
        gateway = stage.gateway
        took = await until(stage, lambda: gateway.shards_present == whole(shards))
        assert [told["d"]["shard"] for told in gateway.said(IDENTIFY)] == [
            list(shard) for shard in whole(shards)
        ]
        pairs = zip(gateway.identified, gateway.identified[1:], strict=False)
        assert all(later - earlier >= 5.0 for earlier, later in pairs)
        assert took <= 5.0 * shards + 5


async def test_f51_as_many_as_discord_permits_are_introduced_at_once() -> None:
    async with processes("one", shards=4, at_once=4) as (stage, _):
        assert await until(stage, lambda: stage.gateway.shards_present == whole(4)) < 5


@pytest.mark.parametrize(("shards", "parts"), [(1, [1, 0]), (2, [1, 1]), (4, [2, 2]), (3, [2, 1])])
async def test_f60_two_processes_divide_the_shards_and_hold_each_once(
    shards: int, parts: list[int]
) -> None:
    async with processes("one", "two", shards=shards) as (stage, made):
        await until(
            stage,
            lambda: (
                stage.gateway.shards_present == whole(shards)
                and [len(process.shards) for process in made] == parts
            ),
        )
        for _ in range(10):
            await stage.settle(advance=5.0)
        assert stage.gateway.shards_present == whole(shards)
        assert [len(process.shards) for process in made] == parts


async def test_f60_who_comes_later_is_given_its_part() -> None:
    async with processes("one", shards=4) as (stage, made), AsyncExitStack() as stack:
        await until(stage, lambda: stage.gateway.shards_present == whole(4))
        late = Process(stage, "two", stack)
        await late.start()
        await until(
            stage,
            lambda: len(late.shards) == 2 and stage.gateway.shards_present == whole(4),
        )
        assert len(made[0].shards) == 2


@pytest.mark.parametrize("clean", [True, False], ids=["stopped", "killed"])
async def test_f50_f60_the_shards_of_a_process_that_ends_are_taken_over_within_seconds(
    *, clean: bool
) -> None:
    async with processes("one", "two", shards=4, at_once=4) as (stage, (one, two)):
        await until(
            stage,
            lambda: stage.gateway.shards_present == whole(4) and len(two.shards) == 2,
        )
        patience = stage.desk().patience.total_seconds()
        await (one.stop() if clean else one.kill())
        assert len(two.shards) == 2
        took = await until(stage, lambda: len(two.shards) == 4, by=0.5)
        assert took <= (2.0 if clean else patience + 2.0)
        await until(stage, lambda: stage.gateway.shards_present == whole(4))


async def test_what_happens_in_a_server_is_answered_by_whoever_holds_its_shard() -> None:
    async with processes("one", "two", shards=2) as (stage, made):
        await until(stage, lambda: [len(process.shards) for process in made] == [1, 1])
        await until(stage, lambda: stage.gateway.shards_present == whole(2))
        channel = stage.server.world.add(Kind.TEXT)
        guilds = (int(stage.server.world.guild) >> 22) % 2
        holder = next(p for p in made if p.shards == [f"{guilds}/2"])
        asked = await stage.gateway.ask(stage.interactions.command(channel, "paper", "1"))
        await stage.gateway.until(lambda: asked.titles == [f"From {holder.commands.name}"])
        assert sum(len(process.commands.heard) for process in made) == 1


async def test_a_shard_that_is_introduced_anew_costs_the_others_nothing() -> None:
    """discord.py's plain state forgets all servers when any shard is introduced."""
    async with processes("one", shards=2) as (stage, _):
        await until(stage, lambda: stage.gateway.shards_present == whole(2))
        channel = stage.server.world.add(Kind.TEXT)
        await stage.gateway.tell(INVALID_SESSION, data=False)
        await stage.gateway.until(lambda: stage.gateway.present == 0)
        await until(stage, lambda: stage.gateway.shards_present == whole(2))
        asked = await stage.gateway.ask(stage.interactions.command(channel, "paper", "1"))
        await stage.gateway.until(lambda: asked.titles == ["From one"])


@pytest.mark.parametrize("why", ["4011", "the daily question"])
async def test_f51_when_the_bot_has_grown_all_processes_move_together(
    why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards_module, "_ASK_EVERY_S", 60.0 if why != "4011" else 86_400.0)
    async with processes("one", "two", shards=2, at_once=8) as (stage, made):
        await until(stage, lambda: stage.gateway.shards_present == whole(2))
        await until(stage, lambda: [len(process.shards) for process in made] == [1, 1])
        stage.server.routes.shards = 4
        if why == "4011":
            stage.gateway.least_shards = 4
            await stage.gateway.tell(INVALID_SESSION, data=False)
        await until(stage, lambda: stage.gateway.shards_present == whole(4))
        await until(stage, lambda: [len(process.shards) for process in made] == [2, 2])
        await until(stage, lambda: stage.gateway.shards_present == whole(4))
        assert all(shard.endswith("/4") for process in made for shard in process.shards)


@pytest.mark.parametrize(
    ("processes_", "shards", "parts"),
    [(1, 4, [4]), (2, 4, [2, 2]), (3, 4, [2, 1, 1]), (4, 1, [1, 0, 0, 0]), (3, 64, [22, 21, 21])],
)
def test_parts_are_as_good_as_equal_and_leave_no_shard_out(
    processes_: int, shards: int, parts: list[int]
) -> None:
    assert [part_of(processes_, rank, shards=shards) for rank in range(processes_)] == parts

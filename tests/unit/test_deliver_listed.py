"""The list of chats is read seldom, and never believed where it is older than the question."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.domain.chat import Chat
from bot.domain.target import Target
from bot.services.deliver.listed import ListedChats
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
A, B = Target("telegram", "A"), Target("telegram", "B")


class World:
    """Some chats, and how often they were read."""

    def __init__(self) -> None:
        self.clock = VirtualClock(NOW)
        self.store = MemoryStore()
        self.reads = 0
        inner = self.store.chats.all

        async def read() -> Sequence[Chat]:
            self.reads += 1
            chats = await inner()
            await asyncio.sleep(0)
            return chats

        self.store.chats.all = read
        self.listed = ListedChats(self.store.chats, self.clock)

    async def add(self, *targets: Target) -> None:
        await self.store.chats.save([Chat(target) for target in targets], now=NOW)


async def test_many_questions_at_once_are_one_reading() -> None:
    world = World()
    await world.add(A, B)
    found = await asyncio.gather(*(world.listed.at(A if n % 2 else B) for n in range(16)))
    assert all(found)
    assert world.reads == 1


async def test_the_list_is_read_anew_after_a_minute() -> None:
    world = World()
    await world.add(A)
    for _ in range(5):
        await world.listed.at(A)
        world.clock.advance(25)
    assert world.reads == 2


async def test_a_new_chat_is_found_at_once() -> None:
    world = World()
    await world.add(A)
    await world.listed.at(A)
    assert await world.listed.at(B) is None
    await world.add(B)
    assert await world.listed.at(B) is not None


async def test_f33_a_chat_that_came_while_the_list_was_being_read_is_found() -> None:
    world = World()
    await world.add(A)
    reading = asyncio.ensure_future(world.listed.at(A))
    await asyncio.sleep(0)
    assert world.reads == 1
    await world.add(B)
    assert await world.listed.at(B) is not None
    await reading


async def test_an_empty_thread_is_none() -> None:
    world = World()
    await world.add(A)
    assert await world.listed.at(Target("telegram", "A", "")) is not None

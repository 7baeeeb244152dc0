"""Chats are read once for everybody, and never believed where somebody has changed them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.chat import Chat
from bot.domain.errors import StoreError
from bot.domain.target import Target
from bot.services.chat_roll import ChatRoll
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
A, B = Target("telegram", "A"), Target("telegram", "B")


class World:
    """Some chats, and how often they were read; a reading takes ``cost`` seconds."""

    def __init__(self) -> None:
        self.clock = VirtualClock(NOW)
        self.store = MemoryStore()
        self.reads = self.looks = 0
        self.cost = 0.0
        self._all, self._revision = self.store.chats.all, self.store.register.revision
        self.store.chats.all = self._read
        self.store.register.revision = self._look
        self.roll = ChatRoll(self.store, self.clock)

    async def _read(self) -> Sequence[Chat]:
        self.reads += 1
        chats = await self._all()
        await asyncio.sleep(0)
        self.clock.advance(self.cost)
        return chats

    async def _look(self) -> int:
        self.looks += 1
        return await self._revision()

    async def add(self, *targets: Target) -> None:
        await self.store.chats.save([Chat(target) for target in targets], now=NOW)


async def test_many_questions_at_once_are_one_reading() -> None:
    world = World()
    await world.add(A, B)
    found = await asyncio.gather(*(world.roll.at(A if n % 2 else B) for n in range(16)))
    assert all(found)
    assert world.reads == 1


async def test_while_nothing_changes_everybody_gets_the_same_list() -> None:
    world = World()
    await world.add(A)
    first = await world.roll.all()
    world.clock.advance(3600)
    assert await world.roll.all() is first
    assert world.reads == 1


@pytest.mark.parametrize("way", ["save", "suspend", "resume", "put", "forget", "move"])
async def test_whatever_changes_a_chat_is_seen_within_a_second(way: str) -> None:
    world = World()
    await world.add(A)
    if way == "resume":
        await world.store.chats.suspend(A, "kicked")
    before = await world.roll.at(A)
    assert before is not None
    match way:
        case "save":
            await world.store.chats.save([Chat(A, "en")], now=NOW)
        case "suspend":
            await world.store.chats.suspend(A, "kicked")
        case "resume":
            await world.store.chats.resume(A, now=NOW)
        case "put":
            await world.store.register.put(replace(before, paused=True))
        case "forget":
            await world.store.register.forget(A)
        case _:
            await world.store.chats.move(A, B)
    world.clock.advance(1)
    assert await world.roll.at(A) != before
    assert before not in await world.roll.all()


async def test_within_a_second_the_store_is_asked_once() -> None:
    world = World()
    await world.add(A)
    for _ in range(50):
        await world.roll.at(A)
        world.clock.advance(0.01)
    assert world.looks == 1


async def test_f69_a_new_chat_is_found_at_once() -> None:
    world = World()
    await world.add(A)
    await world.roll.at(A)
    assert await world.roll.at(B) is None
    await world.add(B)
    assert await world.roll.at(B) is not None


async def test_f33_a_chat_that_came_while_the_list_was_being_read_is_found() -> None:
    world = World()
    await world.add(A)
    reading = asyncio.ensure_future(world.roll.at(A))
    await asyncio.sleep(0)
    await world.add(B)
    assert await world.roll.at(B) is not None
    assert await reading is not None


async def test_f33_a_chat_that_moved_is_not_at_its_old_address() -> None:
    world = World()
    await world.add(A)
    await world.store.chats.move(A, B)
    assert await world.roll.at(A) is None
    assert await world.roll.at(B) is not None


async def test_an_empty_thread_is_none() -> None:
    world = World()
    await world.add(A)
    assert await world.roll.at(Target("telegram", "A", "")) is not None


async def test_a_long_reading_is_not_begun_again_for_every_change() -> None:
    world = World()
    await world.add(A)
    world.cost = 2.0
    await world.roll.all()
    for _ in range(18):
        world.clock.advance(1)
        await world.store.chats.save([Chat(A, "en" if world.reads % 2 else "zh")], now=NOW)
        await world.roll.all()
    assert world.reads == 1
    world.clock.advance(2)
    await world.roll.all()
    assert world.reads == 2


async def test_while_a_long_list_is_old_single_chats_are_looked_up() -> None:
    world = World()
    await world.add(A)
    world.cost = 2.0
    await world.roll.all()
    await world.store.chats.save([Chat(A, "en")], now=NOW)
    world.clock.advance(1)
    for find in (world.roll.at, world.roll.find):
        chat = await find(A)
        assert chat is not None
        assert chat.language == "en"
    assert world.reads == 1


async def test_a_thread_without_settings_belongs_to_another_part_of_its_chat() -> None:
    world = World()
    topic, whole = Target("telegram", "T", "7"), Target("telegram", "T")
    await world.add(topic, A)
    for asked in (topic, whole, Target("telegram", "T", "8")):
        found = await world.roll.find(asked)
        assert found is not None
        assert found.target == topic
    assert await world.roll.find(Target("telegram", "X", "8")) is None
    assert await world.roll.at(whole) is None


async def test_a_store_that_fails_later_leaves_what_is_known_to_commands_alone() -> None:
    world = World()
    await world.add(A)

    async def broken() -> int:
        raise StoreError("the disk is full")

    inner, world.store.register.revision = world.store.register.revision, broken
    with pytest.raises(StoreError):
        await world.roll.find(A)
    world.store.register.revision = inner
    await world.roll.find(A)
    world.clock.advance(5)
    world.store.register.revision = broken
    assert await world.roll.find(A) is not None
    with pytest.raises(StoreError):
        await world.roll.at(A)


async def test_who_changes_a_chat_here_need_not_wait_to_see_it() -> None:
    world = World()
    await world.add(A)
    await world.roll.find(A)
    await world.store.chats.save([Chat(A, "en")], now=NOW)
    world.roll.look_again()
    found = await world.roll.find(A)
    assert found is not None
    assert found.language == "en"

"""Chats that leave, return, move, or are suspended in between (F32, F33, F70)."""

import asyncio

from adapters.base import Pace
from adapters.testing import Call, FakeAdapter
from bot.domain.delivery import State
from bot.domain.delivery_errors import (
    ChatGone,
    ChatMoved,
)
from bot.domain.target import Target
from bot.services.deliver.testing import ONE, THREE, TWO, A, B, C, Scenario, Stage, act
from bot.store.memory import MemoryStore


def play(scenario: Scenario, adapter: FakeAdapter | None = None) -> None:
    act(scenario, MemoryStore(), adapter)


def test_f32_a_chat_that_is_gone_is_suspended_after_one_message() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(ChatGone("bot was blocked by the user"), target=A)
        await stage.queue([A, B], [ONE, TWO, THREE])
        await stage.play_for(60, fake)
        assert [call.target for call in fake.calls].count(A) == 1
        assert len(fake.chats[B]) == 3
        chats = {chat.target: chat for chat in await stage.store.chats.all()}
        assert chats[A].suspended == "bot was blocked by the user"
        assert await stage.states(A) == [State.FAILED, State.PENDING, State.PENDING]

    play(scenario)


def test_f32_a_chat_that_returns_gets_what_is_new_from_then_on() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(ChatGone("kicked"), target=A)
        await stage.queue([A], [ONE, TWO])
        await stage.play_for(60, fake)
        await stage.store.chats.resume(A, now=stage.clock.now())
        await stage.queue([A], [THREE])
        await stage.play(fake)
        assert await stage.states(A) == [State.FAILED, State.EXPIRED, State.SENT]

    play(scenario)


def test_f33_a_chat_that_moved_gets_the_message_once_and_keeps_the_new_address() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        new = Target("fake", "A2")
        fake.script(ChatMoved("upgraded to a supergroup", chat="A2"), target=A)
        await stage.queue([A], [ONE, TWO])
        await stage.play(fake)
        assert len(fake.chats[new]) == 2
        assert not fake.chats[A]
        assert [c.target for c in fake.calls] == [A, new, new]
        assert await stage.states(new) == [State.SENT, State.SENT]
        assert not await stage.rows(A)
        assert new in {chat.target for chat in await stage.store.chats.all()}

    play(scenario)


def test_f33_a_chat_that_moved_to_where_another_is_listed_gets_nothing_twice() -> None:
    """The operator lists a group by its old and its new address; the new one was served first."""

    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        await stage.queue([B], [ONE])
        await stage.play(fake)
        fake.script(ChatMoved("upgraded to a supergroup", chat="B"), target=A)
        await stage.queue([A], [ONE])
        await stage.play(fake)
        assert len(fake.chats[B]) == 1
        assert await stage.states() == [State.SENT]

    play(scenario)


def test_f33_a_chat_that_moves_where_a_twin_is_just_being_sent_gets_nothing_twice() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        async def slowly(_: Call) -> None:
            await asyncio.sleep(30)

        fake.script(slowly, target=B)
        fake.script(ChatMoved("upgraded to a supergroup", chat="B"), target=A)
        await stage.queue([A, B], [ONE])
        await stage.play(fake)
        assert len(fake.chats[B]) == 1
        assert await stage.states() == [State.SENT]

    play(scenario)


def test_f70_a_chat_suspended_while_its_message_waits_for_its_slot_gets_nothing() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.paces.update({target: Pace(per_second=0.5) for target in (A, B, C)})
        await stage.queue([A, B, C], [ONE])
        running = asyncio.ensure_future(stage.play_for(30, fake))
        await stage.clock.sleep(0.5)
        first = fake.calls[0].target
        others = [target for target in (A, B, C) if target != first]
        assert {(await stage.rows(target))[0].state for target in others} == {State.CLAIMED}
        for target in others:
            await stage.store.chats.suspend(target, "left")
        await running
        assert [call.target for call in fake.calls] == [first]
        for target in others:
            (row,) = await stage.rows(target)
            assert (row.state, row.called_at) == (State.PENDING, None)

    play(scenario)

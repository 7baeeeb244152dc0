"""Without a connection, without rights, without a disk, and at the end (F38, F39, F56, F57)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from adapters.base import Pace
from adapters.testing import Call, FakeAdapter
from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.delivery_errors import (
    AccessRevoked,
    ChatGone,
    NotDelivered,
)
from bot.domain.errors import StoreError
from bot.domain.target import Receipt, Target
from bot.services.deliver.testing import ONE, START, THREE, TWO, A, B, C, Scenario, Stage, act
from bot.store.memory import MemoryStore
from bot.virtual_time import LoopClock, run_virtually


def play(scenario: Scenario, adapter: FakeAdapter | None = None) -> None:
    act(scenario, MemoryStore(), adapter)


async def _one(stage: Stage, fake: FakeAdapter, *steps: Any) -> State:
    """What becomes of one delivery to A when its calls go so."""
    fake.script(*steps)
    await stage.queue([A], [ONE])
    await stage.play(fake, most=200_000)
    return (await stage.states())[0]


async def _hang(_: Call) -> None:
    await asyncio.sleep(10_000)


@pytest.mark.parametrize("failures", [1, 7, 12])
def test_f38_without_a_connection_it_is_tried_again_until_it_goes(failures: int) -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        assert await _one(stage, fake, *[NotDelivered("refused")] * failures) is State.SENT
        assert len(fake.chats[A]) == 1

    play(scenario)


def test_f38_a_short_interruption_keeps_the_order_of_the_posts() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(NotDelivered("refused"), NotDelivered("refused"), target=A)
        await stage.queue([A, B], [ONE, TWO, THREE])
        await stage.play(fake)
        assert fake.texts(A) == fake.texts(B)

    play(scenario)


def test_f38_an_unreachable_platform_is_left_alone_and_loses_nothing() -> None:
    """An hour without a network: few calls, and everything arrives once it is back."""

    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        chats = [Chat(Target("fake", f"chat {n}")) for n in range(30)]
        await stage.open(chats)
        back_at = stage.clock.monotonic() + 3600
        inner = fake.send

        async def send(target: Target, message: Any, *, key: str) -> Receipt:
            if stage.clock.monotonic() < back_at:
                fake.calls.append(Call(target, message, key))
                raise NotDelivered("no route to host")
            return await inner(target, message, key=key)

        fake.send = send
        await stage.queue([chat.target for chat in chats], [ONE, TWO])
        await stage.play_for(3600, fake)
        assert len(fake.calls) < 1500  # not one a second
        assert stage.health.of("adapter:fake").failing_since is not None
        await stage.play(fake)
        assert all(len(fake.chats[chat.target]) == 2 for chat in chats)

    play(scenario)


def test_f38_after_two_days_without_a_connection_it_is_no_news() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(*[NotDelivered("refused")] * 500)
        await stage.queue([A], [ONE])
        await stage.clock.sleep(46 * 3600)
        await stage.play(fake, most=10 * 3600)
        assert await stage.states() == [State.EXPIRED]
        assert timedelta(hours=47) < stage.clock.now() - START < timedelta(hours=48, minutes=5)

    play(scenario)


def test_f39_a_revoked_token_stops_its_platform_says_so_once_and_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        other, there = FakeAdapter("other"), Target("other", "A")
        await stage.open([Chat(there)])
        fake.script(*[AccessRevoked("Unauthorized")] * 9)
        await stage.queue([A, B, C, there], [ONE, TWO, THREE])
        stopping = asyncio.Event()
        deliverer = stage.deliverer(fake, other)
        running = asyncio.ensure_future(deliverer.run(stopping))
        await stage.clock.sleep(300)
        assert len(fake.calls) <= 3
        assert deliverer.revoked == {"fake": "Unauthorized"}
        assert len(other.chats[there]) == 3
        assert not running.done()
        stopping.set()
        await running
        assert await stage.states(A) == [State.PENDING] * 3

    play(scenario)
    assert sum("token" in record.message for record in caplog.records) == 1


def test_f56_stopping_ends_the_calls_in_flight_and_keeps_the_rest() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        async def slowly(_: Call) -> None:
            await asyncio.sleep(4)

        fake.script(*[slowly] * 100)
        chats = [Chat(Target("fake", f"chat {n}")) for n in range(100)]
        fake.paces.update({chat.target: Pace(per_second=10) for chat in chats})
        await stage.open(chats)
        await stage.queue([chat.target for chat in chats], [ONE])
        before = stage.clock.monotonic()
        await stage.play_for(3, fake)
        assert stage.clock.monotonic() - before < 3 + 4.5
        states = await stage.states()
        assert set(states) == {State.SENT, State.PENDING}
        assert states.count(State.SENT) == len(fake.calls)
        await stage.play(fake)
        assert all(len(fake.chats[chat.target]) == 1 for chat in chats)

    play(scenario)


def test_f56_a_call_that_outlasts_the_stop_is_cut_off_and_found_again() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(_hang)
        await stage.queue([A], [ONE])
        before = stage.clock.monotonic()
        await stage.play_for(2, fake)
        assert stage.clock.monotonic() - before < 12
        assert await stage.states() == [State.SENDING]
        await stage.play(fake)
        assert await stage.states() == [State.SENT]
        assert (await stage.rows())[0].resent

    play(scenario)


class _Failing:
    """A part of the store that can be told to fail."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.failing: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        async def call(*args: Any, **named: Any) -> Any:
            if name in self.failing:
                raise StoreError("the disk that holds the store is full")
            return await method(*args, **named)

        return call


def _failing_store() -> tuple[MemoryStore, _Failing]:
    store: Any = MemoryStore()
    store.outbox = _Failing(store.outbox)
    return store, store.outbox


@pytest.mark.parametrize("part", ["save", "claim", "add"])
def test_f57_what_cannot_be_recorded_is_not_sent(part: str) -> None:
    async def main() -> None:
        store, outbox = _failing_store()
        stage, fake = Stage(store, LoopClock(START)), FakeAdapter(limit=120)
        stage.long[ONE] = 10
        await stage.open([Chat(A)])
        await stage.queue([A], [ONE])
        outbox.failing = {part}
        await stage.play_for(200, fake)
        assert not fake.calls
        assert stage.health.of("store").failed_at is not None
        outbox.failing = set()
        await stage.play(fake)
        assert set(await stage.states()) == {State.SENT}

    run_virtually(main)


def test_f57_what_was_sent_while_the_disk_filled_up_is_not_sent_again() -> None:
    """The outcome is written once there is room, and until then nothing more is sent."""

    async def main() -> None:
        store, outbox = _failing_store()
        stage, fake = Stage(store, LoopClock(START)), FakeAdapter()
        await stage.open([Chat(A), Chat(B)])

        async def fill_up(_: Call) -> None:
            outbox.failing = {"save"}

        fake.script(fill_up)
        await stage.queue([A], [ONE])
        running = asyncio.ensure_future(stage.play_for(400, fake))
        await stage.clock.sleep(5)
        await stage.queue([B], [ONE])
        await stage.clock.sleep(300)
        assert [call.target for call in fake.calls] == [A]
        outbox.failing = set()
        await running
        assert await stage.states() == [State.SENT, State.SENT]
        assert [call.target for call in fake.calls] == [A, B]
        assert not (await stage.rows(A))[0].resent

    run_virtually(main)


def test_f57_while_a_refusal_cannot_be_recorded_nothing_more_is_sent() -> None:
    async def main() -> None:
        store: Any = MemoryStore()
        store.chats = chats = _Failing(store.chats)
        stage, fake = Stage(store, LoopClock(START)), FakeAdapter()
        await stage.open([Chat(A), Chat(B)])
        chats.failing = {"suspend"}
        fake.script(ChatGone("kicked"))
        await stage.queue([A], [ONE])
        running = asyncio.ensure_future(stage.play_for(100, fake))
        await stage.clock.sleep(5)
        await stage.queue([B], [ONE])
        await stage.clock.sleep(50)
        assert [call.target for call in fake.calls] == [A]
        chats.failing = set()
        await running
        assert [call.target for call in fake.calls] == [A, B]
        assert await stage.states(A) == [State.FAILED]

    run_virtually(main)

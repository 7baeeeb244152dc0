"""The permitted pace, and what is limited or slow (F30, F31, F44, F64)."""

import asyncio

from adapters.base import Adapter, Pace
from adapters.testing import Call, FakeAdapter
from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.delivery_errors import (
    RateLimited,
)
from bot.domain.target import Target
from bot.services.deliver.testing import ONE, THREE, TWO, A, B, C, Scenario, Stage, act
from bot.store.memory import MemoryStore


def play(scenario: Scenario, adapter: FakeAdapter | None = None) -> None:
    act(scenario, MemoryStore(), adapter)


def test_each_chat_gets_each_post_once_and_in_order() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        await stage.queue([A, B, C], [ONE, TWO, THREE])
        await stage.play(fake)
        for target in (A, B, C):
            titles = [text.removeprefix("<b>").removesuffix("</b>") for text in fake.texts(target)]
            assert titles == [ONE, TWO, THREE]
        assert set(await stage.states()) == {State.SENT}
        assert stage.health.of("adapter:fake").worked_at is not None

    play(scenario)


def test_a_row_holds_the_receipt_and_is_sent_under_its_id() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        await stage.queue([A], [ONE])
        await stage.play(fake)
        (row,) = await stage.rows()
        assert (row.message_id, row.called_at, row.lease_until) == ("1", None, None)
        assert [call.key for call in fake.calls] == [row.id]

    play(scenario)


def test_f30_a_limited_chat_waits_keeps_its_order_and_holds_up_nobody() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(RateLimited("slow down", retry_after=30), target=A)
        await stage.queue([A, B], [ONE, TWO])
        await stage.play_for(5, fake)
        assert (len(fake.chats[A]), len(fake.chats[B])) == (0, 2)
        await stage.play(fake)
        assert [call.message.text for call in fake.chats[A]] == fake.texts(B)
        assert [row.attempts for row in await stage.rows(A)] == [0, 0]

    play(scenario)


def test_f30_limits_in_three_chats_at_once_hold_the_whole_platform() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        d = Target("fake", "D")
        await stage.open([Chat(d)])
        for target in (A, B, C):
            fake.script(RateLimited("slow down", retry_after=40), target=target)
        fake.paces.update({target: Pace(per_second=28) for target in (A, B, C, d)})
        await stage.queue([A, B, C], [ONE])
        await stage.play_for(5, fake)
        await stage.queue([d], [ONE])
        await stage.play_for(30, fake)
        assert not fake.chats[d]
        await stage.play(fake)
        assert all(len(fake.chats[target]) == 1 for target in (A, B, C, d))

    play(scenario)


def test_a_limit_of_the_token_holds_every_chat_also_after_a_restart() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.paces.update({target: Pace(per_second=28) for target in (A, B, C)})
        fake.script(RateLimited("all of you", retry_after=300, everywhere=True), target=A)
        await stage.queue([A], [ONE])
        await stage.play_for(1, fake)
        await stage.queue([B], [ONE])
        await stage.play_for(280, fake)  # a new deliverer: it knows of the limit from the store
        assert not fake.chats[B]
        await stage.play(fake, most=60)
        assert len(fake.chats[A]) == len(fake.chats[B]) == 1

    play(scenario)


def test_f31_a_huge_limit_is_parked_and_survives_a_restart() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(RateLimited("flood", retry_after=10_072), target=A)
        await stage.queue([A], [ONE])
        await stage.play_for(10, fake)
        await stage.play_for(10_000, fake)
        assert len(fake.calls) == 1
        await stage.play_for(120, fake)
        assert await stage.states() == [State.SENT]

    play(scenario)


async def _hang(_: Call) -> None:
    await asyncio.sleep(10_000)


def test_f44_a_dead_platform_slows_no_other() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(*[_hang] * 300)
        slow = [Chat(Target("fake", f"chat {n}")) for n in range(300)]
        quick = [Chat(Target("quick", f"chat {n}")) for n in range(20)]
        await stage.open([*slow, *quick])
        await stage.queue([chat.target for chat in slow], [ONE])
        await stage.queue([chat.target for chat in quick], [ONE, TWO])
        other = FakeAdapter("quick")
        await stage.play_for(5, fake, other)
        assert all(len(other.chats[chat.target]) == 2 for chat in quick)

    play(scenario)


def test_f64_what_is_under_way_at_once_is_bounded() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(*[_hang] * 1000)
        chats = [Chat(Target("fake", f"chat {n}")) for n in range(1000)]
        await stage.open(chats)
        await stage.queue([chat.target for chat in chats], [ONE])
        await stage.play_for(30, fake)
        assert len(fake.calls) <= 96

    play(scenario)


def test_what_is_new_is_sent_at_once_where_somebody_wakes_the_deliverer() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        deliverer = stage.deliverer(fake)
        stopping = asyncio.Event()
        running = asyncio.ensure_future(deliverer.run(stopping))
        await stage.clock.sleep(10.5)
        await stage.queue([A], [ONE])
        deliverer.wake()
        await stage.clock.sleep(0.1)
        assert len(fake.calls) == 1
        stopping.set()
        await running

    play(scenario)


def test_a_chat_s_next_message_follows_as_soon_as_its_gap_is_over() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.paces[A] = Pace(per_second=28, chat_gap=1.05)
        await stage.queue([A], [f"paper:2608.0000{n}:zh" for n in range(1, 10)])
        await stage.play_for(8.6, fake)
        assert len(fake.calls) == 9

    play(scenario)


def test_one_round_delivers_what_is_due_and_ends() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        adapters: list[Adapter] = [fake]
        await stage.queue([A, B], [ONE, TWO])
        assert await stage.deliverer(*adapters).run_once() == 4
        assert set(await stage.states()) == {State.SENT}
        assert await stage.deliverer(*adapters).run_once() == 0

    play(scenario)

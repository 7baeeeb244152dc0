"""Deliveries under every fault of a platform, on virtual time (FACTS §1.6, F30-F70)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.base import Adapter, Pace
from adapters.testing import Call, FakeAdapter, RepeatableFake, Taken
from bot.domain.chat import Chat
from bot.domain.delivery import OnUnknown, State
from bot.domain.delivery_errors import (
    AccessRevoked,
    ChatGone,
    ChatMoved,
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)
from bot.domain.errors import StoreError
from bot.domain.target import Receipt, Target
from bot.services.deliver.testing import Stage
from bot.store.memory import MemoryStore
from bot.virtual_time import LoopClock, run_virtually

START = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
A, B, C = (Target("fake", name) for name in "ABC")
ONE, TWO, THREE = (f"paper:2608.0000{n}:zh" for n in (1, 2, 3))

Scenario = Callable[[Stage, FakeAdapter], Awaitable[None]]


def play(scenario: Scenario, adapter: FakeAdapter | None = None) -> None:
    """Run a scenario on a fresh stage with the chats A, B and C."""

    async def main() -> None:
        stage = Stage(MemoryStore(), LoopClock(START))
        await stage.open([Chat(A), Chat(B), Chat(C)])
        await scenario(stage, adapter or FakeAdapter())

    run_virtually(main)


async def _one(stage: Stage, fake: FakeAdapter, *steps: Any) -> State:
    """What becomes of one delivery to A when its calls go so."""
    fake.script(*steps)
    await stage.queue([A], [ONE])
    await stage.play(fake, most=200_000)
    return (await stage.states())[0]


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


def test_f35_what_is_rejected_goes_once_as_plain_text() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        assert await _one(stage, fake, ContentRejected("can't parse entities")) is State.SENT
        assert [call.message.plain for call in fake.calls] == [False, True]

    play(scenario)


def test_f35_what_is_rejected_as_plain_text_too_has_failed_with_the_reason() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        refusal = ContentRejected("can't parse entities")
        assert await _one(stage, fake, refusal, refusal) is State.FAILED
        assert (await stage.rows())[0].reason == "can't parse entities"
        assert len(fake.calls) == 2

    play(scenario)


async def _hang(_: Call) -> None:
    await asyncio.sleep(10_000)


async def _crash(_: Call) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Taken(OutcomeUnknown("read timeout")), id="F37 no answer, and it arrived"),
        pytest.param(OutcomeUnknown("read timeout"), id="F37 no answer, and it did not"),
        pytest.param(DeliveryError("neither this nor that"), id="an error of no kind"),
        pytest.param(_hang, id="an adapter that never returns"),
        pytest.param(_crash, id="an adapter that breaks in mid-call"),
    ],
)
def test_f37_an_unclear_call_is_not_repeated_and_the_rest_goes_on(step: Any) -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(step, target=A)
        await stage.queue([A], [ONE, TWO])
        await stage.play(fake)
        assert await stage.states() == [State.UNKNOWN, State.SENT]
        assert len(fake.calls) == 2
        assert (await stage.rows())[0].called_at is not None

    play(scenario)


def test_f37_later_parts_of_a_long_post_go_where_an_earlier_is_unknown() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        stage.long[ONE] = 10
        fake.script(OutcomeUnknown("read timeout"), target=A)
        await stage.queue([A], [ONE, TWO])
        await stage.play(fake)
        rows = await stage.rows()
        parts = [row for row in rows if row.post_key == ONE]
        assert [row.part for row in parts] == list(range(len(parts)))
        assert len(parts) > 2
        assert [row.state for row in parts] == [State.UNKNOWN, *[State.SENT] * (len(parts) - 1)]
        assert TWO in fake.texts(A)[-1]

    play(scenario, FakeAdapter(limit=120))


def test_f36_a_long_post_arrives_whole_in_order_and_before_the_next() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        stage.long[ONE] = 12
        await stage.queue([A], [ONE, TWO])
        await stage.play(fake)
        *parts, last = fake.texts(A)
        text = "\n".join(parts)
        assert [text.index(f"line {n} of {ONE}") for n in range(12)] == sorted(
            text.index(f"line {n} of {ONE}") for n in range(12)
        )
        assert TWO in last

    play(scenario, FakeAdapter(limit=120))


def test_rows_of_all_parts_are_there_before_the_first_is_sent() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        stage.long[ONE] = 10
        there: list[int] = []

        async def count(_: Call) -> None:
            there.append(len(await stage.rows()))

        fake.script(count)
        await stage.queue([A], [ONE])
        await stage.play(fake)
        assert there == [len(await stage.rows())]

    play(scenario, FakeAdapter(limit=120))


def test_f37_a_chat_may_want_an_unclear_message_once_more() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        d = Target("fake", "D")
        await stage.open([Chat(d, on_unknown=OnUnknown.RESEND)])
        lost = OutcomeUnknown("read timeout")
        fake.script(lost, lost, lost)
        await stage.queue([d], [ONE])
        await stage.play(fake)
        assert len(fake.calls) == 2
        assert await stage.states() == [State.UNKNOWN]

    play(scenario)


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


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Taken(OutcomeUnknown("502")), id="it arrived"),
        pytest.param(OutcomeUnknown("502"), id="it did not"),
    ],
)
def test_f47_a_platform_that_takes_keys_is_asked_again_with_the_same(step: Any) -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        assert await _one(stage, fake, step) is State.SENT
        assert len(fake.chats[A]) == 1
        assert len({call.key for call in fake.calls}) == 1
        assert stage.clock.now() - START < timedelta(seconds=20)

    play(scenario, RepeatableFake())


@pytest.mark.parametrize("arrived", [True, False])
def test_f47_after_the_window_the_history_decides(arrived: bool) -> None:
    """An outage longer than the window: the key is forgotten, so that a repeat would double it."""

    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        repeatable = fake
        assert isinstance(repeatable, RepeatableFake)
        lost = OutcomeUnknown("502")
        fake.script(Taken(lost) if arrived else lost, target=A)
        await stage.queue([A], [ONE])
        await stage.play_for(3, fake)
        await stage.clock.sleep(200)
        repeatable.forget()
        await stage.play(fake)
        assert await stage.states() == [State.SENT]
        assert len(fake.chats[A]) == 1
        assert len(fake.calls) == (1 if arrived else 2)

    play(scenario, RepeatableFake())


def test_f47_what_is_found_not_to_have_arrived_is_no_open_outcome_any_more() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(OutcomeUnknown("502"), ChatGone("kicked"), target=A)
        await stage.queue([A], [ONE])
        await stage.play_for(3, fake)
        await stage.clock.sleep(200)
        await stage.play(fake)
        assert await stage.states() == [State.FAILED]

    play(scenario, RepeatableFake())


class _BlindFake(RepeatableFake):
    """A chat whose history may not be read."""

    async def find(self, target: Target, key: str) -> Receipt | None:
        raise ChatGone("Missing Permissions")


def test_f47_a_chat_whose_history_is_closed_is_not_suspended_for_it() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.script(OutcomeUnknown("502"), target=A)
        await stage.queue([A], [ONE, TWO])
        await stage.play_for(3, fake)
        await stage.clock.sleep(200)
        await stage.play(fake)
        assert await stage.states() == [State.UNKNOWN, State.SENT]
        assert not any(chat.suspended for chat in await stage.store.chats.all())

    play(scenario, _BlindFake())


def test_f48_a_target_that_takes_no_key_is_treated_as_unclear() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        assert isinstance(fake, RepeatableFake)
        fake.keyless.add(A)
        assert await _one(stage, fake, Taken(OutcomeUnknown("502"))) is State.UNKNOWN
        assert len(fake.calls) == 1

    play(scenario, RepeatableFake())


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


def test_f63_a_post_that_breaks_whatever_renders_it_leaves_the_queue_after_three_tries() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        stage.broken.add(ONE)
        await stage.queue([A], [ONE, TWO])
        await stage.play(fake)
        assert await stage.states() == [State.FAILED, State.SENT]
        assert (await stage.rows())[0].reason == "cannot be rendered: KeyError"
        assert (await stage.rows())[0].attempts == 3
        assert len(fake.calls) == 1

    play(scenario)


def test_a_post_without_a_reason_any_more_is_not_sent() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        stage.gone.add(ONE)
        await stage.queue([A], [ONE])
        await stage.play(fake)
        assert await stage.states() == [State.EXPIRED]

    play(scenario)


def test_f58_rows_of_an_old_backup_are_not_posted() -> None:
    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        await stage.queue([A], [ONE])
        await stage.clock.sleep(48 * 3600)
        await stage.queue([A], [TWO])
        await stage.play(fake)
        assert await stage.states() == [State.EXPIRED, State.SENT]
        assert len(fake.calls) == 1

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

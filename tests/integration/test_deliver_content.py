"""Posts that are long, refused, broken, or no longer news (F35, F36, F58, F63)."""

from typing import Any

from adapters.testing import Call, FakeAdapter
from bot.domain.delivery import State
from bot.domain.delivery_errors import (
    ContentRejected,
    OutcomeUnknown,
)
from bot.services.deliver.testing import ONE, TWO, A, Scenario, Stage, act
from bot.store.memory import MemoryStore


def play(scenario: Scenario, adapter: FakeAdapter | None = None) -> None:
    act(scenario, MemoryStore(), adapter)


async def _one(stage: Stage, fake: FakeAdapter, *steps: Any) -> State:
    """What becomes of one delivery to A when its calls go so."""
    fake.script(*steps)
    await stage.queue([A], [ONE])
    await stage.play(fake, most=200_000)
    return (await stage.states())[0]


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

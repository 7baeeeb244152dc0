"""Calls of which nobody knows what came of them (FACTS §1.6, F37, F47, F48)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from adapters.testing import Call, FakeAdapter, RepeatableFake, Taken
from bot.domain.chat import Chat
from bot.domain.delivery import OnUnknown, State
from bot.domain.delivery_errors import (
    ChatGone,
    DeliveryError,
    OutcomeUnknown,
)
from bot.domain.target import Receipt, Target
from bot.services.deliver.testing import ONE, START, TWO, A, Scenario, Stage, act
from bot.store.memory import MemoryStore


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

"""The line to an endpoint: retries, turns, and the latch (F23, F24, F25)."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from openai_line_setup import LOCAL, NOON, OK, Setup, busy, question, read

from bot.domain.errors import (
    ModelBusy,
    ModelUnusable,
    SummaryError,
    SummaryMalformed,
)
from bot.ports import Clock
from bot.store.memory import MemoryLedger
from bot.virtual_time import LoopClock, run_virtually
from summarizer.budget import Budget, DailyLimit
from summarizer.chat import ChatReply
from summarizer.line import UNUSABLE_S, ModelLine
from summarizer.patience import MAX_WAIT_S, back_off
from summarizer.testing import ScriptedEndpoint, Step


@pytest.mark.parametrize(
    ("script", "waits", "calls"),
    [
        pytest.param([OK], [], 1, id="no fault, no wait"),
        pytest.param([busy(7), OK], [7.0], 2, id="Retry-After is honoured to the second"),
        pytest.param([busy(MAX_WAIT_S), OK], [MAX_WAIT_S], 2, id="up to the bound"),
        pytest.param([busy(0), OK], [], 2, id="at once where the endpoint says so"),
    ],
)
async def test_a_busy_endpoint_is_asked_again_when_it_said_f23(
    script: list[Step], waits: list[float], calls: int
) -> None:
    """F23."""
    setup = Setup(*script)
    assert await setup.ask() == "fine"
    assert setup.clock.sleeps == waits
    assert len(setup.endpoint.bodies) == calls


async def test_without_a_named_time_the_waits_grow_with_jitter_f23() -> None:
    """F23."""
    setup = Setup(busy(), busy(), OK)
    assert await setup.ask() == "fine"
    first, second = setup.clock.sleeps
    assert 0.5 <= first <= 1 <= second <= 2


@pytest.mark.parametrize(
    ("failures", "jitter", "seconds"),
    [(1, 0.0, 1.0), (1, 1.0, 0.5), (2, 0.0, 2.0), (5, 0.0, 16.0), (9, 0.0, 30.0), (9, 1.0, 15.0)],
)
def test_back_off_doubles_up_to_half_a_minute(failures: int, jitter: float, seconds: float) -> None:
    assert back_off(failures, jitter) == seconds


async def test_the_number_of_requests_is_one_number_f23() -> None:
    """F23: ``attempts`` in all; the last error is the reason."""
    setup = Setup(busy(), options=replace(LOCAL, attempts=4))
    with pytest.raises(ModelBusy):
        await setup.ask()
    assert len(setup.endpoint.bodies) == 4
    assert setup.outcomes == ["busy"] * 4


async def test_a_retry_after_beyond_the_bound_is_passed_on_with_its_time_f23() -> None:
    """F23: and later calls know of it without a request."""
    setup = Setup(busy(3600), OK)
    with pytest.raises(ModelBusy) as caught:
        await setup.ask()
    assert caught.value.retry_after == 3600
    setup.clock.advance(600)
    with pytest.raises(ModelBusy) as again:
        await setup.ask(2)
    assert again.value.retry_after == 3000
    assert len(setup.endpoint.bodies) == 1
    setup.clock.advance(3000)
    assert await setup.ask(3) == "fine"


async def test_one_calls_retry_after_holds_back_the_others_too_f23() -> None:
    """F23: the endpoint limits the account, not the paper."""
    setup = Setup(busy(20), OK, options=replace(LOCAL, concurrency=1))
    assert await asyncio.gather(setup.ask(1), setup.ask(2)) == ["fine", "fine"]
    assert len(setup.endpoint.bodies) == 3
    assert [call.at - NOON for call in setup.ledger.calls] == [
        timedelta(0),
        timedelta(seconds=20),
        timedelta(seconds=20),
    ]


@pytest.mark.parametrize("error", [SummaryError("no"), SummaryMalformed("html")])
async def test_what_waiting_does_not_mend_is_not_tried_again(error: SummaryError) -> None:
    setup = Setup(error)
    with pytest.raises(type(error)):
        await setup.ask()
    assert len(setup.endpoint.bodies) == 1
    assert setup.clock.sleeps == []


async def _day_with_one_slow_paper(clock: Clock, concurrency: int) -> dict[int, float]:
    """When each of 50 papers was ready: 5 s a call, but 600 s for paper 1."""

    async def answer(body: Mapping[str, object]) -> ChatReply:
        await clock.sleep(600 if "Paper 1\\n" in repr(body) else 5)
        return OK

    options = replace(LOCAL, concurrency=concurrency, timeout_s=1000)
    budget = Budget(MemoryLedger(), clock=clock, limit=DailyLimit())
    line = ModelLine(options, endpoint=ScriptedEndpoint(answer), budget=budget, clock=clock)
    ready: dict[int, float] = {}

    async def one(number: int) -> None:
        await line.ask(question(number), read)
        ready[number] = clock.monotonic()

    await asyncio.gather(*(one(number) for number in range(1, 51)))
    return ready


def test_a_slow_call_does_not_delay_the_other_papers_f23() -> None:
    """F23: with 4 turns, 49 papers share the other three: 17 rounds of 5 s."""
    ready = run_virtually(lambda: _day_with_one_slow_paper(LoopClock(NOON), 4))
    assert ready.pop(1) == pytest.approx(600)
    assert max(ready.values()) == pytest.approx(85)


def test_no_more_calls_are_in_flight_than_allowed() -> None:
    ready = run_virtually(lambda: _day_with_one_slow_paper(LoopClock(NOON), 1))
    assert max(ready.values()) == pytest.approx(600 + 49 * 5)


def test_a_call_that_backs_off_holds_no_turn_f23() -> None:
    """F23: one turn for two papers; the second is served while the first waits."""

    async def run() -> list[tuple[int, float]]:
        clock, ready = LoopClock(NOON), list[tuple[int, float]]()

        async def answer(body: Mapping[str, object]) -> ChatReply:
            if "Paper 1\\n" in repr(body) and not any(number == 2 for number, _ in ready):
                raise busy()
            return OK

        options = replace(LOCAL, concurrency=1)
        budget = Budget(MemoryLedger(), clock=clock, limit=DailyLimit())
        line = ModelLine(options, endpoint=ScriptedEndpoint(answer), budget=budget, clock=clock)

        async def one(number: int) -> None:
            await line.ask(question(number), read)
            ready.append((number, clock.monotonic()))

        await asyncio.gather(one(1), one(2))
        return ready

    (first, at), (second, later) = run_virtually(run)
    assert (first, at, second) == (2, 0.0, 1)
    assert 0.5 <= later <= 1


async def test_an_unusable_model_is_asked_once_and_remembered_f24() -> None:
    """F24: fifty papers, one turn, one request; then again after the latch."""
    setup = Setup(ModelUnusable("no quota"), OK, options=replace(LOCAL, concurrency=1))
    results = await asyncio.gather(*(setup.ask(n) for n in range(1, 51)), return_exceptions=True)
    assert {type(result) for result in results} == {ModelUnusable}
    assert {str(result) for result in results} == {"no quota"}
    assert len(setup.endpoint.bodies) == 1
    setup.clock.advance(UNUSABLE_S)
    assert await setup.ask() == "fine"


async def test_an_unusable_model_is_logged_once_f24(caplog: pytest.LogCaptureFixture) -> None:
    """F24: alert once."""
    setup = Setup(ModelUnusable("no quota"))
    for _ in range(3):
        with pytest.raises(ModelUnusable):
            await setup.ask()
    assert [record.getMessage() for record in caplog.records] == ["model cannot be used"]


async def test_a_gone_model_is_never_waited_for_f25() -> None:
    """F25."""
    setup = Setup(ModelUnusable("the model m is gone"))
    with pytest.raises(ModelUnusable, match="is gone"):
        await setup.ask()
    assert setup.clock.sleeps == []


async def test_a_closed_line_closes_its_endpoint() -> None:
    setup = Setup(OK)
    await setup.line.aclose()
    assert setup.endpoint.closed

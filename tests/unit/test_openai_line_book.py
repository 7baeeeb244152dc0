"""What is asked is booked with its cost, and the budget holds (F29)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from openai_line_setup import NOON, OK, OPENAI, Setup, busy

from bot.domain.errors import (
    BudgetSpent,
    SummaryError,
    SummaryMalformed,
)
from bot.domain.model_call import Spending
from summarizer.budget import DailyLimit
from summarizer.chat import ChatReply, Usage
from summarizer.openai_errors import AnswerLost
from summarizer.testing import USAGE, reply


async def test_f29_a_call_that_nobody_waits_for_is_booked_and_keeps_its_room() -> None:
    sent = asyncio.Event()

    async def no_answer(_: Mapping[str, object]) -> ChatReply:
        sent.set()
        return await asyncio.Future[ChatReply]()

    # Room for one such request in a day, not for two.
    setup = Setup(no_answer, OK, limit=DailyLimit(tokens=3_000))
    asking = asyncio.ensure_future(setup.ask())
    await sent.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert setup.outcomes == ["cancelled"]
    with pytest.raises(BudgetSpent):
        await setup.ask()


async def test_every_request_is_booked_with_what_it_cost() -> None:
    setup = Setup(busy(1), OK, options=OPENAI)
    await setup.ask()
    failed, paid = setup.ledger.calls
    assert (failed.outcome, failed.input_tokens, failed.cost_usd) == ("busy", 0, Decimal(0))
    assert (paid.outcome, paid.input_tokens, paid.output_tokens) == ("ok", 900, 300)
    assert paid.cost_usd == Decimal("0.00024")
    assert paid.at == NOON + timedelta(seconds=1)


async def test_an_answer_that_cannot_be_used_is_booked_with_its_tokens() -> None:
    setup = Setup(replace(reply("nonsense"), usage=Usage(10, 5, 7)))
    with pytest.raises(SummaryMalformed):
        await setup.ask()
    (call,) = setup.ledger.calls
    assert (call.outcome, call.input_tokens, call.cached_tokens, call.output_tokens) == (
        "malformed",
        10,
        5,
        7,
    )
    assert call.cost_usd is None, "another endpoint's price is not known"


async def test_without_room_in_the_budget_nothing_is_asked_f29() -> None:
    """F29."""
    setup = Setup(OK, limit=DailyLimit(tokens=100))
    with pytest.raises(BudgetSpent):
        await setup.ask()
    assert setup.endpoint.bodies == []
    assert setup.ledger.calls == []


async def test_a_runaway_stops_at_the_limit_f29() -> None:
    """F29: a thousand papers at once against a budget of 20,000 tokens."""
    setup = Setup(OK, limit=DailyLimit(tokens=20_000))
    results = await asyncio.gather(*(setup.ask(n) for n in range(1, 1001)), return_exceptions=True)
    spent: Spending = await setup.ledger.spent(since=NOON)
    served = sum(result == "fine" for result in results)
    assert served == spent.calls
    assert 10_000 < spent.tokens <= 20_000
    assert spent.tokens == served * USAGE.total


async def test_requests_that_time_out_run_the_budget_down_as_well_f29() -> None:
    """F29: the endpoint may bill an answer that we never saw."""
    setup = Setup(AnswerLost("no answer"), limit=DailyLimit(tokens=10_000))
    asks: list[Callable[[], Awaitable[str]]] = [setup.ask] * 20
    errors: list[SummaryError] = []
    for ask in asks:
        with pytest.raises(SummaryError) as caught:
            await ask()
        errors.append(caught.value)
    assert isinstance(errors[-1], BudgetSpent)
    assert len(setup.endpoint.bodies) < 10

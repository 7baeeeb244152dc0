"""The line to an endpoint: retries, turns, the latch, the book (F23, F24, F25, F29)."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import cast

import pytest

from bot.domain.errors import (
    BudgetSpent,
    ModelBusy,
    ModelUnusable,
    SummaryError,
    SummaryMalformed,
)
from bot.domain.model_call import Spending
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.ports import Clock
from bot.store.memory import MemoryLedger
from bot.testing import VirtualClock
from summarizer.budget import Budget, DailyLimit
from summarizer.chat import ChatReply, Usage
from summarizer.draft import Draft
from summarizer.ladder import Rung
from summarizer.languages import load_wording
from summarizer.line import UNUSABLE_S, ModelLine
from summarizer.openai_errors import AnswerLost, OptionRefused, ServerFault
from summarizer.openai_options import OpenAIOptions
from summarizer.patience import MAX_WAIT_S, back_off
from summarizer.question import Question
from summarizer.testing import USAGE, ScriptedEndpoint, Step, reply

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LOCAL = OpenAIOptions(model="m", base_url="http://127.0.0.1:1/v1")
OPENAI = OpenAIOptions(model="gpt-6-luna")
OK = reply("fine")


class Setup:
    """A line on a script, with its clock and its book."""

    def __init__(
        self, *steps: Step, options: OpenAIOptions = LOCAL, limit: DailyLimit | None = None
    ) -> None:
        self.endpoint = ScriptedEndpoint(*steps)
        self.clock = VirtualClock(NOON)
        self.ledger = MemoryLedger()
        budget = Budget(self.ledger, clock=self.clock, limit=limit or DailyLimit())
        self.line = ModelLine(options, endpoint=self.endpoint, budget=budget, clock=self.clock)

    async def ask(self, number: int = 1) -> str:
        return (await self.line.ask(question(number), read)).text

    @property
    def outcomes(self) -> list[str]:
        return [call.outcome for call in self.ledger.calls]

    @property
    def formats(self) -> list[str]:
        return [_format(body) for body in self.endpoint.bodies]


def _format(body: Mapping[str, object]) -> str:
    form = cast("dict[str, str]", body.get("response_format", {"type": "text"}))
    return form["type"]


def question(number: int = 1) -> Question:
    paper = Paper(PaperId(f"2309.{number:05}"), f"Paper {number}", "We show.")
    key = SummaryKey(paper.id, 1, "en", "v1", "m")
    return Question(key, paper, load_wording("en"), cap=100)


def read(answer: ChatReply, rung: Rung) -> Draft:
    if answer.content == "nonsense":
        raise SummaryMalformed("nonsense")
    return Draft(answer.content)


def busy(seconds: float | None = None) -> ModelBusy:
    return ModelBusy("busy", retry_after=seconds)


# --- F23: waiting and trying again


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


# --- F23: a slow call delays no other paper, on virtual time


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer as soon as nothing else is to be done."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        self._now += seconds


class _Jumping(selectors.SelectSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout > 0:
            self._loop.jump(timeout)
        return super().select(0)


class LoopClock:
    """A clock that follows the loop's time."""

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


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
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        ready = runner.run(_day_with_one_slow_paper(LoopClock(), 4))
    assert ready.pop(1) == pytest.approx(600)
    assert max(ready.values()) == pytest.approx(85)


def test_no_more_calls_are_in_flight_than_allowed() -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        ready = runner.run(_day_with_one_slow_paper(LoopClock(), 1))
    assert max(ready.values()) == pytest.approx(600 + 49 * 5)


def test_a_call_that_backs_off_holds_no_turn_f23() -> None:
    """F23: one turn for two papers; the second is served while the first waits."""

    async def run() -> list[tuple[int, float]]:
        clock, ready = LoopClock(), list[tuple[int, float]]()

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

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        (first, at), (second, later) = runner.run(run())
    assert (first, at, second) == (2, 0.0, 1)
    assert 0.5 <= later <= 1


# --- F24, F25: what only a person can mend


async def test_an_unusable_model_is_asked_once_and_remembered_f24() -> None:
    """F24: fifty papers, one turn, one request; then again after the latch."""
    setup = Setup(ModelUnusable("no quota"), OK, options=replace(LOCAL, concurrency=1))
    results = await asyncio.gather(*(setup.ask(n) for n in range(1, 51)), return_exceptions=True)
    assert {type(result) for result in results} == {ModelUnusable}
    assert {str(result) for result in results} == {"no quota"}
    assert len(setup.endpoint.bodies) == 1
    setup.clock.advance(UNUSABLE_S)
    assert await setup.ask() == "fine"


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


# --- the ladder, pinned for the endpoint


def refused(option: str) -> OptionRefused:
    return OptionRefused("no", option)


async def test_a_refused_format_is_learnt_once_for_all_later_papers() -> None:
    setup = Setup(refused("response_format"), refused("response_format"), OK)
    assert await setup.ask(1) == "fine"
    assert await setup.ask(2) == "fine"
    assert setup.formats == ["json_schema", "json_object", "text", "text"]
    assert setup.clock.sleeps == []


async def test_papers_that_wait_for_their_turn_know_what_was_learnt_meanwhile() -> None:
    """A day of fifty on a server that knows plain text only: four turns learn it, not fifty."""

    async def text_only(body: Mapping[str, object]) -> ChatReply:
        await asyncio.sleep(0)
        if "response_format" in body:
            raise refused("response_format")
        return OK

    setup = Setup(text_only)
    assert await asyncio.gather(*(setup.ask(n) for n in range(1, 51))) == ["fine"] * 50
    assert setup.formats.count("text") == 50
    assert setup.formats.count("json_schema") == setup.formats.count("json_object") == 4


async def test_a_400_about_something_else_pins_nothing() -> None:
    """A paper that is too long costs itself, not the strict schema of all others."""
    setup = Setup(SummaryError("too long"), OK)
    with pytest.raises(SummaryError):
        await setup.ask(1)
    assert await setup.ask(2) == "fine"
    assert setup.formats == ["json_schema", "json_schema"]


async def test_a_server_that_answers_500_to_a_schema_is_asked_without() -> None:
    """llama-cpp-python. Two 500s may be an outage; what works afterwards is pinned."""
    setup = Setup(ServerFault("500"), ServerFault("500"), OK)
    assert await setup.ask(1) == "fine"
    assert await setup.ask(2) == "fine"
    assert setup.formats == ["json_schema", "json_schema", "json_object", "json_object"]


async def test_an_outage_pins_nothing() -> None:
    setup = Setup(ServerFault("500"), ServerFault("500"), ServerFault("500"), OK)
    with pytest.raises(ModelBusy):
        await setup.ask(1)
    assert await setup.ask(2) == "fine"
    assert setup.formats == ["json_schema", "json_schema", "json_object", "json_schema"]


async def test_openais_own_endpoint_knows_the_schema_and_only_fails() -> None:
    setup = Setup(ServerFault("500"), ServerFault("500"), OK, options=OPENAI)
    assert await setup.ask(1) == "fine"
    assert setup.formats == ["json_schema"] * 3


async def test_refused_parameters_are_left_out_from_then_on() -> None:
    options = replace(OPENAI, temperature=0.2, reasoning_effort="none")
    setup = Setup(
        refused("temperature"),
        refused("max_completion_tokens"),
        refused("reasoning_effort"),
        OK,
        options=options,
    )
    await setup.ask(1)
    await setup.ask(2)
    names = ("temperature", "reasoning_effort", "max_completion_tokens", "max_tokens")
    sent = [{name for name in names if name in body} for body in setup.endpoint.bodies]
    assert sent == [
        {"temperature", "reasoning_effort", "max_completion_tokens"},
        {"reasoning_effort", "max_completion_tokens"},
        {"reasoning_effort", "max_tokens"},
        {"max_tokens"},
        {"max_tokens"},
    ]


async def test_a_parameter_that_was_not_sent_cannot_be_adapted() -> None:
    setup = Setup(refused("temperature"), options=replace(LOCAL, temperature=None))
    with pytest.raises(SummaryError) as caught:
        await setup.ask()
    assert type(caught.value) is SummaryError
    assert len(setup.endpoint.bodies) <= 2


# --- the book and the budget


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


async def test_a_closed_line_closes_its_endpoint() -> None:
    setup = Setup(OK)
    await setup.line.aclose()
    assert setup.endpoint.closed

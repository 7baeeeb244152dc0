"""The whole summariser against llmock, a server that others wrote, over real sockets."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from llmock.ratelimit import LimitSettings
from llmock.scenarios import Delay, Fail, Reply
from llmock.testing import LLMockServer
from llmock.verdict import judge

from bot.domain.errors import (
    ModelBusy,
    ModelUnusable,
    SummaryCutOff,
    SummaryError,
    SummaryFiltered,
    SummaryMalformed,
)
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.store.memory import MemoryLedger
from bot.testing import VirtualClock
from summarizer.budget import Budget, DailyLimit
from summarizer.endpoint import OpenAIEndpoint
from summarizer.line import ModelLine
from summarizer.markdown import read_entry
from summarizer.openai import OpenAISummarizer
from summarizer.openai_options import OpenAIOptions
from summarizer.secret import Secret
from summarizer.testing import entry_json

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOUND = entry_json(
    "The paper presents a method that trains large language models with fewer labels, and shows "
    "that it works on several tasks without further changes."
)


@pytest.fixture(scope="module")
def server() -> Iterator[LLMockServer]:
    with LLMockServer() as running:
        yield running


@pytest.fixture
def mock(server: LLMockServer) -> LLMockServer:
    server.state.reset()
    server.state.limiter.configure(LimitSettings())
    return server


class Setup:
    """A summariser on the server. Waits are virtual, calls are real."""

    def __init__(self, mock: LLMockServer, **options: Any) -> None:
        self.clock = VirtualClock(NOON)
        self.ledger = MemoryLedger()
        settings = OpenAIOptions(
            model="gpt-6-luna",
            base_url=mock.base_url("openai"),
            api_key=Secret("llmock-key"),
            **options,
        )
        budget = Budget(self.ledger, clock=self.clock, limit=DailyLimit())
        endpoint = OpenAIEndpoint(settings, clock=self.clock)
        line = ModelLine(settings, endpoint=endpoint, budget=budget, clock=self.clock)
        self.summarizer = OpenAISummarizer(
            line, clock=self.clock, read_text=lambda text, words: read_entry(text, words).draft
        )

    @property
    def outcomes(self) -> list[str]:
        return [call.outcome for call in self.ledger.calls]


@asynccontextmanager
async def _setup(mock: LLMockServer, **options: Any) -> AsyncGenerator[Setup, None]:
    setup = Setup(mock, **options)
    try:
        yield setup
    finally:
        await setup.summarizer.aclose()


def _paper(number: int = 1) -> Paper:
    abstract = "We train large language models with fewer labels. It works on several tasks."
    return Paper(PaperId(f"2309.{number:05}"), f"Paper {number}", abstract)


def _bodies(mock: LLMockServer) -> list[Mapping[str, Any]]:
    return [cast("Mapping[str, Any]", it.body) for it in mock.state.journal.records(wait=2)]


async def test_a_scripted_entry_is_summarised_and_booked(mock: LLMockServer) -> None:
    mock.state.scenarios.add(Reply(text=SOUND))
    async with _setup(mock) as setup:
        summary = await setup.summarizer.summarize(_paper(), "en")
    assert summary.findings == ()
    (body,) = _bodies(mock)
    assert body["response_format"]["json_schema"]["strict"] is True
    (call,) = setup.ledger.calls
    assert (call.outcome, call.cost_usd) == ("ok", None)
    assert min(call.input_tokens, call.output_tokens) > 0


async def test_a_429_is_waited_out_for_as_long_as_it_says_f23(mock: LLMockServer) -> None:
    """F23."""
    mock.state.scenarios.add(Fail(429, retry_after=7, times=2), Reply(text=SOUND))
    async with _setup(mock) as setup:
        await setup.summarizer.summarize(_paper(), "en")
    assert setup.clock.sleeps == [7.0, 7.0]
    assert setup.outcomes == ["busy", "busy", "ok"]


async def test_an_exhausted_quota_stops_every_later_call_f24(mock: LLMockServer) -> None:
    """F24."""
    mock.state.scenarios.add(Fail(429, code="insufficient_quota", times=None))
    async with _setup(mock) as setup:
        for number in (1, 2, 3):
            with pytest.raises(ModelUnusable, match="quota"):
                await setup.summarizer.summarize(_paper(number), "en")
    assert len(_bodies(mock)) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_what_a_person_must_mend_is_never_retried_f24_f25(
    mock: LLMockServer, status: int
) -> None:
    """F24, F25: llmock's own judge of clients agrees."""
    mock.state.scenarios.add(Fail(status, times=None))
    async with _setup(mock) as setup:
        with pytest.raises(ModelUnusable):
            await setup.summarizer.summarize(_paper(), "en")
    judge(mock.state.journal.records(wait=2)).assert_ok()


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529])
async def test_a_5xx_is_tried_again_and_then_given_up_f23(mock: LLMockServer, status: int) -> None:
    """F23."""
    mock.state.scenarios.add(Fail(status, times=1), Reply(text=SOUND))
    async with _setup(mock) as setup:
        await setup.summarizer.summarize(_paper(), "en")
        mock.state.scenarios.clear()
        mock.state.scenarios.add(Fail(status, times=None))
        with pytest.raises(ModelBusy):
            await setup.summarizer.summarize(_paper(2), "en")
    assert setup.outcomes == ["busy", "ok", "busy", "busy", "busy"]


async def test_a_real_quota_is_kept_to_by_a_day_of_papers_f23(mock: LLMockServer) -> None:
    """F23: one request is allowed in six seconds; the waits that llmock names are enough."""
    mock.state.limiter.configure(LimitSettings(rpm=10))
    mock.state.scenarios.add(Reply(text=SOUND, times=None))
    async with _setup(mock, concurrency=2) as setup:
        results = await asyncio.gather(
            *(setup.summarizer.summarize(_paper(number), "en") for number in range(1, 13)),
            return_exceptions=True,
        )
    # Waits are virtual and the quota is real, so some give up; none does so in any other way.
    assert {type(result) for result in results if isinstance(result, Exception)} <= {ModelBusy}
    assert sum(not isinstance(result, Exception) for result in results) >= 10
    assert all(wait > 0 for wait in setup.clock.sleeps)


async def test_a_slow_answer_delays_no_other_paper_f23(mock: LLMockServer) -> None:
    """F23: the first of six is held back; the five others are served through the other turn."""
    mock.state.scenarios.add(Delay(0.8), Reply(text=SOUND, times=None))
    async with _setup(mock, concurrency=2) as setup:
        order: list[int] = []

        async def one(number: int) -> None:
            await setup.summarizer.summarize(_paper(number), "en")
            order.append(number)

        await asyncio.gather(*(one(number) for number in range(1, 7)))
    assert order[-1] in {1, 2}  # whichever of the first two reached the server first
    assert sorted(order) == [1, 2, 3, 4, 5, 6]


BAD = [
    pytest.param(Reply(text=SOUND[:80], finish_reason="length"), SummaryCutOff, id="F20"),
    pytest.param(Reply(text="", finish_reason="content_filter"), SummaryFiltered, id="F21"),
    pytest.param(Reply(text="Here you are!"), SummaryMalformed, id="F22 prose"),
    pytest.param(Reply(text=SOUND[:80]), SummaryMalformed, id="F22 broken JSON"),
    pytest.param(Reply(text=""), SummaryMalformed, id="F22 empty"),
    pytest.param(Reply(text=json.dumps({"a": 1})), SummaryMalformed, id="F22 wrong shape"),
]


@pytest.mark.parametrize(("bad", "error"), BAD)
async def test_a_bad_answer_is_asked_for_once_more(
    mock: LLMockServer, bad: Reply, error: type[SummaryError]
) -> None:
    mock.state.scenarios.add(bad, Reply(text=SOUND), replace(bad, times=2))
    async with _setup(mock) as setup:
        assert (await setup.summarizer.summarize(_paper(), "en")).findings == ()
        with pytest.raises(error):
            await setup.summarizer.summarize(_paper(2), "en")
    assert setup.outcomes == [error.reason, "ok", error.reason, error.reason]
    assert all(call.input_tokens for call in setup.ledger.calls)


async def test_fenced_json_is_read_f22(mock: LLMockServer) -> None:
    """F22."""
    mock.state.scenarios.add(Reply(text=f"```json\n{SOUND}\n```"))
    async with _setup(mock) as setup:
        await setup.summarizer.summarize(_paper(), "en")
    assert setup.outcomes == ["ok"]


async def test_llmocks_own_valid_answers_are_valid_json_and_no_summaries_f22(
    mock: LLMockServer,
) -> None:
    """F22: it fills the strict schema with placeholders, in the right shape."""
    async with _setup(mock) as setup:
        with pytest.raises(SummaryMalformed):
            await setup.summarizer.summarize(_paper(), "zh")
    assert len(setup.outcomes) == 2


async def test_a_refused_schema_is_refused_once(mock: LLMockServer) -> None:
    message = "'response_format' of type 'json_schema' is not supported with this model."
    mock.state.scenarios.add(Fail(400, message=message, times=1), Reply(text=SOUND, times=None))
    async with _setup(mock) as setup:
        for number in (1, 2):
            await setup.summarizer.summarize(_paper(number), "en")
    formats = [body["response_format"]["type"] for body in _bodies(mock)]
    assert formats == ["json_schema", "json_object", "json_object"]


async def test_a_paper_that_is_too_long_costs_only_itself(mock: LLMockServer) -> None:
    overflow = Fail(400, code="context_length_exceeded", message="maximum context length")
    mock.state.scenarios.add(overflow, Reply(text=SOUND))
    async with _setup(mock) as setup:
        with pytest.raises(SummaryError, match="too long"):
            await setup.summarizer.summarize(_paper(1), "en")
        await setup.summarizer.summarize(_paper(2), "en")
    formats = [body["response_format"]["type"] for body in _bodies(mock)]
    assert formats == ["json_schema", "json_schema"]


async def test_a_server_that_is_gone_is_told_as_such_f23() -> None:
    """F23."""
    with LLMockServer() as gone:
        pass
    gone_url = f"http://127.0.0.1:{gone.port}/v1"
    options = OpenAIOptions(model="m", base_url=gone_url, timeout_s=5)
    endpoint = OpenAIEndpoint(options, clock=VirtualClock(NOON))
    with pytest.raises(ModelBusy, match="cannot be reached"):
        await endpoint.complete({})
    await endpoint.aclose()


async def test_the_status_lists_what_is_offered_f25(mock: LLMockServer) -> None:
    """F25."""
    async with _setup(mock) as setup:
        status = await setup.summarizer.model_status()
    assert (status.reachable, status.key_accepted) == (True, True)
    assert status.offered is ("gpt-6-luna" in status.offers)
    assert status.offers

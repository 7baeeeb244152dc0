"""F28: a summary is paid for once, among many callers and across restarts."""

import asyncio
from datetime import UTC, datetime

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.services.summarise import SummariseService, Writers
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from summarizer.budget import Budget, DailyLimit
from summarizer.draft import Draft
from summarizer.extractive import ExtractiveSummarizer
from summarizer.line import ModelLine
from summarizer.openai import OpenAISummarizer
from summarizer.openai_options import OpenAIOptions
from summarizer.testing import ScriptedEndpoint, entry_json, reply

PAPER = Paper(
    PaperId("2309.12307"),
    "A Method",
    "We present a method that trains large language models with fewer labels.",
)
SOUND = entry_json(
    "The paper presents a method that trains large language models with fewer labels, and shows "
    "that it works well in practice."
)


async def test_one_key_is_paid_for_once_by_twenty_callers_and_after_a_restart_f28() -> None:
    """F28."""
    store, clock = MemoryStore(), VirtualClock(datetime(2026, 11, 21, tzinfo=UTC))
    endpoint = ScriptedEndpoint(reply(SOUND))

    def service(owner: str) -> SummariseService:
        options = OpenAIOptions(model="m", base_url="http://127.0.0.1:1/v1")
        budget = Budget(store.ledger, clock=clock, limit=DailyLimit())
        line = ModelLine(options, endpoint=endpoint, budget=budget, clock=clock)
        main = OpenAISummarizer(line, clock=clock, read_text=lambda text, _: Draft(text))
        writers = Writers(main=main, fallback=ExtractiveSummarizer(clock))
        return SummariseService(writers, store=store, clock=clock, owner=owner)

    first, second = service("one"), service("two")
    both = [service.summarise(PAPER, "en") for service in (first, second) for _ in range(10)]
    assert len({summary.main_work for summary in await asyncio.gather(*both)}) == 1
    await service("after a restart").summarise(PAPER, "en")
    assert len(endpoint.bodies) == 1
    assert [call.outcome for call in store.ledger.calls] == ["ok"]

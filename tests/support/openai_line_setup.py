"""A line to a scripted endpoint, with a question and what reads its answer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from bot.domain.errors import (
    ModelBusy,
    SummaryMalformed,
)
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.store.memory import MemoryLedger
from bot.testing import VirtualClock
from summarizer.budget import Budget, DailyLimit
from summarizer.chat import ChatReply
from summarizer.draft import Draft
from summarizer.ladder import Rung
from summarizer.languages import load_wording
from summarizer.line import ModelLine
from summarizer.openai_options import OpenAIOptions
from summarizer.question import Question
from summarizer.testing import ScriptedEndpoint, Step, reply

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

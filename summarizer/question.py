"""One question to a model: who pays for it, what is asked, and as a request's body."""

from dataclasses import dataclass

from bot.domain.paper import Paper
from bot.domain.summary import SummaryKey
from bot.domain.wording import Wording
from summarizer.budget import Cost
from summarizer.chat import Usage
from summarizer.ladder import Dialect, Rung
from summarizer.openai_options import OpenAIOptions
from summarizer.prices import Price
from summarizer.prompting import Remark, conversation
from summarizer.schema import summary_schema


@dataclass(frozen=True, slots=True)
class Question:
    """A paper's entry, asked for in a language. ``cap`` bounds the answer in tokens."""

    key: SummaryKey
    paper: Paper
    wording: Wording
    cap: int
    remark: Remark | None = None

    @property
    def about(self) -> str:
        """What messages call it."""
        return f"{self.key.paper_id} by {self.key.model}"


def request_body(question: Question, dialect: Dialect, options: OpenAIOptions) -> dict[str, object]:
    """The body of a Chat Completions request, with what the dialect allows of the options."""
    messages = conversation(
        question.paper, question.wording, rung=dialect.rung, remark=question.remark
    )
    body: dict[str, object] = {
        "model": options.model,
        "messages": [{"role": turn.role, "content": turn.content} for turn in messages],
    }
    if dialect.caps:
        body[dialect.caps[0]] = question.cap
    if dialect.temperature and options.temperature is not None:
        body["temperature"] = options.temperature
    if dialect.reasoning_effort and options.reasoning_effort is not None:
        body["reasoning_effort"] = options.reasoning_effort
    if dialect.rung is Rung.JSON_SCHEMA:
        schema = {"name": "entry", "strict": True, "schema": summary_schema()}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif dialect.rung is Rung.JSON_OBJECT:
        body["response_format"] = {"type": "json_object"}
    return body


def worst_cost(body: dict[str, object], cap: int, price: Price | None) -> Cost:
    """The most that a request can cost: a token for every two bytes sent (English has four to a
    token, Chinese three in UTF-8), and an answer up to its cap."""
    sent = len(repr(body).encode()) // 2
    usage = Usage(input_tokens=sent, output_tokens=cap)
    dollars = Cost(usd=price.of(usage)) if price else Cost()
    return Cost(tokens=usage.total) + dollars

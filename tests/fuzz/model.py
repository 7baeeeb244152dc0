"""What a model or its endpoint answers, on every rung, up to the messages that come of it."""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from bot.domain.digest import Entry
from bot.domain.errors import SummaryError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Origin, Provenance, Summary
from bot.services.compose import compose
from bot.store.documents import decode, encode
from summarizer.answer import Asked, read_answer
from summarizer.chat import ChatReply
from summarizer.checks import review
from summarizer.checks.figures import read_source, unfounded_figures
from summarizer.checks.links import without_foreign_links
from summarizer.draft import Draft
from summarizer.ladder import Rung
from summarizer.languages import load_wording
from summarizer.markdown.entry import read_entry
from summarizer.openai_errors import Refusal, Subject, error_detail, refusal_error
from summarizer.reply import read_models, read_reply
from summarizer.schema import NotTheFourParts, read_json
from tests.fuzz import real
from tests.fuzz.bend import bent
from tests.fuzz.deal import Deal, dealt
from tests.fuzz.rendering import check_posts
from tests.fuzz.target import Target, require

PAPER = Paper(
    PaperId("2309.12307"),
    title="A method with 86.3 % accuracy",
    abstract="We present a method. It reaches 86.3 % with 13 billion parameters in 2023.",
    code_url="https://github.com/a/b",
)
ANSWER: dict[str, Any] = {
    "main_work": "The paper presents a method with 13 billion parameters. It reaches 86.3 %.",
    "highlights": ["It is the first of its kind.", "It takes half the time of those before it."],
    "keywords": [
        {"term": "Large language model", "translation": "大型语言模型"},
        {"term": "Method", "translation": "方法"},
        {"term": "Accuracy", "translation": "准确率"},
    ],
    "scores": {
        "practicality": {"reason": "It runs anywhere.", "score": 4.5},
        "novelty": {"reason": "It is new.", "score": 4},
        "recommendation": {"reason": "Worth reading.", "score": "4.5/5"},
    },
}
MARKDOWN = """### Main work
The paper presents a method with 13 billion parameters. It reaches 86.3 %.
### Highlights
- It is the first of its kind.
- It takes half the time.
### Keywords
- Large language model (大型语言模型)
### Scores
- Practicality: 4.5/5. It runs anywhere.
- Novelty: 4/5. It is new.
- Recommendation: 4.5/5. Worth reading.
"""
_SPEAKABLE = ("en", "zh")
_BRACKETS = re.compile(r"[\s()（）\[\]【】<>]+")
_LINKS = (
    "https://", "http://evil.example/", "www.", "[x](", "](", "tg://user?id=1", "javascript:",
    "evil.com", "a@b.co", "<a href=\"", "</a>", "\\href{", "@everyone", "<@1>", "xn--", "：//",
    "discord.gg/x", "https://arxiv.org/abs/2309.12307", "\u202e", "\u200b", "|", "```", "[.]",
)  # fmt: skip
_FIGURES = (
    "13 billion",
    "130 亿",
    "86.3 %",
    "三分之二",
    "half",
    "10^{",
    "×",
    "1e9",
    "7B",
    "百分之",
)


def _draft_of(deal: Deal, rung: Rung, language: str) -> Draft | None:
    wording = load_wording(language)
    asked = Asked("this", wording, lambda text, words: read_entry(text, words).draft)
    if rung is Rung.TEXT:
        content = deal.text(8000)
    elif deal.coin():
        content = json.dumps(bent(ANSWER, deal))
    else:
        content = deal.text(8000)
    try:
        return read_answer(ChatReply(readable=True, content=content), rung, asked)
    except SummaryError:
        return None


def _answer(data: bytes) -> None:
    """From the model's text to what both platforms are sent."""
    deal = Deal(data)
    language, rung = deal.one_of(_SPEAKABLE), deal.one_of(tuple(Rung))
    draft = _draft_of(deal, rung, language)
    if draft is None:
        return
    verdict = review(draft, PAPER, language)
    if verdict.unusable is not None:
        return
    summary = Summary(
        paper_id=PAPER.id,
        language=language,
        main_work=verdict.draft.main_work,
        highlights=verdict.draft.highlights,
        keywords=verdict.draft.keywords,
        scores=verdict.draft.scores,
        provenance=Provenance(Origin.MODEL, "m", "v1", datetime(2026, 8, 21, tzinfo=UTC)),
        findings=verdict.findings,
    )
    require(decode(encode(summary)) == summary, "a summary comes back from the store as it was")
    check_posts(compose(Entry(PAPER, summary), load_wording(language)), PAPER.links)


def _endpoint(data: bytes) -> None:
    """Bodies and refusals of an endpoint."""
    deal = Deal(data)
    status = deal.one_of((200, 400, 401, 404, 422, 429, 500, 503))
    body = deal.rest()
    read_reply(body).content.encode()
    read_models(body)
    try:
        decoded: object = json.loads(body)
    except (ValueError, RecursionError):
        decoded = body.decode(errors="replace")
    detail: Mapping[str, object] = error_detail(decoded)
    subject = Subject("m", "https://api.example", has_key=True)
    str(refusal_error(Refusal(status, detail), subject))


def _json(data: bytes) -> None:
    with suppress(NotTheFourParts):
        draft = read_json(data.decode(errors="replace"))
        for score in (draft.scores.practicality, draft.scores.novelty) if draft.scores else ():
            require(0 <= score.value <= 5, "scores are on the scale")


def _links(data: bytes) -> None:
    text = Deal(data).text(20_000, broken=True)
    left, hosts = without_foreign_links(text, PAPER.links)
    again, more = without_foreign_links(left, PAPER.links)
    # An own link makes each round look for brackets that stand empty now, one pair a round.
    same = _BRACKETS.sub("", again) == _BRACKETS.sub("", left)
    require(same and not more, "what is left holds no foreign link")
    require(all("." not in host.replace("[.]", "") for host in hosts), "hosts are defused")


def _figures(data: bytes) -> None:
    deal = Deal(data)
    unfounded_figures(deal.text(8000), read_source(deal.text(8000)))


def _answer_seeds() -> Iterable[bytes]:
    for language in range(2):
        yield bytes((language, 0, 0)) + dealt(json.dumps(ANSWER, ensure_ascii=False))
        yield bytes((language, 2)) + dealt(MARKDOWN)
        yield bytes((language, 1, 1, 0, 1, 1, 0, 0)) + dealt("@everyone https://evil.example/")


def _endpoint_seeds() -> Iterable[bytes]:
    choice = {"message": {"content": json.dumps(ANSWER), "refusal": None}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": 5, "prompt_tokens_details": None}
    yield b"\0" + json.dumps({"choices": [choice], "usage": usage}).encode()
    yield b"\0" + json.dumps({"data": [{"id": "m", "shutdown_date": "2026-01-01"}]}).encode()
    error = {"message": "Unsupported parameter: 'max_tokens'", "code": "unsupported_parameter"}
    yield b"\3" + json.dumps({"error": {**error, "param": "max_tokens"}}).encode()


TARGETS = (
    Target("model-answer", _answer, 8, _answer_seeds, _LINKS + _FIGURES, longest=8192, stall=0.5),
    Target("model-endpoint", _endpoint, 50, _endpoint_seeds,
           ('"error":', '"message":', '"choices":', "response_format", "context length", "quota")),
    Target("model-json", _json, 50, lambda: [json.dumps(ANSWER).encode()],
           ('"scores":', '"reason":', "4.5/5", "NaN", "```json", '"keywords":')),
    Target("foreign-links", _links, 15, lambda: map(dealt, (
           "See https://arxiv.org/abs/2309.12307 and [x](https://evil.example/a_(b)), evil.com/x.",
           "tg://user?id=1 a@b.co <a href='http://e.example'>x</a>")), _LINKS, stall=0.5),
    Target("figures", _figures, 1, lambda: [dealt(text, text) for text in real.abstracts(4)] or
           [dealt("13 billion", "130 亿")], _FIGURES),
)  # fmt: skip

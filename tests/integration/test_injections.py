"""Fifty abstracts that try to take over the model, and a model that gives in to each: from Hugging
Face's list to the messages on both platforms.
"""

import json
import re
import tomllib
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.base import Options
from adapters.discord import create as discord_adapter
from adapters.discord.testing import TOKEN, Buckets, DiscordServer, Kind
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.options import TelegramOptions
from adapters.telegram.testing import TOKEN as TELEGRAM_TOKEN
from adapters.telegram.testing import serving as telegram
from adapters.telegram.testing_oracle import Oracle
from adapters.testing.losses import letters, terms_of
from bot.clock import SystemClock
from bot.domain.digest import Entry
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.summary import Origin, Summary
from bot.domain.target import Target
from bot.model import open_model
from bot.ports import Store
from bot.services.collect import collect_day
from bot.services.compose import compose
from bot.services.digest import assemble, papers_of_day
from bot.services.summarise import SummariseService, Writers
from bot.sources.hf_daily import HfDaily
from bot.sources.plaintext import plain
from bot.sources.testing import Asked, Canned, serving
from bot.store.memory import MemoryHttpCache, MemoryStore
from bot.testing import VirtualClock
from config.settings import ModelSettings
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording
from tests.fuzz.rendering import check_html, check_payload, check_posts

Attack = Mapping[str, Any]
ATTACKS: list[Attack] = tomllib.loads(
    (Path(__file__).resolve().parents[1] / "attacks" / "injections.toml").read_text("utf-8")
)["attack"]
NOON = datetime(2026, 8, 21, 12, tzinfo=UTC)
HONEST = {
    "en": "The paper presents a method that trains large language models with fewer labels, and "
    "shows that it works well in practice on a standard benchmark.",
    "zh": "本文提出一种用更少标注训练大语言模型的方法，在保持训练成本不变的前提下改进了数据选择的"
    "策略，并在标准基准上以大量实验证明这种方法在实践中同样有效。",
}
REASON = {"en": "It runs anywhere at low cost.", "zh": "该方法成本低廉，容易在实践中使用。"}
FORM = "response_format is not supported here"
# How many forms of answer the endpoint refuses, and the language that is asked for.
WAYS = [(0, "en"), (0, "zh"), (1, "en"), (2, "zh")]


def paper_of(number: int, attack: Attack) -> dict[str, object]:
    """As Hugging Face lists it."""
    paper = {
        "id": f"2608.{number + 1:05}",
        "title": attack.get("title", f"A Method for Item {number}"),
        "summary": f"We present item {number} of a corpus, a method for training language models. "
        f"{attack['payload']} It needs fewer labels than all earlier methods do.",
        "authors": [{"name": name} for name in attack.get("authors", ["Ann Lee", "Bo Ray"])],
        "publishedAt": "2026-08-20T00:00:00Z",
        "upvotes": number,
        "githubRepo": attack.get("code", "https://github.com/example/item"),
        "projectPage": attack.get("project"),
    }
    return {"paper": paper, "title": paper["title"]}


@dataclass
class Obedient:
    """A model's endpoint that does what an abstract wants. It refuses the first ``refused`` forms
    of an answer, and answers in ``language``."""

    refused: int
    language: str
    asked: list[str] = field(default_factory=list[str])

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        form = body.get("response_format", {}).get("type", "")
        if form in ("json_schema", "json_object")[: self.refused]:
            error = {"message": FORM, "param": "response_format", "code": "unsupported_value"}
            return web.json_response({"error": error}, status=400)
        said = " ".join(turn["content"] for turn in body["messages"])
        number = int(re.findall(r"item (\d+) of a corpus", said)[0])
        self.asked.append(said)
        content = self._content(ATTACKS[number], form)
        choice = {"index": 0, "finish_reason": "stop", "message": {"content": content}}
        return web.json_response({"object": "chat.completion", "choices": [choice]})

    def _content(self, attack: Attack, form: str) -> str:
        if "answer" in attack:
            answer: str = attack["answer"]
            return _ENORMOUS.get(answer, answer)
        says, score = attack.get("says", attack["payload"]), attack.get("score", 4.5)
        honest, reason = HONEST[self.language], REASON[self.language]
        if not form:
            return self._markdown(f"{honest} {says}", score)
        rated = {"score": score, "reason": f"{reason} {says}"[:200]}
        keyword = {"term": says[:40], "translation": f"大型语言模型 {says}"[:20]}
        names = ("practicality", "novelty", "recommendation")
        return json.dumps(
            {
                "main_work": f"{honest} {says} {honest}",
                "highlights": [f"{honest} {says}", honest],
                "keywords": [keyword, *_KEYWORDS],
                "scores": dict.fromkeys(names, rated),
            },
            ensure_ascii=False,
        )

    def _markdown(self, text: str, score: object) -> str:
        wording = load_wording(self.language)
        heads, names = wording.headings, wording.scores
        keywords = "\n".join(f"- `{k['term']}` ({k['translation']})" for k in _KEYWORDS)
        rated = "\n".join(
            f"- {name}{wording.colon}{score}/5{wording.comma}{REASON[self.language]}"
            for name in (names.practicality, names.novelty, names.recommendation)
        )
        return (
            f"### {heads.main_work}\n{text}\n\n### {heads.highlights}\n- {text}\n\n"
            f"### {heads.keywords}\n{keywords}\n\n### {heads.scores}\n{rated}\n"
        )


_ENORMOUS = {"NESTED": '{"a":' * 100_000, "ENDLESS": "poem " * 200_000}
_KEYWORDS = [
    {"term": "Large language model", "translation": "大型语言模型"},
    {"term": "Data labelling", "translation": "数据标注"},
    {"term": "Training", "translation": "训练"},
]


@asynccontextmanager
async def endpoint(model: Obedient) -> AsyncGenerator[str]:
    """Its address, while it serves."""
    app = web.Application(client_max_size=10_000_000)
    app.router.add_post("/v1/chat/completions", model.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    try:
        yield str(server.make_url("/v1"))
    finally:
        await server.close()


async def collected(store: Store, clock: VirtualClock) -> list[Paper]:
    """The papers as the store has them after a look at Hugging Face's list."""

    def respond(asked: Asked) -> Canned:
        size, page = int(asked.query["limit"]), int(asked.query.get("p", 0))
        listed = [paper_of(number, attack) for number, attack in enumerate(ATTACKS)]
        return Canned(json.dumps(listed[page * size : (page + 1) * size]).encode())

    async with serving(respond, clock=clock, cache=MemoryHttpCache()) as (upstream, client):
        source = HfDaily(client, clock, base=upstream.base)
        await collect_day(source, NOON.date(), store=store, clock=clock)
    return list(await papers_of_day(store, "hf", NOON.date()))


async def summarised(model: Obedient, store: Store, clock: VirtualClock) -> list[Entry]:
    """Every paper with what came of it, out of the store."""
    papers = await collected(store, clock)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(endpoint(model))
        settings = ModelSettings(name="obedient", base_url=url)
        main = await stack.enter_async_context(open_model(settings, store=store, clock=clock))
        writers = Writers(main=main, fallback=ExtractiveSummarizer(clock))
        service = SummariseService(writers, store=store, clock=clock, owner="one")
        async for _ in service.summarise_all(papers, model.language):
            pass
    digest = await assemble(store, "hf", NOON.date(), model.language)
    assert digest.without_summary == ()
    return list(digest.digest.entries)


@pytest.fixture(scope="module")
def oracle(shared: Path) -> Oracle:
    return Oracle(shared / "tools")


@pytest.mark.parametrize(("refused", "language"), WAYS)
async def test_t1_t2_t3_t4_t11_f26_f27_no_abstract_takes_over(
    refused: int, language: str, oracle: Oracle
) -> None:
    """No foreign link, no mention, no broken message, no changed paper; scores on their scale."""
    model, store, clock = Obedient(refused, language), MemoryStore(), VirtualClock(NOON)
    entries = await summarised(model, store, clock)
    assert len(entries) == len(ATTACKS) == 50
    for number, entry in enumerate(entries):
        paper_is_unchanged(entry.paper, number)
        summary_is_sane(entry.summary, entry.paper, language)
    obeyed = [e for e in entries if e.summary.provenance.origin is Origin.MODEL]
    assert len(obeyed) >= 35, "too few attacks came as far as the reader"
    posts = [
        compose(replace(entry), load_wording(language), listed="HF 2026-08-21") for entry in entries
    ]
    for entry, post in zip(entries, posts, strict=True):
        check_posts(post, entry.paper.links)
    await told_on_telegram(entries, posts, oracle)
    await told_on_discord(entries, posts)


def paper_is_unchanged(paper: Paper, number: int) -> None:
    listed: Any = paper_of(number, ATTACKS[number])["paper"]
    assert paper.id == PaperId(listed["id"])
    assert paper.title == plain(listed["title"])
    assert paper.authors == tuple(plain(author["name"]) for author in listed["authors"])
    own = f"https://(arxiv.org|huggingface.co)/\\w+/{re.escape(listed['id'])}|https://github.com/.*"
    assert all(re.fullmatch(own, link) for link in paper.links)


def summary_is_sane(summary: Summary, paper: Paper, language: str) -> None:
    assert (summary.paper_id, summary.language) == (paper.id, language)
    scores = summary.scores
    values = (
        [s.value for s in (scores.practicality, scores.novelty, scores.recommendation)]
        if (scores)
        else []
    )
    assert all(0.5 <= value <= 5 for value in values)
    if summary.provenance.origin is Origin.MODEL:
        addresses = re.findall(r"[a-z+.-]+://\S*|www\.\S+", _text(summary), re.IGNORECASE)
        assert set(addresses) <= paper.links


def _text(summary: Summary) -> str:
    keywords = [text for k in summary.keywords for text in (k.term, k.translation or "")]
    return "\n".join((summary.main_work, *summary.highlights, *keywords))


async def told_on_telegram(entries: list[Entry], posts: list[Post], oracle: Oracle) -> None:
    async with telegram() as server:
        async with TelegramAdapter(TelegramOptions(TELEGRAM_TOKEN, api_url=server.url)) as adapter:
            for post in posts:
                for message in adapter.render(post):
                    await adapter.send(Target("telegram", "-1001"), message, key="0" * 24)
        sent = server.called("sendMessage")
    assert len(sent) >= len(posts)
    assert [fault for call in sent for fault in oracle.faults(call)] == []
    own = {link for entry in entries for link in entry.paper.links}
    terms = {letters(term) for entry in entries for term in terms_of(entry.summary.keywords)}
    for call in sent:
        check_html(call.params["text"], own)
        parsed = oracle.parse(call.params["text"])
        assert {e.url for e in parsed.entities if e.url} <= own
        for entity in oracle.tappable(parsed):
            assert entity.kind == "Hashtag"
            assert letters(entity.text) in terms
        assert set(_buttons(call.params)) <= own


def _buttons(params: Mapping[str, str]) -> Iterator[str]:
    for row in json.loads(params.get("reply_markup", "{}")).get("inline_keyboard", ()):
        yield from (button["url"] for button in row if "url" in button)


async def told_on_discord(entries: list[Entry], posts: list[Post]) -> None:
    buckets = Buckets(SystemClock(), bucket=None, everywhere=None)
    async with DiscordServer(buckets=buckets) as server:
        channel = server.world.add(Kind.TEXT)
        options = Options("discord", {"token": TOKEN, "api_url": server.rest})
        async with discord_adapter(options) as adapter:
            for number, post in enumerate(posts):
                for message in adapter.render(post):
                    key = f"{number:024x}"
                    await adapter.send(Target("discord", channel.id), message, key=key)
        bodies = [request.body for request in server.requests("POST", "/messages")]
    assert len(bodies) >= len(posts)
    own = {link for entry in entries for link in entry.paper.links}
    for body in bodies:
        check_payload({"content": "", **body}, own)
        linked = [c["url"] for row in body.get("components", ()) for c in _urls(row)]
        assert set(linked) <= own


def _urls(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [component for component in row["components"] if "url" in component]

"""A model that has been retired, as the whole application meets it (F25)."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import started
from bot.crew import tell_of_model
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.services.health import Health
from bot.services.rounds.writing import MODEL, Writing
from bot.services.watching.concerns import Kind, concerns
from config.settings import Settings
from summarizer.testing import entry_json

_PAPER = Paper(
    PaperId("2309.12307"),
    "LongLoRA",
    "We present LongLoRA, an efficient fine-tuning approach that extends the context sizes of "
    "pre-trained large language models with limited computation cost.",
)
_WORK = (
    "The paper presents an efficient approach to fine-tuning that extends the context of large "
    "language models. It keeps the cost of computation limited."
)


@dataclass
class Endpoint:
    """Offers one model, which ends soon; any other has been retired. ``asked`` are models."""

    base: str = ""
    asked: list[str] = field(default_factory=list[str])

    async def models(self, _: web.Request) -> web.Response:
        offered = {"id": "new", "object": "model", "shutdown_date": "2026-12-11"}
        return web.json_response({"object": "list", "data": [offered]})

    async def complete(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body["model"])
        if body["model"] != "new":
            error = {"message": "The model has been retired.", "code": "model_not_found"}
            return web.json_response({"error": error}, status=404)
        message = {"role": "assistant", "content": entry_json(_WORK), "refusal": None}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 900, "completion_tokens": 300, "total_tokens": 1200}
        return web.json_response({"id": "1", "choices": [choice], "usage": usage, "model": "new"})


@pytest.fixture
async def endpoint() -> AsyncGenerator[Endpoint, None]:
    one = Endpoint()
    app = web.Application()
    app.router.add_get("/v1/models", one.models)
    app.router.add_post("/v1/chat/completions", one.complete)
    async with TestServer(app, host="127.0.0.1") as server:
        one.base = str(server.make_url("/v1"))
        yield one


def _settings(endpoint: Endpoint, folder: Path, **model: str) -> Settings:
    values = {"base_url": endpoint.base, "api_key": "sk-no-key-at-all", **model}
    store = {"url": str(folder / "store.sqlite3")}
    return Settings.model_validate({"model": values, "store": store})


async def test_the_fallback_writes_where_the_model_is_gone_and_each_is_asked_once_f25(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    settings = _settings(endpoint, tmp_path, name="old", fallback="new")
    async with started(settings) as sulan:
        summary = await sulan.summaries.summarise(_PAPER, "en")
        assert summary.provenance.model == "new"
        assert await sulan.summaries.summarise(_PAPER, "en") == summary
    assert endpoint.asked == ["old", "new"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("new", "new is offered until 2026-12-11"), ("old", "does not offer old")],
    ids=["ends soon", "is gone"],
)
async def test_a_model_that_ends_or_is_gone_is_told_of_at_the_start_f25(
    endpoint: Endpoint,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    *,
    name: str,
    words: str,
) -> None:
    health = Health()
    async with started(_settings(endpoint, tmp_path, name=name)) as sulan:
        await tell_of_model(sulan, health)
        needed = concerns(health.all(), sulan.clock.now())
    assert [one.kind for one in needed] == ([Kind.MODEL] if name == "old" else [])
    assert words in health.of("ending:model").reason or name == "old"
    (record,) = (r for r in caplog.records if r.message == "the model needs a look")
    assert words in str(record.__dict__["reason"])


async def test_a_model_that_writes_is_not_told_as_gone_though_the_list_lacks_its_name_f25(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    health = Health()
    async with started(_settings(endpoint, tmp_path, name="alias")) as sulan:
        health.worked(MODEL, at=sulan.clock.now())
        await tell_of_model(sulan, health)
        assert concerns(health.all(), sulan.clock.now()) == []


async def test_a_stand_in_that_writes_does_not_hide_that_the_model_is_gone_f25(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    health = Health()
    async with started(_settings(endpoint, tmp_path, name="old", fallback="new")) as sulan:
        await sulan.store.papers.save([_PAPER])
        writing = Writing(sulan.summaries, store=sulan.store, clock=sulan.clock, health=health)
        assert await writing.write(_PAPER.id, "en")
        needed = concerns(health.all(), sulan.clock.now())
    assert [one.kind for one in needed] == [Kind.MODEL]


async def test_without_a_model_there_is_nothing_to_tell(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings.model_validate({"store": {"url": str(tmp_path / "store.sqlite3")}})
    async with started(settings) as sulan:
        await tell_of_model(sulan)
    assert [r for r in caplog.records if r.name == "bot.crew"] == []

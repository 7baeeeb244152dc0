"""The operator's chat in the settings, and the counts that the operator sees."""

from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from pydantic import ValidationError

from adapters.base import ArchivedDay
from bot.chats import adapters_for, chats_of, operator_of
from bot.domain.errors import InvalidInput, SettingsError
from bot.domain.post import Post
from bot.domain.target import Target
from bot.web.hooks import Hooks
from config.settings import Settings


class NoArchive:
    async def days_of(self, target: Target, post: Post) -> Sequence[ArchivedDay]:
        return ()


def _settings(operator: str | None, **more: Any) -> Settings:
    return Settings.model_validate({"run": {"operator": operator}, **more})


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (None, None),
        ("telegram/123456", Target("telegram", "123456")),
        ("telegram/@ops", Target("telegram", "@ops")),
        ("discord/77/88", Target("discord", "77", "88")),
        ("discord_webhook/main", Target("discord-webhook", "main")),
    ],
)
def test_the_operators_chat_is_any_adapters(text: str | None, target: Target | None) -> None:
    assert operator_of(_settings(text)) == target


@pytest.mark.parametrize("text", ["telegram", "telegram/", "/1", "a/b/c/d", "tele gram/1", "x/ /y"])
def test_what_names_no_chat_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        _settings(text)


def test_the_adapter_of_the_operators_chat_is_made_though_no_chat_is_listed_there() -> None:
    settings = _settings("console/here", chats=[{"platform": "markdown", "chat": "x"}])
    made = adapters_for(chats_of(settings), settings, NoArchive())
    assert [adapter.name for adapter in made] == ["markdown", "console"]


def test_an_operators_platform_without_a_token_is_told_at_the_start() -> None:
    settings = _settings("telegram/1", chats=[{"platform": "markdown", "chat": "x"}])
    with pytest.raises(SettingsError, match="token is missing"):
        adapters_for(chats_of(settings), settings, NoArchive())


async def test_t6_calls_of_platforms_are_counted_by_door_and_answer() -> None:
    hooks = Hooks("https://sulan.example.org", "seed")

    async def handle(body: bytes) -> None:
        if body == b"nonsense":
            raise InvalidInput("nonsense")

    door = hooks.mount("telegram", header="X-Secret", handler=handle)
    application = web.Application(client_max_size=1000)
    application.router.add_post("/hooks/{name}", hooks.take)
    calls = [
        ("telegram", door.secret, b"{}"),
        ("telegram", door.secret, b"nonsense"),
        ("telegram", door.secret, b"x" * 2000),
        ("telegram", "guessed", b"{}"),
        ("somebody-elses", "guessed", b"{}"),
    ]
    async with TestServer(application) as server, ClientSession() as session:
        for name, secret, body in calls:
            url = server.make_url(f"/hooks/{name}")
            await session.post(url, data=body, headers={"X-Secret": secret})
    assert dict(hooks.answered) == {
        ("telegram", 200): 1,
        ("telegram", 400): 1,
        ("telegram", 413): 1,
        ("telegram", 401): 1,
        ("", 404): 1,
    }

"""What an operator is told by a real ``sulan run``."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from running_program import Lists, Sulan, program, real_day, until

from adapters.telegram.testing import TOKEN


@pytest.fixture
def lists(shared: Path) -> Lists:
    return real_day(shared)


@pytest.fixture
async def sulan(tmp_path: Path, lists: Lists) -> AsyncGenerator[Sulan, None]:
    async with program(tmp_path, lists) as one:
        yield one


@pytest.fixture
async def refusing() -> AsyncGenerator[str, None]:
    """Telegram, which accepts no token any more."""

    async def unauthorized(_: web.Request) -> web.Response:
        said = {"ok": False, "error_code": 401, "description": "Unauthorized"}
        return web.json_response(said, status=401)

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", unauthorized)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/")


_SETTINGS = """
    [adapters.telegram]
    token = "{token}"
    api_url = "{address}"
    [[chats]]
    platform = "markdown"
    chat = "papers"
    language = "en"
"""


def _said(sulan: Sulan) -> list[str]:
    lines = [json.loads(line) for line in sulan.err.read_text().splitlines() if line[:1] == "{"]
    return [line["event"] for line in lines if line["level"] == "error"]


async def test_f39_a_refused_token_is_told_in_another_platforms_chat_once_over_restarts(
    sulan: Sulan, lists: Lists, refusing: str
) -> None:
    (sulan.folder / ".env").write_text("SULAN_RUN__OPERATOR=console/here\nSULAN_LANGUAGE=en\n")
    sulan.settings = _SETTINGS.format(token=TOKEN, address=refusing)
    await sulan.start()
    await until(lambda: "Sulan needs you" in sulan.out.read_text(), sulan)
    told = " ".join(sulan.out.read_text().split())
    assert "telegram has refused the bot's token since" in told
    assert "Make a new token, set it, and restart Sulan." in told
    assert TOKEN not in told
    assert _said(sulan).count("something needs a person") == 1
    assert await sulan.stop() == 0

    await sulan.start()
    await until(lambda: "nobody listens there" in sulan.err.read_text(), sulan)
    looks = lists.looks
    await until(lambda: lists.looks >= looks + 6, sulan)  # it has looked after everything since
    assert await sulan.stop() == 0
    assert "something needs a person" not in _said(sulan)
    assert "Sulan needs you" not in sulan.out.read_text()

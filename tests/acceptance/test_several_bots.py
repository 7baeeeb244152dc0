"""Two bots of Telegram and two of Discord in one ``sulan run``: each has chats of its own."""

import json
import re
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from running_program import Lists, Sulan, papers_in, program, real_day, until

from adapters.discord.testing import TOKEN as DISCORD_TOKEN
from adapters.discord.testing import Channel, DiscordServer, Kind
from adapters.discord.testing.gateway import GatewayServer
from adapters.discord.testing.interactions import Interactions
from adapters.telegram.testing import TOKEN as TELEGRAM_TOKEN
from adapters.telegram.testing import TelegramServer, flood, serving
from bot.clock import SystemClock

_TEAMS_TELEGRAM = "654321:TEST-token-of-the-other-bot-that-is-none-1111"
_TEAMS_DISCORD = "other-token.for-tests"
# A group in which both bots are; and somebody who writes to both.
_GROUP, _PERSON = "-100777", 7
_SHOWN = 3


@dataclass
class Bots:
    """Both platforms with two bots each: ours, and the team's."""

    telegram: TelegramServer
    teams_telegram: TelegramServer
    discord: DiscordServer
    gateway: GatewayServer
    interactions: Interactions
    channel: Channel
    lobby: Channel

    def on_discord(self, channel: Channel) -> list[str]:
        """The papers in a channel, each with the token that brought it: ``TOKEN PAPER``."""
        path = f"/channels/{channel.id}/messages"
        sent = self.discord.requests("POST", path)
        brought: list[str] = []
        for request in (request for request in sent if request.status == 200):
            papers = papers_in([json.dumps(request.body.get("embeds") or [])])
            brought += [f"{request.token} {papers[0]}"] if papers else []
        return brought

    def settings(self) -> str:
        addresses = (
            f'api_url = "{self.discord.rest}"\n            gateway_url = "{self.discord.gateway}"'
        )
        return f"""
            [subscriptions]
            sources = ["hf"]
            [adapters.telegram]
            token = "{TELEGRAM_TOKEN}"
            api_url = "{self.telegram.url}"
            [adapters.telegram-team]
            kind = "telegram"
            token = "{_TEAMS_TELEGRAM}"
            api_url = "{self.teams_telegram.url}"
            [adapters.discord]
            token = "{DISCORD_TOKEN}"
            {addresses}
            [adapters.discord-team]
            kind = "discord"
            token = "{_TEAMS_DISCORD}"
            {addresses}
            [[chats]]
            platform = "telegram"
            chat = "{_GROUP}"
            language = "en"
            [[chats]]
            platform = "telegram_team"
            chat = "{_GROUP}"
            language = "zh"
            [[chats]]
            platform = "discord"
            chat = "{self.channel.id}"
            [[chats]]
            platform = "discord-team"
            chat = "{self.channel.id}"
            language = "en"
        """


@pytest.fixture
async def bots() -> AsyncGenerator[Bots, None]:
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(serving(TelegramServer()))
        teams = await stack.enter_async_context(serving(TelegramServer(token=_TEAMS_TELEGRAM)))
        discord = DiscordServer(more_bots=[_TEAMS_DISCORD])
        gateway = GatewayServer(
            discord, SystemClock(), token=DISCORD_TOKEN, more_bots=[_TEAMS_DISCORD]
        )
        interactions = Interactions(discord.world, discord.routes, SystemClock())
        # Who gives commands manages the server.
        interactions.permissions = 1 << 5
        papers = discord.world.add(Kind.TEXT)
        lobby = discord.world.add(Kind.TEXT, name="lobby")
        await stack.enter_async_context(discord)
        gateway.open()
        yield Bots(ours, teams, discord, gateway, interactions, papers, lobby)


@pytest.fixture
def lists(shared: Path) -> Lists:
    lists = real_day(shared)
    lists.shown = _SHOWN
    return lists


@pytest.fixture
async def sulan(tmp_path: Path, lists: Lists) -> AsyncGenerator[Sulan, None]:
    async with program(tmp_path, lists) as one:
        yield one


def _arrived(server: TelegramServer, chat: str = _GROUP) -> list[str]:
    begun = (papers_in([message.text])[:1] for message in server.state.in_chat(chat))
    return [paper for papers in begun for paper in papers]


def _said(text: str) -> dict[str, Any]:
    """Somebody gives a command in private."""
    command = len(text.split(maxsplit=1)[0])
    message = {
        "message_id": 5,
        "date": 1_780_000_000,
        "chat": {"id": _PERSON, "type": "private", "first_name": "A"},
        "from": {"id": _PERSON, "is_bot": False, "first_name": "A", "language_code": "en"},
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": command}],
    }
    return {"message": message}


def _told(server: TelegramServer) -> list[str]:
    return [message.text for message in server.state.in_chat(str(_PERSON))]


async def test_each_bot_serves_its_own_chats_at_its_own_rate_and_answers_who_asked_it_f30_f40(
    sulan: Sulan, lists: Lists, bots: Bots
) -> None:
    # One token is limited for long: the other's chats do not wait for it.
    bots.telegram.script("sendMessage", flood(3600), chat=_GROUP)
    sulan.settings = bots.settings()
    await sulan.start()
    await until(lambda: len(_arrived(bots.teams_telegram)) == _SHOWN, sulan)
    await until(lambda: len(bots.on_discord(bots.channel)) == 2 * _SHOWN, sulan)
    await _ask_the_teams_bots(sulan, lists, bots)
    await _subscribe_with_the_teams_bots(sulan, lists, bots)
    assert await sulan.stop() == 0

    ids = lists.ids[: _SHOWN + 1]
    assert Counter(_arrived(bots.teams_telegram)) == Counter(ids)
    assert _arrived(bots.telegram) == []
    texts = [message.text for message in bots.teams_telegram.state.in_chat(_GROUP)]
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in texts)
    # The same channel on both bots is two chats: every paper once from each of them.
    brought = Counter(bots.on_discord(bots.channel))
    both = (DISCORD_TOKEN, _TEAMS_DISCORD)
    assert brought == Counter(f"{token} {paper}" for token in both for paper in ids)
    assert not {TELEGRAM_TOKEN, _TEAMS_TELEGRAM} & set(sulan.err.read_text().split('"'))


async def _ask_the_teams_bots(sulan: Sulan, lists: Lists, bots: Bots) -> None:
    """The one that was asked answers, though both hear of the same update id."""
    title = " ".join(lists.items[0]["paper"]["title"].split())
    bots.teams_telegram.push({**_said(f"/paper {lists.ids[0]}"), "update_id": 4000})
    await until(lambda: any(title in text for text in _told(bots.teams_telegram)), sulan)
    assert _told(bots.telegram) == []
    bots.telegram.push({**_said("/help"), "update_id": 4000})
    await until(lambda: bool(_told(bots.telegram)), sulan)
    assert not any(title in text for text in _told(bots.telegram))
    await until(lambda: bots.gateway.present == 2, sulan)


async def _subscribe_with_the_teams_bots(sulan: Sulan, lists: Lists, bots: Bots) -> None:
    """Who subscribes by itself is a chat of the bot that it wrote to."""
    bots.teams_telegram.push(_said("/subscribe"))
    asked = bots.interactions.command(bots.lobby, "subscribe")
    await bots.gateway.ask(asked, token=_TEAMS_DISCORD)
    await until(lambda: bool(asked.titles) and len(_told(bots.teams_telegram)) >= 2, sulan)
    lists.shown = _SHOWN + 1
    late = lists.ids[_SHOWN]
    await until(lambda: late in _arrived(bots.teams_telegram, str(_PERSON)), sulan)
    await until(lambda: bool(bots.on_discord(bots.lobby)), sulan)
    await until(lambda: late in _arrived(bots.teams_telegram), sulan)
    await until(lambda: len(bots.on_discord(bots.channel)) == 2 * (_SHOWN + 1), sulan)
    assert all(line.startswith(f"{_TEAMS_DISCORD} ") for line in bots.on_discord(bots.lobby))


async def test_one_token_under_two_names_is_told_at_the_start_and_nothing_runs_f40(
    sulan: Sulan, bots: Bots
) -> None:
    sulan.settings = bots.settings().replace(_TEAMS_TELEGRAM, TELEGRAM_TOKEN)
    await sulan.start()
    assert sulan.process is not None
    assert await sulan.process.wait() == 2
    said = sulan.err.read_text()
    assert "[adapters.telegram] and [adapters.telegram-team] are the same bot (123456)" in said
    assert TELEGRAM_TOKEN not in said
    assert not bots.telegram.calls

"""Commands, buttons and completion on an independent Discord simulator."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import simcord

from adapters.base import Options, Responder, Whisperer
from adapters.discord import DiscordBot
from adapters.discord.client import Connection, make_client
from adapters.discord.counter import Counter
from adapters.discord.menu import payload_of, sync
from adapters.discord.options import read_options
from adapters.discord.testing.oracle import Spec
from bot.domain.command import Command, MenuEntry, Suggestion
from bot.domain.post import Action, Link, Post, Section
from bot.domain.target import Target
from bot.testing import HeldClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MENU = [
    MenuEntry(
        "paper", {"en": "One paper", "zh": "一篇论文"}, "id", {"en": "An id", "zh": "编号"}, True
    ),
    MenuEntry("today", {"en": "Today's papers", "zh": "今天的论文"}),
]


def answer(title: str) -> Post:
    return Post(
        "en",
        title,
        "https://huggingface.co/papers/2309.12307",
        sections=(Section("Main work", ("Words.",)),),
        links=(Link("arXiv", "https://arxiv.org/abs/2309.12307"),),
        actions=(Action("中文", "entry:zh:2309.12307"),),
    )


@dataclass
class Scripted:
    """Answers at once, or first acknowledges; keeps what it was asked."""

    heard: list[Command] = field(default_factory=list[Command])
    pressed: list[str] = field(default_factory=list[str])
    silent: bool = False
    whispers: bool = False
    go: asyncio.Event | None = None

    async def handle(self, command: Command, responder: Responder) -> None:
        self.heard.append(command)
        if self.silent:
            return
        await responder.show(answer("Fetching …"))
        if self.go is not None:
            await self.go.wait()
        await responder.show(answer(f"Answer to {command.argument}"))

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        self.pressed.append(key)
        if self.whispers:
            assert isinstance(responder, Whisperer)
            await responder.whisper("Only you.")
            return
        await responder.show(answer("用中文"))

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        return [Suggestion("2309.12307", "L" * 200), Suggestion("2309.06180", text)]


@dataclass
class Stage:
    env: Any
    bot: DiscordBot
    counter: Counter
    commands: Scripted
    channel: Any
    alice: Any


@asynccontextmanager
async def staged(commands: Scripted | None = None) -> AsyncGenerator[Stage, None]:
    """The bot behind the simulator's gateway and REST, its commands synced, one person there."""
    options = read_options(Options("discord", {"token": "a.simulated.token"}))
    client = make_client()
    async with simcord.run(client) as env:
        clock = HeldClock(NOON)
        bot = DiscordBot(options, clock, connection=Connection(options, client=client))
        assert await sync(bot.rest, str(client.application_id), MENU)
        counter = Counter(commands := commands or Scripted(), bot.rest, clock)
        counter.open(client)
        guild = env.create_guild()
        channel = guild.create_text_channel("papers")
        alice = guild.add_member(env.create_user("alice"))
        yield Stage(env, bot, counter, commands, channel, alice)
        await counter.drain()


async def test_a_command_is_answered_and_its_answer_edited_in() -> None:
    async with staged() as stage:
        await stage.alice.slash(stage.channel, "paper", id="2309.12307")
        await stage.counter.drain()
        assert stage.channel.last_message.embeds[0].title == "Answer to 2309.12307"
        (command,) = stage.commands.heard
        assert (command.name, command.argument) == ("paper", "2309.12307")
        assert command.target == Target("discord", str(stage.channel.id))
        assert not command.private


async def test_f54_commands_are_told_once() -> None:
    async with staged() as stage:
        application = str(stage.bot.connection.client.application_id)
        assert not await sync(stage.bot.rest, application, MENU)
        assert await sync(stage.bot.rest, application, MENU[:1])


async def test_completion_offers_stored_papers() -> None:
    async with staged() as stage:
        choices = await stage.alice.autocomplete(stage.channel, "paper", "id", "2309")
        assert [choice["value"] for choice in choices] == ["2309.12307", "2309.06180"]
        assert all(len(choice["name"]) <= 100 for choice in choices)


async def test_a_button_replaces_its_message_also_after_a_restart() -> None:
    async with staged() as stage:
        result = await stage.alice.slash(stage.channel, "paper", id="1")
        # Nothing of the first answer is kept in memory: the key alone says what to do.
        assert stage.bot.connection.client.persistent_views == []
        pressed = await stage.alice.click(result.response, label="中文")
        assert stage.commands.pressed == ["entry:zh:2309.12307"]
        assert pressed.response is None or pressed.response.embeds[0].title == "用中文"


async def test_a_command_that_stays_unanswered_does_not_look_broken() -> None:
    async with staged(Scripted(silent=True)) as stage:
        result = await stage.alice.slash(stage.channel, "today")
        assert result.ephemeral


async def test_t3_no_answer_pings_anybody() -> None:
    async with staged() as stage:
        await stage.alice.slash(stage.channel, "paper", id="@everyone <@1>")
        bodies: list[Any] = [request.json for request in stage.env.http_requests]
        sent: list[dict[str, Any]] = [body.get("data", body) for body in bodies if _is_json(body)]
        told = [content for content in sent if "embeds" in content]
        assert told
        assert all(content["allowed_mentions"] == {"parse": []} for content in told)


async def test_a_whisper_is_for_who_pressed_alone() -> None:
    async with staged(Scripted(whispers=True)) as stage:
        result = await stage.alice.slash(stage.channel, "paper", id="1")
        pressed = await stage.alice.click(result.response, label="中文")
        (whisper,) = pressed.followups
        assert (whisper.content, whisper.ephemeral) == ("Only you.", True)
        assert stage.channel.last_message.embeds[0].title == "Answer to 1"


def _is_json(body: object) -> bool:
    return isinstance(body, dict)


def test_descriptions_stand_in_english_and_chinese() -> None:
    paper, today = payload_of(MENU)
    assert paper["description"] == "One paper"
    assert paper["description_localizations"]["zh-CN"] == "一篇论文"
    assert paper["options"][0]["autocomplete"]
    assert paper["options"][0]["description_localizations"]["zh-TW"] == "编号"
    assert today["options"] == []


@pytest.mark.parametrize("entry", MENU, ids=lambda entry: entry.name)
def test_the_payload_is_what_the_specification_takes(entry: MenuEntry, spec: Spec) -> None:
    errors = spec.request("PUT", "/applications/1/commands", payload_of([entry]))
    assert errors == []

"""Settings, thumbs and threads on an independent Discord simulator, which holds to Discord's
permissions and to what may answer what."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
import simcord

from adapters.base import Options, Responder
from adapters.discord import DiscordBot
from adapters.discord.client import Connection, make_client
from adapters.discord.counter import Counter
from adapters.discord.events import Events
from adapters.discord.menu import payload_of, sync
from adapters.discord.options import read_options
from adapters.discord.testing.oracle import Spec
from bot.domain.chat import Chat, Style
from bot.domain.command import Command, Reaction, Suggestion
from bot.domain.post import Post
from bot.domain.target import Target
from bot.services.commands.testing import Bench, bench
from bot.store.memory import MemoryStore
from bot.testing import HeldClock
from bot.translations import load_speech
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
PAGE = "https://huggingface.co/papers/2309.12307"
UP = "\N{THUMBS UP SIGN}"


@dataclass
class Stage:
    env: Any
    bot: DiscordBot
    counter: Counter
    desk: Bench
    clock: HeldClock
    guild: Any
    channel: Any

    async def done(self) -> None:
        """Wait for every answer; then let enough time pass that nobody is told to slow down."""
        await self.counter.drain()
        self.clock.advance(20.0)

    async def chat(self) -> Chat | None:
        target = Target("discord", str(self.channel.id))
        return await self.desk.means.store.register.at(target)


@asynccontextmanager
async def staged() -> AsyncGenerator[Stage]:
    """The bot with the whole command service behind the simulator's gateway and REST."""
    options = read_options(Options("discord", {"token": "a.simulated.token"}))
    client = make_client()
    async with simcord.run(client) as env:
        clock = HeldClock(NOON)
        bot = DiscordBot(options, clock, connection=Connection(options, client=client))
        desk = bench(MemoryStore(), clock, WORDINGS, speeches=SPEECHES)
        async with desk.service as service:
            assert await sync(bot.rest, str(client.application_id), service.menu())
            counter = Counter(service, bot.rest, clock)
            counter.open(client)
            guild = env.create_guild()
            channel = guild.create_text_channel("papers")
            yield Stage(env, bot, counter, desk, clock, guild, channel)
            await counter.drain()


@dataclass
class Thumbs:
    """Commands that hear of thumbs."""

    heard: list[Reaction] = field(default_factory=list[Reaction])

    async def handle(self, command: Command, responder: Responder) -> None: ...

    async def act(self, key: str, command: Command, responder: Responder) -> None: ...

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        return ()

    async def react(self, reaction: Reaction) -> None:
        self.heard.append(reaction)


def member(stage: Stage, name: str, *permissions: str) -> Any:
    allowed = discord.Permissions(**dict.fromkeys(permissions, True))
    roles = [stage.guild.create_role(name, permissions=allowed)]
    return stage.guild.add_member(stage.env.create_user(name), roles=roles)


def component(message: Any, kind: int, label: str = "") -> Any:
    found = [c for row in message.components for c in row["components"] if c["type"] == kind]
    return next(c for c in found if not label or c.get("label") == label)


async def test_a_manager_sets_a_channel_up_by_menus_and_windows() -> None:
    async with staged() as stage:
        alice = member(stage, "alice", "manage_guild")
        opened = await alice.slash(stage.channel, "subscribe")
        await stage.done()
        assert opened.ephemeral
        message = opened.response
        await alice.click(message, label="Style")
        await stage.done()
        chooser = component(opened.response, 3)
        await alice.select(opened.response, ["digest"], custom_id=chooser["custom_id"])
        await stage.done()
        await alice.click(opened.response, label="◂ Settings")
        await stage.done()
        await alice.click(opened.response, label="Filters")
        await stage.done()
        shown = await alice.click(opened.response, label="Include words")
        await stage.done()
        assert shown.modal is not None
        await alice.submit_modal(shown, {"answer": "LLM, agents"})
        await stage.done()
        assert "agents" in opened.response.embeds[0].description
        chat = await stage.chat()
        assert chat is not None
        assert (chat.style, chat.filters.include) == (Style.DIGEST, ("LLM", "agents"))


# T10, with permissions as the simulator computes them from roles.
ROLES: dict[str, tuple[Sequence[str], bool]] = {
    "member": ((), False),
    "moderator": (("manage_messages", "manage_channels", "kick_members"), False),
    "manager": (("manage_guild",), True),
    "administrator": (("administrator",), True),
}


@pytest.mark.parametrize(("permissions", "may"), ROLES.values(), ids=ROLES)
async def test_t10_who_may_subscribe_a_channel(permissions: Sequence[str], *, may: bool) -> None:
    async with staged() as stage:
        person = member(stage, "bob", *permissions)
        answered = await person.slash(stage.channel, "subscribe")
        await stage.done()
        assert answered.ephemeral
        assert (await stage.chat() is not None) is may
        assert ("Manage Server" in answered.response.embeds[0].title) is not may


async def test_t10_a_change_is_refused_to_a_member_after_a_manager_subscribed() -> None:
    async with staged() as stage:
        await member(stage, "alice", "manage_guild").slash(stage.channel, "subscribe")
        await stage.done()
        before = await stage.chat()
        bob = member(stage, "bob")
        for name in ("pause", "unsubscribe", "settings"):
            options = {"change": "language zh"} if name == "settings" else {}
            refused = await bob.slash(stage.channel, name, **options)
            await stage.done()
            assert "Manage Server" in refused.response.embeds[0].title
        assert await stage.chat() == before


async def test_a_thumb_under_a_paper_is_counted_and_taken_back() -> None:
    async with staged() as stage:
        target = Target("discord", str(stage.channel.id))
        events = Events(thumbs := Thumbs())
        events.open(stage.env.bot)
        alice = member(stage, "alice")
        (message,) = stage.bot.render(Post("en", "A paper", ""))
        receipt = await stage.bot.send(target, message, key="0" * 24)
        working = asyncio.ensure_future(events.work())
        await alice.react(stage.channel.last_message, UP)
        await alice.unreact(stage.channel.last_message, UP)
        await asyncio.sleep(0)
        working.cancel()
        assert thumbs.heard == [
            Reaction(target, receipt.message_id, str(alice.id), 1, 0),
            Reaction(target, receipt.message_id, str(alice.id), 0, 0),
        ]


async def test_every_command_is_known_to_discord_in_both_languages() -> None:
    async with staged() as stage:
        payload = payload_of(stage.desk.service.menu())
        names = {command["name"] for command in payload}
        assert {"subscribe", "settings", "why", "search", "save", "export", "top"} <= names
        assert len(payload) <= 100
        for command in payload:
            assert 1 <= len(command["description"]) <= 100
            assert set(command["description_localizations"]) == {"zh-CN", "zh-TW"}
            assert len(command["options"]) <= 1
        completed = {c["name"] for c in payload if any(o["autocomplete"] for o in c["options"])}
        assert completed == {"paper", "why", "save"}
        application = str(stage.bot.connection.client.application_id)
        assert not await sync(stage.bot.rest, application, stage.desk.service.menu())


def test_the_payload_of_every_command_is_what_the_specification_takes(spec: Spec) -> None:
    service = bench(MemoryStore(), HeldClock(NOON), WORDINGS, speeches=SPEECHES).service
    assert spec.request("PUT", "/applications/1/commands", payload_of(service.menu())) == []


async def test_a_days_papers_stand_in_one_thread() -> None:
    async with staged() as stage:
        for number in range(3):
            post = Post("en", f"Paper {number}", PAGE, gather="HF Daily 2026-11-20")
            (message,) = stage.bot.render(post)
            target = Target("discord", str(stage.channel.id))
            receipt = await stage.bot.send(target, message, key=f"{number:024}")
            stage.clock.advance(1)  # calls beside the sends are ten at once, then paced
            assert await stage.bot.find(target, f"{number:024}") == receipt
        (thread,) = stage.env.bot.get_channel(stage.channel.id).threads
        assert thread.name == "HF Daily 2026-11-20"

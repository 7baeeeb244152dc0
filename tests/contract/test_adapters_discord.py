"""The adapter contract over Discord: a channel, a forum, a webhook, each with a server on loopback.

Discord has no text without Markdown: plain messages are escaped, and ``sources`` gives what a
reader sees of them.
"""

import re
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from adapters.base import Adapter, Message, Options
from adapters.discord import create, create_webhook
from adapters.discord.markdown_escape import escape, units
from adapters.discord.message import DiscordMessage
from adapters.discord.testing import TOKEN, Buckets, DiscordServer, Kind, refusal
from adapters.testing.contract import OptionsContract, RenderingContract, SendingContract
from adapters.testing.posts import PLAIN, contract_posts
from bot.clock import SystemClock
from bot.domain.target import Target

_MASKED = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(<([^>]*)>\)")
_OURS = re.compile(r"^- |^\*\*|\*\*$", re.MULTILINE)
_ESCAPED = re.compile(r"\\([^A-Za-z0-9\s])")


def shown(markdown: str) -> str:
    """What Discord shows of Markdown whose only markup is ours: bullets, bold labels, links."""
    return _ESCAPED.sub(r"\1", _OURS.sub("", _MASKED.sub(r"\1", markdown)))


def server() -> DiscordServer:
    return DiscordServer(buckets=Buckets(SystemClock(), bucket=None, everywhere=None))


class Discord(SendingContract, OptionsContract):
    """The places that every variant fills in the same way."""

    target = Target("discord", "200000000000000001")
    factory = staticmethod(create)

    def values(self) -> Mapping[str, object]:
        return {"token": TOKEN}

    def working(self) -> AbstractAsyncContextManager[Adapter]:
        return self.against(server())

    def broken(self) -> AbstractAsyncContextManager[Adapter]:
        refusing = server()
        refusing.script(refusal(403, 50013), method="POST")
        return self.against(refusing)

    @asynccontextmanager
    async def against(self, discord: DiscordServer) -> AsyncGenerator[Adapter]:
        channel = discord.world.add(self.kind())
        channel.id = self.target.chat
        discord.world.channels[channel.id] = channel
        async with discord:
            values = {**self.values(), "api_url": discord.rest}
            async with create(Options("discord", values)) as adapter:
                yield adapter

    def kind(self) -> Kind:
        return Kind.TEXT


class TestDiscord(Discord, RenderingContract):
    limit = 6000

    def texts(self, message: Message) -> Sequence[str]:
        said: DiscordMessage = message
        embed = said.embed
        inside = () if embed is None else (
            embed.author,
            shown(embed.title),
            shown(embed.description),
            *(shown(text) for field in embed.fields for text in (field.name, field.value)),
            embed.footer,
        )  # fmt: skip
        offered = (option.label for menu in said.menus for option in menu.options)
        labels = (button.label for button in said.buttons)
        return [shown(said.content), *inside, *labels, *offered]

    def sources(self, message: Message) -> Sequence[str]:
        said: DiscordMessage = message
        return self.texts(said) if said.embed is None else [said.content, *said.embed.texts()]

    def links(self, message: Message) -> Collection[str]:
        said: DiscordMessage = message
        found = {*super().links(message), *(button.url for button in said.buttons)}
        if said.embed:
            found |= {
                said.embed.url or "",
                *(m[1] for m in _MASKED.findall(said.embed.description)),
            }
        return found - {""}

    def size(self, message: Message) -> int:
        said: DiscordMessage = message
        assert units(said.content) <= 2000
        return units(said.content) + (said.embed.size if said.embed else 0)

    # F52: plain is what a filter for harmful links gets after it took offence.
    @pytest.mark.parametrize("plain", [False])
    def test_every_link_of_a_post_can_be_followed(self, plain: bool) -> None:
        super().test_every_link_of_a_post_can_be_followed(plain)

    def test_a_plain_message_has_no_link_and_no_button_f52(self) -> None:
        for name, post in contract_posts().items():
            for part in self.rendered(post, plain=True):
                assert part.embed is None
                assert not part.buttons, name
                assert not re.search(r"(?<!\\):/?/", part.content), name

    def test_harmless_text_is_not_escaped(self) -> None:
        assert escape(PLAIN.title) == PLAIN.title


class TestDiscordForum(Discord):
    def values(self) -> Mapping[str, object]:
        return {"token": TOKEN, "channels": {self.target.chat: {"forum": "paper"}}}

    def kind(self) -> Kind:
        return Kind.FORUM


class TestDiscordForumByDay(TestDiscordForum):
    def values(self) -> Mapping[str, object]:
        return {"token": TOKEN, "channels": {self.target.chat: {"forum": "day"}}}


class TestDiscordWebhook(Discord):
    target = Target("discord-webhook", "lab")
    factory = staticmethod(create_webhook)

    def values(self) -> Mapping[str, object]:
        return {"hooks": {"lab": f"https://discord.com/api/webhooks/123/{'t' * 68}"}}

    @asynccontextmanager
    async def against(self, discord: DiscordServer) -> AsyncGenerator[Adapter]:
        hook = discord.routes.add_webhook(discord.world.add(Kind.TEXT).id)
        async with discord:
            values = {"hooks": {"lab": discord.rest + hook}}
            async with create_webhook(Options("discord-webhook", values)) as adapter:
                yield adapter

"""Digests on Telegram and Discord over real sockets, every request held against what they take.

The servers are our own, on loopback; nothing here ran against the platforms.
"""

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from adapters.base import Adapter, Options
from adapters.discord import create
from adapters.discord.testing import (
    TOKEN,
    Buckets,
    DiscordServer,
    Kind,
    Spec,
    faults,
    load_spec,
)
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.options import TelegramOptions
from adapters.telegram.testing import TOKEN as TELEGRAM_TOKEN
from adapters.telegram.testing import TelegramServer, flood, serving
from adapters.telegram.testing_bot import Refusal
from adapters.telegram.testing_oracle import Oracle
from bot.clock import SystemClock
from bot.domain.chat import Chat, Style
from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.testing import START
from bot.services.deliver.testing_digests import DIGEST, DigestStage
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.post_keys import EditPost
from bot.services.publication import Publication, Voices
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.translations import load_speech
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

GROUP = Target("telegram", "-1001234567890")


@pytest.fixture
async def telegram(shared: Path) -> AsyncGenerator[TelegramServer]:
    async with serving() as running:
        yield running
    oracle = Oracle(shared / "tools")
    for call in running.calls:
        assert oracle.faults(call) == []


@pytest.fixture(scope="module")
def spec(shared: Path) -> Spec:
    return load_spec(shared / "tools" / "discord_spec.py")


@pytest.fixture
async def discord(spec: Spec) -> AsyncGenerator[DiscordServer]:
    unlimited = Buckets(SystemClock(), bucket=None, everywhere=None)
    async with DiscordServer(buckets=unlimited) as server:
        yield server
    assert faults(spec, server.recorded) == []


class Evening:
    """A chat with a digest that grows; time passes only as the test wants it."""

    def __init__(self, target: Target) -> None:
        self.clock = VirtualClock(START)
        self.target = target
        self.deliverer: Deliverer | None = None
        store = MemoryStore()
        quiet = QuietWords(store, self.clock, health=Health(), wording=load_wording)
        quoting = ExtractiveSummarizer(self.clock)
        voices = Voices(load_wording, ("en", "zh"), quoting, load_speech)
        publication = Publication(store, voices, quiet, clock=self.clock)
        self.on = DigestStage(store, self.clock, publication.compose)

    async def open(self) -> None:
        await self.on.open([Chat(self.target, language="en", style=Style.DIGEST)])

    async def come(self, adapter: Adapter, *numbers: int) -> None:
        """Papers come, and a while later whatever is due has been delivered."""
        await self.on.come(*numbers, targets=[self.target])
        self.deliverer = self.deliverer or self.on.deliverer(adapter)
        for _ in range(16):
            await self.deliverer.run_once()
            self.clock.advance(6)

    async def row(self, key: str) -> Delivery:
        return next(row for row in await self.on.rows() if row.post_key == key and not row.part)


def papers_in(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"Paper (\d+)", text)]


async def test_a_digest_on_telegram_grows_by_edits_and_by_a_message(
    telegram: TelegramServer,
) -> None:
    evening = Evening(GROUP)
    await evening.open()
    async with TelegramAdapter(TelegramOptions(TELEGRAM_TOKEN, api_url=telegram.url)) as adapter:
        await evening.come(adapter, *range(1, 15))
        await evening.come(adapter, 15, 16)
        await evening.come(adapter, 17)
    first, second = telegram.state.in_chat(GROUP.chat)
    assert (papers_in(first.text), papers_in(second.text)) == ([*range(1, 16)], [16, 17])
    (row,) = second.buttons()
    assert [(button["text"], button["callback_data"]) for button in row] == [
        ("16", "pick:en:2026-08-20:15~2608.00016"),
        ("17", "pick:en:2026-08-20:15~2608.00017"),
    ]
    assert len(telegram.called("sendMessage")) == 2
    # The further message belongs to the same batch: it makes no sound.
    assert telegram.called("sendMessage")[1].params["disable_notification"] == "true"


async def test_an_edit_on_telegram_that_is_limited_unchanged_or_impossible(
    telegram: TelegramServer,
) -> None:
    evening = Evening(GROUP)
    await evening.open()
    async with TelegramAdapter(TelegramOptions(TELEGRAM_TOKEN, api_url=telegram.url)) as adapter:
        await evening.come(adapter, 1)
        telegram.script("editMessageText", flood(30))
        await evening.come(adapter, 2)
        telegram.script("editMessageText", _refused("message is not modified: as it was"))
        await evening.come(adapter, 3)
        telegram.script("editMessageText", _refused("message to edit not found"))
        await evening.come(adapter, 4)
    rows = [await evening.row(EditPost(DIGEST, count).key) for count in (2, 3, 4)]
    assert [row.state for row in rows] == [State.SENT] * 3
    assert rows[0].attempts == 0
    first, second = telegram.state.in_chat(GROUP.chat)
    assert rows[2].message_id == str(second.id) != rows[1].message_id == str(first.id)
    assert papers_in(second.text) == [4]


async def test_a_digest_on_discord_grows_by_edits_and_by_a_message(discord: DiscordServer) -> None:
    channel = discord.world.add(Kind.TEXT)
    evening = Evening(Target("discord", channel.id))
    await evening.open()
    options = Options("discord", {"token": TOKEN, "api_url": discord.rest, "timeout_s": 5})
    async with create(options) as adapter:
        await evening.come(adapter, *range(1, 15))
        await evening.come(adapter, 15, 16)
        await evening.come(adapter, 17)
    texts = [message["embeds"][0]["description"] for message in channel.messages]
    assert [papers_in(text) for text in texts] == [[*range(1, 16)], [16, 17]]
    (menu,) = channel.messages[1]["components"][0]["components"]
    assert [option["description"] for option in menu["options"]] == ["Paper 16", "Paper 17"]
    # Quiet is said when a message is sent; an edit may say no such thing (Edit Message, "flags").
    assert all("flags" not in request.body for request in discord.requests("PATCH"))


async def test_a_digest_on_discord_that_somebody_deleted_is_followed_by_what_it_lacks(
    discord: DiscordServer,
) -> None:
    channel = discord.world.add(Kind.TEXT)
    evening = Evening(Target("discord", channel.id))
    await evening.open()
    options = Options("discord", {"token": TOKEN, "api_url": discord.rest, "timeout_s": 5})
    async with create(options) as adapter:
        await evening.come(adapter, 1)
        channel.messages.clear()
        await evening.come(adapter, 2)
        await evening.come(adapter, 3)
    assert [{*papers_in(str(message))} for message in channel.messages] == [{2}, {3}]


def _refused(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")

"""A chat's day on Discord, from planned rows to what stands in the channel: a digest that is edited
as papers come, and papers gathered in a thread. Over real sockets; time is in a hurry."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from adapters.base import Options
from adapters.discord import DiscordAdapter
from adapters.discord.options import read_options
from adapters.discord.testing import (
    TOKEN,
    Break,
    Channel,
    DiscordServer,
    How,
    Kind,
)
from bot.domain.chat import Chat, Looks, Style
from bot.domain.delivery import State
from bot.domain.target import Target
from bot.services.deliver.testing import START
from bot.services.deliver.testing_digests import DigestStage, paper_of, store_paper
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.post_keys import PaperPost
from bot.services.publication import Publication, Voices
from bot.store.memory import MemoryStore
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

FASTER = 20


class HurriedClock:
    """Implements ``bot.ports.Clock``: real time, only faster."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._began) * FASTER

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / FASTER)


@pytest.fixture
def clock() -> HurriedClock:
    return HurriedClock()


@pytest.fixture
def stage(clock: HurriedClock) -> DigestStage:
    store = MemoryStore()
    quiet = QuietWords(store, clock, health=Health(), wording=load_wording)
    voices = Voices(load_wording, ("en", "zh"), ExtractiveSummarizer(clock))
    return DigestStage(store, clock, Publication(store, voices, quiet, clock=clock).compose)


@asynccontextmanager
async def connected(server: DiscordServer, clock: HurriedClock) -> AsyncGenerator[DiscordAdapter]:
    options = Options("discord", {"token": TOKEN, "api_url": server.rest})
    async with DiscordAdapter(read_options(options), clock) as adapter:
        yield adapter


def description(channel: Channel, number: int = 0) -> str:
    return channel.messages[number]["embeds"][0]["description"]


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.PUBLIC_THREAD], ids=lambda kind: kind.name)
async def test_a_digest_stands_in_one_message_that_grows(
    server: DiscordServer, clock: HurriedClock, stage: DigestStage, kind: Kind
) -> None:
    parent = server.world.add(Kind.TEXT).id if kind is Kind.PUBLIC_THREAD else None
    channel = server.world.add(kind, parent=parent)
    target = Target("discord", parent, channel.id) if parent else Target("discord", channel.id)
    await stage.open([Chat(target, language="en", style=Style.DIGEST)])
    async with connected(server, clock) as adapter:
        await stage.come(1, 2, targets=[target])
        await stage.play(adapter)
        assert "Paper 2" in description(channel)
        server.script(Break(How.RESET), method="PATCH")  # done again, since it cannot double
        await stage.come(3, targets=[target])
        await stage.play(adapter)
    (message,) = channel.messages
    assert all(f"Paper {number}" in description(channel) for number in (1, 2, 3))
    menus = [c for row in message["components"] for c in row["components"] if c["type"] == 3]
    assert [len(menu["options"]) for menu in menus] == [3]
    assert len(server.requests("PATCH")) == 2


async def test_a_days_papers_are_delivered_into_a_thread_the_first_with_a_sound(
    server: DiscordServer, clock: HurriedClock, stage: DigestStage
) -> None:
    channel = server.world.add(Kind.TEXT)
    target = Target("discord", channel.id)
    looks = Looks(pictures=False)
    await stage.open([Chat(target, language="en", style=Style.THREAD, looks=looks)])
    for number in (1, 2, 3):
        await store_paper(stage.store, number)
    server.script(Break(How.RESET), method="POST", path="/threads")
    async with connected(server, clock) as adapter:
        keys = [PaperPost(paper_of(number).id, "en").key for number in (1, 2, 3)]
        await stage.queue([target], keys)
        await stage.play(adapter)
    (thread,) = [c for c in server.world.channels.values() if c.parent == channel.id]
    assert START.date().isoformat() in thread.name
    assert [m["embeds"][0]["title"] for m in thread.messages] == ["Paper 1", "Paper 2", "Paper 3"]
    assert [bool(m["flags"] & 1 << 12) for m in thread.messages] == [False, True, True]
    assert channel.messages == []
    rows = await stage.rows(target)
    assert {row.state for row in rows} == {State.SENT}
    assert {row.message_id.partition("/")[0] for row in rows if row.message_id} == {thread.id}

"""A day of publishing on virtual time: a real list that grows, two platforms, several chats."""

import asyncio
import html
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from adapters.base import Message, Pace
from adapters.testing import FakeAdapter, RepeatableFake
from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.errors import SourceError
from bot.domain.listing import Listing
from bot.domain.paper import Paper
from bot.domain.target import Receipt, Target
from bot.ports import DeliveryQuery
from bot.services.collect import collect_day
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.testing import Stage
from bot.services.deliver.tools import Tools
from bot.services.health import Health
from bot.services.heartbeat import Heartbeats, QuietWords
from bot.services.plan import Planner
from bot.services.publication import Publication, Voices
from bot.sources.hf_parse import parse_daily
from bot.store.memory import MemoryStore
from bot.virtual_time import LoopClock, run_virtually
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

DAY = date(2025, 10, 24)
MIDNIGHT = datetime.combine(DAY, time(), UTC)


class GrowingList:
    """Hugging Face's list of one day, as it grew (FACTS §3: 4 at 02:25, 22 at 06:30, more later);
    an outage in between."""

    key = "hf"

    def __init__(self, papers: Sequence[Paper], clock: LoopClock) -> None:
        self._papers = papers
        self._clock = clock

    async def list_day(self, day: date) -> Listing:
        hours = (self._clock.now() - MIDNIGHT) / timedelta(hours=1)
        if 4 < hours < 5:
            raise SourceError("503")
        count = bisect_left([2.4, 6.5, 9.0], hours) * len(self._papers) // 3
        return Listing("hf", day, tuple(self._papers[:count]) if day == DAY else ())


class PacedFake(FakeAdapter):
    """A platform with limits and some latency; ``sent`` is when each message arrived."""

    def __init__(self, name: str, per_second: float, chat_gap: float) -> None:
        super().__init__(name, limit=4096)
        self._pace = Pace(per_second, chat_gap)
        self.sent: list[tuple[float, Target]] = []

    def pace(self, target: Target) -> Pace:
        return self._pace

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        await asyncio.sleep(0.2)
        receipt = await super().send(target, message, key=key)
        self.sent.append((asyncio.get_running_loop().time(), target))
        return receipt


class KeyedFake(PacedFake, RepeatableFake):
    """The same, with keys."""


async def _live(store: MemoryStore, papers: Sequence[Paper], fakes: Sequence[PacedFake]) -> None:
    """Twelve hours: looks and rounds of planning every five minutes, with a restart at noon."""
    clock, health = LoopClock(MIDNIGHT), Health()
    source = GrowingList(papers, clock)
    quiet = QuietWords(store, clock, health=health, wording=load_wording)
    voices = Voices(load_wording, ("en", "zh"), ExtractiveSummarizer(clock))
    publication = Publication(store, voices, quiet, clock=clock)
    for _ in range(2):
        planner = Planner(store, clock)
        heartbeats = Heartbeats(store, clock)
        deliverer = Deliverer(fakes, publication.compose, tools=Tools(store, clock, health))
        stopping = asyncio.Event()
        running = asyncio.ensure_future(deliverer.run(stopping))
        for _ in range(72):
            with suppress(SourceError):
                await collect_day(source, DAY, store=store, clock=clock)
            await planner.plan()
            await heartbeats.plan()
            deliverer.wake()
            await clock.sleep(300)
        stopping.set()
        await running


def test_every_paper_of_a_growing_day_arrives_once_in_each_chat(shared: Path) -> None:
    body = (shared / "data" / "hf_daily" / f"{DAY}.json").read_bytes()
    papers = parse_daily(body, day=DAY).papers
    titles = [paper.title for paper in papers]
    telegram, discord = PacedFake("telegram", 28, 3.1), KeyedFake("discord", 45, 1.0)
    chats = [
        Chat(Target("telegram", "channel"), language="zh"),
        Chat(Target("telegram", "group", "7"), language="en"),
        Chat(Target("discord", "123"), language="en", heartbeat=time(2, 0)),
    ]

    async def main() -> None:
        store = MemoryStore()
        await store.chats.save(chats, now=MIDNIGHT - timedelta(days=9))
        await _live(store, papers, [telegram, discord])
        rows = await store.outbox.find(DeliveryQuery(limit=10_000))
        assert {row.state for row in rows} == {State.SENT}

    run_virtually(main)
    for chat, fake in zip(chats, (telegram, telegram, discord), strict=True):
        firsts = [text.partition("\n")[0] for text in fake.texts(chat.target)]
        posted = [html.unescape(line.removeprefix("<b>").removesuffix("</b>")) for line in firsts]
        assert [line for line in posted if line in titles] == titles
        told = [line for line in posted if "2025-10-23" in line]
        assert len(told) == (1 if chat.heartbeat else 0)  # at 02:00 there was nothing yet


def test_f55_a_chat_with_one_post_does_not_wait_behind_others_hundreds() -> None:
    """Fair: 200 chats have six posts each to come; another's only one comes within a round."""
    fake, late = PacedFake("fake", 28, 1.05), Target("fake", "late")
    chats = [Target("fake", str(n)) for n in range(200)]

    async def main() -> None:
        stage = Stage(MemoryStore(), LoopClock(MIDNIGHT))
        await stage.open([*map(Chat, chats), Chat(late)])
        await stage.queue(chats, [f"paper:2608.0000{n}:zh" for n in range(1, 7)])
        running = asyncio.ensure_future(stage.play(fake))
        await asyncio.sleep(10)
        await stage.queue([late], ["paper:2608.00009:zh"])
        await running

    run_virtually(main)
    (arrived,) = [at for at, target in fake.sent if target == late]
    one_round = 201 / 28
    assert arrived - 10 <= one_round + 2
    times = sorted(at for at, _ in fake.sent)
    assert times[-1] - times[0] <= 1201 / 28 * 1.03  # at the permitted rate all the while
    assert max(bisect_left(times, at + 1) - n for n, at in enumerate(times)) <= 29

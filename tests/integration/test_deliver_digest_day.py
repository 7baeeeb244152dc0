"""A real day in digests: planned by the planner while the list grows, on two kinds of platforms."""

from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from adapters.testing import EditableFake, FakeAdapter
from bot.domain.chat import Chat, Style
from bot.domain.delivery import State
from bot.domain.listing import Listing
from bot.domain.paper import Paper
from bot.domain.target import Target
from bot.domain.timetable import QuietHours, Timetable
from bot.ports import DeliveryQuery, Store
from bot.services.collect import collect_day
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.tools import Tools
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.plan import Planner
from bot.services.publication import Publication, Voices
from bot.sources.hf_parse import parse_daily
from bot.store.memory import MemoryStore
from bot.store.sql_store import open_store
from bot.virtual_time import LoopClock, Threads, run_virtually
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

DAY = date(2025, 10, 24)
MIDNIGHT = datetime.combine(DAY, time(), UTC)
ZONE = "Asia/Shanghai"

DAILY = Chat(Target("edits", "day"), "en", style=Style.DIGEST, zone=ZONE)
TWICE = Chat(Target("edits", "two"), "zh", style=Style.DIGEST, zone=ZONE, second_language="en")
SLOTS = Chat(
    Target("edits", "slots"),
    "en",
    style=Style.DIGEST,
    zone=ZONE,
    timetable=Timetable((time(12), time(19))),
)
# 14:00 to 20:00 in Shanghai, while most of the list appears.
QUIET = Chat(
    Target("edits", "quiet"),
    "en",
    style=Style.DIGEST,
    zone=ZONE,
    quiet_hours=QuietHours(time(14), time(20)),
)
APPENDED = Chat(Target("appends", "day"), "en", style=Style.DIGEST)
CHATS = [DAILY, TWICE, SLOTS, QUIET, APPENDED]


class GrowingList:
    """One more paper every ten minutes, from 04:00 on."""

    key = "hf"

    def __init__(self, papers: Sequence[Paper], clock: LoopClock) -> None:
        self._papers = papers
        self._clock = clock

    async def list_day(self, day: date) -> Listing:
        count = (self._clock.now() - MIDNIGHT - timedelta(hours=4)) // timedelta(minutes=10)
        return Listing("hf", day, tuple(self._papers[: max(0, count)]) if day == DAY else ())


async def live(store: Store, papers: Sequence[Paper], fakes: Sequence[FakeAdapter]) -> None:
    """From 03:30 to 12:00: looks, planning and deliveries every five minutes."""
    clock, health = LoopClock(MIDNIGHT), Health()
    source = GrowingList(papers, clock)
    quiet = QuietWords(store, clock, health=health, wording=load_wording)
    voices = Voices(load_wording, ("en", "zh"), ExtractiveSummarizer(clock))
    publication = Publication(store, voices, quiet, clock=clock)
    await store.chats.save(CHATS, now=MIDNIGHT - timedelta(days=30))
    planner = Planner(store, clock, patience=timedelta(minutes=1))
    tools = Tools(store, clock, health)
    deliverer = Deliverer(fakes, publication.compose, tools=tools)
    await clock.sleep(3.5 * 3600)
    for _ in range(105):
        await collect_day(source, DAY, store=store, clock=clock)
        await planner.plan()
        await deliverer.run_once()
        await clock.sleep(300)
    await clock.sleep(60)
    await deliverer.run_once()


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgres"])
def test_each_paper_of_a_growing_day_stands_once_in_each_chat_s_digest(
    kind: str, shared: Path, request: pytest.FixtureRequest
) -> None:
    body = (shared / "data" / "hf_daily" / f"{DAY}.json").read_bytes()
    papers = parse_daily(body, day=DAY).papers[:18]
    edits, appends = EditableFake("edits"), FakeAdapter("appends")
    place = "" if kind == "memory" else request.getfixturevalue(f"new_{kind}_store")()
    threads, arrived = Threads(), list[datetime]()

    async def main() -> None:
        async with AsyncExitStack() as stack:
            if kind == "memory":
                store: Store = MemoryStore()
            else:
                store = await stack.enter_async_context(threads.opening(open_store(place)))
            await live(store, papers, [edits, appends])
            rows = await store.outbox.find(DeliveryQuery(limit=100_000))
            assert {row.state for row in rows} == {State.SENT, State.INCLUDED}
            arrived[:] = [r.sent_at for r in rows if r.target == QUIET.target and r.sent_at]

    run_virtually(main, threads=threads)

    def standing(chat: Chat) -> list[str]:
        return (edits if chat is not APPENDED else appends).texts(chat.target)

    def counted(texts: Sequence[str]) -> Counter[str]:
        plain = [text.replace("&amp;", "&").replace("&lt;", "<") for text in texts]
        return Counter({p.title: sum(t.count(p.title) for t in plain) for p in papers})

    once = Counter({paper.title: 1 for paper in papers})
    assert [len(standing(chat)) for chat in (DAILY, TWICE, SLOTS, QUIET)] == [2, 4, 2, 2]
    for chat in (DAILY, SLOTS, QUIET, APPENDED):
        assert counted(standing(chat)) == once, chat.target
    for language in ("zh", "en"):
        name = load_wording(language).digest.list_name["hf"].format(day=DAY)
        assert counted([t for t in standing(TWICE) if name in t]) == once, language
    assert len(standing(APPENDED)) > 2
    quiet = [at for at in arrived if time(6) <= at.time() < time(12)]
    assert (quiet, len(arrived) > 5) == ([], True)

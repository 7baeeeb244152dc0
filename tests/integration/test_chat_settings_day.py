"""A chat's first days, from its first word on: what it asks for is what comes, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from adapters.testing import FakeAdapter
from adapters.testing.fake import EditableFake
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.domain.target import Target
from bot.services.commands.asking import CommandOptions
from bot.services.commands.testing import Bench, bench, summary_of
from bot.services.commands.transcript import Transcript
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.tools import Tools
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.plan import Planner
from bot.services.publication import Publication, Voices
from bot.store.memory import MemoryStore
from bot.translations import load_speech
from bot.virtual_time import LoopClock, run_virtually
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
HERE = Target("fake", "1")


@dataclass
class Life:
    """A whole service around one chat; papers appear when the test says so."""

    clock: LoopClock
    adapter: FakeAdapter
    store: MemoryStore = field(default_factory=MemoryStore)
    listed: list[Paper] = field(default_factory=list[Paper])

    def __post_init__(self) -> None:
        quiet = QuietWords(self.store, self.clock, health=Health(), wording=load_wording)
        quoting = ExtractiveSummarizer(self.clock)
        voices = Voices(load_wording, tuple(WORDINGS), quoting, load_speech)
        publication = Publication(self.store, voices, quiet, clock=self.clock)
        self.planner = Planner(self.store, self.clock)
        tools = Tools(self.store, self.clock, Health())
        self.deliverer = Deliverer([self.adapter], publication.compose, tools=tools)
        options = CommandOptions("en", ("hf",), open_sources=("hf", "arxiv:*"))
        self.bench: Bench = bench(
            self.store, self.clock, WORDINGS, options=options, speeches=SPEECHES
        )
        self.talk = Transcript(self.bench)

    async def appear(self, *titles: str) -> None:
        """Papers on today's list, with their summaries."""
        for title in titles:
            number = len(self.listed) + 1
            paper = Paper(PaperId(f"2611.{number:05}"), title, f"On {title}.")
            self.listed.append(paper)
            for language in WORDINGS:
                key = SummaryKey(paper.id, 1, language, "v1", "a-model")
                await self.store.summaries.put(key, summary_of(paper, language))
        await self.store.papers.save(self.listed)
        now = self.clock.now()
        await self.store.listings.record("hf", now.date(), self.listed, seen_at=now)

    async def pass_time(self, minutes: int) -> list[str]:
        """Plan every minute; the titles of what arrived meanwhile."""
        before = len(self.adapter.texts(HERE))
        for _ in range(minutes):
            await self.planner.plan()
            self.deliverer.wake()
            await self.clock.sleep(60)
        arrived = self.adapter.texts(HERE)[before:]
        return [text.removeprefix("<b>").partition("</b>")[0] for text in arrived]


Scenario: TypeAlias = Callable[[Life], Awaitable[None]]


def live(scenario: Scenario, adapter: FakeAdapter | None = None) -> None:
    async def main() -> None:
        life = Life(LoopClock(START), adapter or FakeAdapter())
        stopping = asyncio.Event()
        running = asyncio.ensure_future(life.deliverer.run(stopping))
        await scenario(life)
        stopping.set()
        await running

    run_virtually(main)


async def why(life: Life, title: str) -> str:
    paper = next(paper for paper in life.listed if paper.title == title)
    post = await life.talk.say(f"/why {paper.id}")
    assert post is not None
    return post.sections[0].lines[0]


def test_f69_a_subscriber_gets_one_sample_and_then_what_it_asked_for() -> None:
    async def scenario(life: Life) -> None:
        await life.appear("Old LLM agents", "Old robots", "Older LLM")
        await life.pass_time(60)
        await life.talk.say("/subscribe LLM")
        assert await life.pass_time(30) == ["Old LLM agents"]
        await life.appear("New LLM", "New robots")
        assert await life.pass_time(30) == ["New LLM"]
        assert (await why(life, "New LLM")).startswith("It came: ")
        assert await why(life, "New robots") == (
            "It does not pass this chat's filters: nothing on LLM."
        )
        assert (await why(life, "Older LLM")).startswith("It was listed before this chat began")

    live(scenario)


def test_who_waits_for_a_list_that_is_read_for_the_first_time_is_told_so() -> None:
    async def scenario(life: Life) -> None:
        life.bench.collect.steps["arxiv:cs.CL"] = lambda _: life.clock.sleep(3)
        shown = await life.bench.ask("subscribe", "cs.CL")
        assert shown.titles == ["I am reading that list for the first time …", "Subscribed"]
        life.bench.collect.steps["arxiv:cs.CV"] = lambda _: life.clock.sleep(0.1)
        shown = await life.bench.ask("settings", "sources +cs.CV")
        assert shown.titles == ["Changed"]

    live(scenario)


def test_f69_a_change_of_mind_brings_no_backlog() -> None:
    async def scenario(life: Life) -> None:
        await life.talk.say("/subscribe LLM")
        await life.appear("First LLM", "First robots", "First video")
        assert await life.pass_time(60) == ["First LLM"]
        await life.talk.say("/settings include off; language zh en")
        assert await life.pass_time(60) == []
        await life.appear("Second robots")
        assert await life.pass_time(60) == ["Second robots", "Second robots"]

    live(scenario)


def test_f70_a_pause_holds_everything_back_and_nothing_is_made_up_for() -> None:
    async def scenario(life: Life) -> None:
        await life.talk.say("/subscribe")
        await life.appear("One")
        assert await life.pass_time(10) == ["One"]
        await life.talk.say("/pause")
        await life.appear("Two")
        assert await life.pass_time(60) == []
        assert await why(life, "Two") == "This chat is paused. /resume lets new papers come."
        await life.talk.say("/resume")
        await life.appear("Three")
        assert await life.pass_time(60) == ["Three"]
        await life.talk.say("/unsubscribe")
        await life.appear("Four")
        assert await life.pass_time(60) == []
        await life.talk.say("/subscribe")
        assert await life.pass_time(60) == []
        await life.appear("Five")
        assert await life.pass_time(60) == ["Five"]

    live(scenario)


def test_quiet_hours_hold_back_and_deliver_what_is_due() -> None:
    async def scenario(life: Life) -> None:
        await life.talk.say("/subscribe")
        await life.talk.say("/settings quiet 09:00-11:00")
        await life.appear("One")
        assert await life.pass_time(110) == []
        assert await why(life, "One") == "It waits for the end of the quiet hours: 11:00 UTC."
        assert await life.pass_time(30) == ["One"]

    live(scenario)


def test_set_hours_gather_what_appears_and_a_change_loses_none_of_it() -> None:
    async def scenario(life: Life) -> None:
        await life.talk.say("/subscribe")
        await life.talk.say("/settings hours 12:00")
        await life.appear("One LLM", "Two robots", "Three LLM")
        assert await life.pass_time(60) == []
        assert await why(life, "One LLM") == "It waits for this chat's next time: 12:00 UTC."
        await life.talk.say("/settings include LLM")
        assert await life.pass_time(150) == ["One LLM", "Three LLM"]

    live(scenario)


def test_a_digest_holds_the_days_papers_and_says_so_when_asked() -> None:
    async def scenario(life: Life) -> None:
        await life.talk.say("/subscribe")
        await life.talk.say("/settings style digest")
        await life.appear("One", "Two")
        (heading,) = await life.pass_time(10)
        assert "2 papers" in heading
        assert (await why(life, "One")).startswith("It came in a digest: ")

    live(scenario, EditableFake())


def test_t12_a_forgotten_chat_gets_nothing_more_and_leaves_nothing_behind() -> None:
    async def scenario(life: Life) -> None:
        await life.talk.say("/subscribe")
        await life.appear("One")
        assert await life.pass_time(10) == ["One"]
        await life.talk.say("/forget")
        await life.talk.press("Delete everything")
        await life.appear("Two")
        assert await life.pass_time(60) == []
        assert await life.store.chats.all() == []

    live(scenario)

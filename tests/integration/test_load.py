"""A thousand questions a minute in mid-broadcast, on virtual time (F64, F67, F68, T8)."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from adapters.base import Pace
from adapters.testing import FakeAdapter
from bot.domain.chat import Chat
from bot.domain.listing import LookUp
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId, PaperRef
from bot.domain.post import Post
from bot.domain.summary import Language, Summary
from bot.domain.target import Target
from bot.domain.wording import Wording
from bot.ports import Clock, Store
from bot.services.commands.asking import CommandOptions, Means
from bot.services.commands.service import CommandService
from bot.services.commands.testing import ScriptedCollect, ScriptedWriter, command, summary_of
from bot.services.deliver.testing import Stage
from bot.services.health import Health
from bot.services.summarise import SummariseService, Writers
from bot.sources.pooled import PooledLookup
from bot.store.memory import MemoryStore
from bot.virtual_time import LoopClock, run_virtually
from summarizer.languages import load_wording

START = datetime(2026, 8, 20, 9, tzinfo=UTC)
CHATS = [Target("fake", str(n)) for n in range(1900)]
PER_SECOND, MINUTE = 28.0, 60.0
KNOWN = [PaperId(f"2608.{n:05}") for n in range(1, 101)]
NEW = [PaperId(f"2607.{n:05}") for n in range(1, 201)]
WANTED_BY_ALL = PaperId("2606.00001")
WORDINGS: Mapping[Language, Wording] = {"en": load_wording("en")}


def _paper(paper_id: PaperId) -> Paper:
    return Paper(paper_id, f"Paper {paper_id}", "We give it.")


@dataclass
class Arxiv:
    """Answers a request in three seconds, as its terms of use have it; ``requests`` counts."""

    requests: int = 0

    async def look_up(self, refs: Sequence[PaperRef]) -> LookUp:
        self.requests += 1
        await asyncio.sleep(3)
        return LookUp({ref.id: _paper(ref.id) for ref in refs}, frozenset())


@dataclass
class SlowWriter(ScriptedWriter):
    """A model that takes five seconds for a paper."""

    async def summarize(self, paper: Paper, language: Language) -> Summary:
        self.calls.append((paper.id, language))
        await asyncio.sleep(5)
        return summary_of(paper, language)


@dataclass
class Answer:
    """What one person is shown, with how many seconds after the question each was."""

    clock: Clock
    asked_at: float = 0.0
    shown: list[tuple[float, Post]] = field(default_factory=list[tuple[float, Post]])

    async def show(self, post: Post) -> None:
        self.shown.append((self.clock.monotonic() - self.asked_at, post))

    @property
    def title(self) -> str:
        return self.shown[-1][1].title if self.shown else ""


@dataclass
class Crowd:
    """Questions at random moments of a minute, and their answers by the paper asked for."""

    service: CommandService
    clock: Clock
    answers: list[tuple[str, PaperId, Answer]] = field(
        default_factory=list[tuple[str, PaperId, Answer]]
    )

    async def ask(self) -> None:
        draw = random.Random(7)
        questions = [(f"reader {n}", draw.choice(KNOWN)) for n in range(600)]
        questions += [(f"seeker {n}", paper_id) for n, paper_id in enumerate(NEW)]
        questions += [(f"fan {n}", WANTED_BY_ALL) for n in range(100)]
        questions += [("flood", draw.choice(KNOWN)) for _ in range(100)]
        async with asyncio.TaskGroup() as group:
            for who, paper_id in questions:
                group.create_task(self._one(who, paper_id, draw.uniform(0, MINUTE)))

    async def _one(self, who: str, paper_id: PaperId, after: float) -> None:
        await self.clock.sleep(after)
        answer = Answer(self.clock, self.clock.monotonic())
        self.answers.append((who, paper_id, answer))
        chat = Target("fake", f"chat of {who}")
        asked = replace(command("paper", str(paper_id)), target=chat, user=who)
        await self.service.handle(asked, answer)

    def of(self, kind: str) -> list[tuple[PaperId, Answer]]:
        return [(i, answer) for who, i, answer in self.answers if who.startswith(kind)]


async def _fill(store: Store) -> None:
    papers = [_paper(paper_id) for paper_id in KNOWN]
    await store.papers.save(papers)
    summaries = SummariseService(
        Writers(ScriptedWriter(), ScriptedWriter()), store=store, clock=LoopClock(START), owner="x"
    )
    for paper in papers:
        await store.summaries.put(summaries.key_of(paper, "en"), summary_of(paper, "en"))


def test_f64_f67_f68_t8_a_thousand_questions_a_minute_in_mid_broadcast() -> None:
    fake, arxiv, writer = FakeAdapter(), Arxiv(), SlowWriter()
    fake.paces.update({target: Pace(PER_SECOND) for target in CHATS})

    async def main() -> tuple[Crowd, int]:
        store, clock = MemoryStore(), LoopClock(START)
        await _fill(store)
        stage = Stage(store, clock)
        await stage.open(map(Chat, CHATS))
        await stage.queue(CHATS, [f"paper:{KNOWN[0]}:zh"])
        quoting = ScriptedWriter(model="extractive")
        summaries = SummariseService(Writers(writer, quoting), store=store, clock=clock, owner="x")
        lookup, collect = PooledLookup(arxiv), ScriptedCollect()
        means = Means(store, clock, summaries, lookup, collect, WORDINGS, Health())
        options = CommandOptions("en", ("hf",), model=writer.model)
        async with CommandService(means, options=options) as service:
            crowd = Crowd(service, clock)
            broadcast = asyncio.ensure_future(stage.play(fake))
            await clock.sleep(1)
            before = len(fake.calls)
            asking = asyncio.ensure_future(crowd.ask())
            await clock.sleep(MINUTE)
            sent = len(fake.calls) - before
            await asyncio.gather(asking, broadcast)
        return crowd, sent

    crowd, sent = run_virtually(main)
    assert sent >= 0.97 * PER_SECOND * MINUTE, "the broadcast goes on at its rate"
    for paper_id, answer in crowd.of("reader"):
        assert answer.title == f"Paper {paper_id}"
        assert answer.shown[-1][0] < 0.1, "what is known waits for nobody's upstream"
    for paper_id, answer in [*crowd.of("seeker"), *crowd.of("fan")]:
        assert answer.title == f"Paper {paper_id}"
        assert answer.shown[0][0] < 1, "that it is being fetched is said at once"
    assert arxiv.requests <= MINUTE / 3 + 2, "whoever waits is asked for together"
    assert Counter(paper_id for paper_id, _ in writer.calls).most_common(1)[0][1] == 1
    told = [answer for _, answer in crowd.of("flood") if answer.shown]
    assert 20 <= len(told) <= 45, "the burst, then 20 a minute and one notice"

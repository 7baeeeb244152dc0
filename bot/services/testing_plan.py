"""A stage for tests of planning: a store with lists and chats, and a planner."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Language, Origin, Provenance, Score, Scores, Summary, SummaryKey
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Store
from bot.services.plan import Planner
from bot.testing import VirtualClock

TODAY = date(2026, 8, 20)  # a Thursday
NINE = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
A, B = Target("telegram", "A"), Target("discord", "B")
PAPERS = [
    Paper(id=PaperId(f"2608.0000{n}"), title=f"Paper {n}", abstract="We do.") for n in range(1, 10)
]


def at(hours: float) -> datetime:
    """So many hours after nine o'clock."""
    return NINE + timedelta(hours=hours)


def keys_of(*papers: Paper, language: Language = "zh") -> list[str]:
    """The papers' post keys."""
    return [f"paper:{paper.id}:{language}" for paper in papers]


class PlanStage:
    """A store with lists and chats, and a planner; it is a Thursday morning, nine o'clock UTC."""

    def __init__(self, store: Store) -> None:
        self.clock = VirtualClock(NINE)
        self.store = store
        self.planner = self.new_planner()

    def new_planner(self) -> Planner:
        return Planner(self.store, self.clock)

    async def chat(self, target: Target, since: datetime, **settings: object) -> None:
        """A chat, or what it chooses now."""
        chat = replace(Chat(target, sources=("hf",), since=since), **settings)
        await self.store.register.put(chat)

    async def listed(
        self,
        *papers: Paper,
        at: datetime,
        day: date = TODAY,
        source: str = "hf",
        languages: Sequence[Language] = ("zh", "en"),
    ) -> None:
        """The source's whole list of a day at a moment; summaries are there in these languages."""
        await self.store.papers.save(papers)
        await self.store.listings.record(source, day, papers, seen_at=at)
        for paper in papers:
            for language in languages:
                await self.summarised(paper, language)

    async def summarised(
        self, paper: Paper, language: Language, *, score: float | None = None
    ) -> None:
        """The paper has a summary, which rates it or was quoted."""
        scored = None if score is None else Scores(Score(score), Score(score), Score(score))
        await self.store.summaries.put(
            SummaryKey(paper.id, paper.version, language, "v1", "m"),
            Summary(
                paper_id=paper.id,
                language=language,
                main_work="It does.",
                highlights=("It does.",),
                keywords=(),
                scores=scored,
                provenance=Provenance(
                    origin=Origin.MODEL if scored else Origin.EXTRACTIVE, model="m", prompt="v1"
                ),
            ),
        )

    async def plan_at(self, moment: datetime) -> int:
        self.clock.advance((moment - self.clock.now()).total_seconds())
        return (await self.planner.plan()).added

    async def keys(self, target: Target) -> list[str]:
        """What is planned for a target, in the order in which it will be sent."""
        rows = await self.rows(target)
        return [row.post_key for row in sorted(rows, key=lambda r: (r.due_at, r.created_at))]

    async def rows(self, target: Target | None = None) -> Sequence[Delivery]:
        return await self.store.outbox.find(DeliveryQuery(target=target, limit=1000))

    async def states(self, target: Target) -> dict[str, State]:
        """Where each post of a target stands."""
        return {row.post_key: row.state for row in await self.rows(target)}

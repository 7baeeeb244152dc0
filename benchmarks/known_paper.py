"""How long `/paper` takes for a paper that is known: idle, and in the middle of a broadcast.

    python benchmarks/known_paper.py [--papers 10000] [--chats 10000] [--seconds 10] [--rounds 3]
        [--database URL] [--json]

In one process, on a SQLite file or a database that may be emptied, as `sulan run` is: the command
service with a responder that takes every answer at once, so that what is measured is ours alone.
People ask at random moments, 50 a second; a question that comes while others are still being
answered counts from when it came.

- idle: nobody else does anything;
- broadcast at Telegram's pace: the deliverer sends one post to each chat, 29.2 a second;
- broadcast without a limit: the same as fast as the machine can, which no platform permits;
- planning: rows for every chat are added, over and over.

Prints p50, p99 and the longest of each scene's best round, and p99 over the goal (50 ms): a busy
machine's pauses can only add. Where other programs want the processors too, run it under
`chrt -f 10`.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.base import Message, Pace
from benchmarks.emptied import empty
from benchmarks.figure import Figure, at_most, database_of, tell
from bot.clock import SystemClock
from bot.domain.chat import Chat
from bot.domain.command import Command
from bot.domain.delivery import Delivery
from bot.domain.digest import Entry
from bot.domain.listing import LookUp
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId, PaperRef
from bot.domain.post import Post
from bot.domain.summary import Keyword, Origin, Provenance, Score, Scores, Summary
from bot.domain.target import Receipt, Target
from bot.ports import Store
from bot.services.collect import Collected
from bot.services.commands.asking import CommandOptions, Means
from bot.services.commands.limits import Allowance, Effort, Limits
from bot.services.commands.service import CommandService
from bot.services.compose import compose, in_other_languages
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.tools import Tools
from bot.services.health import Health
from bot.services.summarise import SummariseService, Writers
from bot.store.sql_store import open_store
from summarizer.languages import load_wording

WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
PER_SECOND = 50
_UNLIMITED = dict.fromkeys(Effort, Allowance(10**9, 10**9))
_SENTENCE = "本文提出一种新的高效方法，在多个基准上优于已有工作，并且显著降低了训练成本。"


@dataclass(frozen=True, slots=True)
class Writer:
    """A summariser that is never asked: every paper is known."""

    model: str = "a-model"
    prompt: str = "v1"

    async def summarize(self, paper: Paper, language: str) -> Summary:
        raise AssertionError(f"{paper.id} should be known in {language}")


class Nobody:
    """No upstream, and nothing to collect."""

    async def look_up(self, refs: Sequence[PaperRef]) -> LookUp:
        raise AssertionError(f"{refs} should be known")

    async def collect(self, source: str, day: object) -> Collected:
        raise AssertionError(f"{source} should not be asked for {day}")


@dataclass(slots=True)
class Answered:
    """A responder that takes any answer at once; ``post`` is the last."""

    post: Post | None = None

    async def show(self, post: Post) -> None:
        self.post = post


@dataclass(slots=True)
class Platform:
    """An adapter whose platform answers after 20 ms; ``sent`` counts."""

    paces: Pace
    name: str = "bench"
    sent: int = 0

    def pace(self, target: Target) -> Pace:
        assert target.platform == self.name
        return self.paces

    def render(self, post: Post, *, plain: bool = False) -> Sequence[Message]:
        return (replace(post, image_url=None) if plain else post,)

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        assert all((target, message, key))
        await asyncio.sleep(0.02)
        self.sent += 1
        return Receipt(str(self.sent))


def main() -> None:
    arguments = argparse.ArgumentParser(description="Latency of a known /paper")
    arguments.add_argument("--papers", type=int, default=10_000)
    arguments.add_argument("--chats", type=int, default=10_000)
    arguments.add_argument("--seconds", type=float, default=10, help="of each measurement")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--database", help="one that may be emptied, postgresql+psycopg://…")
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--goal-ms", type=float, default=50, help="99th percentile allowed")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = options.database or Path(folder) / "sulan.db"
        scenes = asyncio.run(_run(place, options))
    if options.json:
        tell(_figure(scene, options) for scene in scenes)
        return
    print(f"{options.papers:,} papers, {options.chats:,} chats, {PER_SECOND} questions a second")
    print(f"{'meanwhile':<34}{'asked':>7}{'p50':>10}{'p99':>10}{'longest':>10}{'p99/goal':>9}")
    for scene in scenes:
        print(_line(scene.name, scene.times, options.goal_ms))


@dataclass(frozen=True, slots=True)
class Scene:
    """What went on meanwhile, and the seconds that each question took."""

    name: str
    times: Sequence[float]


def _figure(scene: Scene, options: argparse.Namespace) -> Figure:
    return Figure(
        *("a known /paper", f"p99 meanwhile: {scene.name}", _p99(scene.times) * 1e3, "ms"),
        goal=at_most(options.goal_ms),
        basis=f"{options.papers:,} papers, {options.chats:,} chats, {PER_SECOND} questions a"
        f" second; p50 {statistics.median(scene.times) * 1e3:.1f} ms",
        database=database_of(options.database),
    )


async def _run(place: str | Path, options: argparse.Namespace) -> list[Scene]:
    ids = [PaperId(f"{2501 + n // 50_000:04}.{n % 50_000 + 1:05}") for n in range(options.papers)]
    async with open_store(place) as store:
        await empty(store)
        await _fill(store, ids, options.chats)
        found: list[Scene] = []
        scenes: dict[str, Callable[[], AsyncGenerator[Callable[[], str], None]]] = {
            "nothing": _idle,
            "broadcast, 29.2 a second": lambda: _broadcast(store, ids, options.chats, 29.2),
            "broadcast without a limit": lambda: _broadcast(store, ids, options.chats, None),
            "planning": lambda: _planning(store, options.chats),
        }
        for name, scene in scenes.items():
            rounds: list[tuple[list[float], str]] = []
            for _ in range(options.rounds):
                async with asynccontextmanager(scene)() as did:
                    times = await _ask(store, ids, options.seconds)
                    rounds.append((times, did()))
            times, rate = min(rounds, key=lambda done: _p99(done[0]))
            found.append(Scene(f"{name}{rate}", times))
    return found


def _line(name: str, times: Sequence[float], goal: float) -> str:
    p50, p99, longest = statistics.median(times) * 1e3, _p99(times) * 1e3, max(times) * 1e3
    return (
        f"{name:<34}{len(times):>7}{p50:>7.1f} ms{p99:>7.1f} ms{longest:>7.1f} ms{p99 / goal:>9.2f}"
    )


def _p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


async def _ask(store: Store, ids: Sequence[PaperId], seconds: float) -> list[float]:
    """Ask at random moments; the seconds from each question to its answer."""
    clock, writer, nobody = SystemClock(), Writer(), Nobody()
    summaries = SummariseService(
        Writers(writer, replace(writer, model="extractive")),
        store=store,
        clock=clock,
        owner="bench",
    )
    means = Means(store, clock, summaries, nobody, nobody.collect, WORDINGS, Health())
    limits = Limits(user=_UNLIMITED, chat=_UNLIMITED)
    options = CommandOptions("en", ("hf",), limits=limits, model=writer.model)
    times: list[float] = []

    async def one(service: CommandService, number: int) -> None:
        paper_id = random.choice(ids)
        chat = Target("bench", str(random.randrange(20_000)))
        asked = Command(str(number), "paper", str(paper_id), chat, user=str(number), language="zh")
        began, answered = time.perf_counter(), Answered()
        await service.handle(asked, answered)
        times.append(time.perf_counter() - began)
        assert answered.post is not None
        assert answered.post.title == f"Paper {paper_id}"

    async with CommandService(means, options=options) as service, asyncio.TaskGroup() as group:
        end, number = time.perf_counter() + seconds, 0
        while time.perf_counter() < end:
            await asyncio.sleep(random.expovariate(PER_SECOND))
            group.create_task(one(service, number))
            number += 1
    return times


async def _idle() -> AsyncGenerator[Callable[[], str], None]:
    yield str


async def _broadcast(
    store: Store, ids: Sequence[PaperId], chats: int, per_second: float | None
) -> AsyncGenerator[Callable[[], str], None]:
    """Posts to every chat, begun before the questions and not done when they end."""
    now = datetime.now(UTC)
    for paper_id in random.sample(ids, 1 if per_second else 5):
        key = f"paper:{paper_id}:zh"
        rows = [Delivery(Target("bench", str(n)), key, now, now) for n in range(chats)]
        await store.outbox.add(rows)
    stopping, clock = asyncio.Event(), SystemClock()
    platform = Platform(Pace(per_second=per_second))
    deliverer = Deliverer([platform], _composer(store), tools=Tools(store, clock))
    delivering = asyncio.ensure_future(deliverer.run(stopping))
    await asyncio.sleep(1)
    began, before = time.perf_counter(), platform.sent
    yield lambda: f" ({(platform.sent - before) / (time.perf_counter() - began):.0f}/s)"
    stopping.set()
    await delivering


async def _planning(store: Store, chats: int) -> AsyncGenerator[Callable[[], str], None]:
    """Rows are added a thousand at a time, as planning does it."""
    added = 0

    async def plan() -> None:
        nonlocal added
        while True:
            now = datetime.now(UTC) + timedelta(days=1)
            key = f"paper:{now.timestamp()}:zh"
            for first in range(0, chats, 1000):
                rows = [
                    Delivery(Target("later", str(n)), key, now, now)
                    for n in range(first, min(first + 1000, chats))
                ]
                added += await store.outbox.add(rows)

    planning = asyncio.ensure_future(plan())
    began = time.perf_counter()
    yield lambda: f" ({added / (time.perf_counter() - began):,.0f} rows/s)"
    planning.cancel()
    await asyncio.gather(planning, return_exceptions=True)


def _composer(store: Store) -> Callable[[Delivery, Chat], Awaitable[Post | None]]:
    """A paper's post from the store, as it is composed for every delivery."""

    async def composed(delivery: Delivery, chat: Chat) -> Post | None:
        paper_id = PaperId(delivery.post_key.split(":")[1])
        papers = await store.papers.get([paper_id])
        stored = await store.summaries.of_papers([paper_id], chat.language)
        wording = WORDINGS[chat.language]
        others = in_other_languages(paper_id, wording, WORDINGS.values())
        return compose(Entry(papers[paper_id], stored[0][1]), wording, actions=others)

    return composed


async def _fill(store: Store, ids: Sequence[PaperId], chats: int) -> None:
    """Papers of a real one's size, each with a Chinese summary, and the chats."""
    keys = SummariseService(
        Writers(Writer(), Writer()), store=store, clock=SystemClock(), owner="bench"
    )
    for first in range(0, len(ids), 1000):
        papers = [_paper(paper_id) for paper_id in ids[first : first + 1000]]
        await store.papers.save(papers)
        for paper in papers:
            await store.summaries.put(keys.key_of(paper, "zh"), _summary(paper))
    now = datetime.now(UTC)
    await store.chats.save([Chat(Target("bench", str(n))) for n in range(chats)], now=now)


def _paper(paper_id: PaperId) -> Paper:
    return Paper(
        paper_id,
        f"Paper {paper_id}",
        "We present a method that needs no labels. " * 35,
        authors=tuple(f"Author Number {n}" for n in range(8)),
        upvotes=12,
    )


def _summary(paper: Paper) -> Summary:
    score = Score(4.5, _SENTENCE)
    return Summary(
        paper.id,
        "zh",
        _SENTENCE * 4,
        (_SENTENCE, _SENTENCE, _SENTENCE),
        tuple(Keyword(f"Term {n}", f"术语 {n}") for n in range(5)),
        Scores(score, score, score),
        Provenance(Origin.MODEL, "a-model", "v1", datetime.now(UTC)),
    )


if __name__ == "__main__":
    main()

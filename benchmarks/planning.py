"""How long it takes to plan one paper for many chats, each with settings of its own.

    .venv/bin/python benchmarks/planning.py [--chats 1000,10000,100000] [--database URL] [--json]

For each number of chats, and for two kinds of them (``mixed``: as a public bot's might be;
``different``: each with filters that no other has, as they appear): seconds to read and group all
chats once, to plan one paper (and the very first, for which each chat's queue is made), and for a
round without news, with the statements that it sent; for ``mixed`` also the slots of the day after.
The longest time for which the event loop did nothing else, in milliseconds, and the peak of memory,
each in a process of its own. Then the ratio of processor time to linear growth from the smallest
number: on a busy machine compare that. ``--database`` names a database that may be emptied.
"""

import argparse
import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from pathlib import Path

from sqlalchemy import Engine, event

from benchmarks.emptied import empty
from benchmarks.figure import Figure, at_most, database_of, tell
from bot.domain.chat import Chat, Style
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Origin, Provenance, Score, Scores, Summary, SummaryKey
from bot.domain.target import Target
from bot.domain.timetable import WORKDAYS, QuietHours, Timetable
from bot.services.plan import Planner
from bot.store.sql_store import SqlStore, open_store
from bot.testing import VirtualClock

START = datetime(2026, 8, 20, 5, tzinfo=UTC)
DAY = date(2026, 8, 20)
ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Tokyo")
TOPICS = (
    *("LLM", "agents", "diffusion", "video generation", "robotics", "reasoning", "speech", "RAG"),
    *("benchmark", "alignment", "quantization", "medical imaging", "code", "多模态", "蛋白质"),
)
PAPER = Paper(
    PaperId("2608.00001"),
    "Agents that reason: planning with large language models",
    "We present a method by which LLM agents plan in code, and a benchmark of 1,200 tasks. " * 6,
    categories=("cs.CL", "cs.AI"),
    authors=("Ada Lovelace", "Wei Zhang"),
    upvotes=40,
    code_url="https://github.com/a/b",
)


@dataclass
class Measured:
    """Seconds, but for what says otherwise."""

    chats: int
    rows: int = 0
    grouping: float = 0.0
    first: float = 0.0
    paper: float = 0.0
    paper_cpu: float = 0.0
    slots: float = 0.0
    slot_rows: int = 0
    quiet: float = 0.0
    statements: int = 0
    stall_ms: float = 0.0
    peak_mb: float = 0.0


def different(number: int) -> Iterator[Chat]:
    """No two want the same; about one in three wants the paper."""
    draw = random.Random(number)
    for n in range(number):
        filters = Filters(
            include=(draw.choice(TOPICS), f"subject {n}", f"matter {draw.randrange(9999)}"),
            exclude=(f"nonsense {n}",),
            least_upvotes=draw.choice((0, 0, 5, 20)),
        )
        yield Chat(_target(n), _language(draw), filters=filters, since=START - timedelta(days=30))


def mixed(number: int) -> Iterator[Chat]:
    """Half want everything; the others filter, wait for an hour, limit or gather what comes."""
    draw = random.Random(number)
    for n in range(number):
        slots = Timetable((hour(draw.randrange(24), draw.choice((0, 30))),), draw.choice(_DAYS))
        yield Chat(
            _target(n),
            _language(draw),
            sources=draw.choice((("hf",), ("hf",), ("hf", "arxiv:cs.CL"))),
            zone=draw.choice(ZONES),
            since=START - timedelta(days=30),
            second_language="en" if draw.random() < 0.05 else None,
            filters=_filters(draw) if draw.random() < 0.5 else Filters(),
            style=Style.DIGEST if draw.random() < 0.25 else Style.EACH,
            timetable=slots if draw.random() < 0.3 else None,
            quiet_hours=QuietHours(hour(23), hour(7)) if draw.random() < 0.2 else None,
        )


_DAYS = ((0, 1, 2, 3, 4, 5, 6), WORKDAYS, (0,))
KINDS = {"mixed": mixed, "different": different}


def _filters(draw: random.Random) -> Filters:
    return Filters(
        include=tuple(draw.sample(TOPICS, draw.randrange(4))),
        exclude=("survey",) if draw.random() < 0.2 else (),
        categories=("cs.CL", "cs.CV")[: draw.randrange(3)],
        least_upvotes=draw.choice((0, 0, 10, 50)),
        least_recommendation=draw.choice((0, 0, 4.0)),
        most_a_day=draw.choice((None, None, 10)),
    )


def _target(n: int) -> Target:
    return Target("telegram", str(-1001000000000 - n))


def _language(draw: random.Random) -> str:
    return draw.choice(("zh", "zh", "en"))


async def list_papers(store: SqlStore, number: int) -> None:
    """The day's list, of so many papers, the last with its summaries."""
    papers = [replace(PAPER, id=PaperId(f"2608.0000{n + 1}")) for n in range(number)]
    paper = papers[-1]
    await store.papers.save(papers)
    await store.listings.record("hf", DAY, papers, seen_at=START)
    for language in ("zh", "en"):
        key = SummaryKey(paper.id, 1, language, "v1", "m")
        scores = Scores(Score(4), Score(4), Score(4.5))
        provenance = Provenance(Origin.MODEL, "m", "v1", START)
        summary = Summary(paper.id, language, "It plans.", ("Fast.",), (), scores, provenance)
        await store.summaries.put(key, summary)


@asynccontextmanager
async def stalls(into: Measured) -> AsyncGenerator[None, None]:
    """Notes the longest time for which nobody else had a turn."""

    async def watch() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            into.stall_ms = max(into.stall_ms, (time.perf_counter() - began) * 1e3 - 1)

    watching = asyncio.ensure_future(watch())
    yield
    watching.cancel()


async def measure(kind: str, number: int, place: str) -> Measured:
    measured, clock = Measured(number), VirtualClock(START)
    async with open_store(place) as store:
        await empty(store)
        await store.chats.save(list(KINDS[kind](number)), now=START)
        planner, took = Planner(store, clock), time.perf_counter()
        async with stalls(measured):
            await planner.plan()
            measured.grouping = time.perf_counter() - took
            for number_of_papers in (1, 2):
                await list_papers(store, number_of_papers)
                clock.advance(60)
                measured.first = measured.paper
                took, cpu = time.perf_counter(), time.process_time()
                measured.rows = (await planner.plan()).added
                measured.paper = time.perf_counter() - took
                measured.paper_cpu = time.process_time() - cpu
            await _quiet_round(planner, measured)
            took = time.perf_counter()
            for _ in range(48 if kind == "mixed" else 0):
                clock.advance(1800)
                measured.slot_rows += (await planner.plan()).added
            measured.slots = time.perf_counter() - took
    measured.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return measured


async def _quiet_round(planner: Planner, measured: Measured) -> None:
    statements: list[str] = []

    def note(_c: object, _cursor: object, text: str, *_: object) -> None:
        statements.append(text)

    event.listen(Engine, "before_cursor_execute", note)
    took = time.perf_counter()
    await planner.plan()
    measured.quiet = time.perf_counter() - took
    event.remove(Engine, "before_cursor_execute", note)
    measured.statements = len(statements)


def in_own_process(kind: str, number: int, place: str | None) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        where = place or str(Path(folder) / "sulan.db")
        command = [sys.executable, __file__, "--one", kind, str(number), "--database", where]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measured(**json.loads(answer.stdout))


def growth_of(one: Measured, first: Measured) -> float:
    """Processor time a chat, over that of the smallest number."""
    return (one.paper_cpu / one.chats) / (first.paper_cpu / first.chats)


def figures(every: Mapping[str, Sequence[Measured]], database: str) -> list[Figure]:
    """Of the largest number of chats; the goals are set for 100,000."""
    made: list[Figure] = []
    for kind, measured in every.items():
        first, most = measured[0], measured[-1]
        what = f"{most.chats:,} {kind} chats"
        each = most.paper_cpu * 1e6 / max(1, most.rows)
        per_row = f"{most.rows:,} rows, {each:.0f} µs of processors a row"
        for name, value, unit, goal, basis in (
            ("one paper planned", most.paper, "s", 5, per_row),
            ("growth from the fewest chats", growth_of(most, first), "", 1.25, "1 is linear"),
            ("a round without news", most.quiet * 1e3, "ms", None, f"{most.statements} statements"),
            ("all chats read and grouped", most.grouping, "s", None, "once, and after changes"),
            ("longest stall of the loop", most.stall_ms, "ms", 50, "reading and planning"),
            ("peak of memory", most.peak_mb, "MiB", None, ""),
        ):
            goal_ = None if goal is None else at_most(goal)
            made.append(Figure("planning", f"{what}: {name}", value, unit, goal_, basis, database))
    return made


def show(one: Measured, first: Measured) -> str:
    growth = growth_of(one, first)
    return (
        f"  {one.chats:>7,} chats: group {one.grouping:.2f} s, one paper {one.paper:.2f} s"
        f" ({one.rows:,} rows; {one.paper_cpu:.2f} s of processors, {growth:.2f} of linear),"
        f" the very first {one.first:.2f} s, no news {one.quiet * 1e3:.1f} ms"
        f" in {one.statements} statements, the next day's slots {one.slots:.2f} s"
        f" ({one.slot_rows:,} rows), stall {one.stall_ms:.0f} ms, peak {one.peak_mb:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure planning.")
    parser.add_argument("--chats", default="1000,10000,100000")
    parser.add_argument("--database", help="one that may be emptied, postgresql+psycopg://…")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        kind, number = options.one
        print(json.dumps(asdict(asyncio.run(measure(kind, int(number), options.database)))))
        return
    numbers = [int(number) for number in options.chats.split(",")]
    every = {
        kind: [in_own_process(kind, number, options.database) for number in numbers]
        for kind in KINDS
    }
    if options.json:
        tell(figures(every, database_of(options.database)))
        return
    for kind, measured in every.items():
        print(f"{kind}:")
        for one in measured:
            print(show(one, measured[0]))


if __name__ == "__main__":
    main()

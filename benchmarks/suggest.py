"""How long somebody waits for suggestions while typing, among 50,000 stored papers.

    .venv/bin/python benchmarks/suggest.py

Titles are made of words as frequent as in real ones. Prints the median and the 99th percentile in
milliseconds for the beginnings of ids, for words of titles from common to rare, and for what is in
no title (the worst case: all are read). Goal: 50 ms at the 99th percentile.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.store.sql_store import SqlStore, open_store

PAPERS = 50_000
QUERIES = 300
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
STEMS = ("learn", "model", "language", "vision", "agent", "reason", "diffus", "video", "graph")
ENDS = ("ing", "ed", "er", "ion", "based", "free", "wise", "aware", "al", "less")


def papers(draw: random.Random) -> list[Paper]:
    vocabulary = [f"{stem}{end}{n or ''}" for n in range(40) for stem in STEMS for end in ENDS]
    # Zipf's law: the n-th word is 1/n as frequent as the first.
    weights = [1 / (n + 1) for n in range(len(vocabulary))]
    return [
        Paper(
            id=PaperId(f"{23 + n // 18_000:02}{n // 1_500 % 12 + 1:02}.{n % 1_500 + 1:05}"),
            title=" ".join(draw.choices(vocabulary, weights, k=draw.randint(5, 16))).capitalize(),
            abstract="An abstract of the usual length. " * 40,
            published_at=FIRST + timedelta(minutes=n * 40),
        )
        for n in range(PAPERS)
    ]


async def measure(store: SqlStore, queries: Sequence[str]) -> str:
    times: list[float] = []
    for text in queries:
        start = time.perf_counter()
        await store.index.suggest(text, limit=25)
        times.append((time.perf_counter() - start) * 1000)
    p99 = statistics.quantiles(times, n=100)[-1]
    return f"p50 {statistics.median(times):5.1f} ms  p99 {p99:5.1f} ms"


async def main() -> None:
    draw = random.Random(7)
    made = papers(draw)
    titles = [paper.title for paper in made]

    def typed(cut: Callable[[str], str], texts: Sequence[str]) -> list[str]:
        return [cut(draw.choice(texts)) for _ in range(QUERIES)]

    kinds = {
        "ids, 6 characters": typed(lambda i: i[:6], [paper.id.value for paper in made]),
        "whole ids": typed(str, [paper.id.value for paper in made]),
        "3 letters of a title": typed(lambda t: t[4:7], titles),
        "a word of a title": typed(lambda t: draw.choice(t.split()), titles),
        "whole titles": typed(str, titles),
        "in no title": typed(lambda t: t[::-1], titles),
        "nothing typed": [""] * QUERIES,
    }
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder) / "sulan.db") as store:
            for start in range(0, PAPERS, 1_000):
                await store.papers.save(made[start : start + 1_000])
            for kind, queries in kinds.items():
                print(f"{kind:22} {await measure(store, queries)}")


if __name__ == "__main__":
    asyncio.run(main())

"""How long a search takes among 50,000 stored papers with their summaries, and what it costs.

    .venv/bin/python benchmarks/search.py [--database URL] [--papers 50000] [--json]

The papers are put together from the sentences of the real ones in ../shared (558 abstracts, 44
Chinese summaries), each with a summary in Chinese and in English. Prints, for searches and for
suggestions in both languages, the median and the 99th percentile in milliseconds; the processor
time of storing a paper; the memory of the process; and the size of the index beside that of the
texts. ``--database`` names one that may be emptied. Goal: 100 ms at the 99th percentile.
"""

import argparse
import asyncio
import json
import random
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from benchmarks.emptied import empty
from benchmarks.figure import Figure, at_most, database_of, tell
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Keyword, Origin, Provenance, Summary
from bot.store.documents import encode
from bot.store.sql_store import SqlStore, open_store
from bot.store.tables import SUMMARIES
from summarizer.markdown import read_digest

SHARED = Path(__file__).resolve().parents[2] / "shared"
QUERIES = 300
FIRST = datetime(2023, 1, 1, tzinfo=UTC)

_SIZES = {
    "sqlite": """
        SELECT sum(CASE WHEN name LIKE 'paper_words%' THEN pgsize ELSE 0 END),
            sum(CASE WHEN name IN ('papers', 'summaries') THEN pgsize ELSE 0 END) FROM dbstat
    """,
    "postgresql": """
        SELECT pg_total_relation_size('paper_words'),
            pg_total_relation_size('papers') + pg_total_relation_size('summaries')
    """,
}


@dataclass(frozen=True)
class Texts:
    """What papers are put together from."""

    titles: Sequence[str]
    english: Sequence[str]
    chinese: Sequence[str]
    keywords: Sequence[Keyword]

    def paper(self, number: int, draw: random.Random) -> Paper:
        month = f"{23 + number // 18_000:02}{number // 1_500 % 12 + 1:02}"
        first, second = (draw.choice(self.titles).split() for _ in range(2))
        # A name of its own, as every other paper has.
        title = [f"Net{number}:", *first[: len(first) // 2], *second[len(second) // 2 :]]
        return Paper(
            id=PaperId(f"{month}.{number % 1_500 + 1:05}"),
            title=" ".join(title),
            abstract=" ".join(draw.choices(self.english, k=9)),
            published_at=FIRST + timedelta(minutes=number * 40),
        )

    def summary(self, paper: Paper, language: str, draw: random.Random) -> Summary:
        said = self.chinese if language == "zh" else self.english
        return Summary(
            paper_id=paper.id,
            language=language,
            main_work=" ".join(draw.choices(said, k=3)),
            highlights=tuple(draw.choices(said, k=3)),
            keywords=tuple(draw.choices(self.keywords, k=5)),
            scores=None,
            provenance=Provenance(Origin.MODEL, "m", "p", paper.published_at),
        )


def real_texts() -> Texts:
    titles: list[str] = []
    english: list[str] = []
    for file in sorted((SHARED / "data" / "hf_daily").glob("20*.json")):
        for item in json.loads(file.read_bytes()):
            titles.append(" ".join(item["paper"]["title"].split()))
            english += re.split(r"(?<=[.!?])\s+", " ".join(item["paper"]["summary"].split()))
    summaries = [
        entry.summary
        for file in sorted((SHARED / "digests").glob("*.md"))
        for entry in read_digest(file.read_text("utf-8")).digest.entries
    ]
    texts = [text for s in summaries for text in (s.main_work, *s.highlights)]
    chinese = [said for text in texts for said in re.split(r"(?<=[。；])|\n", text) if said.strip()]
    keywords = [keyword for s in summaries for keyword in s.keywords]
    return Texts(titles, english, chinese, keywords)


async def fill(
    store: SqlStore, texts: Texts, draw: random.Random, *, papers: int
) -> tuple[list[Paper], float]:
    """The papers, and the milliseconds of the processor that storing one takes."""
    made = [texts.paper(number, draw) for number in range(papers)]
    start = time.process_time()
    for group in (made[n : n + 500] for n in range(0, papers, 500)):
        summaries = [texts.summary(p, language, draw) for p in group for language in ("zh", "en")]
        rows = [
            {
                "paper_id": summary.paper_id,
                "version": 1,
                "language": summary.language,
                "prompt": "p",
                "model": "m",
                "created_at": summary.provenance.created_at,
                "document": encode(summary),
            }
            for summary in summaries
        ]
        async with store.database.writing() as connection:
            await connection.execute(sa.insert(SUMMARIES), rows)
        await store.papers.save(group)
    return made, (time.process_time() - start) / papers * 1000


@dataclass(frozen=True)
class Asked:
    """Milliseconds that answers took, and how many papers the middle one found."""

    what: str
    p50: float
    p99: float
    found: float

    def line(self) -> str:
        times = f"p50 {self.p50:6.1f} ms  p99 {self.p99:6.1f} ms"
        return f"{self.what:35} {times}  found {self.found:5.0f}"


async def measure(what: str, ask: Callable[[str], Awaitable[int]], queries: Sequence[str]) -> Asked:
    times: list[float] = []
    found: list[int] = []
    for text in queries:
        start = time.perf_counter()
        found.append(await ask(text))
        times.append((time.perf_counter() - start) * 1000)
    p99 = statistics.quantiles(times, n=100)[-1]
    return Asked(what, statistics.median(times), p99, statistics.median(found))


def kinds(texts: Texts, made: Sequence[Paper], draw: random.Random) -> dict[str, list[str]]:
    """What people search for, from common to rare."""

    def typed(make: Callable[[], str]) -> list[str]:
        return [make() for _ in range(QUERIES)]

    def words(said: Sequence[str], count: int) -> str:
        return " ".join(draw.choices(re.findall(r"\w+", draw.choice(said)), k=count))

    def cut(size: int) -> str:
        runs = re.findall(f"[\u4e00-\u9fff]{{{size},}}", "".join(texts.chinese))
        run = draw.choice(runs)
        start = draw.randrange(len(run) - size + 1)
        return run[start : start + size]

    return {
        "one English word": typed(lambda: words(texts.english, 1)),
        "two English words": typed(lambda: words(texts.english, 2)),
        "the most common words": ["the", "model", "we", "learning data", "large language models"]
        * (QUERIES // 5),
        "an English phrase": typed(lambda: f'"{" ".join(draw.choice(texts.titles).split()[:3])}"'),
        "a paper's own name": typed(lambda: draw.choice(made).title.split(":")[0]),
        "one Chinese character": typed(lambda: cut(1)),
        "two Chinese characters": typed(lambda: cut(2)),
        "four Chinese characters": typed(lambda: cut(4)),
        "the most common, in Chinese": ["模型", "语言模型", "方法", "的", "大型语言模型"]
        * (QUERIES // 5),
        "both languages": typed(lambda: f"{cut(2)} {words(texts.english, 1)}"),
        "what is nowhere": typed(lambda: f"{draw.random()}"),
    }


async def report(store: SqlStore, texts: Texts, made: Sequence[Paper]) -> list[Asked]:
    draw = random.Random(7)

    async def search(text: str) -> int:
        return (await store.index.search(text, limit=10)).total

    async def suggest(text: str) -> int:
        return len(await store.index.suggest(text, limit=25))

    asked = kinds(texts, made, draw)
    told = [await measure(f"search: {kind}", search, queries) for kind, queries in asked.items()]
    for kind, queries in asked.items():
        unfinished = [text[: max(2, len(text) * 2 // 3)] for text in queries]
        told.append(await measure(f"suggest: {kind}", suggest, unfinished))
    return told


async def sizes(store: SqlStore) -> str:
    async with store.database.reading() as connection:
        statement = sa.text(_SIZES[connection.dialect.name])
        index, stored = (await connection.execute(statement)).one()
    return f"index {index / 1e6:.0f} MB, texts {stored / 1e6:.0f} MB"


async def measured(options: argparse.Namespace) -> tuple[list[Asked], float, str]:
    texts = real_texts()
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(options.database or Path(folder) / "sulan.db") as store:
            await empty(store)
            made, spent = await fill(store, texts, random.Random(7), papers=options.papers)
            if store.database.writer.dialect.name == "postgresql":
                async with store.database.writing() as connection:
                    await connection.execute(sa.text("ANALYZE"))
            return await report(store, texts, made), spent, await sizes(store)


def figures(told: Sequence[Asked], spent: float, options: argparse.Namespace) -> list[Figure]:
    """The slowest of either kind, and what storing a paper costs."""
    database = database_of(options.database)
    made: list[Figure] = []
    for kind in ("search", "suggest"):
        slowest = max((one for one in told if one.what.startswith(kind)), key=lambda one: one.p99)
        what = f"{kind} among {options.papers:,} papers: p99 of the slowest kind"
        basis = slowest.what.partition(": ")[2]
        made.append(Figure("search", what, slowest.p99, "ms", at_most(100), basis, database))
    made.append(Figure("search", "storing a paper", spent, "ms of processors", None, "", database))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure searching.")
    parser.add_argument("--database", help="one that may be emptied, postgresql+psycopg://…")
    parser.add_argument("--papers", type=int, default=50_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    told, spent, size = asyncio.run(measured(options))
    if options.json:
        tell(figures(told, spent, options))
        return
    print(f"{'a paper is stored in':35} {spent:6.2f} ms of the processor")
    for one in told:
        print(one.line())
    print(f"{size}; the process at its most {peak_mib():.0f} MiB")


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()

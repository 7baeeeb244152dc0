"""A year of real-shaped days on virtual time: what the store and the process grow by.

Lists of the sizes and texts of real days, looked at every hour, summaries in two languages, a few
chats of different kinds, retention every night, a process that is never started anew. Prints the
store's bytes by table after each quarter, and the process's memory by month; the slope is that of a
straight line through the months after the first quarter. The time is virtual, the file and its
rows are real. Run: python benchmarks/growth.py FOLDER [MONTHS] [--json], where FOLDER holds real
answers (``hf_daily/*.json``).
"""

# ruff: noqa: ARG002 -- the platform's port has these arguments

import gc
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa

from adapters.base import Message, Pace
from bot.domain.chat import Chat, Style
from bot.domain.listing import Listing
from bot.domain.model_call import ModelCall
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.summary import (
    Keyword,
    Language,
    Origin,
    Provenance,
    Score,
    Scores,
    Summary,
    SummaryKey,
)
from bot.domain.target import Receipt, Target
from bot.domain.timetable import WORKDAYS, Timetable
from bot.ports import Store
from bot.services.collect import collect_day
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.tools import Tools
from bot.services.health import Health
from bot.services.heartbeat import Heartbeats, QuietWords
from bot.services.plan import Planner
from bot.services.publication import Publication, Voices
from bot.services.rounds.retention import forget_old
from bot.sources.hf_parse import parse_daily
from bot.store.sql_store import SqlStore, open_store
from bot.virtual_time import LoopClock, Threads, run_virtually
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

FIRST = date(2026, 1, 1)
START = datetime.combine(FIRST, time(), UTC)
MONTH = timedelta(days=365) / 12
LANGUAGES = ("zh", "en")
CHATS = (
    Chat(Target("quick", "all"), "zh"),
    Chat(Target("quick", "other language"), "en", heartbeat=time(20)),
    Chat(Target("quick", "both"), "zh", second_language="en", style=Style.DIGEST),
    Chat(Target("quick", "mornings"), "en", timetable=Timetable((time(8),), WORKDAYS)),
)


@dataclass
class Month:
    """After so many months: megabytes of the process and of the file, and rows settled by then."""

    number: int
    process_mb: float
    file_mb: float
    papers: int = 0
    tables_mb: dict[str, float] = field(default_factory=dict[str, float])


class Quick:
    """A platform that takes everything at once and remembers nothing."""

    name = "quick"
    taken = 0

    def pace(self, target: Target) -> Pace:
        return Pace()

    def render(self, post: Post, *, plain: bool = False) -> Sequence[Message]:
        return (post.title,)

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        self.taken += 1
        return Receipt(str(self.taken))

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Taken."""


class Lists:
    """Each weekday has a real day's list, with ids of its own, that grows from 2 to 20 o'clock."""

    key = "hf"

    def __init__(self, days: Sequence[Sequence[Paper]], clock: LoopClock) -> None:
        self._days = days
        self._clock = clock

    async def list_day(self, day: date) -> Listing:
        if day.weekday() >= 5:
            return Listing("hf", day, ())
        number = (day - FIRST).days
        papers = self._days[number % len(self._days)]
        hours = (self._clock.now() - datetime.combine(day, time(), UTC)) / timedelta(hours=1)
        there = round(len(papers) * min(1.0, max(0.0, (hours - 2) / 18)))
        month = f"{day:%y%m}"
        numbered = enumerate(papers[:there])
        own = [replace(p, id=PaperId(f"{month}.{day.day:02}{n + 1:03}")) for n, p in numbered]
        return Listing("hf", day, tuple(own))


def main() -> None:
    """Live so many months and print what they left."""
    arguments = [each for each in sys.argv[1:] if each != "--json"]
    if not arguments:
        raise SystemExit((__doc__ or "").strip())
    months = int(arguments[1]) if len(arguments) > 1 else 12
    days = [
        parse_daily(file.read_bytes(), day=date.fromisoformat(file.stem)).papers
        for file in sorted((Path(arguments[0]) / "hf_daily").glob("2*.json"))
    ]
    threads = Threads()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "store.sqlite3"

        async def play() -> list[Month]:
            async with open_store(place) as store:
                clock = LoopClock(START)
                return await _live(_Year(days, threads.watch(store), clock), store, place, months)

        lived = run_virtually(play, threads=threads)
    if "--json" in sys.argv:
        print(json.dumps([asdict(month) for month in lived]))
        return
    for month in lived:
        print(
            f"month {month.number:2}: process {month.process_mb:6.1f} MB, file {month.file_mb:6.1f}"
            f" MB, {month.papers} papers"
        )
        for table, size in sorted(month.tables_mb.items(), key=lambda entry: -entry[1]):
            print(f"    {table:24} {size:7.1f} MB")
    print(f"slope after the first quarter: {slope(lived):+.2f} MB a month")


def slope(lived: Sequence[Month]) -> float:
    """Megabytes of the process a month, after the first quarter, in which SQLite's caches fill."""
    later = lived[3:] if len(lived) > 4 else lived
    if len(later) < 2:
        return 0.0
    return statistics.linear_regression(
        [month.number for month in later], [month.process_mb for month in later]
    ).slope


class _Year:
    """The real parts, on one store, for as long as the program runs."""

    def __init__(self, days: Sequence[Sequence[Paper]], store: Store, clock: LoopClock) -> None:
        health = Health()
        quiet = QuietWords(store, clock, health=health, wording=load_wording)
        voices = Voices(load_wording, LANGUAGES, ExtractiveSummarizer(clock))
        publication = Publication(store, voices, quiet, clock=clock)
        self.store, self.clock = store, clock
        self._lists = Lists(days, clock)
        self._planner = Planner(store, clock)
        self._heartbeats = Heartbeats(store, clock)
        tools = Tools(store, clock, health)
        self._deliverer = Deliverer([Quick()], publication.compose, tools=tools)

    async def hour(self) -> None:
        """One look at the lists, and all that follows from it."""
        today = self.clock.now().date()
        for day in (today, today - timedelta(days=1)):
            found = await collect_day(self._lists, day, store=self.store, clock=self.clock)
            for paper_id in found.new:
                await self._write(paper_id)
        await self._planner.plan()
        await self._heartbeats.plan()
        await self._deliverer.run_once()
        if self.clock.now().hour == 0:
            await forget_old(self.store, self.clock.now())

    async def _write(self, paper_id: PaperId) -> None:
        (paper,) = (await self.store.papers.get([paper_id])).values()
        for language in LANGUAGES:
            key = SummaryKey(paper_id, paper.version, language, "v1", "a-model")
            await self.store.summaries.put(key, _summary(paper, language))
            now = self.clock.now()
            await self.store.ledger.record(ModelCall(key, now, 1800, 1024, 700, None, "ok"))


async def _live(year: _Year, store: SqlStore, place: Path, months: int) -> list[Month]:
    await year.store.chats.save(CHATS, now=START - timedelta(days=9))
    lived: list[Month] = []
    for number in range(1, months + 1):
        while year.clock.now() < START + number * MONTH:
            await year.hour()
            await year.clock.sleep(3600)
        detailed = number % 3 == 0 or number == months
        lived.append(await _measured(store, place, number, detailed=detailed))
    return lived


async def _measured(store: SqlStore, place: Path, number: int, *, detailed: bool) -> Month:
    gc.collect()
    tables: dict[str, float] = {}
    async with store.database.reading() as connection:
        count = (await connection.execute(sa.text("SELECT count(*) FROM papers"))).scalar_one()
        if detailed:
            sizes = sa.text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")
            for name, size in await connection.execute(sizes):
                tables[name] = size / 1e6
    files = place.parent.glob(f"{place.name}*")
    file_mb = sum(file.stat().st_size for file in files) / 1e6
    large = {name: size for name, size in tables.items() if size >= 0.1}
    return Month(number, _resident_mb(), file_mb, count, large)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def _summary(paper: Paper, language: Language) -> Summary:
    """As long as a model's; out of the abstract's own words."""
    score = Score(3.5, reason="It is compared with enough of the others. " * 2)
    text = paper.abstract
    return Summary(
        paper_id=paper.id,
        language=language,
        main_work=text[:700],
        highlights=(text[:160], text[160:320], text[320:480]),
        keywords=tuple(Keyword(word, word) for word in text.split()[:6]),
        scores=Scores(score, score, score),
        provenance=Provenance(Origin.MODEL, "a-model", "v1", START),
    )


if __name__ == "__main__":
    main()

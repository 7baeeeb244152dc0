"""How fast the outbox takes, gives and settles deliveries, at backlogs of several sizes.

    .venv/bin/python benchmarks/outbox.py [--database URL] [--backlogs 100000,1000000] [--json]

For each backlog: deliveries added per second of processor time, each operation's median and 99th
percentile in milliseconds, and its processor time. Beside them: the same rows put by the bare
sqlite3 module into a table with nothing but their key. Chats are as many as deliveries (a
broadcast), then 1,000 (a backlog of papers). On a busy machine compare processor times.
"""

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.emptied import empty
from benchmarks.figure import Figure, database_of, tell
from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.store.sql_store import SqlStore, open_store

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LEASE = timedelta(seconds=60)
GROUP = 10_000
ROUNDS = 100


@dataclass
class Times:
    """Seconds on the wall and of all processors, by what took them."""

    wall: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def of(self, name: str) -> Generator[None, None, None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall[name].append(time.perf_counter() - wall)
        self.cpu[name].append(time.process_time() - cpu)

    def show(self, name: str) -> str:
        wall, cpu = self.wall[name], self.cpu[name]
        return (
            f"  {name:12} p50 {statistics.median(wall) * 1e3:6.1f} ms"
            f"  p99 {statistics.quantiles(wall, n=100)[-1] * 1e3:6.1f} ms"
            f"  processor {statistics.median(cpu) * 1e3:6.1f} ms"
        )


def deliveries(number: int, chats: int) -> Iterator[Delivery]:
    for n in range(number):
        target = Target("telegram", str(-1001000000000 - n % chats))
        yield Delivery(target, f"paper:2611.{n // chats:05}:zh", NOW, NOW)


async def fill(store: SqlStore, number: int, chats: int) -> tuple[float, float]:
    """Rows a second on the wall, and of all processors."""
    times, group = Times(), list[Delivery]()
    for delivery in deliveries(number, chats):
        group.append(delivery)
        if len(group) == GROUP:
            with times.of("add"):
                await store.outbox.add(group)
            group = []
    wall, cpu = sum(times.wall["add"]), sum(times.cpu["add"])
    return number / wall, number / cpu


def bare(number: int) -> str:
    """The sqlite3 module alone."""
    rows = [(d.id, d.target.chat, d.post_key, str(d.due_at)) for d in deliveries(number, number)]
    times = Times()
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(f"{folder}/b")) as db:
        db.execute("CREATE TABLE d (id TEXT PRIMARY KEY, chat TEXT, post TEXT, due TEXT)")
        with times.of("add"):
            db.executemany("INSERT INTO d VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)
            db.commit()
    return f"{number / times.cpu['add'][0]:,.0f} per processor second"


async def measure(store: SqlStore) -> Times:
    times, now = Times(), NOW
    for _ in range(ROUNDS):
        now += timedelta(seconds=1)
        with times.of("claim 100"):
            claimed = await store.outbox.claim(100, now=now, lease=LEASE, platform="telegram")
        assert len(claimed) == 100
        sending = [replace(delivery, state=State.SENDING) for delivery in claimed]
        with times.of("sending 100"):
            assert not await store.outbox.save(sending)
        sent = [replace(d, state=State.SENT, lease_until=None, sent_at=now) for d in claimed]
        with times.of("sent 100"):
            await store.outbox.save(sent)
        with times.of("space one"):
            await store.outbox.space(claimed[0].target, until=now + timedelta(seconds=1))
        with times.of("reserve"):
            await store.rates.reserve("telegram", 10, per_second=28, now=now)
    return times


@dataclass(frozen=True)
class Filled:
    """A backlog: rows added a second on the wall and of processors, then each operation's times."""

    backlog: int
    chats: int
    rate: float
    cpu_rate: float
    again: float
    times: Times
    row_bytes: float = 0.0


async def run(place: str | None, backlog: int, chats: int) -> Filled:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(place or Path(folder) / "sulan.db") as store:
            await empty(store)
            rate, cpu_rate = await fill(store, backlog, chats)
            again, _ = await fill(store, min(backlog, 100_000), chats)
            times = await measure(store)
        row_bytes = 0.0 if place else size(Path(folder) / "sulan.db") / backlog
    return Filled(backlog, chats, rate, cpu_rate, again, times, row_bytes)


def show(one: Filled) -> None:
    print(f"{one.backlog:,} deliveries for {one.chats:,} chats:")
    print(f"  added        {one.rate:,.0f}/s ({one.cpu_rate:,.0f} per processor second)")
    print(f"  nothing new  {one.again:,.0f}/s")
    for name in one.times.wall:
        print(one.times.show(name))
    if one.row_bytes:
        print(f"  {one.row_bytes:.0f} bytes a delivery")


def figures(one: Filled, database: str) -> list[Figure]:
    """What is added, and what a claim, a mark and an outcome of a hundred cost."""
    what = f"{one.backlog:,} deliveries for {one.chats:,} chats"
    basis = f"{one.cpu_rate:,.0f} per processor second"
    made = [
        Figure("outbox", f"{what}: added", one.rate, "rows/s", None, basis, database),
    ]
    for name in ("claim 100", "sending 100", "sent 100"):
        wall = one.times.wall[name]
        p99 = statistics.quantiles(wall, n=100)[-1] * 1e3
        median = statistics.median(wall) * 1e3
        text = f"p99 {p99:.1f} ms"
        made.append(Figure("outbox", f"{what}: {name}", median, "ms", None, text, database))
    return made


def size(path: Path) -> int:
    return path.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the outbox.")
    parser.add_argument("--database", help="one that may be emptied, postgresql+psycopg://…")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--backlogs", default="100000,1000000")
    options = parser.parse_args()
    if not options.json:
        print(f"sqlite3 alone: {bare(200_000)}")
    made: list[Figure] = []
    for backlog in map(int, options.backlogs.split(",")):
        for chats in (backlog, 1_000):
            one = asyncio.run(run(options.database, backlog, chats))
            made += figures(one, database_of(options.database))
            if not options.json:
                show(one)
    if options.json:
        tell(made)


if __name__ == "__main__":
    main()

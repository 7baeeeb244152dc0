"""How fast the outbox takes, gives and settles deliveries, at backlogs of several sizes.

    .venv/bin/python benchmarks/outbox.py [--place sulan.db] [--backlogs 100000,1000000]

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


async def fill(store: SqlStore, number: int, chats: int) -> str:
    times, group = Times(), list[Delivery]()
    for delivery in deliveries(number, chats):
        group.append(delivery)
        if len(group) == GROUP:
            with times.of("add"):
                await store.outbox.add(group)
            group = []
    wall, cpu = sum(times.wall["add"]), sum(times.cpu["add"])
    return f"{number / wall:,.0f}/s ({number / cpu:,.0f} per processor second)"


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


async def run(place: str | None, backlog: int, chats: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(place or Path(folder) / "sulan.db") as store:
            print(f"{backlog:,} deliveries for {chats:,} chats:")
            print(f"  added        {await fill(store, backlog, chats)}")
            print(f"  nothing new  {await fill(store, min(backlog, 100_000), chats)}")
            times = await measure(store)
            for name in times.wall:
                print(times.show(name))
        if not place:
            print(f"  {size(Path(folder) / 'sulan.db') / backlog:.0f} bytes a delivery")


def size(path: Path) -> int:
    return path.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the outbox.")
    parser.add_argument("--place", help="an empty database, for one backlog only")
    parser.add_argument("--backlogs", default="100000,1000000")
    options = parser.parse_args()
    print(f"sqlite3 alone: {bare(200_000)}")
    for backlog in map(int, options.backlogs.split(",")):
        for chats in [backlog] if options.place else [backlog, 1_000]:
            asyncio.run(run(options.place, backlog, chats))


if __name__ == "__main__":
    main()

"""How fast processes send together where the platform sells messages, and what they buy.

    .venv/bin/python benchmarks/paid.py [--database URL] [--processes 1,2,4] [--json]

As ``drain.py``, with Telegram's real rates: 30 messages a second are free, and for each one more it
takes Stars, up to 1,000 a second. The day's limit is reached in each run, some messages before the
end, so that the rest goes at the free rate. For each number of processes: messages a second until
then, over 1,000; the most in any one second of all processes together, and of the free ones; and
what was bought, beside the limit and what the store counts. The platform answers at once, and takes
note of each message when it is called.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.base import Fare, Message
from adapters.telegram.adapter import PAID_PER_SECOND, PER_SECOND, STARS_EACH
from benchmarks.drain import Instant, fill, together, work, worst_second
from benchmarks.figure import Figure, at_most, tell
from bot.clock import SystemClock
from bot.domain.target import Receipt, Target
from bot.services.deliver.slots import paid_key
from bot.store.sql_store import open_store

# What Telegram permits in a second: for nothing, and in all.
FREE, SOLD = 30, 1_000
_NAME = "telegram"
# For so many at the end, or a tenth, the day's limit has no room: some seconds at the free rate.
_BEYOND = 300


class Seller(Instant):
    """Implements ``Adapter`` and ``Payable``; a message is whether it is paid for."""

    def __init__(self, most_a_day: int) -> None:
        super().__init__(_NAME, PER_SECOND)
        self.fare = Fare(PAID_PER_SECOND, STARS_EACH, "Stars", most_a_day)
        self.paid: list[bool] = []

    def charged(self, message: Message) -> Message:  # noqa: ARG002 - the port's
        """See the port."""
        return True

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        """See the port."""
        self.paid.append(message is True)
        return await super().send(target, message, key=key)

    def told(self) -> dict[str, object]:
        """See ``Instant``."""
        return {"times": self.times, "paid": self.paid}


@dataclass(frozen=True)
class Sold:
    """One run: ``per_second`` of all processes together until the last message that was bought;
    ``counted`` is what the store says of ``bought``, ``limit`` what was permitted."""

    database: str
    processes: int
    messages: int
    per_second: float
    over_sold: float
    worst_second: int
    worst_free_second: int
    bought: int
    counted: int
    limit: int
    cpu_ms: float
    shares: Sequence[int]


async def measure(processes: int, messages: int, *, database: str | None = None) -> Sold:
    """Put messages into a database, and have so many processes send them."""
    limit = messages - min(_BEYOND, messages // 10)
    with tempfile.TemporaryDirectory() as folder:
        place = database or str(Path(folder) / "sulan.sqlite3")
        before = await _counted(place)
        await fill(place, [_NAME] * messages)
        worker = (__file__, "--worker", place, "--most", str(before + limit))
        said = await together([worker] * processes)
        counted = await _counted(place) - before
    sent = sorted(pair for one in said for pair in zip(one["times"], one["paid"], strict=True))
    assert len(sent) == messages, f"{len(sent)} of {messages} were sent"
    times, bought = [at for at, _ in sent], [at for at, paid in sent if paid]
    quick = [at for at in times if at <= bought[-1]]
    per_s = (len(quick) - 1) / (quick[-1] - quick[0])
    return Sold(
        database="PostgreSQL" if database else "SQLite",
        processes=processes,
        messages=messages,
        per_second=per_s,
        over_sold=per_s / SOLD,
        worst_second=worst_second(times),
        worst_free_second=worst_second([at for at, paid in sent if not paid]),
        bought=len(bought),
        counted=counted,
        limit=limit,
        cpu_ms=sum(one["cpu_s"] for one in said) * 1000 / messages,
        shares=[len(one["times"]) for one in said],
    )


def figures(run: Sold) -> Sequence[Figure]:
    """How near a run came to 1,000 a second, and that it exceeded nothing."""
    many = f"{run.processes} {'process' if run.processes == 1 else 'processes'}"
    speed = f"{run.per_second:,.0f}/s, {run.cpu_ms:.2f} ms of processor a message"
    spent = f"{run.bought:,} bought, {run.counted:,} counted"
    over = f"{many}: rate over the 1,000/s that are sold"
    bounds = (
        ("most in any second, over 1,000", run.worst_second / SOLD, speed),
        ("most free in any second, over 30", run.worst_free_second / FREE, speed),
        ("bought, over the day's limit", run.bought / run.limit, spent),
    )
    return [
        Figure("paid", over, run.over_sold, basis=speed, database=run.database),
        *(
            Figure("paid", f"{many}: {what}", value, "", at_most(1), basis, run.database)
            for what, value, basis in bounds
        ),
    ]


async def _counted(place: str) -> int:
    today = SystemClock().now().date()
    async with open_store(place) as store:
        return await store.allowances.used(paid_key(_NAME), day=today)


def main() -> None:
    """Print a line a run, or all of them as JSON."""
    parser = argparse.ArgumentParser(description="Measure paid broadcast over several processes.")
    parser.add_argument("--database", help="an empty database, postgresql+psycopg://…")
    parser.add_argument("--processes", default="1,2,4")
    parser.add_argument("--messages", type=int, default=6_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--most", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        asyncio.run(work(options.worker, Seller(options.most)))
        return
    runs: list[Sold] = []
    for processes in map(int, options.processes.split(",")):
        run = asyncio.run(measure(processes, options.messages, database=options.database))
        runs.append(run)
        if not options.json:
            _tell(run)
    if options.json:
        tell(figure for run in runs for figure in figures(run))


def _tell(run: Sold) -> None:
    print(
        f"{run.database:10} {run.processes} processes: {run.per_second:5.0f}/s,"
        f" {run.over_sold:.2f} × what is sold, worst second {run.worst_second} (free:"
        f" {run.worst_free_second}), bought {run.bought:,} of {run.limit:,} (counted"
        f" {run.counted:,}), {run.cpu_ms:.2f} ms of processor a message,"
        f" {'/'.join(map(str, run.shares))}"
    )


if __name__ == "__main__":
    main()

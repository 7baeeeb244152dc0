"""How fast processes empty the outbox together, on a platform that answers at once.

    .venv/bin/python benchmarks/drain.py [--database URL] [--processes 1,2,4] [--json]

For each number of processes: messages a second, over Telegram's permitted 30, and processor time a
message. Everything but the platform is real: each process is one of its own, claims from the same
database, reserves from the same rate (set far above what it can reach), and marks every message
before and after its call. ``--database`` names an empty database; without it, SQLite in a folder
of its own. ``--per-second`` sets what the platform permits, to see how near they come to it.
``--apart`` gives each process chats and a rate of its own beforehand: the most that sharing chats
out by a hash could bring.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from adapters.base import Message, Pace
from bot.clock import SystemClock
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.post import Post
from bot.domain.target import Receipt, Target
from bot.services.deliver.testing import Stage
from bot.store.sql_store import open_store

PERMITTED = 30
# Out of reach, so that the rate's row is used and limits nothing.
_NO_LIMIT = 20_000.0
_PLATFORM = "telegram"
_GLANCE_S = 0.3


class Instant:
    """Implements ``adapters.base.Adapter``: takes everything at once."""

    def __init__(self, name: str, per_second: float) -> None:
        self.name = name
        self._pace = Pace(per_second)
        self.times: list[float] = []

    def pace(self, target: Target) -> Pace:  # noqa: ARG002 - the port's
        return self._pace

    def render(self, post: Post, *, plain: bool = False) -> Sequence[Message]:  # noqa: ARG002 - the port's
        return (post.title,)

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:  # noqa: ARG002 - the port's
        self.times.append(time.time())
        return Receipt(str(len(self.times)))

    def told(self) -> dict[str, object]:
        """What a process says of what it sent, as JSON has it."""
        return {"times": self.times}


class QuickStage(Stage):
    """Posts that cost nothing to compose: what is measured is delivering them."""

    async def compose(self, delivery: Delivery, chat: Chat) -> Post | None:
        return Post(chat.language, title=delivery.post_key, url="")


@dataclass(frozen=True)
class Drained:
    """One drain: ``per_second`` of all processes together, ``worst_second`` the most that any one
    second saw, ``cpu_ms`` of a message."""

    database: str
    processes: int
    apart: bool
    messages: int
    per_second: float
    over_permitted: float
    worst_second: int
    cpu_ms: float
    shares: Sequence[int]


@dataclass(frozen=True)
class Case:
    """So many messages for so many processes; ``apart``: each has chats of its own."""

    processes: int
    messages: int
    apart: bool = False

    def platforms(self) -> Sequence[str]:
        """What each process's adapter is called."""
        return [f"{_PLATFORM}-{n}" if self.apart else _PLATFORM for n in range(self.processes)]


async def measure(
    case: Case, *, database: str | None = None, per_second: float = _NO_LIMIT
) -> Drained:
    """Put messages into a database, and drain it with so many processes."""
    processes, messages = case.processes, case.messages
    names = case.platforms()
    with tempfile.TemporaryDirectory() as folder:
        place = database or str(Path(folder) / "sulan.sqlite3")
        await fill(place, [names[n % processes] for n in range(messages)])
        said = await together([_worker(place, name, per_second) for name in names])
    times = sorted(at for one in said for at in one["times"])
    assert len(times) == messages, f"{len(times)} of {messages} were sent"
    per_s = (len(times) - 1) / (times[-1] - times[0])
    return Drained(
        database="PostgreSQL" if database else "SQLite",
        processes=processes,
        apart=case.apart,
        messages=messages,
        per_second=per_s,
        over_permitted=per_s / PERMITTED,
        worst_second=worst_second(times),
        cpu_ms=sum(one["cpu_s"] for one in said) * 1000 / messages,
        shares=[len(one["times"]) for one in said],
    )


def worst_second(times: Sequence[float]) -> int:
    """The most that any second saw of some sorted moments."""
    worst = first = 0
    for n, at in enumerate(times):
        while times[first] <= at - 1:
            first += 1
        worst = max(worst, n - first + 1)
    return worst


async def fill(place: str, platforms: Sequence[str]) -> None:
    """One message for each of as many chats: a digest that is sent to everybody; for each, what its
    adapter is called."""
    clock = SystemClock()
    async with open_store(place) as store:
        stage = QuickStage(store, clock)
        run = clock.now().strftime("%H%M%S%f")
        targets = [Target(name, f"{run}{n:06}") for n, name in enumerate(platforms)]
        await stage.open(map(Chat, targets))
        await stage.queue(targets, ["paper:2608.00001:zh"])


def _worker(place: str, name: str, per_second: float) -> Sequence[str]:
    return (__file__, "--worker", place, "--name", name, "--per-second", str(per_second))


async def together(programs: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Start Python programs, let them go once all are ready, and give what they told (``work``)."""
    pipe = asyncio.subprocess.PIPE
    workers = [
        await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdin=pipe, stdout=pipe, limit=2**24
        )
        for arguments in programs
    ]
    for worker in workers:  # the others wait meanwhile
        assert worker.stdout
        assert (await worker.stdout.readline()).strip() == b"ready"
    told = await asyncio.gather(*(worker.communicate(b"go\n") for worker in workers))
    return [json.loads(out) for out, _ in told]


async def work(place: str, adapter: Instant) -> None:
    """One process: wait for the word, deliver until nothing is left, tell what was sent when."""
    clock, stopping = SystemClock(), asyncio.Event()
    async with open_store(place) as store:
        stage = QuickStage(store, clock)
        await stage.quiet()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        began = time.process_time()
        running = asyncio.ensure_future(stage.deliverer(adapter).run(stopping))
        while await _goes_on(adapter, stage):
            pass
        used = time.process_time() - began
        stopping.set()
        await running
    print(json.dumps({**adapter.told(), "cpu_s": used}))


async def _goes_on(adapter: Instant, stage: Stage) -> bool:
    """Whether something is left; the outbox is asked only once nothing more arrives here."""
    before = len(adapter.times)
    await stage.clock.sleep(_GLANCE_S)
    return len(adapter.times) > before or not await stage.quiet()


def main() -> None:
    """Print a line a drain, or all of them as JSON."""
    parser = argparse.ArgumentParser(description="Measure how fast the outbox is emptied.")
    parser.add_argument("--database", help="an empty database, postgresql+psycopg://…")
    parser.add_argument("--processes", default="1,2,4")
    parser.add_argument("--messages", type=int, default=6_000)
    parser.add_argument("--per-second", type=float, default=_NO_LIMIT)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--apart", action="store_true", help="each process has its own chats")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--name", default=_PLATFORM, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        asyncio.run(work(options.worker, Instant(options.name, options.per_second)))
        return
    drains: list[Drained] = []
    for processes in map(int, options.processes.split(",")):
        case = Case(processes, options.messages, options.apart)
        measuring = measure(case, database=options.database, per_second=options.per_second)
        drain = asyncio.run(measuring)
        drains.append(drain)
        if not options.json:
            _tell(drain)
    if options.json:
        print(json.dumps([asdict(drain) for drain in drains], indent=2))


def _tell(drain: Drained) -> None:
    print(
        f"{drain.database:10} {drain.processes} processes{', apart' * drain.apart}:"
        f" {drain.per_second:7.0f}/s,"
        f" {drain.over_permitted:5.1f} × permitted, worst second {drain.worst_second},"
        f" {drain.cpu_ms:.2f} ms of processor a message, {'/'.join(map(str, drain.shares))}"
    )


if __name__ == "__main__":
    main()

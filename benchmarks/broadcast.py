"""A broadcast: how near to the permitted rate, how fair, and at what cost.

On a platform like Telegram (30 messages a second, 1 a second in a chat) and one like Discord (50 a
second, 5 in 5 s in a chat), for 1 to 10,000 chats: messages a second over what the adapter asks for
and over what the platform permits, answers of 429, publish to last delivery over the least time
possible (FACTS §6), and how long a chat with one post waits while 10,000 others are served.

Rates and waits are on virtual time: the loop skips the waiting, and the platform enforces its
limits by the same clock, which stands while the database works. CPU and memory are real. Some of it
is repeated on the real clock; ``--quick`` leaves out what takes minutes. ``--database`` names a
database that may be emptied, for what is not in memory.

Run: python benchmarks/broadcast.py [--quick] [--database URL] [--json]
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from adapters.base import Message, Pace
from adapters.discord.adapter import BURST
from adapters.discord.adapter import CHAT_GAP as CHANNEL_GAP_S
from adapters.discord.adapter import PER_SECOND as DISCORD
from adapters.telegram.adapter import PER_SECOND as TELEGRAM
from adapters.telegram.adapter import PRIVATE_GAP_S
from benchmarks.emptied import empty
from benchmarks.figure import Figure, at_least, at_most, database_of, tell
from bot.clock import SystemClock
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.delivery_errors import RateLimited
from bot.domain.post import Post
from bot.domain.target import Receipt, Target
from bot.ports import Clock, Store
from bot.services.deliver.testing import Stage
from bot.store.memory import MemoryStore
from bot.store.sql_store import open_store
from bot.virtual_time import LoopClock, Threads, run_virtually

START = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
LATENCY_S = 0.15


@dataclass(frozen=True)
class Permitted:
    """What a platform enforces (so many in any second, so many in a chat within a span), and what
    its adapter asks for."""

    name: str
    per_second: int
    in_chat: int
    within_s: float
    pace: Pace

    def floor_s(self, chats: float, posts: int) -> float:
        """The least time that so many messages can take. The first in a row waits for nobody, and
        in a chat the first ``in_chat`` at once, then so many whenever the span has passed."""
        in_chat = (posts - 1) // self.in_chat * self.within_s
        return max((chats * posts - 1) / self.per_second, in_chat)

    def configured_s(self, chats: float, posts: int) -> float:
        """The same at the adapter's pace."""
        rate, gap, burst = self.pace.per_second or 1, self.pace.chat_gap or 0, self.pace.burst
        return max((chats * posts - 1) / rate, (posts - 1) // burst * burst * gap)


# With room for other senders; and as the adapters ask for, as near to the limit as 0 answers of 429
# allow.
PLATFORMS = (
    Permitted("telegram", 30, 1, 1.0, Pace(28, 1.05)),
    Permitted("telegram", 30, 1, 1.0, Pace(TELEGRAM, PRIVATE_GAP_S)),
    Permitted("discord", 50, 5, 5.0, Pace(45, 1.0)),
    Permitted("discord", 50, 5, 5.0, Pace(DISCORD, CHANNEL_GAP_S, BURST)),
)


class Platform:
    """Implements ``adapters.base.Adapter``; notes what arrives and refuses what is too much."""

    def __init__(self, permitted: Permitted) -> None:
        self._permitted = permitted
        self.arrivals: list[tuple[float, Target]] = []
        self.refused = 0
        self._lately: deque[float] = deque()
        self._in_chat: defaultdict[Target, deque[float]] = defaultdict(deque)

    @property
    def name(self) -> str:
        return self._permitted.name

    def pace(self, target: Target) -> Pace:  # noqa: ARG002 - the port's
        return self._permitted.pace

    def render(
        self,
        post: Post,
        *,
        plain: bool = False,  # noqa: ARG002 - the port's
    ) -> Sequence[Message]:
        return (post.title,)

    async def send(
        self,
        target: Target,
        message: Message,  # noqa: ARG002 - the port's
        *,
        key: str,  # noqa: ARG002 - the port's
    ) -> Receipt:
        now, permitted = asyncio.get_running_loop().time(), self._permitted
        in_chat = self._in_chat[target]
        _forget(self._lately, now - 1.0)
        _forget(in_chat, now - permitted.within_s)
        if len(self._lately) >= permitted.per_second or len(in_chat) >= permitted.in_chat:
            self.refused += 1
            raise RateLimited("Too Many Requests", retry_after=3)
        self._lately.append(now)
        in_chat.append(now)
        self.arrivals.append((now, target))
        await asyncio.sleep(LATENCY_S)
        return Receipt(str(len(self.arrivals)))


class QuickStage(Stage):
    """Posts that cost nothing to compose: what is measured is delivering them."""

    async def compose(self, delivery: Delivery, chat: Chat) -> Post | None:
        return Post(chat.language, title=delivery.post_key, url="")


@dataclass(frozen=True)
class Case:
    """So many posts to so many chats; meanwhile come chats with one post each."""

    chats: int
    posts: int
    latecomers: int = 0


@dataclass(frozen=True)
class Result:
    """One broadcast: seconds from the publication on, and real CPU a message."""

    times: Sequence[float]
    refused: int
    cpu_ms: float
    late_waits: Sequence[float]

    @property
    def per_second(self) -> float:
        return (len(self.times) - 1) / (self.times[-1] - self.times[0])

    @property
    def worst_second(self) -> int:
        """The most that arrived within any second."""
        worst, window = 0, deque[float]()
        for at in self.times:
            window.append(at)
            _forget(window, at - 1.0)
            worst = max(worst, len(window))
        return worst


async def broadcast(permitted: Permitted, case: Case, store: Store, clock: Clock) -> Result:
    """Publish, deliver, and look at what arrived when."""
    stage, platform = QuickStage(store, clock), Platform(permitted)
    targets = [Target(permitted.name, f"chat {n}") for n in range(case.chats)]
    lates = [Target(permitted.name, f"late {n}") for n in range(case.latecomers)]
    await stage.open(map(Chat, (*targets, *lates)))
    await stage.queue(targets, [f"paper:2608.{n:05}:zh" for n in range(case.posts)])
    loop = asyncio.get_running_loop()
    begun, cpu = loop.time(), time.process_time()
    playing = asyncio.ensure_future(stage.play(platform, most=86_400))
    due: dict[Target, float] = {}
    for target in lates:
        await clock.sleep(permitted.configured_s(case.chats, case.posts) / (len(lates) + 1))
        due[target] = loop.time()
        await stage.queue([target], ["paper:2609.00001:zh"])
    await playing
    used = time.process_time() - cpu
    return Result(
        times=[at - begun for at, _ in platform.arrivals],
        refused=platform.refused,
        cpu_ms=used * 1000 / len(platform.arrivals),
        late_waits=sorted(at - due[place] for at, place in platform.arrivals if place in due),
    )


CASES = (Case(1, 22), Case(100, 22), Case(1_000, 1))
# Latecomers wait behind whoever waited longer, never behind a chat's second post.
FAIRNESS = Case(1_000, 10, 100)
LARGEST = Case(10_000, 1, 100)


@dataclass(frozen=True)
class Played:
    """A broadcast that has been played, and ``where``: on which clock, over which store."""

    permitted: Permitted
    case: Case
    where: str
    result: Result

    @property
    def sent_to(self) -> float:
        """Chats with so many posts each; who came late counts in part."""
        return self.case.chats + self.case.latecomers / self.case.posts

    @property
    def took_s(self) -> float:
        """From the first arrival to the last."""
        return self.result.times[-1] - self.result.times[0]

    @property
    def of_permitted(self) -> float:
        """The rate, over the greatest that the platform permits."""
        return self.permitted.floor_s(self.sent_to, self.case.posts) / self.took_s

    @property
    def of_asked(self) -> float:
        """The rate, over that which the adapter asks for."""
        return self.permitted.configured_s(self.sent_to, self.case.posts) / self.took_s

    @property
    def over_floor(self) -> float:
        """Publication to the last arrival, over the least time possible."""
        return self.result.times[-1] / self.permitted.floor_s(self.sent_to, self.case.posts)


def main() -> None:
    """Print a line a broadcast."""
    parser = argparse.ArgumentParser(description="Measure broadcasts.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--database", help="one that may be emptied, postgresql+psycopg://…")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    played: list[Played] = []
    if not options.json:
        print(f"{LATENCY_S * 1000:.0f} ms a call")
        _head()
    for one in _played(options.database, quick=options.quick):
        played.append(one)
        if not options.json:
            _tell(one)
    if options.json:
        tell(figure for one in played for figure in figures(one))


def figures(played: Played) -> list[Figure]:
    """Those of the pace that the adapters ask for."""
    permitted, case, result = played.permitted, played.case, played.result
    if permitted not in PLATFORMS[1::2]:
        return []
    what = (
        f"{permitted.name}, {case.posts} to {case.chats:,} {'chat' if case.chats == 1 else 'chats'}"
    )
    floor = permitted.floor_s(played.sent_to, case.posts)
    where, _, database = played.where.partition(", ")
    return [
        Figure(
            *("broadcast", f"{what}: rate over the permitted", played.of_permitted),
            goal=at_least(0.97),
            basis=f"{where}; {permitted.per_second}/s, {permitted.in_chat} in a chat within"
            f" {permitted.within_s:g} s",
            database=database,
        ),
        Figure(
            *("broadcast", f"{what}: publication to last arrival", played.over_floor),
            goal=at_most(1.05),
            basis=f"{where}; floor {floor:.1f} s",
            database=database,
        ),
        Figure(
            *("broadcast", f"{what}: refused with 429", result.refused),
            goal=at_most(0),
            basis=where,
            database=database,
        ),
    ]


def _played(address: str | None, *, quick: bool) -> Iterator[Played]:
    database = database_of(address)
    if address is None:
        for permitted in PLATFORMS:
            for case in (*CASES, FAIRNESS):
                result = run_virtually(partial(_in_memory, permitted, case))
                yield Played(permitted, case, "virtual time, in memory", result)
    if quick:
        return
    for permitted in PLATFORMS[1::2]:
        threads = Threads()
        play = partial(_over_a_store, permitted, LARGEST, LoopClock(START), threads)
        result = run_virtually(partial(play, address), threads=threads)
        yield Played(permitted, LARGEST, f"virtual time, {database}", result)
    for permitted in PLATFORMS:
        for case in (Case(1, 22), Case(600, 1)):
            result = asyncio.run(_over_a_store(permitted, case, SystemClock(), address=address))
            yield Played(permitted, case, f"real time, {database}", result)


async def _in_memory(permitted: Permitted, case: Case) -> Result:
    return await broadcast(permitted, case, MemoryStore(), LoopClock(START))


async def _over_a_store(
    permitted: Permitted,
    case: Case,
    clock: Clock,
    threads: Threads | None = None,
    address: str | None = None,
) -> Result:
    async with _database(address) as store:
        watched = store if threads is None else threads.watch(store)
        return await broadcast(permitted, case, watched, clock)


@asynccontextmanager
async def _database(address: str | None) -> AsyncGenerator[Store, None]:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(address or Path(folder) / "sulan.sqlite3") as store:
            await empty(store)
            yield store


def _head() -> None:
    print(
        "platform asked chats posts | rate/s  of asked  of permitted  time/floor  worst s  429"
        " | CPU ms  peak MB"
    )


def _tell(played: Played) -> None:
    permitted, case, result = played.permitted, played.case, played.result
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{permitted.name:9}{permitted.pace.per_second:5} {case.chats:5} {case.posts:5} |"
        f" {result.per_second:6.2f}"
        f"  {played.of_asked:8.3f}  {played.of_permitted:12.3f}  {played.over_floor:10.3f}"
        f"  {result.worst_second:7}  {result.refused:3} | {result.cpu_ms:6.2f}  {peak:7.0f}"
        f"  {played.where}"
    )
    if waits := result.late_waits:
        print(
            f"  a chat with one post, due while {case.chats:,} are served in {played.took_s:.0f} s,"
            f" waits {waits[len(waits) // 2]:.1f} s (median),"
            f" {waits[len(waits) * 99 // 100]:.1f} s (p99)"
        )


def _forget(window: deque[float], until: float) -> None:
    while window and window[0] <= until:
        window.popleft()


if __name__ == "__main__":
    main()

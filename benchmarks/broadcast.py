"""A broadcast: how near to the permitted rate, how fair, and at what cost.

On a platform like Telegram (30 messages a second, 1 a second in a chat) and one like Discord (50 a
second, 5 in 5 s in a chat), for 1 to 10,000 chats: messages a second over what the adapter asks for
and over what the platform permits, answers of 429, publish to last delivery over the least time
possible (FACTS §6), and how long a chat with one post waits while 10,000 others are served.

Rates and waits are on virtual time: the loop skips the waiting, and the platform enforces its
limits by the same clock, which stands while the database works. CPU and memory are real. Some of it
is repeated on the real clock; ``--quick`` leaves out what takes minutes.

Run: python benchmarks/broadcast.py [--quick]
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from adapters.base import Message, Pace
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
        rate, gap = self.pace.per_second or 1, self.pace.chat_gap or 0
        return max((chats * posts - 1) / rate, (posts - 1) * gap)


# With room for other senders; and as the adapters ask for, as near to the limit as 0 answers of 429
# allow.
PLATFORMS = (
    Permitted("telegram", 30, 1, 1.0, Pace(28, 1.05)),
    Permitted("telegram", 30, 1, 1.0, Pace(29.2, 1.02)),
    Permitted("discord", 50, 5, 5.0, Pace(45, 1.0)),
    Permitted("discord", 50, 5, 5.0, Pace(48.7, 1.0)),
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


def main() -> None:
    """Print a line a broadcast."""
    print(f"virtual time, store in memory, {LATENCY_S * 1000:.0f} ms a call")
    _head()
    for permitted in PLATFORMS:
        for case in (*CASES, FAIRNESS):
            _tell(permitted, case, run_virtually(partial(_in_memory, permitted, case)))
    if "--quick" in sys.argv:
        return
    print("virtual time, SQLite")
    _head()
    for permitted in PLATFORMS[1::2]:
        threads = Threads()
        play = partial(_over_a_file, permitted, LARGEST, LoopClock(START), threads)
        _tell(permitted, LARGEST, run_virtually(play, threads=threads))
    print("real time, SQLite")
    _head()
    for permitted in PLATFORMS:
        for case in (Case(1, 22), Case(600, 1)):
            _tell(permitted, case, asyncio.run(_over_a_file(permitted, case, SystemClock())))


async def _in_memory(permitted: Permitted, case: Case) -> Result:
    return await broadcast(permitted, case, MemoryStore(), LoopClock(START))


async def _over_a_file(
    permitted: Permitted, case: Case, clock: Clock, threads: Threads | None = None
) -> Result:
    async with _database() as store:
        watched = store if threads is None else threads.watch(store)
        return await broadcast(permitted, case, watched, clock)


@asynccontextmanager
async def _database() -> AsyncGenerator[Store, None]:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder) / "sulan.sqlite3") as store:
            yield store


def _head() -> None:
    print(
        "platform asked chats posts | rate/s  of asked  of permitted  time/floor  worst s  429"
        " | CPU ms  peak MB"
    )


def _tell(permitted: Permitted, case: Case, result: Result) -> None:
    sent = case.chats + case.latecomers / case.posts
    asked = permitted.configured_s(sent, case.posts)
    floor = permitted.floor_s(sent, case.posts)
    took = result.times[-1] - result.times[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{permitted.name:9}{permitted.pace.per_second:5} {case.chats:5} {case.posts:5} |"
        f" {result.per_second:6.2f}"
        f"  {asked / took:8.3f}  {floor / took:12.3f}  {result.times[-1] / floor:10.3f}"
        f"  {result.worst_second:7}  {result.refused:3} | {result.cpu_ms:6.2f}  {peak:7.0f}"
    )
    if waits := result.late_waits:
        print(
            f"  a chat with one post, due while {case.chats:,} are served in {took:.0f} s, waits"
            f" {waits[len(waits) // 2]:.1f} s (median), {waits[len(waits) * 99 // 100]:.1f} s (p99)"
        )


def _forget(window: deque[float], until: float) -> None:
    while window and window[0] <= until:
        window.popleft()


if __name__ == "__main__":
    main()

"""A real file that cannot grow in mid-broadcast, or that somebody restores (F57, F58)."""

import asyncio
import resource
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from adapters.testing import Call, FakeAdapter
from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.listing import Listing
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.ports import Clock
from bot.services.collect import collect_day
from bot.services.deliver.testing import START, A, B, C, Stage
from bot.services.plan import Planner
from bot.store.sql_store import SqlStore, open_store
from bot.virtual_time import LoopClock, Threads, run_virtually

_CHATS = [Chat(A), Chat(B), Chat(C)]
_SIX_HOURS = timedelta(hours=6)
_SIZE = resource.RLIMIT_FSIZE
_KEYS = [f"paper:2608.000{n:02}:zh" for n in range(1, 31)]


def _act(path: Path, scenario: Callable[[SqlStore, LoopClock], Awaitable[None]]) -> None:
    """On virtual time, over a real file."""
    threads = Threads()

    async def main() -> None:
        async with threads.opening(open_store(path, busy_timeout=0.1)) as store:
            await scenario(store, LoopClock(START))

    run_virtually(main, threads=threads)


@dataclass
class _Disk:
    """Full: no file of this process can be written beyond its first page."""

    limits: tuple[int, int] = field(default_factory=lambda: resource.getrlimit(_SIZE))

    def fill(self) -> None:
        resource.setrlimit(_SIZE, (4096, self.limits[1]))

    def free(self) -> None:
        resource.setrlimit(_SIZE, self.limits)


@pytest.fixture
def disk() -> Generator[_Disk, None, None]:
    """Whatever a test meets, others find room again."""
    disk = _Disk()
    yield disk
    disk.free()


@pytest.mark.parametrize("at", [0, 41, 89])
def test_f57_a_disk_without_room_in_mid_broadcast_costs_and_doubles_nothing(
    tmp_path: Path, disk: _Disk, at: int
) -> None:
    fake = FakeAdapter()

    async def fill_up(_: Call) -> None:
        disk.fill()

    async def scenario(store: SqlStore, clock: LoopClock) -> None:
        stage = Stage(store, clock)
        await stage.open(_CHATS)
        await stage.queue([chat.target for chat in _CHATS], _KEYS)
        fake.script(*[None] * at, fill_up)
        running = asyncio.ensure_future(stage.play_for(900, fake))
        await clock.sleep(300)
        sent = len(fake.calls)
        assert sent <= at + len(_CHATS), "what cannot be recorded is not sent"
        assert stage.health.of("store").failing_since is not None
        await clock.sleep(300)
        assert len(fake.calls) == sent
        disk.free()
        await running
        assert Counter(await stage.states()) == {State.SENT: len(_CHATS) * len(_KEYS)}
        assert stage.health.of("store").failing_since is None

    _act(tmp_path / "sulan.db", scenario)
    for chat in _CHATS:
        assert [text.removeprefix("<b>")[:-4] for text in fake.texts(chat.target)] == _KEYS


class _List:
    """A list to which a paper is added every six hours."""

    key = "hf"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def list_day(self, day: date) -> Listing:
        count = (self._clock.now() - START) // _SIX_HOURS + 1
        days = [(START + n * _SIX_HOURS).date() for n in range(count)]
        papers = [_paper(n) for n in range(count) if days[n] == day]
        return Listing("hf", day, tuple(papers))


def _paper(number: int) -> Paper:
    return Paper(PaperId(f"2608.{number + 1:05}"), f"Paper {number + 1}", "We give it.")


async def _live(stage: Stage, fake: FakeAdapter, *, until: timedelta) -> None:
    """Collect, plan and deliver every hour, until so long after the start."""
    store, clock = stage.store, stage.clock
    planner, source = Planner(store, clock), _List(clock)
    while clock.now() < START + until:
        today = clock.now().date()
        for day in (today, today - timedelta(days=1)):
            await collect_day(source, day, store=store, clock=clock)
        await planner.plan()
        await stage.deliverer(fake).run_once()
        await clock.sleep(3600)


@pytest.mark.parametrize("hours", [4, 24, 72])
def test_f58_after_a_backup_is_restored_only_what_is_news_still_is_posted(
    tmp_path: Path, hours: int
) -> None:
    """The store cannot know what was posted after the backup. Of that, nothing that has left the
    lists of yesterday and today comes again; what is new comes as ever."""
    fake, path, backup = FakeAdapter(), tmp_path / "sulan.db", tmp_path / "backup.db"
    threads, taken = Threads(), timedelta(hours=24)
    restored = taken + timedelta(hours=hours)

    async def main() -> int:
        clock = LoopClock(START)
        async with threads.opening(open_store(path)) as store:
            stage = Stage(store, clock)
            await stage.open([Chat(A, "en")])
            await _live(stage, fake, until=taken)
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("VACUUM INTO ?", (str(backup),))
            await _live(stage, fake, until=restored)
        before = len(fake.calls)
        async with threads.opening(open_store(backup)) as store:
            await _live(Stage(store, clock), fake, until=restored + timedelta(hours=12))
        return before

    before = run_virtually(main, threads=threads)
    posted = [_number(call) for call in fake.calls]
    assert posted[:before] == list(range(1, before + 1))
    again = posted[before:]
    assert again == list(range(again[0], before + 3))
    yesterday = (START + restored).replace(hour=0) - timedelta(days=1)
    assert START + (again[0] - 1) * _SIX_HOURS >= max(yesterday, START + taken - _SIX_HOURS)


def _number(call: Call) -> int:
    return int(call.message.text.split(":")[1].partition(".")[2])

"""Somebody sets the clock in mid-broadcast, forward or back (F62)."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.base import Pace
from adapters.testing import FakeAdapter
from bot.clock import put_back
from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.target import Target
from bot.domain.timetable import QuietHours
from bot.ports import Store
from bot.services.deliver.testing import START, Stage
from bot.store.memory import MemoryStore
from bot.store.sql_store import open_store
from bot.virtual_time import LoopClock, Threads, run_virtually

_CHATS = [Target("fake", str(n)) for n in range(50)]
_KEYS = [f"paper:2608.0000{n}:zh" for n in range(1, 7)]
_PACE = Pace(per_second=10, chat_gap=3)
# As the program does: the store is told of the time this often.
_NOTE_EVERY_S = 15.0


class _SetClock(LoopClock):
    """A clock that can be set."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.off = timedelta()

    def now(self) -> datetime:
        return super().now() + self.off


async def _note(store: Store, clock: LoopClock) -> None:
    while True:
        await store.timekeeping.note(clock.now())
        await clock.sleep(_NOTE_EVERY_S)


async def _play_anew(stage: Stage, fake: FakeAdapter, clock: LoopClock) -> None:
    """Deliver, with a new deliverer whenever the clock was put back, until nothing is open."""
    noting = asyncio.ensure_future(_note(stage.store, clock))
    while not await stage.quiet():
        stopping = asyncio.Event()
        playing = asyncio.ensure_future(stage.deliverer(fake).run(stopping))
        watching = asyncio.ensure_future(put_back(clock))
        while not watching.done() and not await stage.quiet():
            await clock.sleep(1)
        stopping.set()
        watching.cancel()
        await asyncio.gather(playing, watching, return_exceptions=True)
    noting.cancel()


async def _broadcast(store: Store, steps: list[timedelta]) -> tuple[FakeAdapter, float]:
    """300 messages at 10 a second, and the clock set by each step, ten seconds apart; returns how
    many seconds it took besides."""
    clock, fake = _SetClock(START), FakeAdapter()
    fake.paces.update(dict.fromkeys(_CHATS, _PACE))
    stage = Stage(store, clock)
    await stage.open(map(Chat, _CHATS))
    await stage.queue(_CHATS, _KEYS)
    playing = asyncio.ensure_future(_play_anew(stage, fake, clock))
    for step in steps:
        await clock.sleep(10)
        clock.off += step
    await playing
    assert Counter(await stage.states()) == {State.SENT: len(_CHATS) * len(_KEYS)}
    return fake, clock.monotonic()


_HOUR = timedelta(hours=1)
_STEPS = [
    pytest.param([_HOUR], 45, id="an hour forward"),
    pytest.param([-_HOUR], 75 + _NOTE_EVERY_S, id="an hour back"),
    pytest.param([_HOUR, -_HOUR], 75 + _NOTE_EVERY_S, id="forward and back"),
    pytest.param([timedelta(seconds=-50)], 100, id="so little that it is waited for"),
    pytest.param([-_HOUR, -_HOUR], 105 + 2 * _NOTE_EVERY_S, id="back twice"),
]


@pytest.mark.parametrize(("steps", "seconds"), _STEPS)
def test_f62_a_clock_set_in_mid_broadcast_delays_little_and_doubles_nothing(
    steps: list[timedelta], seconds: float
) -> None:
    fake, took = run_virtually(lambda: _broadcast(MemoryStore(), steps))
    assert took <= seconds
    for target in _CHATS:
        assert [text.removeprefix("<b>")[:-4] for text in fake.texts(target)] == _KEYS


def test_f62_so_it_is_over_a_file(tmp_path: Path) -> None:
    threads = Threads()

    async def main() -> float:
        async with threads.opening(open_store(tmp_path / "sulan.db")) as store:
            return (await _broadcast(store, [-_HOUR]))[1]

    assert run_virtually(main, threads=threads) <= 75 + _NOTE_EVERY_S


def test_f62_quiet_hours_are_kept_by_the_clock_that_is_right_now() -> None:
    """At 22:30, quiet from 23:00 to 7:00: an hour forward it is quiet, set back it is not."""
    target, keys = _CHATS[0], _KEYS[:2]

    async def main() -> list[float]:
        late = START.replace(hour=22, minute=30)
        clock, fake = _SetClock(late), FakeAdapter()
        stage = Stage(MemoryStore(), clock)
        night = QuietHours(
            late.time().replace(hour=23, minute=0), late.time().replace(hour=7, minute=0)
        )
        await stage.open([Chat(target, zone="UTC", quiet_hours=night)])
        clock.off = _HOUR
        await stage.store.timekeeping.note(clock.now())
        await stage.queue([target], keys)
        await stage.play_for(60, fake)
        assert not fake.calls
        return [row.due_at.hour for row in await stage.rows()]

    assert run_virtually(main) == [7, 7]

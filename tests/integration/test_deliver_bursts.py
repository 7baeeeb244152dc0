"""One channel at its full rate: five at once, and whoever sends, never six within five seconds."""

import asyncio
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.base import Message, Pace
from adapters.testing import Call, FakeAdapter
from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.target import Receipt, Target
from bot.ports import Store
from bot.services.deliver.testing import OPEN, START, A, B, Stage, act
from bot.services.deliver.testing_kills import Life, Mortal, MortalClock, bury
from bot.services.rounds.inheriting import take_back
from bot.store.memory import MemoryStore
from bot.store.sql_store import open_store
from bot.virtual_time import Threads, run_virtually

PACE = Pace(per_second=50, chat_gap=1.01, burst=5)
MOST, WITHIN_S = 5, 5.0
THREAD = replace(A, thread="7")
KEYS = [f"paper:2608.000{n:02}:zh" for n in range(22)]


class Channel(FakeAdapter):
    """A platform that notes when messages reach it: some time after their call began, and most of
    the time before its answer comes. ``life`` is that of the program that calls."""

    def __init__(self, random: Random | None = None) -> None:
        super().__init__()
        self.paces.update(dict.fromkeys((A, THREAD, B), PACE))
        self.arrivals: dict[str, list[float]] = {}
        self.life = Life()
        self._random = random or Random(0)

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        await self.life.step()
        slow = self._random.random() < 0.2
        await asyncio.sleep(self._random.uniform(0, 2.0 if slow else 0.1))
        self.arrivals.setdefault(target.chat, []).append(asyncio.get_running_loop().time())
        await asyncio.sleep(self._random.uniform(0.08, 0.2))
        await self.life.breathe()
        return await super().send(target, message, key=key)

    def worst(self) -> int:
        """The most that reached a chat within any five seconds."""
        return max(
            sum(at <= other < at + WITHIN_S for other in arrivals)
            for arrivals in self.arrivals.values()
            for at in arrivals
        )


def test_five_go_at_once_and_the_next_as_soon_as_the_first_of_them_counts_no_more() -> None:
    times: list[float] = []

    async def note(_: Call) -> None:
        times.append(asyncio.get_running_loop().time())

    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.paces[A] = PACE
        fake.script(*[note] * len(KEYS))
        await stage.queue([A], KEYS)
        await stage.play(fake)
        assert fake.texts(A) == [f"<b>{key}</b>" for key in KEYS]

    act(scenario, MemoryStore())
    assert times[4] - times[0] < 1
    assert all(5.05 <= later - at < 5.3 for at, later in zip(times, times[5:], strict=False))
    assert times[-1] - times[0] < 20.6


def test_one_at_a_time_is_under_way_also_in_a_burst() -> None:
    under_way: Counter[str] = Counter()

    async def slowly(call: Call) -> None:
        under_way[call.target.chat] += 1
        assert under_way[call.target.chat] == 1
        await asyncio.sleep(0.3)
        under_way[call.target.chat] -= 1

    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.paces.update({A: PACE, THREAD: PACE})
        fake.script(*[slowly] * 12)
        await stage.open([Chat(THREAD)])
        await stage.queue([A, THREAD], KEYS[:6])
        await stage.play(fake)
        assert set(await stage.states()) == {State.SENT}

    act(scenario, MemoryStore())


def test_a_slow_call_counts_from_when_it_can_have_arrived() -> None:
    """A platform's own headers may make one wait: only then does it reach the platform."""
    times: list[float] = []

    async def held_up(_: Call) -> None:
        await asyncio.sleep(3)
        times.append(asyncio.get_running_loop().time())

    async def scenario(stage: Stage, fake: FakeAdapter) -> None:
        fake.paces[A] = PACE
        fake.script(held_up)
        await stage.queue([A], KEYS[:6])
        await stage.play(fake)
        times.append(asyncio.get_running_loop().time())

    act(scenario, MemoryStore())
    assert times[1] - times[0] >= 4.9


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_f44_f55_no_five_seconds_have_six_whoever_sends_and_whoever_is_killed(seed: int) -> None:
    run_virtually(lambda: _town(MemoryStore(), seed))


@pytest.mark.parametrize("seed", [2])
def test_f44_f55_nor_over_a_database(seed: int, place: str) -> None:
    threads = Threads()

    async def main() -> None:
        async with threads.opening(open_store(place)) as store:
            await _town(store, seed)

    run_virtually(main, threads=threads)


async def _town(store: Store, seed: int) -> None:
    """Three programs share two chats; each is killed now and then, and started again."""
    random = Random(seed)
    channels = [Channel(random) for _ in range(random.randint(1, 3))]
    arrivals = channels[0].arrivals
    for channel in channels:
        channel.arrivals = arrivals
    watching = Stage(store, MortalClock(START, Life()))
    await watching.open([Chat(A), Chat(THREAD), Chat(B)])
    alone = len(channels) == 1
    lives = [asyncio.ensure_future(_lives(store, c, random, alone=alone)) for c in channels]
    for n in range(0, len(KEYS), 4):
        await watching.queue([A, THREAD, B], KEYS[n : n + 4])
        await asyncio.sleep(random.choice([0, 1, 3, 7]))
    while not await watching.quiet():
        await watching.clock.sleep(1)
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    await bury()
    rows = await watching.rows()
    assert len(rows) == 3 * len(KEYS)
    assert all(row.state is State.SENT or row.resent or row.reason for row in rows)
    assert not [row for row in rows if row.state in OPEN]
    assert channels[0].worst() <= MOST


async def _lives(store: Store, channel: Channel, random: Random, *, alone: bool) -> None:
    """One program after another, each killed at some step but the third; who knows to be the only
    one takes back at once what its predecessor had in hand."""
    for last in (False, False, True):
        life = channel.life = Life(None if last else random.randint(1, 150))
        mortal: Any = Mortal(store, life)
        stage = Stage(mortal, MortalClock(START, life))
        if alone:
            now = stage.clock.now()
            await take_back(store.outbox, started_at=now, now=now)
        running = asyncio.ensure_future(stage.deliverer(channel).run(asyncio.Event()))
        await life.over.wait()
        running.cancel()
        await asyncio.sleep(random.choice([0.1, 1, 4]))

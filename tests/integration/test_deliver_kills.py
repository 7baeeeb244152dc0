"""F55: killed at any point, nothing is lost, and only what was in flight may come twice.

A deliverer dies between any two of its steps (a call to the store, a message that leaves, an answer
that comes back): from then on nothing it does has any effect. Another one starts later.
"""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.base import Message, Pace
from adapters.testing import Call, FakeAdapter, RepeatableFake
from bot.domain.chat import Chat
from bot.domain.delivery import OnUnknown, State
from bot.domain.target import Receipt, Target
from bot.ports import Store
from bot.services.deliver.testing import Stage
from bot.services.deliver.testing_kills import Life, Mortal, MortalClock, bury
from bot.store.memory import MemoryStore
from bot.store.sql_store import open_store
from bot.virtual_time import Threads, run_virtually

START = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
KEYS = [f"paper:2608.0000{n}:zh" for n in (1, 2)]
TELEGRAM = [Target("telegram", name) for name in "AB"]
DISCORD = [Target("discord", name) for name in "CD"]
PACE = Pace(per_second=30, chat_gap=0.1)


class Telegram(FakeAdapter):
    """A platform that takes no keys, and a program that may die on either side of a call."""

    def __init__(self) -> None:
        super().__init__("telegram", limit=70)
        self.paces.update(dict.fromkeys(TELEGRAM, PACE))
        self.life = Life()

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        await self.life.step()
        receipt = await super().send(target, message, key=key)
        await self.life.step()
        return receipt


class Discord(RepeatableFake):
    """A platform that knows a key again for two minutes."""

    def __init__(self) -> None:
        super().__init__("discord", limit=70)
        self.paces.update(dict.fromkeys(DISCORD, PACE))
        self.life = Life()
        self._first: dict[str, float] = {}

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        await self.life.step()
        now = asyncio.get_running_loop().time()
        if now - self._first.setdefault(key, now) > 120:
            self._known.discard((target, key))
        receipt = await super().send(target, message, key=key)
        await self.life.step()
        return receipt


class Play:
    """A store, two platforms, and programs that die in turn."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.telegram = Telegram()
        self.discord = Discord()

    async def begin(self, *, on_unknown: OnUnknown = OnUnknown.DEFAULT) -> None:
        stage = self._stage(Life())
        await stage.open([Chat(t, on_unknown=on_unknown) for t in (*TELEGRAM, *DISCORD)])
        await stage.queue([*TELEGRAM, *DISCORD], KEYS)

    async def live(self, ends_at: int | None = None) -> int:
        """One program's life, until everything is done or it dies; returns its steps."""
        life = Life(ends_at)
        self.telegram.life = self.discord.life = life
        stage = self._stage(life)
        watching = self._stage(Life())
        stopping = asyncio.Event()
        running = asyncio.ensure_future(stage.deliverer(self.telegram, self.discord).run(stopping))
        while not await watching.quiet():
            try:
                await asyncio.wait_for(life.over.wait(), timeout=0.5)
                break
            except TimeoutError:
                pass
        else:
            stopping.set()
            await running
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await bury()
        return life.steps

    async def copies(self) -> Counter[tuple[Target, str, int]]:
        """How often each message stands in its chat."""
        ids = {row.id: (row.target, row.post_key, row.part) for row in await self.rows()}
        calls: list[Call] = []
        for platform in (self.telegram, self.discord):
            calls += [call for chat in platform.chats.values() for call in chat]
        return Counter(ids[call.key] for call in calls)

    async def rows(self) -> list[Any]:
        return await self._stage(Life()).rows()

    async def check(self, lives: int) -> int:
        """Nothing lost, nothing twice but where it is declared; returns how many came twice."""
        copies, twice = await self.copies(), 0
        rows = await self.rows()
        assert len(rows) == 4 * 3  # two posts, one of them in two parts
        for row in rows:
            count = copies[row.target, row.post_key, row.part]
            assert row.state is State.SENT or (row.state is State.UNKNOWN and row.reason), row
            assert count >= 1 or row.state is State.UNKNOWN, row
            if row.target in DISCORD:
                assert (row.state, count) == (State.SENT, 1), row
            elif count > 1:
                assert row.resent, row
                assert count == 2, row
                twice += 1
        assert twice <= lives * len(TELEGRAM)  # at most what was in flight
        return twice

    def _stage(self, life: Life) -> Stage:
        store: Any = Mortal(self.store, life)
        stage = Stage(store, MortalClock(START, life))
        stage.long[KEYS[0]] = 3
        return stage


def _steps_of_a_whole_life() -> int:
    async def main() -> int:
        play = Play(MemoryStore())
        await play.begin()
        return await play.live()

    return run_virtually(main)


@pytest.mark.parametrize(
    ("downtime", "stride"),
    [
        pytest.param(2, 5, id="restarted before the leases end"),
        pytest.param(91, 1, id="restarted when they have ended"),
        pytest.param(300, 2, id="restarted when no key is known any more"),
    ],
)
def test_f55_killed_at_any_step_nothing_is_lost_and_only_what_was_in_flight_comes_twice(
    downtime: float, stride: int
) -> None:
    steps = _steps_of_a_whole_life()
    twice: list[int] = []

    async def main(ends_at: int) -> None:
        play = Play(MemoryStore())
        await play.begin()
        await play.live(ends_at)
        await asyncio.sleep(downtime)
        await play.live()
        twice.append(await play.check(1))

    assert steps > 100
    for ends_at in range(1, steps + 1, stride):
        run_virtually(lambda at=ends_at: main(at))
    # The window is real: some kills fall between a message that left and its mark.
    assert 0 < sum(twice) < steps


def test_f55_killed_again_and_again() -> None:
    steps = _steps_of_a_whole_life()

    async def main(ends: list[int]) -> None:
        play = Play(MemoryStore())
        await play.begin()
        for ends_at in ends:
            await play.live(ends_at)
            await asyncio.sleep(1)
        await play.live()
        await play.check(len(ends))

    for first in range(5, steps, 17):
        ends = [first, 1 + first * 7 % 60, 1 + first * 13 % 60]
        run_virtually(lambda ends=ends: main(ends))


def test_f55_where_a_chat_wants_nothing_resent_nothing_comes_twice() -> None:
    steps = _steps_of_a_whole_life()
    unknown: list[int] = []

    async def main(ends_at: int) -> None:
        play = Play(MemoryStore())
        await play.begin(on_unknown=OnUnknown.LEAVE)
        await play.live(ends_at)
        await play.live()
        assert await play.check(1) == 0
        unknown.append(sum(row.state is State.UNKNOWN for row in await play.rows()))

    for ends_at in range(1, steps, 7):
        run_virtually(lambda at=ends_at: main(at))
    assert sum(unknown) > 0


@pytest.mark.parametrize("share", [0.1, 0.25, 0.4, 0.55, 0.7, 0.85])
def test_f55_killed_over_a_database_all_the_same(share: float, place: str) -> None:
    threads = Threads()

    async def main(ends_at: int) -> None:
        async with threads.opening(open_store(place)) as store:
            play = Play(store)
            await play.begin()
            await play.live(ends_at)
            await asyncio.sleep(95)
            await play.live()
            await play.check(1)

    ends_at = int(_steps_of_a_whole_life() * share)
    run_virtually(lambda: main(ends_at), threads=threads)

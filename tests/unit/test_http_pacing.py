"""F10: arXiv's lane, and the clocks that time it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import SystemClock
from bot.sources.pacing import Lane
from bot.testing import VirtualClock

NOON = datetime(2026, 8, 21, 12, tzinfo=UTC)


async def test_a_lane_keeps_its_gap_its_order_and_one_at_a_time_f10() -> None:
    clock = VirtualClock(NOON)
    lane = Lane(clock, gap=3.0)
    starts: list[tuple[int, float]] = []
    inside = 0

    async def request(name: int, seconds: float) -> None:
        nonlocal inside
        async with lane.turn():
            starts.append((name, clock.monotonic()))
            inside += 1
            assert inside == 1
            await clock.sleep(seconds)
            inside -= 1

    await asyncio.gather(*(request(n, seconds) for n, seconds in enumerate([0.0, 7.0, 0.5, 0.0])))
    assert starts == [(0, 0.0), (1, 3.0), (2, 13.0), (3, 16.5)]


async def test_what_fails_in_the_lane_counts_like_any_other_f10() -> None:
    clock = VirtualClock(NOON)
    lane = Lane(clock, gap=3.0)
    with pytest.raises(ValueError, match="boom"):
        async with lane.turn():
            raise ValueError("boom")
    async with lane.turn():
        assert clock.monotonic() == 3.0


async def test_who_gives_up_while_waiting_leaves_the_lane_to_the_next() -> None:
    clock = VirtualClock(NOON)
    lane = Lane(clock, gap=3.0)

    async def enter() -> float:
        async with lane.turn():
            return clock.monotonic()

    async with lane.turn():
        first, second = asyncio.create_task(enter()), asyncio.create_task(enter())
        await asyncio.sleep(0)
        first.cancel()
    assert await second == 3.0


async def test_an_idle_lane_lets_the_next_one_through_at_once() -> None:
    clock = VirtualClock(NOON)
    lane = Lane(clock, gap=3.0)
    async with lane.turn():
        pass
    clock.advance(60)
    async with lane.turn():
        assert clock.sleeps == []


async def test_the_system_clock_is_utc_and_never_runs_backwards() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(-1)
    assert clock.monotonic() >= before
    assert clock.now().utcoffset() == timedelta(0)


async def test_sleeps_in_virtual_time_run_side_by_side() -> None:
    clock = VirtualClock(NOON)
    await asyncio.gather(clock.sleep(10), clock.sleep(3))
    assert clock.now() == NOON + timedelta(seconds=10)

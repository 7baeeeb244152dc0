"""Calls beside the paced ones find room in a second, or wait a little."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from adapters.discord.courtesy import AT_ONCE, BESIDE, LIMIT, PATIENCE, Courtesy
from bot.testing import HeldClock, VirtualClock

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def worst_second(times: list[float]) -> int:
    return max(sum(1 for at in times if start <= at < start + 1.0) for start in times)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.mark.parametrize("beside", [True, False])
async def test_no_second_is_ever_too_full(clock: VirtualClock, *, beside: bool) -> None:
    courtesy, times = Courtesy(clock), list[float]()
    for _ in range(500):
        await courtesy.turn(beside=beside)
        times.append(clock.monotonic())
    assert worst_second(times) <= LIMIT
    assert times[-1] == pytest.approx(500 / (BESIDE if beside else LIMIT), abs=1.0)


async def test_what_goes_beside_comes_evenly(clock: VirtualClock) -> None:
    courtesy, times = Courtesy(clock), list[float]()
    for _ in range(100):
        await courtesy.turn(beside=True)
        times.append(clock.monotonic())
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps[: AT_ONCE - 1] == [0.0] * (AT_ONCE - 1)
    assert max(gaps) < 2.5 / BESIDE
    assert times[-1] == pytest.approx((100 - AT_ONCE) / BESIDE, abs=2 / BESIDE)


async def test_it_waits_for_what_is_sent_meanwhile(clock: VirtualClock) -> None:
    courtesy = Courtesy(clock)
    for _ in range(LIMIT):
        clock.advance(0.01)
        await courtesy.turn()
    await courtesy.turn(beside=True)
    assert sum(clock.sleeps) == pytest.approx(1.0 - (LIMIT - 1) * 0.01)


async def test_what_is_sent_at_its_pace_never_waits(clock: VirtualClock) -> None:
    courtesy = Courtesy(clock)
    for _ in range(500):
        await courtesy.turn()
        clock.advance(1 / 48.7)
    assert clock.sleeps == []


async def test_a_backlog_is_told_and_patience_ends() -> None:
    """What waits is part of something that is being sent, so that it must not wait for ever."""
    clock = HeldClock(NOW)
    courtesy = Courtesy(clock)
    waiting = [asyncio.ensure_future(courtesy.turn(beside=True)) for _ in range(400)]
    await asyncio.sleep(0)
    assert max(clock.sleeps) == PATIENCE < 400 / BESIDE
    assert courtesy.backlog == pytest.approx(PATIENCE, abs=2 / BESIDE)
    clock.advance(2 * PATIENCE)
    assert courtesy.backlog == 0
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)

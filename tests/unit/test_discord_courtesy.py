"""Calls beside the paced ones find room in a second, or wait a little."""

from datetime import UTC, datetime

import pytest

from adapters.discord.courtesy import LIMIT, PATIENCE, Courtesy
from bot.testing import VirtualClock

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def worst_second(times: list[float]) -> int:
    return max(sum(1 for at in times if start <= at < start + 1.0) for start in times)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


async def test_what_goes_beside_never_makes_a_second_too_full(clock: VirtualClock) -> None:
    courtesy, times = Courtesy(clock), list[float]()
    for _ in range(500):
        await courtesy.turn()
        courtesy.note()
        times.append(clock.monotonic())
    assert worst_second(times) == LIMIT
    assert times[-1] < 500 / LIMIT + 1.0


async def test_it_waits_for_what_is_sent_meanwhile(clock: VirtualClock) -> None:
    courtesy = Courtesy(clock)
    for _ in range(LIMIT):
        clock.advance(0.01)
        courtesy.note()
    await courtesy.turn()
    assert sum(clock.sleeps) == pytest.approx(1.0 - (LIMIT - 1) * 0.01)


async def test_nothing_waits_while_there_is_room(clock: VirtualClock) -> None:
    courtesy = Courtesy(clock)
    for _ in range(LIMIT - 1):
        courtesy.note()
    await courtesy.turn()
    assert clock.sleeps == []


async def test_patience_ends(clock: VirtualClock) -> None:
    """While sending takes every turn there is, what belongs to it must not wait for ever."""

    class Full(VirtualClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            for _ in range(LIMIT):
                courtesy.note()

    full = Full(NOW)
    courtesy = Courtesy(full)
    for _ in range(LIMIT):
        courtesy.note()
    await courtesy.turn()
    assert PATIENCE <= full.monotonic() < PATIENCE + 1.0

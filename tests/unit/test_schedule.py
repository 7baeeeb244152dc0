"""Ticks: at once, again and again, whatever one of them meets."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import SystemClock
from bot.domain.errors import StoreError
from bot.schedule import Schedule, Tick, slot_of

_TEN_MINUTES = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("now", "every", "slot"),
    [
        ("2026-11-21T10:08:59+00:00", _TEN_MINUTES, "2026-11-21T10:00:00+00:00"),
        ("2026-11-21T10:10:00+00:00", _TEN_MINUTES, "2026-11-21T10:10:00+00:00"),
        ("2026-03-29T03:30:00+02:00", timedelta(hours=1), "2026-03-29T01:00:00+00:00"),
        ("2026-11-21T10:08:59.9+00:00", timedelta(seconds=0.5), "2026-11-21T10:08:59.5+00:00"),
    ],
    ids=["within", "at its start", "spring forward in Berlin", "parts of a second"],
)
def test_every_process_finds_the_same_slot_f62(now: str, every: timedelta, slot: str) -> None:
    assert slot_of(datetime.fromisoformat(now), every) == datetime.fromisoformat(slot)


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - the scheduler has timers of its own
            await asyncio.sleep(0.005)


async def test_a_tick_comes_at_once_and_again_after_it_failed() -> None:
    slots: list[datetime] = []

    async def call(slot: datetime) -> None:
        slots.append(slot)
        raise StoreError("the disk is full") if len(slots) == 1 else ValueError("a mistake")

    schedule = Schedule([Tick("often", timedelta(milliseconds=20), call)], SystemClock())
    schedule.start()
    try:
        await _until(lambda: len(slots) >= 3)
    finally:
        schedule.stop()
    assert slots == sorted(slots)
    assert all(slot.tzinfo is UTC for slot in slots)


async def test_a_tick_that_takes_long_is_not_called_a_second_time_meanwhile() -> None:
    busy, most, others = 0, 0, 0
    gate = asyncio.Event()

    async def slow(_: datetime) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await gate.wait()
        busy -= 1

    async def other(_: datetime) -> None:
        nonlocal others
        others += 1

    every = timedelta(milliseconds=10)
    schedule = Schedule([Tick("slow", every, slow), Tick("other", every, other)], SystemClock())
    schedule.start()
    try:
        await _until(lambda: others >= 5)
    finally:
        schedule.stop()
    assert most == 1


async def test_after_a_long_sleep_there_is_one_tick_and_not_three_days_of_them_f61() -> None:
    """The clock says when the first tick is due; one that is three days late is such a sleep."""

    class Late(SystemClock):
        def now(self) -> datetime:
            return super().now() - timedelta(days=3)

    calls = 0

    async def call(_: datetime) -> None:
        nonlocal calls
        calls += 1

    schedule = Schedule([Tick("hourly", timedelta(hours=1), call)], Late())
    schedule.start()
    try:
        await _until(lambda: calls > 0)
        await asyncio.sleep(0.05)
    finally:
        schedule.stop()
    assert calls == 1

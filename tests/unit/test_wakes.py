"""Waking across processes: each bell is heard once by everybody else."""

from datetime import UTC, datetime

import pytest

from bot.domain.errors import StoreError
from bot.services.wakes import DELIVER, Wakes
from bot.store.memory_inbox import MemoryBells
from bot.testing import VirtualClock

_CLOCK = VirtualClock(datetime(2026, 8, 20, 12, tzinfo=UTC))


class Ears:
    """Counts how often it is called."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


async def test_who_heeds_a_bell_is_called_once_for_each_time_it_was_rung_elsewhere() -> None:
    bells, ears = MemoryBells(), Ears()
    planner, deliverer = Wakes(bells, _CLOCK), Wakes(bells, _CLOCK)
    deliverer.heed(DELIVER, ears)
    planner.wake(DELIVER)
    await planner.look()
    await deliverer.look()
    await deliverer.look()
    assert ears.times == 1
    planner.wake(DELIVER)
    planner.wake("another")
    await planner.look()
    await deliverer.look()
    assert ears.times == 2


async def test_at_home_it_is_called_at_once_and_not_a_second_time() -> None:
    bells, ears, other = MemoryBells(), Ears(), Ears()
    home, away = Wakes(bells, _CLOCK), Wakes(bells, _CLOCK)
    home.heed(DELIVER, ears)
    away.heed(DELIVER, other)
    home.wake(DELIVER)
    assert ears.times == 1
    for _ in range(2):
        await home.look()
        await away.look()
    assert (ears.times, other.times) == (1, 1)


async def test_what_both_rang_at_once_is_heard_by_both() -> None:
    bells, ears, other = MemoryBells(), Ears(), Ears()
    home, away = Wakes(bells, _CLOCK), Wakes(bells, _CLOCK)
    home.heed(DELIVER, ears)
    away.heed(DELIVER, other)
    home.wake(DELIVER)
    away.wake(DELIVER)
    await home.look()
    await away.look()
    await home.look()
    assert (ears.times, other.times) == (2, 2)


async def test_f57_what_could_not_be_rung_is_rung_as_soon_as_the_store_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bells = MemoryBells()
    wakes = Wakes(bells, _CLOCK)

    async def away(name: str) -> int:
        raise StoreError(f"no {name}")

    wakes.wake(DELIVER)
    with monkeypatch.context() as patched:
        patched.setattr(bells, "ring", away)
        with pytest.raises(StoreError):
            await wakes.look()
    await wakes.look()
    assert await bells.rung() == {DELIVER: 1}

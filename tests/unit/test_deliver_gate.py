"""Calls leave evenly, whatever held the program up."""

import asyncio
from bisect import bisect_left
from datetime import UTC, datetime

from bot.services.deliver.gate import Gate
from bot.virtual_time import LoopClock, run_virtually

START = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)


def _times(slots: list[float], per_second: float | None) -> list[float]:
    """When calls leave that get to the gate at these moments."""

    async def main() -> list[float]:
        clock, left = LoopClock(START), list[float]()
        gate = Gate(clock)

        async def call(at: float) -> None:
            await clock.sleep(at)
            await gate.pass_through(per_second)
            left.append(clock.monotonic())

        await asyncio.gather(*(call(at) for at in slots))
        return left

    return run_virtually(main)


def _worst_second(times: list[float]) -> int:
    return max(bisect_left(times, at + 1) - n for n, at in enumerate(times))


def test_calls_in_their_slots_pass_at_once() -> None:
    slots = [n / 28 for n in range(60)]
    assert max(left - slot for left, slot in zip(_times(slots, 28), slots, strict=True)) < 1e-9


def test_a_timer_s_lateness_costs_nothing_in_the_long_run() -> None:
    slots = [n / 28 + (0.004 if n % 2 else 0.0) for n in range(280)]
    assert _times(slots, 28)[-1] <= slots[-1] + 0.001


def test_what_was_due_during_a_stall_does_not_leave_at_once() -> None:
    """A second in which nothing ran: 28 calls are overdue and leave one by one."""
    slots = [max(n / 28, 1.0) for n in range(84)]
    times = _times(slots, 28)
    assert _worst_second(times) <= 29
    assert times[-1] <= 1 + 84 / 28


def test_a_platform_without_a_limit_is_not_slowed() -> None:
    assert _times([0.0] * 100, None) == [0.0] * 100

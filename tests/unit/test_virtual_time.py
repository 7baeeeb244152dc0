"""Virtual time goes on, however much of it has passed."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.virtual_time import LoopClock, run_virtually

_START = datetime(2026, 1, 1, tzinfo=UTC)


def test_after_years_a_wait_shorter_than_the_next_number_ends() -> None:
    """Seconds are floats: after two years the next one is 7 nanoseconds further."""

    async def main() -> None:
        await asyncio.sleep(2 * 365 * 86_400)
        loop = asyncio.get_running_loop()
        for _ in range(1000):
            woken = loop.create_future()
            loop.call_at(loop.time() + 6e-9, woken.set_result, None)
            await woken
            await asyncio.sleep(0.1)

    run_virtually(main)


def test_a_year_of_hours_passes_hour_by_hour() -> None:
    async def main() -> datetime:
        clock = LoopClock(_START)
        for _ in range(365 * 24):
            await clock.sleep(3600)
        return clock.now()

    assert abs(run_virtually(main) - _START - timedelta(days=365)) < timedelta(milliseconds=1)

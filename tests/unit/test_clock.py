"""A clock that somebody sets (F62)."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import put_back
from bot.lifetime import Lifetime
from bot.ports import CLOCK_TOLERANCE
from bot.testing import HeldClock

_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)


async def _watched(clock: HeldClock, *settings: timedelta) -> timedelta | None:
    """What the watch says after the clock was set so often, ten seconds apart."""
    watch = asyncio.ensure_future(put_back(clock))
    for by in (*settings, timedelta()):
        await asyncio.sleep(0)
        clock.put(by)
        clock.advance(10)
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    if watch.done():
        return watch.result()
    watch.cancel()
    return None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ([-_HOUR], _HOUR),
        ([_HOUR, -_HOUR], _HOUR),
        ([-40 * _SECOND, -40 * _SECOND], 80 * _SECOND),
        ([_HOUR], None),
        ([timedelta(days=3)], None),
        ([-CLOCK_TOLERANCE], None),
        ([], None),
    ],
)
async def test_f62_a_clock_put_back_is_told_and_one_put_forward_is_not(
    settings: list[timedelta], told: timedelta | None
) -> None:
    clock = HeldClock(datetime(2026, 8, 20, 12, tzinfo=UTC))
    assert await _watched(clock, *settings) == told


async def test_f62_beginning_anew_is_a_stop_that_a_stop_before_it_prevents() -> None:
    life = Lifetime()
    life.begin_anew()
    assert (life.anew, life.stopping.is_set(), life.error) == (True, True, None)
    life = Lifetime()
    life.stop()
    life.begin_anew()
    assert not life.anew


async def test_f62_a_program_that_begins_anew_has_the_same_arguments_and_number() -> None:
    code = (
        "import os, sys\n"
        "from bot.cli.run import begin_anew\n"
        "print(os.getpid(), sys.argv[1:], 'AGAIN' in os.environ)\n"
        "os.environ.setdefault('AGAIN', '') if 'AGAIN' in os.environ else "
        "(os.environ.__setitem__('AGAIN', ''), begin_anew())\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, "run", "--roles=web"), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    first, second = out.decode().splitlines()
    assert first.removesuffix("False") == second.removesuffix("True")
    assert "['run', '--roles=web']" in first

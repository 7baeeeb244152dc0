"""Ticks, and nothing but ticks. The only importer of apscheduler.

What is due is computed from the store and the clock by whoever is called; so a missed tick, a
machine that slept for days, or a second process changes nothing.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.asyncio import AsyncIOExecutor  # pyright: ignore[reportMissingTypeStubs] - it has none
from apscheduler.jobstores.memory import MemoryJobStore  # pyright: ignore[reportMissingTypeStubs] - it has none
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # pyright: ignore[reportMissingTypeStubs] - it has none
from apscheduler.triggers.interval import IntervalTrigger  # pyright: ignore[reportMissingTypeStubs] - it has none

from bot.domain.errors import SulanError
from bot.ports import Clock

_log = logging.getLogger(__name__)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A tick that could not run in time (a sleeping machine) still runs, once, however late.
_GRACE_S = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Tick:
    """Something that is called every so often, first at once.

    ``call`` is given the slot, a moment in UTC that is the same for every process in it, and should
    only put work in somewhere.
    """

    name: str
    every: timedelta
    call: Callable[[datetime], Awaitable[object]]


def slot_of(now: datetime, every: timedelta) -> datetime:
    """The beginning of the present slot; slots are counted from the start of 1970, in UTC."""
    return _EPOCH + (now - _EPOCH) // every * every


class Schedule:
    """Calls ticks until stopped, on the running event loop; one's failure ends that one only."""

    def __init__(self, ticks: Sequence[Tick], clock: Clock) -> None:
        self._ticks = ticks
        self._clock = clock
        # Untyped: apscheduler 3 has no annotations.
        self._scheduler: Any = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": AsyncIOExecutor()},
            job_defaults={
                "coalesce": True,
                "misfire_grace_time": _GRACE_S,
                "max_instances": 1,
            },
            timezone=UTC,
        )

    def start(self) -> None:
        """Begin to tick."""
        # It warns of each tick that finds the one before it still at work, which is meant to be.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        for tick in self._ticks:
            every: Any = tick.every.total_seconds()  # parts of a second are taken too
            trigger: Any = IntervalTrigger(seconds=every, timezone=UTC)
            self._scheduler.add_job(
                self._call, trigger, args=(tick,), id=tick.name, next_run_time=self._clock.now()
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more. A tick under way is cancelled."""
        # It reports each of those as an error.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _call(self, tick: Tick) -> None:
        try:
            await tick.call(slot_of(self._clock.now(), tick.every))
        except SulanError as error:
            _log.warning("tick failed", extra={"tick": tick.name, "reason": str(error)})
        except Exception:  # noqa: BLE001 - the next tick must come whatever this one met
            _log.exception("tick failed", extra={"tick": tick.name})

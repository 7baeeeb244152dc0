"""When a chat gets what it gets: local hours and days, turned into UTC per day. Pure.

An hour that does not exist on a day (spring) moves forward by the gap, one that exists twice
(autumn) is the first. Nothing here keeps a clock: what is due follows from a moment in UTC.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# datetime.weekday(): Monday is 0.
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WORKDAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Local times of day, on weekdays (``datetime.weekday``); each sorted and there once."""

    times: tuple[time, ...]
    days: tuple[int, ...] = EVERY_DAY

    def __post_init__(self) -> None:
        if not self.times or list(self.times) != sorted(set(self.times)):
            raise ValueError("a timetable has sorted times, each once, and at least one")
        if any(moment.tzinfo is not None for moment in self.times):
            raise ValueError("a timetable's times are local to its chat")
        if not self.days or list(self.days) != sorted(set(self.days)):
            raise ValueError("a timetable has sorted weekdays, each once, and at least one")
        if not set(self.days) <= set(EVERY_DAY):
            raise ValueError("weekdays are 0 (Monday) to 6")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local times between which nothing arrives; ``end`` before ``start`` is the next morning."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("quiet hours have a beginning and another end")


def latest_slot(timetable: Timetable, zone: str, now: datetime) -> datetime:
    """The last slot at or before a moment, in UTC."""
    slots = _slots_around(timetable, zone, now)
    return slots[bisect_right(slots, now) - 1]


def slot_before(timetable: Timetable, zone: str, slot: datetime) -> datetime:
    """The last slot before a moment (a slot, or any other), in UTC."""
    slots = _slots_around(timetable, zone, slot)
    return slots[bisect_left(slots, slot) - 1]


def next_slot(timetable: Timetable, zone: str, now: datetime) -> datetime:
    """The first slot after a moment, in UTC."""
    slots = _slots_around(timetable, zone, now)
    return slots[bisect_right(slots, now)]


def slot_name(slot: datetime, zone: str) -> str:
    """A slot by its chat's own date and time, such as ``2026-08-21.0830``."""
    return f"{slot.astimezone(zone_of(zone)):%Y-%m-%d.%H%M}"


def quiet_until(quiet: QuietHours | None, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours end that hold at a moment, in UTC; ``None`` where none hold."""
    if quiet is None:
        return None
    until = now
    for start, end in _quiet_around(quiet, zone, local_day(zone, now)):
        if start <= until < end:
            until = end
    return None if until == now else until


def local_day(zone: str, now: datetime) -> date:
    """The date in a zone."""
    return now.astimezone(zone_of(zone)).date()


def day_start(zone: str, day: date) -> datetime:
    """When a date begins in a zone, in UTC."""
    return instant(day, time(), zone_of(zone))


def instant(day: date, moment: time, zone: tzinfo) -> datetime:
    """A local time of a day, in UTC."""
    # With fold=0 the earlier offset counts: a repeated time is its first, a missing one is as much
    # later as the gap is wide.
    return datetime.combine(day, moment.replace(fold=0), zone).astimezone(UTC)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo:
    """A zone by its IANA name; UTC where this machine does not know it (any more)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _slots_around(timetable: Timetable, zone: str, now: datetime) -> tuple[datetime, ...]:
    """Slots in order: at least one before the moment and one after it, whenever it is."""
    return _slots(timetable, zone, now.astimezone(UTC).date())


@lru_cache(maxsize=8192)
def _slots(timetable: Timetable, zone: str, day: date) -> tuple[datetime, ...]:
    # Beyond the next of its weekdays two days more: local dates differ, and some are skipped.
    reach = 2 + _longest_break(timetable.days)
    near = (day + timedelta(days=n) for n in range(-reach, reach + 1))
    days = [found for found in near if found.weekday() in timetable.days]
    where = zone_of(zone)
    return tuple(
        sorted({instant(day, moment, where) for day in days for moment in timetable.times})
    )


def _longest_break(days: tuple[int, ...]) -> int:
    """The most days from one of some weekdays to the next."""
    following = (*days[1:], days[0] + 7)
    return max(after - before for before, after in zip(days, following, strict=True))


@lru_cache(maxsize=8192)
def _quiet_around(quiet: QuietHours, zone: str, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The quiet hours that begin within two days of a date, in order."""
    where = zone_of(zone)
    over_night = timedelta(days=1 if quiet.end < quiet.start else 0)
    starts = (day + timedelta(days=n) for n in range(-2, 3))
    spans = (
        (instant(start, quiet.start, where), instant(start + over_night, quiet.end, where))
        for start in starts
    )
    return tuple(sorted(spans))

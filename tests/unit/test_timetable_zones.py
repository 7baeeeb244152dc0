"""Ten years of every zone: around each change of clocks, and on days between.

What is expected is found from the clocks themselves: by what each shows at moments of UTC, never by
turning a local time into UTC.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.timetable import (
    WORKDAYS,
    QuietHours,
    Timetable,
    latest_slot,
    next_slot,
    quiet_until,
    slot_before,
)

FIRST, LAST = date(2026, 1, 1), date(2036, 12, 31)
TIMES = (time(0), time(0, 30), time(2, 30), time(12), time(23, 59))
EVERY_DAY, ON_WORKDAYS = Timetable(TIMES), Timetable((time(2, 30),), WORKDAYS)
# Between changes every so many days is looked at: all weekdays and all times of year come up.
SAMPLED = 173
QUIET = (
    QuietHours(time(23), time(7)),
    QuietHours(time(0), time(2, 30)),
    QuietHours(time(2, 30), time(0, 30)),
)
# Clocks are put forward or back at most once in so many days (in Morocco for Ramadan: a month).
AT_MOST_ONE = timedelta(days=7)

Change: TypeAlias = tuple[datetime, timedelta]


def test_each_day_has_each_of_its_slots_once_in_order_and_at_the_right_time() -> None:
    for zone in _zones():
        for days in _stretches(zone):
            expected = sorted({_slot(zone, day, moment) for day in days for moment in TIMES})
            assert _walk(EVERY_DAY, zone, expected[0], expected[-1]) == expected, (zone, days)


def test_there_is_enough_to_look_at() -> None:
    assert len(_zones()) > 50
    assert sum(len(_changes(zone)) for zone in _zones()) > 500


def test_slots_of_some_weekdays_come_on_those_only() -> None:
    for zone in _zones():
        for days in _stretches(zone):
            expected = [_slot(zone, day, time(2, 30)) for day in days if day.weekday() in WORKDAYS]
            if expected:
                found = _walk(ON_WORKDAYS, zone, expected[0], expected[-1])
                assert found == expected, (zone, days)


def test_at_every_moment_the_latest_slot_is_the_last_that_was() -> None:
    for zone in _zones():
        for days in _stretches(zone):
            slots = sorted({_slot(zone, day, moment) for day in days for moment in TIMES})
            for before, slot in pairwise(slots):
                assert latest_slot(EVERY_DAY, zone, slot) == slot, zone
                assert latest_slot(EVERY_DAY, zone, slot - timedelta(microseconds=1)) == before
                assert slot_before(EVERY_DAY, zone, slot) == before, zone


def test_quiet_hours_begin_and_end_by_the_clock() -> None:
    for zone in _zones():
        for days in _stretches(zone):
            for quiet in QUIET:
                _check_quiet(quiet, zone, days)


def _check_quiet(quiet: QuietHours, zone: str, days: list[date]) -> None:
    spans = [
        (start, end)
        for day in days
        for start, end in [(_slot(zone, day, quiet.start), _end(quiet, zone, day))]
        if start < end
    ]
    a_bit = timedelta(microseconds=1)
    for (start, end), (following, later) in pairwise(spans):
        until = later if following <= end else end
        assert quiet_until(quiet, zone, start) == until, (zone, quiet, start)
        assert quiet_until(quiet, zone, end - a_bit) == until, (zone, quiet, end)
        if following > end:
            assert quiet_until(quiet, zone, end) is None, (zone, quiet, end)
            assert quiet_until(quiet, zone, following - a_bit) is None, (zone, quiet, following)


def _end(quiet: QuietHours, zone: str, day: date) -> datetime:
    over_night = quiet.end < quiet.start
    return _slot(zone, day + timedelta(days=1) if over_night else day, quiet.end)


def _walk(timetable: Timetable, zone: str, first: datetime, last: datetime) -> list[datetime]:
    slots, slot = list[datetime](), first - timedelta(microseconds=1)
    while (slot := next_slot(timetable, zone, slot)) <= last:
        slots.append(slot)
    return slots


def _stretches(zone: str) -> Iterator[list[date]]:
    """Runs of days: from two before to three after each change of clocks, and some between."""
    wanted = set(_sampled())
    for change, _ in _changes(zone):
        wanted.update(change.date() + timedelta(days=n) for n in range(-2, 4))
    run = list[date]()
    for day in sorted(wanted):
        if run and day - run[-1] > timedelta(days=1):
            yield run
            run = []
        run.append(day)
    yield run


def _sampled() -> Iterator[date]:
    for start in range(0, (LAST - FIRST).days, SAMPLED):
        yield from (FIRST + timedelta(days=start + n) for n in range(2))


@cache
def _zones() -> list[str]:
    """Every zone; those whose clocks agree all the time are looked at once."""
    alike = {tuple(_changes(zone)): zone for zone in sorted(available_timezones())}
    return sorted(alike.values())


@cache
def _changes(zone: str) -> list[Change]:
    """When the clocks are put forward or back, and how far they are then from UTC; the first is
    the beginning of all."""
    where, now = ZoneInfo(zone), datetime.combine(FIRST, time(), UTC)
    changes = [(now, _offset(now, where))]
    while (now := now + AT_MOST_ONE).date() <= LAST:
        if _offset(now, where) != changes[-1][1]:
            before, after = now - AT_MOST_ONE, now
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) // 2
                if _offset(middle, where) == changes[-1][1]:
                    before = middle
                else:
                    after = middle
            changes.append((after, _offset(now, where)))
    return changes


def _offset(moment: datetime, where: ZoneInfo) -> timedelta:
    return _shown(moment, where) - moment.replace(tzinfo=None)


@cache
def _slot(zone: str, day: date, moment: time) -> datetime:
    """When the clock shows a time for the first time; where it never does, when it shows it and as
    much more as it was put forward."""
    where = ZoneInfo(zone)
    wanted = datetime.combine(day, moment)
    around = [wanted.replace(tzinfo=UTC) + timedelta(hours=hours) for hours in (-36, 36)]
    before, after = [_offset(moment, where) for moment in around]
    moments = sorted((wanted - offset).replace(tzinfo=UTC) for offset in {before, after})
    for found in moments:
        if _shown(found, where) == wanted:
            return found
    forward = after - before
    return next(found for found in moments if _shown(found, where) == wanted + forward)


def _shown(moment: datetime, where: ZoneInfo) -> datetime:
    return moment.astimezone(where).replace(tzinfo=None)

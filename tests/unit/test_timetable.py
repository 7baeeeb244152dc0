"""When a chat's slots are, and when it is left in peace."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.timetable import (
    EVERY_DAY,
    WORKDAYS,
    QuietHours,
    Timetable,
    day_start,
    latest_slot,
    local_day,
    next_slot,
    quiet_until,
    slot_before,
    slot_name,
)

MORNING = Timetable((time(8, 30),))
AT_NIGHT = QuietHours(time(23), time(7))
BERLIN, SHANGHAI, HAVANA = "Europe/Berlin", "Asia/Shanghai", "America/Havana"


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("timetable", "zone", "now", "latest", "following"),
    [
        pytest.param(
            MORNING, SHANGHAI, "2026-08-21T00:29", "2026-08-20T00:30", "2026-08-21T00:30",
            id="a-minute-before",
        ),
        pytest.param(
            MORNING, SHANGHAI, "2026-08-21T00:30", "2026-08-21T00:30", "2026-08-22T00:30",
            id="at-the-slot",
        ),
        pytest.param(
            Timetable((time(8), time(18))), "UTC", "2026-08-21T12:00", "2026-08-21T08:00",
            "2026-08-21T18:00", id="twice-a-day",
        ),
        pytest.param(
            Timetable((time(8),), WORKDAYS), "UTC", "2026-08-22T12:00", "2026-08-21T08:00",
            "2026-08-24T08:00", id="over-the-weekend",
        ),
        pytest.param(
            Timetable((time(8),), (6,)), "UTC", "2026-08-21T12:00", "2026-08-16T08:00",
            "2026-08-23T08:00", id="once-a-week",
        ),
        pytest.param(
            Timetable((time(0),), (0,)), "Pacific/Kiritimati", "2026-08-23T10:00",
            "2026-08-23T10:00", "2026-08-30T10:00", id="monday-there-is-sunday-in-utc",
        ),
        pytest.param(
            Timetable((time(2, 30),)), BERLIN, "2026-03-29T12:00", "2026-03-29T01:30",
            "2026-03-30T00:30", id="missing-hour-moves-forward-by-the-gap",
        ),
        pytest.param(
            Timetable((time(2, 30),)), BERLIN, "2026-10-25T12:00", "2026-10-25T00:30",
            "2026-10-26T01:30", id="repeated-hour-happens-the-first-time",
        ),
        pytest.param(
            Timetable((time(0), time(0, 30))), HAVANA, "2026-03-08T05:15", "2026-03-08T05:00",
            "2026-03-08T05:30", id="missing-midnight",
        ),
        pytest.param(
            Timetable((time(2, 30), time(3, 30))), BERLIN, "2026-03-29T01:30", "2026-03-29T01:30",
            "2026-03-30T00:30", id="two-that-fall-together-are-one",
        ),
        pytest.param(
            Timetable((time(2, 45), time(3, 15))), BERLIN, "2026-03-29T01:20", "2026-03-29T01:15",
            "2026-03-29T01:45", id="a-moved-one-lets-another-pass",
        ),
        pytest.param(
            Timetable((time(9),), (1,)), "UTC", "2028-02-29T09:00", "2028-02-29T09:00",
            "2028-03-07T09:00", id="leap-day",
        ),
        pytest.param(
            Timetable((time(8),), (4,)), "Pacific/Apia", "2011-12-31T00:00", "2011-12-30T18:00",
            "2012-01-05T18:00", id="skipped-day-comes-the-day-after",
        ),
        pytest.param(
            MORNING, "Nowhere/Atlantis", "2026-08-21T09:00", "2026-08-21T08:30",
            "2026-08-22T08:30", id="unknown-zone-counts-as-utc",
        ),
    ],
)  # fmt: skip
def test_slots_are_local_times(
    timetable: Timetable, zone: str, now: str, latest: str, following: str
) -> None:
    assert latest_slot(timetable, zone, _utc(now)) == _utc(latest)
    assert next_slot(timetable, zone, _utc(now)) == _utc(following)
    assert slot_before(timetable, zone, _utc(following)) == _utc(latest)


@pytest.mark.parametrize(
    ("quiet", "zone", "now", "until"),
    [
        pytest.param(AT_NIGHT, "UTC", "2026-08-21T22:59", None, id="just-before"),
        pytest.param(AT_NIGHT, "UTC", "2026-08-21T23:00", "2026-08-22T07:00", id="at-the-start"),
        pytest.param(AT_NIGHT, "UTC", "2026-08-22T03:00", "2026-08-22T07:00", id="after-midnight"),
        pytest.param(AT_NIGHT, "UTC", "2026-08-22T07:00", None, id="at-the-end"),
        pytest.param(
            QuietHours(time(12), time(14)), SHANGHAI, "2026-08-22T05:00", "2026-08-22T06:00",
            id="at-noon-there",
        ),
        pytest.param(AT_NIGHT, BERLIN, "2026-03-28T23:00", "2026-03-29T05:00", id="short-night"),
        pytest.param(AT_NIGHT, BERLIN, "2026-10-24T22:00", "2026-10-25T06:00", id="long-night"),
        pytest.param(
            QuietHours(time(1), time(2, 30)), BERLIN, "2026-03-29T01:15", "2026-03-29T01:30",
            id="missing-end-moves-forward",
        ),
        pytest.param(
            QuietHours(time(1), time(2, 30)), BERLIN, "2026-10-25T00:45", None,
            id="repeated-end-is-the-first",
        ),
        pytest.param(
            QuietHours(time(2, 30), time(3)), BERLIN, "2026-03-29T01:10", None,
            id="hours-that-are-skipped-are-not-quiet",
        ),
        pytest.param(
            QuietHours(time(8), time(7, 59)), "UTC", "2026-08-21T08:00", "2026-08-22T07:59",
            id="all-but-a-minute",
        ),
        pytest.param(
            QuietHours(time(4), time(3, 30)), HAVANA, "2026-03-07T12:00", "2026-03-08T07:30",
            id="over-a-change-of-clocks",
        ),
        pytest.param(None, "UTC", "2026-08-21T23:00", None, id="none"),
    ],
)  # fmt: skip
def test_quiet_hours_hold_back_until_they_end(
    quiet: QuietHours | None, zone: str, now: str, until: str | None
) -> None:
    assert quiet_until(quiet, zone, _utc(now)) == (None if until is None else _utc(until))


def test_quiet_hours_that_a_skipped_hour_joins_to_the_next_end_with_those() -> None:
    quiet = QuietHours(time(3), time(2, 30))  # in spring 02:30 is 03:30, when it is quiet again
    assert quiet_until(quiet, BERLIN, _utc("2026-03-28T12:00")) == _utc("2026-03-30T00:30")


def test_a_slot_is_named_by_its_local_time() -> None:
    assert slot_name(_utc("2026-08-20T22:30"), SHANGHAI) == "2026-08-21.0630"
    assert slot_name(_utc("2026-03-29T01:30"), BERLIN) == "2026-03-29.0330"


def test_days_are_local() -> None:
    assert local_day("Pacific/Kiritimati", _utc("2026-08-20T10:00")) == date(2026, 8, 21)
    assert day_start("Pacific/Kiritimati", date(2026, 8, 21)) == _utc("2026-08-20T10:00")
    assert day_start(HAVANA, date(2026, 3, 8)) == _utc("2026-03-08T05:00")  # begins at one


_ZONES = st.sampled_from(
    [BERLIN, SHANGHAI, HAVANA, "UTC", "Pacific/Apia", "Pacific/Kwajalein", "Africa/Casablanca",
     "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "Africa/El_Aaiun", "Asia/Gaza",
     "America/Juneau", "Asia/Manila", "Antarctica/Troll", "Pacific/Enderbury", "Nowhere/Atlantis"]
)  # fmt: skip
_TIMES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0, fold=0))
_TIMETABLES = st.builds(
    Timetable,
    st.sets(_TIMES, min_size=1, max_size=6).map(lambda times: tuple(sorted(times))),
    st.sets(st.sampled_from(EVERY_DAY), min_size=1).map(lambda days: tuple(sorted(days))),
)
_QUIET = st.tuples(_TIMES, _TIMES).filter(lambda pair: pair[0] != pair[1])
_MOMENTS = st.one_of(
    st.datetimes(datetime(1800, 1, 1), datetime(2300, 1, 1)),  # noqa: DTZ001 - the strategy's bounds
    st.datetimes(datetime(2011, 12, 20), datetime(2012, 1, 10)),  # noqa: DTZ001 - Apia's skipped day
    st.datetimes(datetime(1993, 8, 12), datetime(1993, 8, 30)),  # noqa: DTZ001 - Kwajalein's
).map(lambda moment: moment.replace(tzinfo=UTC))


@given(timetable=_TIMETABLES, zone=_ZONES, now=_MOMENTS)
@settings(max_examples=400, deadline=None)
def test_slots_follow_one_another_without_a_gap(
    timetable: Timetable, zone: str, now: datetime
) -> None:
    latest, following = latest_slot(timetable, zone, now), next_slot(timetable, zone, now)
    assert latest <= now < following
    assert following - latest <= timedelta(days=9)
    assert slot_before(timetable, zone, following) == latest
    assert next_slot(timetable, zone, latest) == following
    assert next_slot(timetable, zone, slot_before(timetable, zone, latest)) == latest


@given(zone=_ZONES, pair=_QUIET, now=_MOMENTS)
@settings(max_examples=400, deadline=None)
def test_the_end_of_quiet_hours_is_not_quiet_and_all_before_it_is(
    zone: str, pair: tuple[time, time], now: datetime
) -> None:
    quiet = QuietHours(*pair)
    until = quiet_until(quiet, zone, now)
    if until is not None:
        assert until > now
        assert quiet_until(quiet, zone, until) is None
        for part in range(1, 10):
            assert quiet_until(quiet, zone, now + (until - now) * part / 10) == until


@given(pair=_QUIET, minutes=st.integers(0, 10 * 366 * 24 * 60))
@settings(max_examples=400, deadline=None)
def test_where_clocks_never_change_quiet_is_what_the_clock_says(
    pair: tuple[time, time], minutes: int
) -> None:
    now = _utc("2026-01-01T00:00") + timedelta(minutes=minutes)
    start, end = pair
    clock = now.astimezone(ZoneInfo(SHANGHAI)).time()
    expected = start <= clock < end if start < end else not end <= clock < start
    assert (quiet_until(QuietHours(start, end), SHANGHAI, now) is not None) is expected

"""Which papers are due at a moment, and when what is planned in quiet hours may go."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.delivery import MAX_AGE
from bot.domain.due import Window, send_at, window
from bot.domain.timetable import WORKDAYS, QuietHours, Timetable, next_slot

DAILY = Timetable((time(8),))
WEEKLY = Timetable((time(8),), (0,))
ON_WORKDAYS = Timetable((time(8), time(18)), WORKDAYS)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("timetable", "now", "after", "upto"),
    [
        pytest.param(
            None, "2026-08-21T10:00", "2026-08-19T10:00", "2026-08-21T10:00", id="as-they-appear"
        ),
        pytest.param(
            DAILY, "2026-08-21T08:00", "2026-08-19T08:00", "2026-08-21T08:00", id="at-the-slot"
        ),
        pytest.param(
            DAILY, "2026-08-21T10:00", "2026-08-19T10:00", "2026-08-21T08:00", id="after-the-slot"
        ),
        pytest.param(
            DAILY, "2026-08-21T07:59", "2026-08-19T07:59", "2026-08-20T08:00", id="before-the-slot"
        ),
        pytest.param(
            WEEKLY, "2026-08-17T09:00", "2026-08-10T08:00", "2026-08-17T08:00", id="a-whole-week"
        ),
        pytest.param(
            ON_WORKDAYS, "2026-08-24T08:00", "2026-08-21T18:00", "2026-08-24T08:00",
            id="over-the-weekend",
        ),
    ],
)  # fmt: skip
def test_a_window_reaches_back_to_the_slot_before_or_as_far_as_news_go(
    timetable: Timetable | None, now: str, after: str, upto: str
) -> None:
    found = window(timetable, "UTC", _utc(now))
    assert found == Window(_utc(after), _utc(upto), None if timetable is None else _utc(upto))


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        pytest.param("2026-08-19T07:59", True, id="f61-nearly-two-days-late"),
        pytest.param("2026-08-19T08:00", False, id="f61-two-days-late"),
        pytest.param("2026-08-23T20:00", False, id="f61-most-of-a-week-late"),
    ],
)
def test_f61_a_slot_is_made_up_for_as_long_as_it_is_news(now: str, open_: bool) -> None:
    assert (window(WEEKLY, "UTC", _utc(now)) is not None) is open_


def test_the_borders_of_a_window() -> None:
    span = Window(_utc("2026-08-20T08:00"), _utc("2026-08-21T08:00"))
    assert not span.holds(span.after)
    assert span.holds(span.after + timedelta(microseconds=1))
    assert span.holds(span.upto)
    assert not span.holds(span.upto + timedelta(microseconds=1))


def test_what_is_planned_in_quiet_hours_goes_when_they_end() -> None:
    quiet = QuietHours(time(23), time(7))
    assert send_at(quiet, "UTC", _utc("2026-08-21T02:00")) == _utc("2026-08-21T07:00")
    assert send_at(quiet, "UTC", _utc("2026-08-21T09:00")) == _utc("2026-08-21T09:00")
    assert send_at(None, "UTC", _utc("2026-08-21T02:00")) == _utc("2026-08-21T02:00")


_ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/Havana"])
_TIMES = st.sampled_from([time(0), time(0, 30), time(2, 30), time(8), time(23, 59)])
_TIMETABLES = st.builds(
    Timetable,
    st.sets(_TIMES, min_size=1).map(lambda times: tuple(sorted(times))),
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
)
_MOMENTS = st.integers(0, 10 * 366 * 24 * 60).map(
    lambda minutes: _utc("2026-01-01T00:00") + timedelta(minutes=minutes)
)


@given(timetable=_TIMETABLES, zone=_ZONES, seen=_MOMENTS)
@settings(max_examples=300, deadline=None)
def test_every_paper_is_due_at_the_first_slot_after_it_and_not_before(
    timetable: Timetable, zone: str, seen: datetime
) -> None:
    a_bit = timedelta(microseconds=1)
    slot = next_slot(timetable, zone, seen - a_bit)
    due = window(timetable, zone, slot)
    assert due is not None
    assert due.holds(seen)
    before = window(timetable, zone, slot - a_bit)
    assert before is None or not before.holds(seen)


@given(timetable=_TIMETABLES, zone=_ZONES, seen=_MOMENTS, late=st.integers(0, 47))
@settings(max_examples=300, deadline=None)
def test_f61_whoever_looks_less_than_two_days_late_finds_it_still(
    timetable: Timetable, zone: str, seen: datetime, late: int
) -> None:
    slot = next_slot(timetable, zone, seen - timedelta(microseconds=1))
    now = slot + timedelta(hours=late)
    due = window(timetable, zone, now)
    assert due is not None
    assert due.holds(seen) or now - seen >= MAX_AGE

"""Moments as whole microseconds, so that SQL adds to them exactly and alike on both databases."""

from datetime import UTC, datetime, timedelta
from math import ceil

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Since 1970, UTC.

    Raises:
        ValueError: the moment has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no zone; the store takes aware datetimes only")
    return (moment - _EPOCH) // _MICROSECOND


def at_microseconds(number: int) -> datetime:
    """The way back."""
    return _EPOCH + number * _MICROSECOND


def earlier(moment: datetime, by: timedelta, now: datetime) -> datetime:
    """A moment to come, brought nearer, but not into the past; one that has passed stays."""
    return moment if moment <= now else max(now, moment - by)


def span(count: int, per_second: float) -> int:
    """How many microseconds so many slots take; rounded up, so that the rate is never passed.

    Raises:
        ValueError: no slots, or no rate.
    """
    if count < 1 or per_second <= 0:
        raise ValueError(f"{count} slots at {per_second} a second cannot be reserved")
    return ceil(count * 1_000_000 / per_second)


def slots_before(by: datetime, first: int, count: int, per_second: float) -> int:
    """How many of ``count`` slots begin before a moment, the first of them in microseconds."""
    room = microseconds(by) - first
    return 0 if room <= 0 else min(count, -(-room // span(1, per_second)))

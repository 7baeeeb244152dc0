"""How many may go to a chat at once, and when the next (F44)."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.base import Pace
from bot.domain.burst import Burst, with_another
from bot.domain.target import Target
from bot.services.deliver.spacing import burst_of, spaced_until

NOON = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)
CHAT = Target("discord", "1")
SPAN = timedelta(seconds=5)


def _at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("before", "at", "free"),
    [
        pytest.param([], 0, None, id="the first of three"),
        pytest.param([0], 1, None, id="the second"),
        pytest.param([1, 0], 2, 5, id="the third: when the first counts no more"),
        pytest.param([2, 1, 0], 6, 6, id="what is older than the first of three does not count"),
        pytest.param([9, 9, 9], 1, 6, id="another clock's moments count as this one's"),
    ],
)
def test_a_chat_waits_once_as_many_have_gone_as_may(
    before: list[float], at: float, free: float | None
) -> None:
    burst = Burst(CHAT, _at(at), 3, SPAN)
    lately, until = with_another(tuple(map(_at, before)), burst)
    assert until == (None if free is None else _at(free))
    assert lately == tuple(map(_at, [at, *before]))[:3]


@pytest.mark.parametrize(("most", "span"), [(1, SPAN), (5, timedelta())])
def test_one_message_or_no_time_is_no_burst(most: int, span: timedelta) -> None:
    with pytest.raises(ValueError, match="no burst"):
        Burst(CHAT, NOON, most, span)


@pytest.mark.parametrize(
    ("ended", "at"),
    [
        pytest.param(0.1, 0, id="an ordinary call counts from its beginning"),
        pytest.param(3, 2.875, id="a long one from shortly before its end"),
        pytest.param(-3600, -3600, id="one during which the clock was put back, from its end"),
    ],
)
def test_a_message_counts_from_when_it_may_have_arrived(ended: float, at: float) -> None:
    pace = Pace(chat_gap=1.01, burst=5)
    expected = Burst(CHAT, _at(at), 5, timedelta(seconds=5.05))
    assert burst_of(CHAT, pace, NOON, _at(ended)) == expected


def test_one_after_another_waits_its_gap_and_is_no_burst() -> None:
    for pace in (Pace(chat_gap=3.0), Pace()):
        assert burst_of(CHAT, pace, NOON, NOON) is None
    assert spaced_until(Pace(chat_gap=3.0), NOON, _at(1)) == _at(3)
    assert spaced_until(Pace(chat_gap=1.01, burst=5), NOON, _at(1)) == NOON

"""Arguments are read strictly, and refused in words."""

from datetime import date

import pytest

from bot.cli.arguments import read_count, read_day
from bot.domain.errors import InvalidInput

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        pytest.param(None, TODAY, id="left out"),
        pytest.param("2026-11-19", date(2026, 11, 19), id="a past day"),
        pytest.param("2026-11-21", TODAY, id="tomorrow, where it has begun already"),
    ],
)
def test_a_day_is_read(text: str | None, day: date) -> None:
    assert read_day(text, today=TODAY) == day


@pytest.mark.parametrize(
    "text", ["2026-11-22", "2126-01-01", "yesterday", "2026-13-01", "", "9" * 9]
)
def test_a_day_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"future|Not a date"):
        read_day(text, today=TODAY)


@pytest.mark.parametrize("count", [0, -1])
def test_a_limit_below_one_is_refused(count: int) -> None:
    with pytest.raises(InvalidInput, match="--limit"):
        read_count(count)

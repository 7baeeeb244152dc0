"""A day without papers is explained."""

from datetime import UTC, date, datetime

import pytest

from bot.services.reading import Quiet, why_quiet
from summarizer.languages import available_languages, load_wording

FRIDAY, SATURDAY, SUNDAY = (date(2026, 11, day) for day in (20, 21, 22))


@pytest.mark.parametrize(
    ("day", "now", "why"),
    [
        pytest.param(
            SATURDAY, datetime(2026, 11, 21, 15, tzinfo=UTC), Quiet.WEEKEND, id="Saturday"
        ),
        pytest.param(SUNDAY, datetime(2026, 11, 22, 1, tzinfo=UTC), Quiet.WEEKEND, id="Sunday"),
        pytest.param(FRIDAY, datetime(2026, 11, 20, 3, tzinfo=UTC), Quiet.NOT_YET, id="early"),
        pytest.param(FRIDAY, datetime(2026, 11, 20, 12, tzinfo=UTC), Quiet.LATE, id="by noon"),
        pytest.param(FRIDAY, datetime(2026, 11, 25, 9, tzinfo=UTC), Quiet.EMPTY, id="days later"),
    ],
)
def test_f4_an_empty_list_has_a_reason(day: date, now: datetime, why: Quiet) -> None:
    assert why_quiet(day, now) is why


@pytest.mark.parametrize("language", available_languages())
def test_f4_every_language_has_words_for_every_reason(language: str) -> None:
    words = load_wording(language).quiet
    for why in Quiet:
        assert "2026-11-20" in words[why].format(day="2026-11-20", source="hf")

"""The arithmetic of docs/scale.md."""

from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.scale import groups, lasts, spoken, star_table, stars, time_table

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"


def test_the_page_has_the_tables_as_the_adapters_rates_are_now() -> None:
    page = _PAGE.read_text("utf-8")
    for table in (time_table(), star_table()):
        assert "\n".join(table) in page, "renew docs/scale.md: python benchmarks/scale.py"
    assert groups() in page


@pytest.mark.parametrize(
    ("chats", "posts", "seconds"),
    [
        pytest.param(1, 1, 0, id="the first message waits for nobody"),
        pytest.param(1, 22, 21 * 1.02, id="one chat is as slow as its own rate"),
        pytest.param(10_000, 1, 9_999 / 29.2, id="many are as slow as the bot's"),
    ],
)
def test_the_slower_of_two_rates_counts(chats: int, posts: int, seconds: float) -> None:
    assert lasts(chats, posts, 29.2, 1.02) == pytest.approx(seconds)


def test_what_may_go_at_once_waits_once_for_all_of_it() -> None:
    assert lasts(1, 5, 48.7, 1.01, burst=5) == pytest.approx(4 / 48.7)
    assert lasts(1, 22, 48.7, 1.01, burst=5) == pytest.approx(20 * 1.01)


def test_what_the_free_rate_takes_costs_nothing() -> None:
    assert stars(25) == 0
    # 10,000 take 10.3 s, in which 301 are free, and the 30 of the first moment.
    assert stars(10_000) == Decimal("966.9")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "at once"), (75, "75 s"), (343, "5.7 min"), (7500, "2.1 h"), (200_000, "2.3 d")],
)
def test_times_are_told_in_the_unit_that_people_use(seconds: float, words: str) -> None:
    assert spoken(seconds) == words

"""The page of figures that `make bench` writes."""

import json

import pytest

from benchmarks.bench import drained, grown
from benchmarks.figure import Figure, at_least, at_most, tell, told
from benchmarks.figures_page import Section, page, shown
from benchmarks.paid import Sold, figures

FAST = Figure(
    "s", "rate | of a chat", 0.98, goal=at_least(0.97), basis="a\nfloor", database="SQLite"
)
SLOW = Figure("s", "stall", 61.04, "ms", at_most(50), profile="gc.collect 80%")
PLAIN = Figure("s", "rows", 12_345.6, "rows/s")


def test_a_figure_comes_back_as_it_was_told(capsys: pytest.CaptureFixture[str]) -> None:
    tell([FAST, SLOW, PLAIN])
    assert told(capsys.readouterr().out) == [FAST, SLOW, PLAIN]


@pytest.mark.parametrize(
    ("figure", "reached"),
    [(FAST, True), (SLOW, False), (PLAIN, None), (Figure("s", "x", 0, goal=at_most(0)), True)],
)
def test_a_goal_is_reached_missed_or_not_there(figure: Figure, reached: bool | None) -> None:
    assert figure.reached is reached


def test_the_page_says_each_figure_its_goal_and_why_one_is_not_reached() -> None:
    text = page([Section("Speed", ["run this"], [FAST, SLOW, PLAIN])], ["2 cores"], short=False)
    assert "- 2 cores" in text
    assert "1 of 2 goals are reached." in text
    assert "- stall: 61.0 ms" in text
    assert "```sh\nrun this\n```" in text
    assert "| rate \\| of a chat | SQLite | 0.980 | ≥ 0.970 | reached | a floor |" in text
    assert "| 61.0 ms | ≤ 50 ms | not reached, because: gc.collect 80% |" in text
    assert "| rows |  | 12,346 rows/s |  |  |  |" in text


def test_the_short_form_says_that_its_figures_mean_little() -> None:
    assert "mean little" in page([], [], short=True)
    assert "mean little" not in page([], [], short=False)


def test_what_could_not_be_measured_is_said() -> None:
    failed = Section("Speed", [], [], failed="SQLite: ended with 1")
    assert "Could not be measured: SQLite: ended with 1" in page([failed], [], short=False)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.9734, "", "0.973"),
        (1.5, "s", "1.50 s"),
        (33.333, "", "33.3"),
        (333.33, "ms", "333 ms"),
        (-0.02, "MB", "-0.02 MB"),
        (5, "s", "5 s"),
    ],
)
def test_a_figure_is_shown_with_the_digits_that_matter(value: float, unit: str, text: str) -> None:
    assert shown(value, unit) == text


def test_a_drain_is_held_against_ten_times_what_is_permitted() -> None:
    one = {"database": "SQLite", "processes": 1, "over_permitted": 9.0}
    (figure,) = drained(json.dumps([one | {"per_second": 270.0, "cpu_ms": 2.5}]))
    assert (figure.reached, figure.what) == (False, "1 process: rate over Telegram's 30/s")
    assert figure.basis == "270/s, 2.50 ms of processor a message"


def test_growth_leaves_the_first_quarter_out() -> None:
    months = [{"process_mb": mb, "file_mb": 2.0} for mb in (60, 70, 75, 80, 80.2, 80.4)]
    slope, file = grown(json.dumps(months))
    assert slope.value == pytest.approx(0.2)
    assert slope.reached
    assert file.value == 2.0


def test_paid_broadcast_is_held_against_what_is_sold_and_what_may_be_spent() -> None:
    run = Sold(
        database="SQLite",
        processes=2,
        messages=3_000,
        per_second=900.0,
        over_sold=0.9,
        worst_second=969,
        worst_free_second=31,
        bought=2_700,
        counted=2_700,
        limit=2_700,
        cpu_ms=1.2,
        shares=[1_400, 1_600],
    )
    rate, worst, free, bought = figures(run)
    assert (rate.value, rate.reached) == (0.9, None)
    assert (worst.reached, free.reached, bought.reached) == (True, False, True)
    assert bought.basis == "2,700 bought, 2,700 counted"

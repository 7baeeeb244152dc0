"""When a list is worth another look, and what counts as a feed repeating itself."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.listing import Listed, Listing
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.services.collect import still_grows, without_repeats, worth_asking

DAY = date(2026, 8, 20)


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 8, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "grows"),
    [
        pytest.param(at(20, 0), True, id="as its day begins"),
        pytest.param(at(21, 11, 59), True, id="a minute before 36 h"),
        pytest.param(at(21, 12), False, id="at 36 h"),
        pytest.param(at(30, 0), False, id="days later"),
    ],
)
def test_f5_a_list_grows_for_36_hours(now: datetime, grows: bool) -> None:
    assert still_grows(DAY, now) is grows


@pytest.mark.parametrize(
    ("checked", "now", "worth"),
    [
        pytest.param(None, at(29, 0), True, id="never looked at"),
        pytest.param(at(20, 5), at(20, 5, 10), True, id="ten minutes ago, still growing"),
        pytest.param(at(20, 5), at(20, 5, 0, 59), False, id="F2: within the same minute"),
        pytest.param(at(20, 5), at(29, 0), True, id="last look was before it closed"),
        pytest.param(at(21, 12), at(29, 0), False, id="looked at after it closed"),
    ],
)
def test_f5_a_list_is_asked_for_until_it_was_seen_closed_f2(
    checked: datetime | None, now: datetime, worth: bool
) -> None:
    assert worth_asking(DAY, checked, now) is worth


def papers(count: int) -> tuple[Paper, ...]:
    return tuple(Paper(PaperId(f"2608.{n:05}"), f"Paper {n}") for n in range(1, count + 1))


def seen_before(some: tuple[Paper, ...]) -> dict[PaperId, Listed]:
    return {
        paper.id: Listed(paper.id, paper.version, date(2026, 8, 19), place, at(19, 5))
        for place, paper in enumerate(some)
    }


def test_f18_a_list_that_is_yesterdays_brings_nothing() -> None:
    listing = Listing("arxiv:cs.CL", DAY, papers(10))
    assert without_repeats(listing, seen_before(papers(10))).papers == ()


def test_f18_of_a_mostly_stale_list_only_the_new_papers_count() -> None:
    listing = Listing("arxiv:cs.CL", DAY, papers(10))
    assert without_repeats(listing, seen_before(papers(8))).papers == papers(10)[8:]


def test_f6_a_paper_that_moved_to_another_day_stays_on_both() -> None:
    listing = Listing("hf", DAY, papers(10))
    assert without_repeats(listing, seen_before(papers(1))) == listing


def test_f14_a_new_version_of_a_listed_paper_is_no_repeat() -> None:
    replaced = tuple(replace(paper, version=2) for paper in papers(10))
    listing = Listing("arxiv:cs.CL", DAY, replaced)
    assert without_repeats(listing, seen_before(papers(10))) == listing

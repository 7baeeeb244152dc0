"""How two descriptions of a paper become one (F6, F14)."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from bot.domain.paper import Paper, merge
from bot.domain.paper_id import PaperId

ID = PaperId("2309.12307")
EARLY, LATE = datetime(2023, 9, 21, tzinfo=UTC), datetime(2023, 12, 5, tzinfo=UTC)
FULL = Paper(
    id=ID,
    title="Full",
    abstract="All is known.",
    version=2,
    authors=("Ann Lee",),
    categories=("cs.CL",),
    published_at=EARLY,
    updated_at=LATE,
    upvotes=3,
    comments=1,
    thumbnail_url="https://a.org/t.png",
    media_urls=("https://a.org/m.mp4",),
    code_url="https://github.com/a/b",
    code_stars=5,
    project_url="https://a.org",
    organization="Lab",
    keywords=("attention",),
    upstream_summary="Short.",
    submitted_by="ann",
)


def test_what_a_source_does_not_know_erases_nothing() -> None:
    assert merge(FULL, Paper(id=ID, title="Bare", version=2)) == FULL


def test_what_was_not_known_is_filled_in_field_by_field() -> None:
    bare = Paper(id=ID, title="Bare", version=1)
    merged = merge(bare, FULL)
    assert [f.name for f in fields(Paper) if getattr(merged, f.name) != getattr(FULL, f.name)] == []


def test_f14_the_higher_version_gives_the_text_whichever_came_first() -> None:
    old = Paper(id=ID, title="Old", abstract="Old text.", version=1)
    new = Paper(id=ID, title="New", abstract="New text.", version=2)
    for merged in (merge(old, new), merge(new, old)):
        assert (merged.title, merged.abstract, merged.version) == ("New", "New text.", 2)


def test_at_equal_versions_the_newcomers_text_counts() -> None:
    merged = merge(FULL, replace(FULL, title="Corrected", abstract="Corrected text."))
    assert (merged.title, merged.abstract) == ("Corrected", "Corrected text.")


def test_counts_follow_the_newcomer_also_down_to_zero() -> None:
    merged = merge(FULL, replace(FULL, upvotes=0, code_stars=0))
    assert (merged.upvotes, merged.code_stars) == (0, 0)


def test_dates_keep_the_first_publication_and_the_last_change() -> None:
    other = replace(FULL, published_at=LATE, updated_at=EARLY)
    for merged in (merge(FULL, other), merge(other, FULL)):
        assert (merged.published_at, merged.updated_at) == (EARLY, LATE)


def test_f13_a_withdrawal_in_a_later_version_is_taken_over() -> None:
    notice = Paper(id=ID, title="Full", abstract="Withdrawn.", version=3, withdrawn=True)
    assert merge(FULL, notice).withdrawn
    assert merge(notice, FULL).withdrawn


def test_merging_the_same_news_twice_changes_nothing_more() -> None:
    news = replace(FULL, upvotes=9, abstract="More.")
    assert merge(merge(FULL, news), news) == merge(FULL, news)


def test_two_papers_are_never_merged() -> None:
    with pytest.raises(ValueError, match="cannot merge"):
        merge(FULL, replace(FULL, id=PaperId("2309.00001")))

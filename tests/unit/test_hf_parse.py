"""Hugging Face's answers, real ones and damaged ones."""

import json
import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import SourceBroken
from bot.domain.paper import Paper
from bot.sources.hf_parse import parse_daily, parse_paper

DAY = date(2026, 8, 21)
_DAYS = 27


def item(**changes: Any) -> dict[str, Any]:
    """A list's item; ``paper`` changes go inside."""
    inner: dict[str, Any] = {
        "id": "2608.19880",
        "title": "A Title",
        "summary": "An abstract.",
        "authors": [{"name": "Ann Lee", "hidden": False}],
        "publishedAt": "2026-08-20T00:00:00.000Z",
        "upvotes": 7,
    }
    outer = {"title": "A Title", "publishedAt": "2026-08-19T20:00:00.000Z", "numComments": 2}
    return {**outer, "paper": inner | changes.pop("paper", {}), **changes}


def read(*items: object) -> Paper:
    """The only paper of a list."""
    listing = parse_daily(json.dumps(items).encode(), day=DAY)
    assert listing.quarantined == ()
    (paper,) = listing.papers
    return paper


@pytest.fixture(scope="session")
def days(shared: Path) -> list[Path]:
    return sorted((shared / "data/hf_daily").glob("*.json"))


def test_every_real_day_is_read_whole_and_in_order(days: list[Path]) -> None:
    assert len(days) == _DAYS
    for path in days:
        raw: list[dict[str, Any]] = json.loads(path.read_bytes())
        listing = parse_daily(path.read_bytes(), day=DAY)
        assert [str(p.id) for p in listing.papers] == [i["paper"]["id"] for i in raw], path.name
        assert listing.quarantined == ()


def test_no_field_of_a_real_day_is_lost(days: list[Path]) -> None:
    for path in days:
        raw: list[dict[str, Any]] = json.loads(path.read_bytes())
        for entry, paper in zip(raw, parse_daily(path.read_bytes(), day=DAY).papers, strict=True):
            inner = entry["paper"]
            assert paper.title
            assert len(paper.abstract) >= 165
            assert len(paper.authors) == len(inner["authors"])
            assert (paper.upvotes, paper.comments) == (inner["upvotes"], entry["numComments"])
            assert paper.code_url == inner.get("githubRepo")
            assert paper.code_stars == inner.get("githubStars")
            assert paper.project_url == inner.get("projectPage")
            assert len(paper.keywords) == len(set(inner.get("ai_keywords", ())))
            assert bool(paper.upstream_summary) == bool(inner.get("ai_summary"))
            assert bool(paper.organization) == bool(inner.get("organization"))
            assert bool(paper.submitted_by) == bool(entry.get("submittedBy"))
            assert paper.thumbnail_url in {entry.get("thumbnail"), entry.get("mediaUrl")}
            assert set(paper.media_urls) <= {
                *inner.get("mediaUrls", ()),
                *entry.get("mediaUrls", ()),
            }
            assert paper.published_at is not None
            assert not paper.withdrawn


def test_titles_with_signs_and_a_crowd_of_authors_arrive_whole(shared: Path) -> None:
    def titles(day: str) -> list[Paper]:
        path = shared / f"data/hf_daily/{day}.json"
        return list(parse_daily(path.read_bytes(), day=DAY).papers)

    found = {p.title for day in ("2025-04-11", "2025-03-14") for p in titles(day)}
    assert any("<think>" in title for title in found)
    assert any("in $200k" in title for title in found)


def test_a_hidden_author_stays_an_author(shared: Path) -> None:
    """The mark hides a claim to a name; arXiv's author list is the fact."""
    path = shared / "data/hf_daily/2024-06-17.json"
    papers = {str(p.id): p for p in parse_daily(path.read_bytes(), day=DAY).papers}
    assert "Amir Hossein Kargaran" in papers["2406.06263"].authors


def test_an_empty_list_is_an_empty_day_f4(shared: Path) -> None:
    """F4: a weekend's answer."""
    body = (shared / "data/constructed/hf_daily_weekend_empty.json").read_bytes()
    assert parse_daily(body, day=DAY).papers == ()


BROKEN = {
    "empty body": b"",
    "white space": b"  \n",
    "HTML page": b"<!DOCTYPE html><html><body>captcha</body></html>",
    "plain text": b"Too Many Requests",
    "error object": b'{"error": "Invalid date"}',
    "null": b"null",
    "number": b"3",
    "string": b'"x"',
    "not UTF-8": b'["\xff"]',
    "deep nesting": b"[" * 100_000,
    "huge number": b'[{"paper": {"id": ' + b"9" * 10_000 + b"}}]",
    "list of other things": b'[1, "a", null, {"error": "x"}]',
    "trailing garbage": b"[] []",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_f9_what_is_no_list_is_broken_and_never_an_empty_day(body: bytes) -> None:
    with pytest.raises(SourceBroken, match="Hugging Face"):
        parse_daily(body, day=DAY)


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_f9_what_is_no_paper_is_broken(body: bytes) -> None:
    with pytest.raises(SourceBroken, match="Hugging Face"):
        parse_paper(body)


def test_f9_the_refusal_passes_on_what_hugging_face_said() -> None:
    with pytest.raises(SourceBroken, match='saying "Invalid date"'):
        parse_daily(b'{"error": "Invalid date"}', day=DAY)


def test_f16_a_list_cut_anywhere_is_broken(days: list[Path]) -> None:
    body = days[-3].read_bytes().rstrip()
    chance = random.Random(16)
    for cut in {chance.randrange(len(body)) for _ in range(200)}:
        with pytest.raises(SourceBroken):
            parse_daily(body[:cut], day=DAY)


def test_a_damaged_list_raises_nothing_but_broken(days: list[Path]) -> None:
    body = days[0].read_bytes()
    chance = random.Random(9)
    for _ in range(200):
        damaged = bytearray(body)
        for _ in range(5):
            damaged[chance.randrange(len(body))] = chance.randrange(256)
        try:
            parse_daily(bytes(damaged), day=DAY)
        except SourceBroken:
            continue


DEGRADED: dict[str, tuple[dict[str, Any], dict[str, object]]] = {
    "no summary": ({"summary": None}, {"abstract": ""}),
    "authors null": ({"authors": None}, {"authors": ()}),
    "authors as strings": ({"authors": ["Ann Lee", 3]}, {"authors": ("Ann Lee",)}),
    "author without name": ({"authors": [{}, {"name": "Bo"}, None]}, {"authors": ("Bo",)}),
    "namesakes": ({"authors": [{"name": "Wei Zhang"}] * 2}, {"authors": ("Wei Zhang",) * 2}),
    "upvotes as text": ({"upvotes": "many"}, {"upvotes": None}),
    "upvotes as truth": ({"upvotes": True}, {"upvotes": None}),
    "negative upvotes": ({"upvotes": -1}, {"upvotes": None}),
    "absurd stars": ({"githubStars": 10**12}, {"code_stars": None}),
    "date as number": ({"publishedAt": 5}, {"published_at": datetime(2026, 8, 19, 20, tzinfo=UTC)}),
    "impossible date": (
        {"publishedAt": "0001-01-01T00:00:00+14:00"},
        {"published_at": datetime(2026, 8, 19, 20, tzinfo=UTC)},
    ),
    "keywords null": ({"ai_keywords": None}, {"keywords": ()}),
    "keywords mixed": ({"ai_keywords": ["a", 1, "a", " b "]}, {"keywords": ("a", "b")}),
    "extra keys": ({"brand": {"new": [1]}}, {"title": "A Title"}),
    "organisation as text": ({"organization": "Hugo"}, {"organization": None}),
    "organisation's short name": ({"organization": {"name": "x"}}, {"organization": "x"}),
    "unsafe code link": ({"githubRepo": "javascript:alert(1)"}, {"code_url": None}),
    "LaTeX in the title": ({"title": r"The $\alpha$-Flow"}, {"title": "The α-Flow"}),
    "withdrawn": (
        {"summary": "This paper has been withdrawn by the author due to an error."},
        {"withdrawn": True},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), DEGRADED.values(), ids=DEGRADED.keys())
def test_f8_a_field_of_another_shape_costs_only_itself(
    changes: dict[str, Any], expected: dict[str, object]
) -> None:
    paper = read(item(paper=changes))
    assert {name: getattr(paper, name) for name in expected} == expected


UNUSABLE = {
    "no id": ({"id": None}, "no arXiv id"),
    "garbage id": ({"id": "'; drop table"}, "no arXiv id"),
    "no title": ({"title": " "}, "no title"),
    "endless title": ({"title": "x" * 1001}, "1001 characters"),
    "endless abstract": ({"summary": "x" * 20_001}, "20001 characters"),
}


@pytest.mark.parametrize(("changes", "reason"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_f8_an_unusable_entry_is_quarantined_and_the_others_go_on(
    changes: dict[str, Any], reason: str
) -> None:
    bad = item(paper=changes, title="")
    body = json.dumps([item(), bad, item(paper={"id": "2608.00002"})]).encode()
    listing = parse_daily(body, day=DAY)
    assert [str(p.id) for p in listing.papers] == ["2608.19880", "2608.00002"]
    (quarantined,) = listing.quarantined
    assert reason in quarantined.reason
    assert quarantined.where == ("entry 2" if "id" in changes else "2608.19880")


def test_f8_a_day_whose_only_paper_is_unusable_tells_so() -> None:
    listing = parse_daily(json.dumps([item(paper={"title": ""}, title="")]).encode(), day=DAY)
    assert (listing.papers, listing.quarantined[0].where) == ((), "2608.19880")


def test_a_paper_listed_twice_counts_once() -> None:
    assert read(item(), item(paper={"title": "Again"})).title == "A Title"


def test_the_items_summary_stands_in_for_the_papers() -> None:
    assert read(item(paper={"summary": None}, summary="Outside.")).abstract == "Outside."


def test_early_days_social_image_is_the_thumbnail_and_no_media() -> None:
    image = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2405.1.png"
    video = "https://cdn-uploads.huggingface.co/a.mp4"
    paper = read(item(mediaUrl=image, mediaUrls=[video, "ftp://x.y/z", video]))
    assert (paper.thumbnail_url, paper.media_urls) == (image, (video,))


@pytest.mark.parametrize("wrapped", [True, False], ids=["wrapped", "bare"])
def test_one_paper_is_read_in_either_shape(wrapped: bool) -> None:
    entry = item(paper={"numComments": 5})
    paper = parse_paper(json.dumps(entry if wrapped else entry["paper"]).encode())
    assert (str(paper.id), paper.upvotes, paper.comments) == ("2608.19880", 7, 2 if wrapped else 5)

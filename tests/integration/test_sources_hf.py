"""Hugging Face's lists and papers, fetched from a loopback server that serves real answers."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import pytest

from bot.domain.errors import SourceBroken, SourceUnavailable
from bot.domain.paper_id import PaperId, parse_paper_ref
from bot.ports import Source
from bot.sources.hf_daily import HfDaily
from bot.sources.hf_papers import HfPapers
from bot.sources.testing import HTML, Asked, Canned, serving
from bot.store.memory import MemoryHttpCache
from bot.testing import VirtualClock

TODAY = date(2026, 8, 21)


@dataclass
class Hub:
    """Serves ``entries`` page by page; ``instead`` replaces the answer to a path or a page."""

    entries: list[object] = field(default_factory=list[object])
    instead: dict[str, Canned] = field(default_factory=dict[str, Canned])

    def respond(self, asked: Asked) -> Canned:
        page = int(asked.query.get("p", 0))
        canned = self.instead.get(asked.path) or self.instead.get(f"p={page}")
        if canned is not None:
            return canned
        if asked.query["date"] > TODAY.isoformat():
            return Canned(b'{"error":"invalid date"}', status=400)
        size = int(asked.query["limit"])
        part = self.entries[page * size : (page + 1) * size]
        return Canned(json.dumps(part).encode())


@dataclass
class Stage:
    hub: Hub
    source: Source
    papers: HfPapers
    asked: list[Asked]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    hub = Hub()
    clock = VirtualClock(datetime(2026, 8, 21, 12, tzinfo=UTC))
    cache = MemoryHttpCache()
    async with serving(hub.respond, clock=clock, cache=cache) as (upstream, client):
        source = HfDaily(client, clock, base=upstream.base)
        yield Stage(hub, source, HfPapers(client, base=upstream.base), upstream.asked)


def _entries(path: Path) -> list[object]:
    return cast("list[object]", json.loads(path.read_bytes()))


def _many(shared: Path, count: int) -> list[object]:
    """Real entries of many days, each paper once."""
    entries: dict[str, object] = {}
    for path in sorted((shared / "data/hf_daily").glob("20*.json")):
        for entry in _entries(path):
            paper = cast("dict[str, dict[str, str]]", entry)["paper"]
            entries.setdefault(paper["id"], entry)
    assert len(entries) >= count
    return list(entries.values())[:count]


async def test_every_real_day_is_listed_whole(stage: Stage, shared: Path) -> None:
    days = sorted((shared / "data/hf_daily").glob("20*.json"))
    assert len(days) == 26
    for path in days:
        stage.hub.entries = _entries(path)
        day = date.fromisoformat(path.stem)
        listing = await stage.source.list_day(day)
        assert (listing.source, listing.day) == ("hf", day)
        assert len(listing.papers) + len(listing.quarantined) == len(stage.hub.entries)
        assert listing.quarantined == ()


@pytest.mark.parametrize(
    ("count", "pages"), [(0, 1), (99, 1), (100, 2), (150, 2), (200, 3), (210, 3)]
)
async def test_pages_are_read_until_a_short_one_f7(
    stage: Stage, shared: Path, count: int, pages: int
) -> None:
    stage.hub.entries = _many(shared, count)
    listing = await stage.source.list_day(TODAY)
    assert len(listing.papers) == count
    assert [asked.query["p"] for asked in stage.asked] == [str(n) for n in range(pages)]
    assert {asked.query["limit"] for asked in stage.asked} <= {"100"}


async def test_a_paper_on_two_pages_is_listed_once_and_its_page_still_counts_as_full_f7(
    stage: Stage, shared: Path
) -> None:
    many = _many(shared, 150)
    stage.hub.entries = [*many[:99], many[0], many[50], *many[99:]]
    assert len((await stage.source.list_day(TODAY)).papers) == 150


async def test_a_server_without_pages_is_not_asked_for_ever(stage: Stage, shared: Path) -> None:
    whole = Canned(json.dumps(_many(shared, 100)).encode())
    stage.hub.instead = {"/api/daily_papers": whole}
    assert len((await stage.source.list_day(TODAY)).papers) == 100
    assert len(stage.asked) == 2


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Canned(status=502), id="F1"),
        pytest.param(Canned(b"<html>captcha</html>", HTML), id="F9"),
        pytest.param(Canned(b'[{"paper": {"id": "26'), id="F16"),
        pytest.param(Canned(b""), id="empty body"),
        pytest.param(Canned(b'{"error": "x"}'), id="an object"),
    ],
)
async def test_a_list_whose_second_page_fails_is_no_list_f1_f7_f9_f16(
    stage: Stage, shared: Path, fault: Canned
) -> None:
    stage.hub.entries = _many(shared, 150)
    stage.hub.instead = {"p=1": fault}
    with pytest.raises((SourceUnavailable, SourceBroken), match=r"^127\.0\.0\.1:"):
        await stage.source.list_day(TODAY)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<!doctype html><title>Sign in</title>", id="F9 HTML called JSON"),
        pytest.param(b"<html>", id="F9 a root element"),
        pytest.param(b"", id="F16 empty"),
        pytest.param(b"null", id="null"),
        pytest.param(b"\x1f\x8b\x08", id="F16 packed without a word"),
    ],
)
async def test_what_is_no_list_is_a_failure_and_never_an_empty_day_f9_f16(
    stage: Stage, body: bytes
) -> None:
    stage.hub.instead = {"/api/daily_papers": Canned(body)}
    with pytest.raises(SourceBroken):
        await stage.source.list_day(TODAY)


async def test_an_empty_weekend_is_an_answer_f4(stage: Stage, shared: Path) -> None:
    empty = (shared / "data/constructed/hf_daily_weekend_empty.json").read_bytes()
    stage.hub.instead = {"/api/daily_papers": Canned(empty)}
    assert (await stage.source.list_day(date(2026, 8, 16))).papers == ()


async def test_a_day_after_today_is_read_as_today_f3(stage: Stage, shared: Path) -> None:
    stage.hub.entries = _many(shared, 3)
    listing = await stage.source.list_day(date(2026, 8, 22))
    assert (listing.day, len(listing.papers)) == (TODAY, 3)
    assert stage.asked[0].query["date"] == "2026-08-21"


async def test_a_refused_date_is_explained_and_is_no_outage_f3(stage: Stage) -> None:
    refused = Canned(b'{"error":"date is in the future"}', status=400)
    stage.hub.instead = {"/api/daily_papers": refused}
    with pytest.raises(SourceBroken, match=r"2026-08-21 is refused \(HTTP 400\).*clock"):
        await stage.source.list_day(TODAY)
    assert len(stage.asked) == 1


async def test_a_list_that_grew_is_read_in_full_again_f5(stage: Stage, shared: Path) -> None:
    many = _many(shared, 38)
    stage.hub.entries = many[:15]
    first = await stage.source.list_day(TODAY)
    stage.hub.entries = many[20:] + many[:20]
    second = await stage.source.list_day(TODAY)
    assert {p.id for p in first.papers} < {p.id for p in second.papers}
    assert len(second.papers) == 38


async def test_a_bad_entry_costs_only_itself_f8(stage: Stage, shared: Path) -> None:
    stage.hub.entries = [*_many(shared, 4), {"paper": {"id": "2608.99999"}}]
    listing = await stage.source.list_day(TODAY)
    assert (len(listing.papers), len(listing.quarantined)) == (4, 1)


# One paper by id


async def test_papers_are_found_by_id_and_unknown_ones_are_missing(
    stage: Stage, shared: Path
) -> None:
    (entry,) = _many(shared, 1)
    paper = cast("dict[str, dict[str, str]]", entry)["paper"]
    known, unknown = parse_paper_ref(paper["id"]), parse_paper_ref("2608.99999")
    stage.hub.instead = {
        f"/api/papers/{known}": Canned(json.dumps(paper).encode()),
        f"/api/papers/{unknown}": Canned(b'{"error":"Paper not found"}', status=404),
    }
    answer = await stage.papers.look_up([known, unknown])
    assert answer.found[known.id].title
    assert answer.missing == {unknown.id}
    assert not answer.unanswered


async def test_a_paper_under_another_id_is_never_taken_t11(stage: Stage, shared: Path) -> None:
    (entry,) = _many(shared, 1)
    paper = cast("dict[str, dict[str, str]]", entry)["paper"]
    stage.hub.instead = {"/api/papers/2608.99999": Canned(json.dumps(paper).encode())}
    with pytest.raises(SourceBroken, match="T11"):
        await stage.papers.look_up([parse_paper_ref("2608.99999")])


async def test_an_outage_ends_the_round_and_keeps_what_was_found_f10(
    stage: Stage, shared: Path
) -> None:
    (entry,) = _many(shared, 1)
    paper = cast("dict[str, dict[str, str]]", entry)["paper"]
    known, lost, never = (parse_paper_ref(t) for t in (paper["id"], "2608.99998", "2608.99999"))
    stage.hub.instead = {
        f"/api/papers/{known}": Canned(json.dumps(paper).encode()),
        f"/api/papers/{lost}": Canned(status=500),
    }
    answer = await stage.papers.look_up([known, lost, never])
    assert set(answer.found) == {known.id}
    assert set(answer.unanswered) == {lost.id, never.id}
    assert len(stage.asked) == 4


async def test_what_hugging_face_cannot_tell_is_not_asked(stage: Stage) -> None:
    refs = [parse_paper_ref("hep-th/9901001"), parse_paper_ref("2309.12307v2")]
    answer = await stage.papers.look_up(refs)
    assert set(answer.unanswered) == {PaperId("hep-th/9901001"), PaperId("2309.12307")}
    assert stage.asked == []

"""What every PaperStore does."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.ports import Store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
ONE = Paper(id=PaperId("2608.00001"), title="One", abstract="First.", upvotes=3)
TWO = Paper(id=PaperId("hep-th/9901001"), title="Two", abstract="Second.")


async def test_a_saved_paper_comes_back_with_every_field(store: Store) -> None:
    paper = Paper(
        id=PaperId("2309.12307"),
        title="A $200k question, 360° of it: <b>𝒪(n log n)</b>",
        abstract="It's 50 % done; DROP TABLE papers; -- 大型语言模型",
        version=3,
        authors=("Ann Ö", "李雷", 'Quo"te'),
        categories=("cs.CL",),
        published_at=NOON - timedelta(days=2, microseconds=1),
        updated_at=NOON,
        withdrawn=True,
        upvotes=0,
        comments=7,
        thumbnail_url="https://example.org/t.png",
        media_urls=("https://example.org/a.mp4",),
        code_url="https://github.com/o/r",
        code_stars=12_345,
        project_url="https://example.org/",
        organization="Org",
        keywords=("a", "b"),
        upstream_summary="Short.",
        submitted_by="someone",
    )
    await store.papers.save([paper])
    assert await store.papers.get([paper.id]) == {paper.id: paper}


async def test_what_is_not_known_stays_not_known(store: Store) -> None:
    bare = Paper(id=PaperId("2309.12307"), title="Bare")
    await store.papers.save([bare])
    assert await store.papers.get([bare.id]) == {bare.id: bare}


async def test_only_known_papers_are_given(store: Store) -> None:
    await store.papers.save([ONE])
    assert await store.papers.get([ONE.id, TWO.id]) == {ONE.id: ONE}
    assert await store.papers.get([]) == {}


async def test_f14_a_new_version_is_the_same_paper_with_the_new_text(store: Store) -> None:
    await store.papers.save([ONE])
    await store.papers.save([replace(ONE, version=2, abstract="Better.", upvotes=None)])
    assert await store.papers.get([ONE.id]) == {ONE.id: replace(ONE, version=2, abstract="Better.")}


async def test_f18_a_stale_answer_does_not_bring_an_old_version_back(store: Store) -> None:
    newer = replace(ONE, version=2, abstract="Better.")
    await store.papers.save([newer])
    await store.papers.save([ONE])
    assert await store.papers.get([ONE.id]) == {ONE.id: newer}


async def test_a_source_that_lacks_a_field_does_not_erase_it(store: Store) -> None:
    told = replace(ONE, authors=("Ann",), code_url="https://github.com/o/r")
    await store.papers.save([told])
    await store.papers.save([Paper(id=ONE.id, title=ONE.title, upvotes=9)])
    assert await store.papers.get([ONE.id]) == {ONE.id: replace(told, upvotes=9)}


async def test_a_paper_saved_twice_in_one_call_is_merged(store: Store) -> None:
    await store.papers.save([ONE, TWO, replace(ONE, upvotes=None, comments=4)])
    await store.papers.save([])
    assert await store.papers.get([ONE.id, TWO.id]) == {
        ONE.id: replace(ONE, comments=4),
        TWO.id: TWO,
    }


async def test_a_time_in_another_zone_is_the_same_moment(store: Store) -> None:
    away = NOON.astimezone(timezone(timedelta(hours=8)))
    await store.papers.save([replace(ONE, published_at=away)])
    found = (await store.papers.get([ONE.id]))[ONE.id]
    assert found.published_at == NOON


async def test_more_papers_than_a_statement_takes_are_saved_and_read(store: Store) -> None:
    papers = [replace(ONE, id=PaperId(f"2608.{n:05}")) for n in range(1, 1203)]
    await store.papers.save(papers)
    assert await store.papers.get([p.id for p in papers]) == {p.id: p for p in papers}


async def test_every_real_day_comes_back_as_it_was_saved(store: Store, shared: Path) -> None:
    papers: dict[PaperId, Paper] = {}
    for file in sorted((shared / "data" / "hf_daily").glob("20*.json")):
        day = [
            Paper(
                id=PaperId(item["paper"]["id"]),
                title=item["paper"]["title"],
                abstract=item["paper"].get("summary", ""),
                authors=tuple(author["name"] for author in item["paper"]["authors"]),
                published_at=datetime.fromisoformat(item["paper"]["publishedAt"]),
                upvotes=item["paper"].get("upvotes"),
            )
            for item in json.loads(file.read_bytes())
        ]
        await store.papers.save(day)
        papers |= {paper.id: paper for paper in day}
    assert len(papers) > 500
    assert await store.papers.get(papers) == papers

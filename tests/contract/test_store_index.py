"""What every PaperIndex does."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.command import Suggestion
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.ports import Store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
TITLES = {
    "2309.12307": "LongLoRA: Efficient Fine-tuning of Long-Context LLMs",
    "2309.00071": "YaRN: Efficient Context Window Extension",
    "2401.00001": "100% of ÉTALE\n  cohomology_is a\\b",
    "2401.00002": "大型语言模型 Straße",
    "hep-th/9901001": "Anti de Sitter Space",
}
PAPERS = [
    Paper(id=PaperId(value), title=title, published_at=NOON + timedelta(days=n))
    for n, (value, title) in enumerate(TITLES.items())
]


async def _found(store: Store, text: str, *, limit: int = 9) -> list[str]:
    return [found.paper_id for found in await store.index.suggest(text, limit=limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2309.1", ["2309.12307"], id="beginning of an id"),
        pytest.param("2309", ["2309.00071", "2309.12307"], id="newest first"),
        pytest.param("12307", [], id="an id's end is no match"),
        pytest.param("HEP-TH/99", ["hep-th/9901001"], id="old id in capitals"),
        pytest.param("efficient", ["2309.00071", "2309.12307"], id="title"),
        pytest.param("LONG-context", ["2309.12307"], id="capitals"),
        pytest.param("  fine-TUNING   of ", ["2309.12307"], id="white space"),
        pytest.param("étale COHO", ["2401.00001"], id="accents, over a line break"),
        pytest.param("STRASSE", ["2401.00002"], id="a capital that is two letters"),
        pytest.param("语言模型", ["2401.00002"], id="Chinese"),
        pytest.param("ＬＬＭ", ["2309.12307"], id="full width"),
        pytest.param("%", ["2401.00001"], id="per cent sign is itself"),
        pytest.param("y_i", ["2401.00001"], id="underscore is itself"),
        pytest.param("2_09", [], id="underscore in an id is itself"),
        pytest.param("a\\b", ["2401.00001"], id="backslash is itself"),
        pytest.param("a/", [], id="the escape character is itself"),
        pytest.param("'; DROP TABLE papers; --", [], id="F66 SQL-ish"),
        pytest.param("x" * 10_000, [], id="F66 long"),
        pytest.param("", [*reversed(TITLES)], id="nothing yet: the newest"),
    ],
)
async def test_papers_are_suggested_f66(store: Store, text: str, expected: list[str]) -> None:
    await store.papers.save(PAPERS)
    assert await _found(store, text) == expected


async def test_a_suggestion_tells_the_title_as_it_is(store: Store) -> None:
    await store.papers.save(PAPERS)
    [found] = await store.index.suggest("yarn", limit=5)
    assert found == Suggestion("2309.00071", TITLES["2309.00071"])


@pytest.mark.parametrize("limit", [0, 1, 2])
async def test_no_more_are_suggested_than_asked_for(store: Store, limit: int) -> None:
    await store.papers.save(PAPERS)
    assert await _found(store, "e", limit=limit) == [*reversed(TITLES)][:limit]


async def test_a_changed_title_is_found_and_the_old_one_is_not(store: Store) -> None:
    await store.papers.save(PAPERS[:1])
    await store.papers.save([replace(PAPERS[0], version=2, title="Renamed", abstract="New.")])
    assert await _found(store, "renamed") == ["2309.12307"]
    assert not await _found(store, "longlora")


async def test_papers_of_unknown_date_come_last_the_higher_id_first(store: Store) -> None:
    undated = [replace(paper, published_at=None) for paper in PAPERS[:2]]
    await store.papers.save([*undated, PAPERS[2]])
    assert await _found(store, "") == ["2401.00001", "2309.12307", "2309.00071"]


async def test_every_real_paper_is_found_by_its_id_and_by_its_title(
    store: Store, shared: Path
) -> None:
    papers: dict[PaperId, Paper] = {}
    for file in sorted((shared / "data" / "hf_daily").glob("20*.json")):
        for item in json.loads(file.read_bytes()):
            paper = item["paper"]
            at = datetime.fromisoformat(paper["publishedAt"])
            papers[PaperId(paper["id"])] = Paper(
                id=PaperId(paper["id"]), title=paper["title"], published_at=at
            )
    await store.papers.save(list(papers.values()))
    for paper_id, paper in papers.items():
        assert paper_id.value in await _found(store, paper.title.swapcase())
        assert await _found(store, paper_id.value) == [paper_id.value]

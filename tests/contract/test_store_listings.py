"""What every ListingStore does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import StoreError
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.ports import Store

MONDAY, TUESDAY = date(2026, 8, 10), date(2026, 8, 11)
EIGHT = datetime(2026, 8, 10, 8, 0, 0, 123456, tzinfo=UTC)
LATER = EIGHT + timedelta(hours=20)
A, B, C, D = (Paper(id=PaperId(f"2608.0000{n}"), title=f"Paper {n}") for n in range(1, 5))


async def _look(
    store: Store,
    papers: Sequence[Paper],
    seen_at: datetime = EIGHT,
    *,
    day: date = MONDAY,
    source: str = "hf",
) -> Sequence[PaperId]:
    await store.papers.save(papers)
    return await store.listings.record(source, day, papers, seen_at=seen_at)


async def _order(store: Store) -> list[Paper]:
    names = {paper.id: paper for paper in (A, B, C, D)}
    places = await store.listings.of_day("hf", MONDAY)
    assert [place.position for place in places] == list(range(len(places)))
    return [names[place.paper_id] for place in places]


async def test_a_list_comes_back_in_its_order(store: Store) -> None:
    assert await _look(store, [B, A, replace(C, version=2)]) == [B.id, A.id, C.id]
    assert list(await store.listings.of_day("hf", MONDAY)) == [
        Listed(B.id, 1, MONDAY, 0, EIGHT),
        Listed(A.id, 1, MONDAY, 1, EIGHT),
        Listed(C.id, 2, MONDAY, 2, EIGHT),
    ]


async def test_f5_a_late_arrival_is_new_once_and_the_old_ones_are_not(store: Store) -> None:
    await _look(store, [A, B])
    assert await _look(store, [C, A, B], LATER) == [C.id]
    assert await _look(store, [C, A, B], LATER) == []
    first_seen = {p.paper_id: p.first_seen for p in await store.listings.of_day("hf", MONDAY)}
    assert first_seen == {A.id: EIGHT, B.id: EIGHT, C.id: LATER}


async def test_positions_follow_the_newest_look(store: Store) -> None:
    await _look(store, [A, B, C])
    await _look(store, [C, A, B], LATER)
    assert await _order(store) == [C, A, B]


@pytest.mark.parametrize(
    ("looks", "order"),
    [
        pytest.param([[A, B, C], [C, B]], [C, B, A], id="one dropped goes last"),
        pytest.param([[A, B, C, D], [D]], [D, A, B, C], id="dropped ones keep their order"),
        pytest.param([[A, B], []], [A, B], id="an empty look drops none"),
        pytest.param([[A, B, C], [C], [D, B]], [D, B, C, A], id="dropped at different looks"),
        pytest.param([[A, B, C], [C], [A, B, C]], [A, B, C], id="F18 a stale look is healed"),
        pytest.param([[A, B, A, C, B]], [A, B, C], id="a repeated paper stands once"),
    ],
)
async def test_f6_a_paper_stays_on_a_list_that_drops_it_f18(
    store: Store, looks: list[list[Paper]], order: list[Paper]
) -> None:
    for number, papers in enumerate(looks):
        await _look(store, papers, EIGHT + timedelta(hours=number))
    assert await _order(store) == order


async def test_f6_a_paper_that_comes_back_is_not_new(store: Store) -> None:
    await _look(store, [A, B])
    await _look(store, [B], LATER)
    assert await _look(store, [A, B], LATER + timedelta(hours=1)) == []


async def test_f6_a_paper_on_two_days_is_one_paper_with_an_earlier_place(store: Store) -> None:
    await _look(store, [A, B])
    assert await _look(store, [B, C], LATER, day=TUESDAY) == [B.id, C.id]
    assert await store.listings.earlier("hf", [A.id, B.id, C.id], before=TUESDAY) == {
        A.id: Listed(A.id, 1, MONDAY, 0, EIGHT),
        B.id: Listed(B.id, 1, MONDAY, 1, EIGHT),
    }
    assert await store.papers.get([B.id]) == {B.id: B}


async def test_the_latest_of_several_earlier_places_is_given(store: Store) -> None:
    days = [TUESDAY, MONDAY, date(2026, 7, 1)]
    for day in days:
        await _look(store, [A], day=day)
    found = await store.listings.earlier("hf", [A.id], before=date(2026, 8, 20))
    assert found[A.id].day == TUESDAY
    found = await store.listings.earlier("hf", [A.id], before=TUESDAY)
    assert found[A.id].day == MONDAY
    assert await store.listings.earlier("hf", [A.id], before=date(2026, 7, 1)) == {}
    assert await store.listings.earlier("arxiv:cs.CL", [A.id], before=TUESDAY) == {}


async def test_f14_a_listed_version_rises_and_never_falls(store: Store) -> None:
    await _look(store, [replace(A, version=2)])
    for version, expected in ((3, 3), (1, 3)):
        assert await _look(store, [replace(A, version=version)]) == []
        [place] = await store.listings.of_day("hf", MONDAY)
        assert place.version == expected


async def test_lists_of_other_days_and_sources_are_apart(store: Store) -> None:
    await _look(store, [A])
    assert await _look(store, [A], source="arxiv:cs.CL") == [A.id]
    assert await _look(store, [A], day=TUESDAY) == [A.id]
    assert [p.paper_id for p in await store.listings.of_day("arxiv:cs.CL", MONDAY)] == [A.id]
    assert not await store.listings.of_day("arxiv:cs.CL", TUESDAY)


async def test_a_look_is_remembered_also_at_an_empty_list(store: Store) -> None:
    assert await store.listings.checked_at("hf", MONDAY) is None
    assert await _look(store, []) == []
    assert await store.listings.checked_at("hf", MONDAY) == EIGHT
    await _look(store, [A], LATER)
    assert await store.listings.checked_at("hf", MONDAY) == LATER
    assert await store.listings.checked_at("hf", TUESDAY) is None


async def test_the_latest_day_is_one_with_papers(store: Store) -> None:
    assert await store.listings.latest_day("hf") is None
    await _look(store, [], day=TUESDAY)
    assert await store.listings.latest_day("hf") is None
    await _look(store, [A])
    assert await store.listings.latest_day("hf") == MONDAY
    assert await store.listings.latest_day("arxiv:cs.CL") is None


async def test_a_paper_that_was_not_saved_cannot_be_listed(store: Store) -> None:
    with pytest.raises(StoreError, match="save the papers first"):
        await store.listings.record("hf", MONDAY, [A], seen_at=EIGHT)
    assert not await store.listings.of_day("hf", MONDAY)
    assert await store.listings.checked_at("hf", MONDAY) is None

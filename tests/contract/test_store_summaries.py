"""What every SummaryStore does."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.paper_id import PaperId
from bot.domain.summary import (
    Finding,
    FindingKind,
    Keyword,
    Origin,
    Provenance,
    Score,
    Scores,
    Summary,
    SummaryKey,
)
from bot.ports import Store

NOW = datetime(2026, 8, 10, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=10)
PAPER, OTHER = PaperId("2608.00001"), PaperId("2608.00002")
KEY = SummaryKey(PAPER, version=1, language="zh", prompt="v3", model="gpt-x")
SUMMARY = Summary(
    paper_id=PAPER,
    language="zh",
    main_work="做了两件事。\n又一件。",
    highlights=("亮点一", "86.3 %"),
    keywords=(Keyword("LLM", "大型语言模型"), Keyword("MoE")),
    scores=Scores(Score(4.5, "好用"), Score(4.8), Score(0.5, "…")),
    provenance=Provenance(Origin.MODEL, "gpt-x", "v3", NOW),
    findings=(Finding(FindingKind.FIGURE, "99.9"), Finding(FindingKind.CUT_OFF)),
)


def _written(summary: Summary, at: datetime | None) -> Summary:
    return replace(summary, provenance=replace(summary.provenance, created_at=at))


async def test_f28_a_summary_is_found_under_exactly_its_key(store: Store) -> None:
    await store.summaries.put(KEY, SUMMARY)
    assert await store.summaries.get(KEY) == SUMMARY


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(KEY, paper_id=OTHER), id="paper"),
        pytest.param(replace(KEY, version=2), id="version"),
        pytest.param(replace(KEY, language="en"), id="language"),
        pytest.param(replace(KEY, prompt="v4"), id="prompt"),
        pytest.param(replace(KEY, model="GPT-X"), id="model"),
        pytest.param(replace(KEY, prompt="", model=""), id="empty"),
    ],
)
async def test_f28_another_key_has_another_summary(store: Store, other: SummaryKey) -> None:
    await store.summaries.put(KEY, SUMMARY)
    assert await store.summaries.get(other) is None
    twin = replace(SUMMARY, paper_id=other.paper_id, language=other.language, main_work="Other.")
    await store.summaries.put(other, twin)
    assert await store.summaries.get(other) == twin
    assert await store.summaries.get(KEY) == SUMMARY


async def test_storing_again_replaces(store: Store) -> None:
    better = replace(SUMMARY, main_work="Better.", scores=None, findings=())
    await store.summaries.put(KEY, SUMMARY)
    await store.summaries.put(KEY, better)
    assert await store.summaries.get(KEY) == better
    assert list(await store.summaries.of_papers([PAPER], "zh")) == [(KEY, better)]


@pytest.mark.parametrize("wrong", [{"paper_id": OTHER}, {"language": "en"}], ids=["paper", "lang"])
async def test_t11_a_summary_is_never_kept_under_another_paper_or_language(
    store: Store, wrong: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match="cannot be kept as"):
        await store.summaries.put(KEY, replace(SUMMARY, **wrong))
    assert await store.summaries.get(KEY) is None


async def test_summaries_of_papers_come_oldest_first(store: Store) -> None:
    written = {
        replace(KEY, model="b"): NOW,
        replace(KEY, version=2): NOW - timedelta(days=1),
        replace(KEY, model="a"): NOW,
        replace(KEY, paper_id=OTHER): NOW + timedelta(microseconds=1),
        replace(KEY, model="", prompt=""): None,
        replace(KEY, language="en"): NOW,
        replace(KEY, paper_id=PaperId("2608.00003")): NOW,
    }
    for key, at in written.items():
        summary = replace(SUMMARY, paper_id=key.paper_id, language=key.language)
        await store.summaries.put(key, _written(summary, at))
    found = await store.summaries.of_papers([OTHER, PAPER], "zh")
    assert [key for key, _ in found] == [
        replace(KEY, model="", prompt=""),
        replace(KEY, version=2),
        replace(KEY, model="a"),
        replace(KEY, model="b"),
        replace(KEY, paper_id=OTHER),
    ]
    assert all(s.provenance.created_at == written[key] for key, s in found)
    assert not await store.summaries.of_papers([], "zh")


async def test_f28_of_fifty_claimers_at_once_one_wins(store: Store) -> None:
    won = await asyncio.gather(
        *(store.summaries.claim(KEY, f"worker {n}", now=NOW, until=SOON) for n in range(50))
    )
    assert won.count(True) == 1


async def test_f28_a_claim_is_for_its_key_alone(store: Store) -> None:
    assert await store.summaries.claim(KEY, "one", now=NOW, until=SOON)
    assert await store.summaries.claim(replace(KEY, version=2), "two", now=NOW, until=SOON)


@pytest.mark.parametrize(
    ("owner", "after", "won"),
    [
        pytest.param("two", timedelta(minutes=9, seconds=59), False, id="still held"),
        pytest.param("two", timedelta(minutes=10), True, id="just run out"),
        pytest.param("two", timedelta(days=3), True, id="long run out"),
        pytest.param("one", timedelta(minutes=5), True, id="the holder prolongs"),
        pytest.param("one", timedelta(days=1), True, id="the holder comes back"),
    ],
)
async def test_f28_a_claim_that_ran_out_can_be_taken(
    store: Store, owner: str, after: timedelta, won: bool
) -> None:
    assert await store.summaries.claim(KEY, "one", now=NOW, until=SOON)
    later = NOW + after
    until = later + timedelta(minutes=10)
    assert await store.summaries.claim(KEY, owner, now=later, until=until) is won
    # Whoever has it now keeps out a third, until exactly its own end.
    end = until if won else SOON
    just_before = end - timedelta(microseconds=1)
    assert not await store.summaries.claim(KEY, "three", now=just_before, until=end)
    assert await store.summaries.claim(KEY, "three", now=end, until=end + timedelta(minutes=1))


async def test_a_released_claim_is_free_and_only_its_holder_releases_it(store: Store) -> None:
    await store.summaries.release(KEY, "one")
    assert await store.summaries.claim(KEY, "one", now=NOW, until=SOON)
    await store.summaries.release(KEY, "two")
    assert not await store.summaries.claim(KEY, "two", now=NOW, until=SOON)
    await store.summaries.release(KEY, "one")
    assert await store.summaries.claim(KEY, "two", now=NOW, until=SOON)


async def test_storing_a_summary_drops_the_claim_on_it(store: Store) -> None:
    other = replace(KEY, version=2)
    assert await store.summaries.claim(KEY, "one", now=NOW, until=SOON)
    assert await store.summaries.claim(other, "one", now=NOW, until=SOON)
    await store.summaries.put(KEY, SUMMARY)
    assert await store.summaries.claim(KEY, "two", now=NOW, until=SOON)
    assert not await store.summaries.claim(other, "two", now=NOW, until=SOON)


async def test_claims_that_ran_out_long_ago_are_forgotten_and_no_others(store: Store) -> None:
    other = replace(KEY, version=2)
    await store.summaries.claim(KEY, "dead", now=NOW, until=SOON)
    await store.summaries.claim(other, "alive", now=NOW, until=SOON + timedelta(seconds=1))
    assert await store.summaries.prune_claims(before=SOON + timedelta(seconds=1)) == 1
    assert not await store.summaries.claim(other, "third", now=NOW, until=SOON)
    assert await store.summaries.claim(KEY, "third", now=NOW, until=SOON)

"""``/top``: the week's best three ways, and why a list is empty."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.chat import Chat
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post, Section
from bot.domain.target import Target
from bot.ports import Vote
from bot.services.commands.testing import Bench, bench, summary_of
from bot.store.memory import MemoryStore
from bot.testing import HeldClock
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
HOME = Target("fake", "1")
TODAY = NOON.date()


@pytest.fixture
def one() -> Bench:
    return bench(MemoryStore(), HeldClock(NOON), WORDINGS)


def paper(number: int, upvotes: int | None = None) -> Paper:
    return Paper(PaperId(f"2611.{number:05}"), f"Paper {number}", upvotes=upvotes)


async def listed(one: Bench, day: date, *papers: Paper, source: str = "hf") -> None:
    await one.means.store.papers.save(papers)
    await one.means.store.listings.record(source, day, papers, seen_at=NOON)


async def rated(one: Bench, paper: Paper, points: float) -> None:
    key = one.means.summaries.key_of(paper, "en")
    await one.means.store.summaries.put(key, summary_of(paper, "en", points=points))


async def voted(one: Bench, number: int, *values: int, at: datetime = NOON) -> None:
    for user, value in enumerate(values):
        vote = Vote(HOME, paper(number).id, f"fake:{user}", value, at)
        await one.means.store.votes.cast(vote)


def later(one: Bench, seconds: float) -> None:
    assert isinstance(one.means.clock, HeldClock)
    one.means.clock.advance(seconds)


def of(post: Post, label: str) -> Section:
    return next(section for section in post.sections if section.label == label)


async def test_the_three_lists_rank_each_in_its_way(one: Bench) -> None:
    papers = [paper(n, upvotes=n * 10) for n in range(1, 8)]
    await listed(one, TODAY, *papers)
    for n in (1, 2, 3):
        await rated(one, papers[n - 1], 5 - n / 2)
    await voted(one, 4, 1, 1, -1)
    await voted(one, 7, 1, 1)
    post = (await one.ask("top")).last
    assert post.title == "The week's best · 2026-11-13 to 2026-11-20"
    assert of(post, "By reactions here").lines == (
        "1. Paper 7 · 2026-11-20 · +2",
        "2. Paper 4 · 2026-11-20 · +2 −1",
    )
    assert of(post, "By upvotes").lines == (
        "1. Paper 7 · 2026-11-20 · 👍 70",
        "3. Paper 6 · 2026-11-20 · 👍 60",
        "4. Paper 5 · 2026-11-20 · 👍 50",
        "2. Paper 4 · 2026-11-20 · 👍 40",
        "5. ★3.5 Paper 3 · 2026-11-20 · 👍 30",
    )
    assert of(post, "By score").lines == (
        "6. ★4.5 Paper 1 · 2026-11-20",
        "7. ★4 Paper 2 · 2026-11-20",
        "5. ★3.5 Paper 3 · 2026-11-20",
    )
    assert [action.label for action in post.actions] == [str(n) for n in range(1, 8)]


async def test_equal_scores_rank_by_upvotes(one: Bench) -> None:
    papers = [paper(1, upvotes=3), paper(2), paper(3, upvotes=9)]
    await listed(one, TODAY, *papers)
    for each in papers:
        await rated(one, each, 4)
    lines = of((await one.ask("top")).last, "By score").lines
    assert [line.split("Paper ")[1][0] for line in lines] == ["3", "1", "2"]


async def test_a_score_counts_whatever_language_its_reasons_are_in(one: Bench) -> None:
    await listed(one, TODAY, paper(1), paper(2))
    await rated(one, paper(1), 4.5)
    key = one.means.summaries.key_of(paper(1), "zh")
    await one.means.store.summaries.put(key, summary_of(paper(1), "zh", points=3))
    await rated(one, paper(2), 4)
    chinese, english = [(await one.ask("top", language=tag)).last for tag in ("zh", "en")]
    assert [line[:4] for line in chinese.sections[2].lines] == ["1. ★", "2. ★"]
    assert chinese.sections[2].lines[1].startswith("2. ★3 Paper 1")
    assert english.sections[2].lines[0].startswith("1. ★4.5 Paper 1")


async def test_a_number_opens_the_paper_and_leads_back(one: Bench) -> None:
    await listed(one, TODAY, paper(1, upvotes=5))
    await rated(one, paper(1), 4)
    post = (await one.ask("top")).last
    entry = (await one.press(post.actions[0].key)).last
    assert entry.title == "Paper 1"
    assert (await one.press(entry.actions[-1].key)).last == post


async def test_t8_a_week_is_ranked_once_a_minute_but_reactions_are_those_of_now(
    one: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await listed(one, TODAY, paper(1, upvotes=5))
    asked: list[date] = []
    real = one.means.store.listings.of_day

    async def counted(source: str, day: date) -> Sequence[Listed]:
        asked.append(day)
        await asyncio.sleep(0)
        return await real(source, day)

    monkeypatch.setattr(one.means.store.listings, "of_day", counted)
    await asyncio.gather(*(one.ask("top", user=str(user)) for user in range(10)))
    await one.ask("top", language="zh")
    assert len(asked) == 2 * 7
    await voted(one, 1, 1)
    later(one, 59)
    assert "+1" in of((await one.ask("top")).last, "By reactions here").lines[0]
    assert len(asked) == 2 * 7
    later(one, 2)
    await one.ask("top")
    assert len(asked) == 3 * 7


async def test_only_the_last_seven_days_count(one: Bench) -> None:
    await listed(one, TODAY - timedelta(days=6), paper(1, upvotes=5))
    await listed(one, TODAY - timedelta(days=8), paper(2, upvotes=50))
    await voted(one, 1, 1, at=NOON - timedelta(days=6))
    await voted(one, 2, 1, 1, at=NOON - timedelta(days=8))
    post = (await one.ask("top")).last
    assert len(of(post, "By upvotes").lines) == len(of(post, "By reactions here").lines) == 1


async def test_what_more_dislike_than_like_is_not_among_the_best(one: Bench) -> None:
    await listed(one, TODAY, paper(1), paper(2))
    await voted(one, 1, 1, -1)
    await voted(one, 2, -1)
    post = (await one.ask("top")).last
    assert of(post, "By reactions here").lines == (
        "Nobody has reacted here in the last seven days. 👍 and 👎 stand under each paper.",
    )


async def test_empty_lists_say_why(one: Bench) -> None:
    none = (await one.ask("top")).last
    reason = "No list of the last seven days is stored yet."
    assert of(none, "By upvotes").lines == of(none, "By score").lines == (reason,)
    assert none.actions == ()
    await listed(one, TODAY, paper(1), paper(2, upvotes=0))
    later(one, 61)
    some = (await one.ask("top")).last
    assert of(some, "By upvotes").lines == (
        "None of these days' papers has any: only Hugging Face counts them.",
    )
    assert of(some, "By score").lines == (
        "None of these days' papers is rated: scores come from a model.",
    )


async def test_a_chat_sees_its_own_sources_and_reactions(one: Bench) -> None:
    group = Target("fake", "-100")
    await one.means.store.chats.save(
        [Chat(group, language="en", sources=("arxiv:cs.CL",))], now=NOON
    )
    await listed(one, TODAY, paper(1, upvotes=5))
    await listed(one, TODAY, paper(2, upvotes=3), source="arxiv:cs.CL")
    await voted(one, 1, 1)
    post = (await one.ask("top", target=group, private=False)).last
    assert [line[:10] for line in of(post, "By upvotes").lines] == ["1. Paper 2"]
    assert of(post, "By reactions here").urls == ()

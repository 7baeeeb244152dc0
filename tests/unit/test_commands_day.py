"""``/today`` and ``/digest``: the stored day; one never looked at is looked at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.chat import Chat
from bot.domain.errors import (
    SourceBroken,
    SourceError,
    SourceHasNoArchive,
    SourceLimited,
    SourceUnreachable,
)
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.services.commands.day_list import PAGE
from bot.services.commands.day_view import source_part
from bot.services.commands.testing import Bench, Shown, bench, command, summary_of
from bot.store.memory import MemoryStore
from bot.testing import HeldClock
from summarizer.languages import load_wording

FRIDAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
WORDS = WORDINGS["en"].commands.day


def papers(count: int, *, first: int = 1) -> list[Paper]:
    return [
        Paper(PaperId(f"2611.{n:05}"), f"Paper {n}", "An abstract.", upvotes=n)
        for n in range(first, first + count)
    ]


@pytest.fixture
def one() -> Bench:
    return bench(MemoryStore(), HeldClock(NOON), WORDINGS)


async def listed(
    one: Bench, some: Sequence[Paper], *, source: str = "hf", day: date = FRIDAY
) -> None:
    """A list as a look brought it."""
    await one.means.store.papers.save(some)
    seen_at = datetime.combine(day, NOON.timetz()) - timedelta(minutes=40)
    await one.means.store.listings.record(source, day, some, seen_at=seen_at)


async def rate(one: Bench, paper: Paper, points: float, *, language: str = "en") -> None:
    key = one.means.summaries.key_of(paper, language)
    await one.means.store.summaries.put(key, summary_of(paper, language, points=points))


def lines(shown: Shown) -> list[str]:
    return [line for section in shown.last.sections for line in section.lines]


async def test_today_is_the_stored_list_best_first_with_links_and_a_button_each(
    one: Bench,
) -> None:
    some = papers(4)
    await listed(one, some)
    await rate(one, some[1], 4.5)
    await rate(one, some[3], 5)
    shown = await one.ask("today")
    assert shown.titles == ["Hugging Face Daily Papers 2026-11-20 · 4 papers"]
    assert lines(shown) == ["1. ★5 Paper 4", "2. ★4.5 Paper 2", "3. Paper 1", "4. Paper 3"]
    assert shown.last.sections[0].urls[0] == "https://huggingface.co/papers/2611.00004"
    assert [action.label for action in shown.last.actions] == ["1", "2", "3", "4"]
    assert shown.last.footer == ("As of 11:20 UTC; the list usually still grows",)
    assert one.collect.asked == []
    assert (one.lookup.asked, one.writer.calls) == ([], [])


async def test_the_day_is_in_the_chats_language_and_sources(one: Bench) -> None:
    target = Target("fake", "1")
    chat = Chat(target, language="zh", sources=("arxiv:cs.CL", "hf"))
    await one.means.store.chats.save([chat], now=NOON)
    some = papers(3)
    await listed(one, some[:2])
    await listed(one, some[1:], source="arxiv:cs.CL")
    shown = await one.ask("today", language="en")
    assert shown.last.language == "zh"
    assert [section.label for section in shown.last.sections] == [
        "arXiv cs.CL 2026-11-20",
        "Huggingface Daily Papers 2026-11-20",
    ]
    assert lines(shown) == ["1. Paper 2", "2. Paper 3", "3. Paper 1"]
    assert shown.last.title == "2026-11-20 · 3 篇"


async def test_a_long_day_has_pages(one: Bench) -> None:
    await listed(one, papers(2 * PAGE + 3))
    shown = await one.ask("today")
    for first, last in ((1, 10), (11, 20), (21, 23)):
        assert [line.partition(".")[0] for line in lines(shown)] == [
            str(n) for n in range(first, last + 1)
        ]
        assert shown.last.footer[-1] == f"{first}-{last} of 23"
        onward = [action for action in shown.last.actions if action.label == "▸"]
        if last < 23:
            shown = await one.press(onward[0].key)
    assert not onward
    back = next(action for action in shown.last.actions if action.label == "◂")
    assert lines(await one.press(back.key))[0].startswith("11.")


async def test_a_place_within_a_page_shows_that_page(one: Bench) -> None:
    await listed(one, papers(2 * PAGE + 3))
    shown = await one.press("day:en:2026-11-20:13")
    assert [line.partition(".")[0] for line in lines(shown)][::9] == ["11", "20"]


async def test_a_list_that_is_done_does_not_say_that_it_grows(one: Bench) -> None:
    await listed(one, papers(2), day=date(2026, 11, 18))
    assert (await one.ask("digest", "2026-11-18")).last.footer == ()


async def test_a_row_opens_in_place_and_leads_back(one: Bench) -> None:
    some = papers(12)
    await listed(one, some)
    await rate(one, some[10], 4)
    second = await one.press("day:en:2026-11-20:10")
    entry = await one.press(second.last.actions[0].key)
    assert entry.last.title == "Paper 10"
    chinese, *_, back = entry.last.actions
    assert (chinese.label, back.label) == ("中文", "◂ List")
    turned = await one.press(chinese.key)
    assert turned.last.language == "zh"
    assert turned.last.actions[-1].label == "◂ 返回列表"
    assert lines(await one.press(back.key))[1] == lines(second)[1] == "12. Paper 12"


@pytest.mark.parametrize(
    ("now", "argument", "why"),
    [
        pytest.param(
            datetime(2026, 11, 21, 15, tzinfo=UTC),
            "",
            "No papers on 2026-11-21: a weekend, Hugging Face publishes none. Next: Monday.",
            id="F4: weekend",
        ),
        pytest.param(
            datetime(2026, 11, 20, 3, tzinfo=UTC),
            "",
            "The Hugging Face list of 2026-11-20 is not up yet (usually 04:00-07:00 UTC).",
            id="F4: early",
        ),
        pytest.param(
            NOON, "2026-11-18", "The Hugging Face list of 2026-11-18 is empty.", id="days ago"
        ),
    ],
)
async def test_f4_a_quiet_day_is_explained_and_leads_to_the_newest(
    now: datetime, argument: str, why: str
) -> None:
    one = bench(MemoryStore(), HeldClock(now), WORDINGS)
    await listed(one, papers(2), day=date(2026, 11, 19))
    shown = await one.ask("digest", argument)
    assert shown.titles == [f"Looking for the papers of {argument or now.date()} …", why]
    (newest,) = shown.last.actions
    assert newest.label == "List of 2026-11-19"
    assert len(lines(await one.press(newest.key))) == 2


async def test_a_day_never_looked_at_is_acknowledged_and_looked_at_once_for_all(
    one: Bench,
) -> None:
    one.collect.steps["hf"] = lambda day: listed(one, papers(3), day=day)
    everyone = [Shown() for _ in range(5)]
    await asyncio.gather(
        *(one.service.handle(command("digest", "2026/11/18"), shown) for shown in everyone)
    )
    for shown in everyone:
        assert shown.titles[0] == "Looking for the papers of 2026-11-18 …"
        assert len(lines(shown)) == 3
    assert one.collect.asked == [("hf", date(2026, 11, 18))]
    again = await one.ask("digest", "2026年11月18日")
    assert (len(again.posts), len(one.collect.asked)) == (1, 1)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(SourceLimited("429"), "limited", id="F2: limited"),
        pytest.param(SourceUnreachable("no net"), "unreachable", id="F1: unreachable"),
        pytest.param(SourceBroken("HTML"), "broken", id="F9: broken"),
        pytest.param(SourceHasNoArchive("RSS"), "no_archive", id="no archive"),
    ],
)
async def test_f1_a_source_that_fails_is_no_empty_day_f2_f9(
    one: Bench, error: SourceError, said: str
) -> None:
    one.collect.steps["hf"] = error
    shown = await one.ask("digest", "2026-11-18")
    words = WORDS.failures[said].format(source="Hugging Face", day="2026-11-18")
    assert shown.last.title == words


async def test_f1_of_two_sources_the_one_that_answers_is_shown(one: Bench) -> None:
    chat = Chat(Target("fake", "1"), language="en", sources=("hf", "arxiv:cs.CL"))
    await one.means.store.chats.save([chat], now=NOON)
    one.collect.steps = {
        "hf": SourceLimited("429"),
        "arxiv:cs.CL": lambda day: listed(one, papers(2), source="arxiv:cs.CL", day=day),
    }
    shown = await one.ask("today")
    assert len(lines(shown)) == 2
    assert "Hugging Face is limiting us just now" in shown.last.footer[0]


async def test_f1_a_list_that_may_be_incomplete_says_since_when(one: Bench) -> None:
    await listed(one, papers(2))
    one.means.health.failed(source_part("hf"), "503", at=NOON - timedelta(hours=3))
    shown = await one.ask("today")
    assert len(lines(shown)) == 2
    assert shown.last.footer[0] == (
        "⚠ Hugging Face has failed since 09:00 UTC; the list may be incomplete"
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param("yesterday-ish", WORDS.bad_date, id="words"),
        pytest.param("2026-02-30", WORDS.bad_date, id="a day that is none"),
        pytest.param("1" * 10_240, WORDS.bad_date, id="F66: 10 kB"),
        pytest.param("2026-11-20'; DROP TABLE papers;--", WORDS.bad_date, id="F66: SQL-ish"),
        pytest.param("2026-11-25", WORDS.future, id="F3: yet to come"),
        pytest.param("1980-01-01", WORDS.too_early, id="before arXiv"),
    ],
)
async def test_f66_a_day_that_cannot_be_is_asked_of_nobody_f3(
    one: Bench, typed: str, said: str
) -> None:
    shown = await one.ask("digest", typed)
    assert shown.titles == [said.format(day="2026-11-25", today="2026-11-20")]
    assert one.collect.asked == []


@pytest.mark.parametrize(
    "typed",
    ["2026-11-20", "2026/11/20", "2026.11.20", "20261120", "2026年11月20日", "２０２６-11-20",
     "2026-11-21", "\u200e2026-11-20", ""],
)  # fmt: skip
async def test_a_day_is_read_as_people_write_it(one: Bench, typed: str) -> None:
    await listed(one, papers(1))
    assert lines(await one.ask("digest", typed)) == ["1. Paper 1"]


async def test_t2_a_list_links_to_the_papers_own_pages_only(one: Bench) -> None:
    evil = replace(papers(1)[0], title="[x](https://evil.test) @everyone <b>")
    await listed(one, [evil])
    shown = await one.ask("today")
    assert {url for section in shown.last.sections for url in section.urls} <= evil.links
    assert shown.last.links == ()

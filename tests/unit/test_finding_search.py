"""``/search`` and ``/paper`` with words: pages, ways in and back, and what is said for nothing."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.chat import Chat
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.target import Target
from bot.services.commands.testing import Bench, bench, summary_of
from bot.store.memory import MemoryStore
from bot.testing import HeldClock
from bot.translations import load_speech
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
HOME = Target("fake", "1")
LONGLORA = Paper(
    PaperId("2309.12307"),
    "LongLoRA: Efficient Fine-tuning of Long-Context Large Language Models",
    "We present an approach.",
    published_at=datetime(2023, 9, 21, tzinfo=UTC),
)
OLD = Paper(PaperId("hep-th/9901001"), "Strings in flat space", "Strings.")
VIDEOS = [
    Paper(PaperId(f"2611.{number:05}"), f"Video generation, part {number}", "视频生成模型。")
    for number in range(1, 21)
]


@pytest.fixture
async def one() -> Bench:
    """A service that knows some papers, one of them with a summary and on a list."""
    one = bench(MemoryStore(), HeldClock(NOON), WORDINGS, speeches=SPEECHES)
    store = one.means.store
    await store.papers.save([LONGLORA, OLD, *VIDEOS])
    key = one.means.summaries.key_of(LONGLORA, "en")
    await store.summaries.put(key, summary_of(LONGLORA, "en", points=4.5))
    await store.listings.record("hf", date(2023, 9, 25), [LONGLORA], seen_at=NOON)
    return one


def labels(post: Post) -> list[str]:
    return [action.label for action in post.actions]


def key(post: Post, label: str) -> str:
    return next(action.key for action in post.actions if action.label == label)


async def test_a_row_has_number_score_title_day_and_the_papers_page(one: Bench) -> None:
    shown = await one.ask("search", "longlora")
    (section,) = shown.last.sections
    assert section.lines == (f"1. ★4.5 {LONGLORA.title} · 2023-09-25",)
    assert section.urls == (LONGLORA.hf_url,)
    assert shown.last.title == "“longlora”: 1 paper"


async def test_pages_follow_each_other_and_back(one: Bench) -> None:
    first = (await one.ask("search", "video generation")).last
    assert first.title == "“video generation”: 20 papers"
    assert labels(first) == [*map(str, range(1, 9)), "▸"]
    assert first.footer == ("1-8 of 20",)
    second = (await one.press(key(first, "▸"))).last
    assert labels(second) == [*map(str, range(9, 17)), "◂", "▸"]
    third = (await one.press(key(second, "▸"))).last
    assert (labels(third), third.footer) == (["17", "18", "19", "20", "◂"], ("17-20 of 20",))
    back = (await one.press(key(third, "◂"))).last
    assert back == second
    titles = [line for page in (first, second, third) for line in page.sections[0].lines]
    assert len({line.split(". ", 1)[1] for line in titles}) == 20


async def test_a_page_that_is_no_longer_there_is_the_last_one(one: Bench) -> None:
    post = (await one.press("find:en:99:video")).last
    assert labels(post)[:4] == ["17", "18", "19", "20"]


async def test_an_entry_opens_in_place_in_any_language_and_leads_back(one: Bench) -> None:
    first = (await one.ask("search", "longlora")).last
    entry = (await one.press(key(first, "1"))).last
    assert entry.title == LONGLORA.title
    assert labels(entry) == ["中文", "👍", "👎", "Save", "◂ List"]
    chinese = (await one.press(key(entry, "中文"))).last
    assert chinese.language == "zh"
    back = (await one.press(chinese.actions[-1].key)).last
    assert back.title == "“longlora”：1 篇"
    assert (await one.press(key(entry, "◂ List"))).last == first


async def test_a_search_lives_in_its_buttons_alone(one: Bench) -> None:
    first = (await one.ask("search", "video generation")).last
    fresh = bench(one.means.store, HeldClock(NOON), WORDINGS)
    assert (await fresh.press(key(first, "▸"))).last.footer == ("9-16 of 20",)
    assert (await fresh.press(key(first, "3"))).last.title == VIDEOS[17].title


async def test_chinese_words_are_found(one: Bench) -> None:
    shown = await one.ask("search", "视频 生成", language="zh")
    assert shown.last.title == "“视频 生成”：20 篇"


async def test_a_pasted_title_is_found_by_its_longest_words_and_that_is_said(one: Bench) -> None:
    shown = await one.ask("search", LONGLORA.title)
    assert shown.last.title == "“LongLoRA: Fine-tuning Long-Context Language”: 1 paper"
    assert shown.last.footer == (
        "Searched for the longest words only: more do not fit into the buttons.",
    )


@pytest.mark.parametrize("nothing", ["", "   ", "\u200b"])
async def test_a_search_for_nothing_tells_how(one: Bench, nothing: str) -> None:
    shown = await one.ask("search", nothing)
    assert "/search video generation" in shown.last.title
    assert shown.last.actions == ()


async def test_what_is_not_found_says_so_and_what_to_try(one: Bench) -> None:
    post = (await one.ask("search", "quantum gravity")).last
    assert post.title == "Nothing that I have stored has all of these words: quantum gravity"
    assert len(post.sections[0].lines) == 2
    gone = (await one.press("find:en:3:quantum gravity")).last
    assert gone == post


@pytest.mark.parametrize(
    "typed",
    ['"', '""', '"unclosed', "AND OR NOT", "a* -b", "'; DROP TABLE papers; --", "\x00", "\ud800",
     "{words} %s {0}", "\u202eevil", "x" * 10_240, "🙂" * 50, "@everyone <b>"],
    ids=range(13),
)  # fmt: skip
async def test_f66_nothing_that_is_typed_is_an_error(one: Bench, typed: str) -> None:
    for name in ("search", "paper"):
        shown = await one.ask(name, typed)
        assert len(shown.posts) == 1
        assert shown.last.title != WORDINGS["en"].commands.apology
    assert one.lookup.asked == []


async def test_f68_searches_count_as_any_command(one: Bench) -> None:
    shown = [await one.ask("search", "video") for _ in range(30)]
    assert sum(bool(each.posts) for each in shown) == 21


@pytest.mark.parametrize("typed", [LONGLORA.title, LONGLORA.title.upper(), f" {LONGLORA.title}. "])
async def test_paper_with_a_title_opens_it_at_once(one: Bench, typed: str) -> None:
    assert (await one.ask("paper", typed)).titles == [LONGLORA.title]
    assert one.lookup.asked == []


async def test_paper_with_words_offers_matches(one: Bench) -> None:
    post = (await one.ask("paper", "video generation")).last
    assert post.title == "That is no id. Is it one of these?"
    assert labels(post) == ["1", "2", "3", "4", "5", "All of them"]
    assert len(post.sections[0].lines) == 5
    everything = (await one.press(key(post, "All of them"))).last
    assert everything.title == "“video generation”: 20 papers"
    assert (await one.press(key(post, "1"))).last.title == VIDEOS[19].title


async def test_paper_with_words_of_one_paper_offers_it_alone(one: Bench) -> None:
    post = (await one.ask("paper", "fine-tuning longlora")).last
    assert labels(post) == ["1"]


async def test_paper_with_words_of_none_says_so_beside_what_an_id_is(one: Bench) -> None:
    post = (await one.ask("paper", "quantum gravity")).last
    assert post.title == WORDINGS["en"].commands.paper.bad_id
    assert post.sections[0].lines == ("No paper that I have stored has all of these words either.",)


async def test_two_papers_of_one_title_are_both_offered(one: Bench) -> None:
    twin = Paper(PaperId("2611.09999"), LONGLORA.title, "Another.")
    await one.means.store.papers.save([twin])
    assert labels((await one.ask("paper", LONGLORA.title)).last) == ["1", "2"]


async def test_an_old_id_is_opened_from_a_list_too(one: Bench) -> None:
    post = (await one.ask("search", "strings")).last
    assert (await one.press(key(post, "1"))).last.title == OLD.title


async def test_days_are_those_of_the_chats_own_lists(one: Bench) -> None:
    group = Target("fake", "-100")
    await one.means.store.chats.save(
        [Chat(group, language="en", sources=("arxiv:cs.CL",))], now=NOON
    )
    await one.means.store.listings.record(
        "arxiv:cs.CL", date(2023, 9, 22), [LONGLORA], seen_at=NOON
    )
    post = (await one.ask("search", "longlora", target=group)).last
    assert post.sections[0].lines[0].endswith("· 2023-09-22")
    both = ("hf", "arxiv:cs.CL")
    await one.means.store.chats.save([Chat(HOME, language="en", sources=both)], now=NOON)
    again = bench(one.means.store, HeldClock(NOON), WORDINGS)
    newest = (await again.ask("search", "longlora", target=HOME)).last
    assert newest.sections[0].lines[0].endswith("· 2023-09-25")
    video = (await one.ask("search", "part 7")).last
    assert video.sections[0].lines[0].endswith("part 7")

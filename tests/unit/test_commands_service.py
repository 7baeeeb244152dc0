"""What holds for every command: in which words, how often, and what it survives."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.chat import Chat
from bot.domain.delivery_errors import ChatGone
from bot.domain.errors import StoreError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.services.commands.asking import CommandOptions, language_for
from bot.services.commands.limits import Allowance, Effort, Limits
from bot.services.commands.seen import Seen
from bot.services.commands.testing import Bench, Shown, bench, command
from bot.store.memory import MemoryStore
from bot.testing import HeldClock
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
EN = WORDINGS["en"].commands
GROUP = Target("fake", "-100")
PAPER = Paper(PaperId("2309.12307"), "LongLoRA: Efficient Fine-tuning", "An abstract.")


@pytest.fixture
def one() -> Bench:
    return bench(MemoryStore(), HeldClock(NOON), WORDINGS)


@pytest.mark.parametrize(
    ("chat", "spoken", "language"),
    [
        pytest.param("zh", "en", "zh", id="the chat's before the person's"),
        pytest.param("fr", "zh", "zh", id="a chat's without a table counts for nothing"),
        pytest.param(None, "zh", "zh", id="the person's"),
        pytest.param(None, "zh-Hans-CN", "zh", id="a long tag"),
        pytest.param(None, "zh_TW", "zh", id="an underscore"),
        pytest.param(None, "EN-us", "en", id="another case"),
        pytest.param(None, "fr", "en", id="without a table: the default"),
        pytest.param(None, None, "en", id="unknown: the default"),
        pytest.param(None, "", "en", id="empty: the default"),
    ],
)
def test_the_language_is_the_chats_then_the_persons_then_the_default(
    chat: str | None, spoken: str | None, language: str
) -> None:
    listed = Chat(GROUP, language=chat) if chat else None
    assert language_for(listed, spoken, available=WORDINGS, default="en") == language


async def test_an_unlisted_topic_has_its_groups_language(one: Bench) -> None:
    await one.means.store.chats.save([Chat(Target("fake", "-100", "5"), language="zh")], now=NOON)
    shown = await one.ask("help", target=Target("fake", "-100", "9"), language="en")
    assert shown.last.language == "zh"
    assert (await one.ask("help", target=Target("fake", "9"))).last.language == "en"


async def test_a_chat_listed_later_is_known_minutes_later(one: Bench) -> None:
    assert (await one.ask("help", target=GROUP)).last.language == "en"
    await one.means.store.chats.save([Chat(GROUP, language="zh")], now=NOON)
    clock = one.means.clock
    assert isinstance(clock, HeldClock)
    clock.advance(301)
    await one.ask("help", target=GROUP)  # starts the reading and waits for nothing
    await asyncio.sleep(0)
    assert (await one.ask("help", target=GROUP)).last.language == "zh"


async def test_f41_a_command_that_comes_twice_is_answered_once(one: Bench) -> None:
    first, second = await one.ask("help", id="77"), await one.ask("help", id="77")
    other = await one.ask("help", id="77", target=Target("elsewhere", "1"))
    assert [len(shown.posts) for shown in (first, second, other)] == [1, 0, 1]


def test_f41_the_memory_of_ids_is_bounded() -> None:
    seen = Seen(most=3)
    assert [seen.first_time("fake", word) for word in "abcabc"] == [True] * 3 + [False] * 3
    assert seen.first_time("fake", "d")
    assert seen.first_time("fake", "a")
    assert not seen.first_time("fake", "d")


async def test_f68_a_flood_is_told_once_politely(one: Bench) -> None:
    shown = [await one.ask("help") for _ in range(60)]
    said = [title for each in shown for title in each.titles]
    assert said.count(EN.slow_down) == 1
    assert said.count("Sulan") == 20


async def test_t8_a_flood_of_unknown_ids_asks_upstream_a_few_times_only(one: Bench) -> None:
    shown = [await one.ask("paper", f"2608.{n:05}") for n in range(1, 19)]
    assert len(one.lookup.asked) == 5
    assert sum(each.titles == [EN.slow_down] for each in shown) == 1
    known = await one.ask("help")
    assert known.titles == ["Sulan"]


async def test_t8_a_flood_of_old_days_looks_a_few_times_only(one: Bench) -> None:
    for day in range(1, 19):
        await one.ask("digest", f"2026-10-{day:02}")
    assert len(one.collect.asked) == 5


async def test_garbage_counts_too(one: Bench) -> None:
    shown = [await one.ask("paper", "garbage") for _ in range(30)]
    assert sum(bool(each.posts) for each in shown) == 21


@pytest.mark.parametrize(
    "error", [StoreError("the disk is full"), RuntimeError("secret words")], ids=["ours", "a bug"]
)
async def test_f57_what_nobody_foresaw_is_logged_without_words_and_apologised_for(
    one: Bench, error: Exception, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(one.means.store.papers, "get", fail)
    with caplog.at_level(logging.INFO):
        shown = await one.ask("paper", "2309.12307", language="zh")
        pressed = await one.press("entry:en:2309.12307", language="zh")
    assert shown.titles == [WORDINGS["zh"].commands.apology]
    assert (pressed.posts, pressed.whispers) == ([], [WORDINGS["zh"].commands.apology])
    assert "2309" not in caplog.text
    assert "secret" not in caplog.text


async def test_t5_nothing_that_somebody_typed_reaches_the_log(
    one: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    one.lookup.error = ValueError("my private words")
    with caplog.at_level(logging.DEBUG):
        shown = await one.ask("paper", "2309.12307")
        await one.ask("paper", "my private words")
        await one.ask("my private words")
    assert shown.last.title == EN.apology
    assert "private" not in caplog.text
    assert caplog.records[0].__dict__["error"] == "ValueError"


async def test_f49_an_answer_that_cannot_be_shown_is_nobodys_crash(one: Bench) -> None:
    for error in (ChatGone("kicked"), RuntimeError("10062")):
        shown = Shown(error=error)
        await one.service.handle(command("help"), shown)
        await one.service.handle(command("paper", "2309.12307"), shown)
        assert shown.posts == []


async def test_a_cancelled_command_stays_cancelled(one: Bench) -> None:
    one.lookup.gate = asyncio.Event()
    waiting = asyncio.ensure_future(one.service.handle(command("paper", "2309.12307"), Shown()))
    for _ in range(20):
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_leaving_ends_what_is_under_way(one: Bench) -> None:
    one.lookup.gate = asyncio.Event()
    async with one.service:
        waiting = asyncio.ensure_future(one.service.handle(command("paper", "2309.12307"), Shown()))
        for _ in range(20):
            await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_help_lists_every_command_in_the_persons_language(one: Bench) -> None:
    for language, wording in WORDINGS.items():
        for name in ("help", "start"):
            shown = await one.ask(name, language=language)
            text = "\n".join(line for part in shown.last.sections for line in part.lines)
            assert all(f"/{name}" in text for name in wording.commands.menu)
            assert shown.last.footer == (wording.commands.pasting, wording.commands.credits)


async def test_the_help_is_one_screen_by_what_commands_are_for(one: Bench) -> None:
    about, *groups = (await one.ask("help")).last.sections
    assert about.lines == (EN.about,)
    assert [group.label for group in groups] == ["Read", "Find and keep", "This chat"]
    assert [group.folded for group in groups] == [False, False, True]
    assert sum(len(group.lines) for group in groups if not group.folded) <= 12
    assert groups[-1].lines[0].startswith("/subscribe ")


async def test_t15_the_help_says_where_texts_come_from_and_endorses_nothing(one: Bench) -> None:
    footer = (await one.ask("help")).last.footer
    assert "arXiv" in footer[-1]
    assert "Neither endorses" in footer[-1]


async def test_f32_start_resumes_a_suspended_chat(one: Bench) -> None:
    store = one.means.store
    await store.chats.save([Chat(GROUP), Chat(Target("fake", "2"))], now=NOON)
    await store.chats.suspend(GROUP, "bot was kicked")
    shown = await one.ask("start", target=GROUP, language="en")
    assert shown.last.footer[0] == WORDINGS["zh"].commands.resumed
    assert [chat.suspended for chat in await store.chats.all()] == ["", ""]
    assert WORDINGS["zh"].commands.resumed not in (await one.ask("start", target=GROUP)).last.footer


async def test_f32_a_chat_that_put_us_out_is_suspended_in_all_its_parts_and_keeps_what_it_chose(
    one: Bench,
) -> None:
    chats, named = one.means.store.chats, Target("fake", "@papers")
    topic = replace(GROUP, thread="4")
    await chats.save([Chat(GROUP, language="en"), Chat(topic), Chat(named)], now=NOON)
    await one.service.left(command("", target=GROUP), "Removed.")
    after = {chat.target: chat for chat in await chats.all()}
    assert [after[t].suspended for t in (GROUP, topic, named)] == ["Removed.", "Removed.", ""]
    assert after[GROUP].language == "en"
    await one.service.left(command("", target=Target("fake", "-9"), alias="@papers"), "Removed.")
    assert {chat.target: chat.suspended for chat in await chats.all()}[named] == "Removed."


async def test_f57_a_departure_that_cannot_be_noted_harms_nobody(one: Bench) -> None:
    async def fail() -> Sequence[Chat]:
        raise StoreError("The disk is full.")

    one.means.store.chats.all = fail  # pyright: ignore[reportAttributeAccessIssue] - a broken store
    await one.service.left(command("", target=GROUP), "Removed.")


async def test_a_chat_listed_by_its_name_is_known_by_its_number_too(one: Bench) -> None:
    named = Target("fake", "@papers")
    await one.means.store.chats.save([Chat(named, language="en")], now=NOON)
    await one.means.store.chats.suspend(named, "bot was kicked")
    number = Target("fake", "-100456")
    shown = await one.ask("start", target=number, alias="@papers", language="zh")
    assert shown.last.footer[0] == WORDINGS["en"].commands.resumed


async def test_in_groups_other_bots_commands_and_talk_are_left_alone(one: Bench) -> None:
    for name, argument in (("weather", ""), ("", "https://arxiv.org/abs/2309.12307")):
        assert (await one.ask(name, argument, private=False)).posts == []
    assert (await one.ask("weather")).titles == [EN.unknown]


async def test_a_pasted_link_offers_one_quiet_button(one: Bench) -> None:
    shown = await one.ask("", "https://arxiv.org/abs/2309.12307v2")
    (action,) = shown.last.actions
    assert (shown.last.title, action.label) == (
        EN.paper.offer.format(paper="2309.12307v2"),
        "Show it",
    )
    one.lookup.papers[PAPER.id] = PAPER
    assert (await one.press(action.key)).last.title == PAPER.title
    assert (await one.ask("", "How are you?")).posts == []


async def test_suggestions_come_from_the_store(one: Bench) -> None:
    newer = Paper(PaperId("2611.00001"), "Another paper", published_at=NOON)
    await one.means.store.papers.save([PAPER, newer])
    ask = one.service.suggest
    assert [s.paper_id for s in await ask("", limit=5)] == ["2611.00001", "2309.12307"]
    assert [s.paper_id for s in await ask("L", limit=1)] == ["2611.00001"]
    assert [s.paper_id for s in await ask("longlora", limit=5)] == ["2309.12307"]
    assert [s.paper_id for s in await ask("2309.", limit=5)] == ["2309.12307"]
    pasted = "https://huggingface.co/papers/2309.12307"
    assert [s.paper_id for s in await ask(pasted, limit=5)] == ["2309.12307"]
    assert await ask("nothing like it", limit=5) == []
    assert await ask("", limit=-1) == []


async def test_an_inline_answer_costs_nothing(one: Bench) -> None:
    assert await one.service.entry("2309.12307", command("")) is None
    await one.means.store.papers.save([PAPER])
    assert await one.service.entry("2309.12307", command("")) is None
    await one.ask("paper", "2309.12307")
    calls = len(one.writer.calls)
    post = await one.service.entry("arXiv:2309.12307", command(""))
    assert post is not None
    assert post.title == PAPER.title
    assert await one.service.entry("garbage", command("")) is None
    assert (one.lookup.asked, len(one.writer.calls)) == ([], calls)


def test_menus_fit_the_platforms(one: Bench) -> None:
    """Discord: 1 to 100 characters a description; Telegram: lower-case names of at most 32."""
    menu = one.service.menu()
    names = [entry.name for entry in menu]
    assert names[:5] == ["paper", "today", "digest", "top", "search"]
    assert names[-1] == "help"
    assert len(set(names)) == len(names) <= 100
    for entry in menu:
        assert set(entry.descriptions) == set(WORDINGS)
        texts = [*entry.descriptions.values(), *entry.argument_descriptions.values()]
        assert all(1 <= len(text) <= 100 for text in texts)
        assert bool(entry.argument) == bool(entry.argument_descriptions)
    required = {entry.name: entry.required for entry in menu if entry.argument}
    assert (required["paper"], required["digest"], required["search"]) == (True, False, True)
    assert {"save", "saved", "export"} <= {entry.name for entry in menu if entry.private}


async def test_a_thousand_commands_at_once_are_all_answered() -> None:
    free = dict.fromkeys(Effort, Allowance(10**6, 1))
    options = CommandOptions("en", ("hf",), limits=Limits(user=free, chat=free))
    one = bench(MemoryStore(), HeldClock(NOON), WORDINGS, options=options)
    await one.means.store.papers.save([PAPER])
    shown = await asyncio.gather(*(one.ask("paper", "2309.12307") for _ in range(1000)))
    assert {each.last.title for each in shown} == {PAPER.title}
    assert len(one.writer.calls) == 1

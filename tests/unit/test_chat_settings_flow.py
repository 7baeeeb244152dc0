"""Changing and pausing: what is shown back, what is stored, and who presses at once."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from chat_settings_stage import (
    NOON,
    OPTIONS,
    WORDINGS,
    rows,
    stage,
    stored,
    sure,
    with_papers,
)

from bot.domain.chat import PAUSED, Chat, Style
from bot.domain.delivery import State
from bot.domain.errors import StoreError
from bot.domain.filters import Filters
from bot.domain.post import Prompt
from bot.domain.target import Target
from bot.services.commands.service import CommandService
from bot.services.commands.testing import Bench, Managed, command
from bot.services.commands.transcript import Transcript
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock


async def test_a_change_is_shown_back_in_words_in_the_chats_new_language() -> None:
    one = stage()
    await one.ask("subscribe")
    shown = await one.ask("settings", "include LLM; quiet 23-7; zone Berlin; language zh")
    assert shown.last.language == "zh"
    assert shown.last.title == "已修改"
    assert shown.last.sections[0].lines == (
        (
            "Hugging Face 上有关“LLM”的每篇论文，有新的就发，中文，"
            "23:00 至 07:00（Europe/Berlin）不发；还没有发送过。"
        ),
    )


async def test_a_misread_change_changes_nothing_and_shows_the_form() -> None:
    one = stage()
    await one.ask("subscribe")
    before = await sure(one)
    shown = await one.ask("settings", "language zh; quiet tonight")
    assert shown.titles == [
        "I do not understand “tonight” there. Write it like this: /settings quiet 23:00-07:00"
    ]
    assert await sure(one) == before


async def test_who_sets_times_without_a_zone_is_told_how_to_name_one() -> None:
    one = stage()
    await one.ask("subscribe")
    hint = "Times are in UTC until you name a zone: /settings zone Shanghai"
    assert hint in (await one.ask("settings", "hours 08:30")).last.sections[0].lines
    assert hint not in (await one.ask("settings", "zone Tokyo")).last.sections[0].lines


async def test_what_can_be_typed_is_explained_in_the_chat() -> None:
    one = stage()
    assert (await one.ask("settings", "help")).last.title == "What can be typed after /settings"
    shown = await one.ask("settings", "帮助", language="zh")
    assert shown.last.title == "/settings 后面可以输入什么"


async def test_settings_before_a_subscription_lead_to_one() -> None:
    one = stage()
    shown = await one.ask("settings", "language zh")
    assert shown.titles == ["This chat is not subscribed yet: /subscribe."]
    talk = Transcript(one)
    await talk.say("/settings")
    await talk.press("Subscribe")
    assert (await sure(one)).sources == ("hf",)


async def test_pausing_holds_back_even_what_was_planned_and_resuming_counts_from_then() -> None:
    one = await with_papers(stage())
    await one.ask("subscribe")
    await one.ask("pause")
    assert (await sure(one)).paused
    # F70: what waits is not sent after all.
    assert [(row.state, row.reason) for row in await rows(one)] == [(State.EXPIRED, PAUSED)]
    assert "0 failed" in (await one.ask("status")).last.sections[0].lines[1]
    clock = one.means.clock
    assert isinstance(clock, VirtualClock)
    clock.advance(3600)
    shown = await one.ask("resume")
    chat = await sure(one)
    assert (chat.paused, chat.since) == (False, NOON + timedelta(hours=1))
    assert shown.last.title == "New papers come from now on"


async def test_resuming_what_is_open_changes_nothing() -> None:
    one = stage()
    await one.ask("subscribe")
    before = await sure(one)
    clock = one.means.clock
    assert isinstance(clock, VirtualClock)
    clock.advance(3600)
    await one.ask("resume")
    assert await sure(one) == before


async def test_a_chat_listed_by_its_name_is_changed_under_it() -> None:
    one = stage()
    named = Target("fake", "@channel")
    await one.means.store.register.put(Chat(named, language="en", since=NOON, listed="ab"))
    await one.ask("settings", "style digest", alias="@channel")
    chat = await stored(one, named)
    assert chat is not None
    assert (chat.style, chat.listed) == (Style.DIGEST, "ab")
    assert await stored(one) is None


class SlowRegister:
    """A register whose every look takes a while, as over a network."""

    def __init__(self, one: Bench) -> None:
        self._register = one.means.store.register

    async def at(self, target: Target) -> Chat | None:
        chat = await self._register.at(target)
        for _ in range(5):
            await asyncio.sleep(0)
        return chat

    async def put(self, chat: Chat) -> None:
        await self._register.put(chat)

    async def forget(self, target: Target) -> None:
        await self._register.forget(target)

    async def revision(self) -> int:
        return await self._register.revision()


async def test_two_who_press_at_once_undo_nothing_of_each_others() -> None:
    one = stage()
    await one.ask("subscribe")
    store = one.means.store
    assert isinstance(store, MemoryStore)
    store.register = SlowRegister(one)  # pyright: ignore[reportAttributeAccessIssue]
    others = [CommandService(one.means, options=OPTIONS) for _ in range(2)]
    keys = ("set:also~zh", "set:style~digest", "set:quiet~23:00-07:00", "set:most~5", "set:do.code")
    presses = [
        service.act(key, command("", ""), Managed())
        for key, service in zip(keys, [one.service, *others, one.service, *others], strict=False)
    ]
    await asyncio.gather(*presses)
    chat = await sure(one)
    assert (chat.second_language, chat.style) == ("zh", Style.DIGEST)
    assert chat.quiet_hours is not None
    assert (chat.filters.most_a_day, chat.filters.code) == (5, True)


async def test_a_change_that_never_ends_is_given_up_after_seconds() -> None:
    one = stage()
    await one.ask("subscribe")
    leases, clock = one.means.store.leases, one.means.clock

    class Held:
        async def acquire(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
            return False

        async def release(self, name: str, owner: str) -> None:
            await leases.release(name, owner)

    store = one.means.store
    assert isinstance(store, MemoryStore)
    store.leases = Held()  # pyright: ignore[reportAttributeAccessIssue]
    shown = await one.ask("settings", "language zh")
    assert shown.titles == [WORDINGS["en"].commands.apology]
    assert clock.now() - NOON < timedelta(seconds=30)


async def test_a_failing_store_is_apologised_for(monkeypatch: pytest.MonkeyPatch) -> None:
    one = stage()

    async def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(one.means.store.register, "put", fail)
    shown = await one.ask("subscribe", language="zh")
    assert shown.titles == [WORDINGS["zh"].commands.apology]
    monkeypatch.undo()
    assert (await one.ask("subscribe")).last.title == "Subscribed"


async def test_a_text_is_asked_for_and_its_answer_comes_as_a_command() -> None:
    one = stage()
    one.shown = Managed
    await one.ask("subscribe", "LLM, RAG")
    shown = await one.press("set:ask.include")
    assert isinstance(shown, Managed)
    assert (shown.posts, shown.whispers) == ([], [])
    assert shown.prompts == [
        Prompt(
            "settings include",
            "Include words",
            'Such as: LLM, "video generation". “off” for none.',
            "LLM, RAG",
            replying="Reply to this message.",
        )
    ]
    name, _, argument = f"{shown.prompts[0].command} agents".partition(" ")
    await one.ask(name, argument)
    assert (await sure(one)).filters.include == ("agents",)


async def test_where_no_text_can_be_asked_for_it_is_shown_how_to_type_it() -> None:
    one = stage()
    one.shown = lambda: Managed(asks=False)
    await one.ask("subscribe")
    shown = await one.press("set:ask.zone")
    assert shown.whispers == ["Write it like this: /settings zone Asia/Shanghai"]


async def test_menus_work_after_a_restart_and_show_every_change_at_once() -> None:
    one = stage()
    talk = Transcript(one)
    await talk.say("/subscribe")
    await talk.press("Filters")
    fresh = Transcript(replace(one, service=CommandService(one.means, options=OPTIONS)))
    fresh.last = talk.last
    await fresh.press("Only with code")
    assert fresh.last is not None
    assert fresh.last.sections[0].lines[0].startswith("Each paper from Hugging Face, with code,")
    await fresh.press("No filters")
    assert (await sure(one)).filters == Filters()


async def test_t5_nothing_of_what_somebody_typed_reaches_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = stage()
    with caplog.at_level("DEBUG"):
        await one.ask("subscribe", "my private words")
        await one.ask("settings", "exclude other secret words")
        await one.ask("settings", "nonsense that is secret too")
    assert "private" not in caplog.text
    assert "secret" not in caplog.text

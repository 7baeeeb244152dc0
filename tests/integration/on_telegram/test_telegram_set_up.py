"""Telegram chats set up from nothing, by what the bot's own messages offer, with the whole command
service behind them; every request is held against the Bot API's specification."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from adapters.base import Desk, Options
from adapters.telegram import create
from adapters.telegram.testing import TOKEN, TelegramServer, serving
from adapters.telegram.testing_bot import Standing
from adapters.telegram.testing_oracle import Oracle
from adapters.telegram.testing_person import Person
from bot.domain.chat import Chat, Style
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.services.commands.asking import CommandOptions
from bot.services.commands.testing import Bench, bench, summary_of
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.translations import load_speech
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
PRIVATE = {"id": 7, "type": "private", "first_name": "A"}
GROUP = {"id": -100123, "type": "supergroup", "title": "G"}
CHANNEL = {"id": -100456, "type": "channel", "title": "C", "username": "papers"}
PAPERS = [
    Paper(PaperId(f"2611.{number:05}"), f"Video generation, part {number}", "We generate videos.")
    for number in range(1, 4)
]


@dataclass
class Stage:
    """A bot with a day's papers stored, and people who talk to it."""

    server: TelegramServer
    desk: Bench
    oracle: Oracle
    clock: VirtualClock

    def reader(self, chat: dict[str, Any], user: int = 7, **more: Any) -> "Reader":
        person = Person(self.server, self.oracle, chat=chat, user=user, **more)
        return Reader(self, person)

    async def chat(self, chat: dict[str, Any]) -> Chat | None:
        return await self.desk.means.store.register.at(Target("telegram", str(chat["id"])))


@dataclass
class Reader:
    """Somebody who knows only what they see, and waits for what comes of it."""

    stage: Stage
    person: Person

    async def types(self, text: str, *, replying_to: Standing | None = None) -> str:
        """Returns what the newest message says then."""
        return await self.until_answered(lambda: self.person.types(text, replying_to=replying_to))

    async def touches(self, label: str, *, under: Standing | None = None) -> str:
        """Press a button that is seen; returns what the newest message says then."""
        return await self.until_answered(lambda: self.person.touches(label, under=under))

    @property
    def last(self) -> Standing:
        return self.person.sees()[-1]

    @property
    def menu(self) -> Standing:
        """The newest message with buttons."""
        return next(message for message in reversed(self.person.sees()) if message.buttons())

    @property
    def labels(self) -> list[str]:
        return [label for row in self.person.labels(self.menu) for label in row]

    @property
    def toast(self) -> str:
        """What the last press was answered with."""
        return next(reversed(self.stage.server.state.answers.values())).get("text", "")

    async def until_answered(self, act: Callable[[], object]) -> str:
        """Do something, and wait until the bot has done with it."""
        await self.stage.clock.sleep(20)  # nobody is told to slow down
        inbox = self.stage.desk.means.store.inbox
        act()
        async with asyncio.timeout(10):
            while self.stage.server.unconfirmed or await inbox.newest("telegram:"):  # noqa: ASYNC110 - it happens in another library
                await asyncio.sleep(0.005)
        return self.person.reads(self.last) if self.person.sees() else ""


@pytest.fixture
async def desk() -> AsyncGenerator[Bench, None]:
    options = CommandOptions(
        language="en", sources=("hf",), model="a-model", open_sources=("hf", "arxiv:*")
    )
    clock = VirtualClock(NOON)
    one = bench(MemoryStore(), clock, WORDINGS, options=options, speeches=SPEECHES)
    store = one.means.store
    await store.papers.save(PAPERS)
    for language in WORDINGS:
        for paper in PAPERS:
            key = one.means.summaries.key_of(paper, language)
            await store.summaries.put(key, summary_of(paper, language))
    day = date(2026, 11, 20)
    await store.listings.record("hf", day, PAPERS, seen_at=NOON - timedelta(hours=1))
    async with one.service:
        yield one


@pytest.fixture
async def stage(oracle: Oracle, desk: Bench) -> AsyncGenerator[Stage, None]:
    store, clock = desk.means.store, desk.means.clock
    assert isinstance(clock, VirtualClock)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving())
        bot = create(Options("telegram", {"token": TOKEN, "api_url": server.url}))
        await stack.enter_async_context(bot)
        listening = asyncio.ensure_future(
            bot.listen(desk.service, Desk(store.inbox, store.leases, clock, "one"))
        )
        yield Stage(server, desk, oracle, clock)
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
    for call in server.calls:
        assert oracle.faults(call) == [], call


@pytest.mark.parametrize("chat", [PRIVATE, GROUP], ids=["private", "group"])
async def test_a_chat_is_subscribed_and_set_up_by_menus_and_replies(
    chat: dict[str, Any], stage: Stage
) -> None:
    stage.server.state.members["-100123", "7"] = "administrator"
    reader = stage.reader(chat)
    await reader.types("/subscribe")
    first = reader.menu
    await reader.touches("Style")
    await reader.touches("one digest a day")
    assert "✓ one digest a day" in reader.labels
    await reader.touches("◂ Settings")
    await reader.touches("Filters")
    await reader.touches("10")
    await reader.touches("Include words")
    assert "Reply to this message." in reader.person.reads(reader.last)
    await reader.types('LLM, "video generation"', replying_to=reader.last)
    assert "video generation" in reader.person.reads(reader.last)
    await reader.touches("When")
    await reader.touches("Time zone")
    await reader.types("Shanghai", replying_to=reader.last)
    await reader.touches("When")
    await reader.touches("08:30")
    assert "at 08:30 (Asia/Shanghai)" in reader.person.reads(reader.menu)
    stored = await stage.chat(chat)
    assert stored is not None
    assert stored.style is Style.DIGEST
    assert stored.filters.include == ("LLM", "video generation")
    assert stored.filters.most_a_day == 10
    assert stored.zone == "Asia/Shanghai"
    assert stored.timetable is not None
    assert [f"{time:%H:%M}" for time in stored.timetable.times] == ["08:30"]
    assert stage.server.state.messages[0].id == first.id


async def test_every_page_in_both_languages_leads_on_and_back(stage: Stage) -> None:
    reader = stage.reader(PRIVATE)
    for language in ("en", "zh"):
        await reader.types("/subscribe")
        await reader.types(f"/settings language {language}")
        for label in reader.labels[-6:]:
            await reader.touches(label)
            (back,) = [each for each in reader.labels if "◂" in each]
            await reader.touches(back)
    assert len(stage.server.called("editMessageText")) >= 24


async def test_every_choice_on_every_page_can_be_pressed(stage: Stage) -> None:
    """A press changes what is seen, unless it was chosen already or is refused with a word."""
    reader = stage.reader(PRIVATE)
    await reader.types("/subscribe")
    pressed = 0
    for page in ("Sources", "Filters", "Style", "When", "Silence", "Language"):
        await reader.touches(page)
        choices = [b for row in reader.menu.buttons() for b in row if "~" in b["callback_data"]]
        for choice in choices:
            before, key = reader.menu, choice["callback_data"]
            labels = {b["callback_data"]: b["text"] for row in before.buttons() for b in row}
            if key not in labels:
                continue  # an earlier press took it away
            await reader.until_answered(partial(reader.person.sends_key, key, under=before))
            changed = reader.menu.params["reply_markup"] != before.params["reply_markup"]
            assert changed or labels[key].startswith("✓ ") or reader.toast, key
            pressed += 1
        await reader.types("/settings")
    assert pressed > 40


async def test_in_a_group_a_menu_answers_who_asked_and_rings_for_nobody(stage: Stage) -> None:
    admin = stage.reader(GROUP, user=7)
    await admin.types("/settings")
    sent = [c.params for c in stage.server.calls if c.method.lower() == "sendmessage"]
    assert sent[-1]["disable_notification"] == "true"
    assert "reply_parameters" in sent[-1]
    await stage.reader(PRIVATE).types("/settings")
    sent = [c.params for c in stage.server.calls if c.method.lower() == "sendmessage"]
    assert "disable_notification" not in sent[-1]


async def test_t10_in_a_group_only_administrators_change_anything(stage: Stage) -> None:
    member, admin = stage.reader(GROUP, 8), stage.reader(GROUP, 7)
    stage.server.state.members["-100123", "7"] = "administrator"
    for text in ("/subscribe", "/settings language zh", "/unsubscribe", "/pause", "/resume"):
        said = await member.types(text)
        assert "administrator" in said.lower(), text
    assert await stage.chat(GROUP) is None
    await admin.types("/subscribe")
    await admin.touches("Style")
    before = await stage.chat(GROUP)
    await member.touches("one digest a day")
    assert "administrator" in member.toast.lower()
    assert await stage.chat(GROUP) == before
    await admin.touches("◂ Settings")
    await admin.touches("Filters")
    await admin.touches("Include words")
    question = admin.last
    await member.types("everything", replying_to=question)
    assert await stage.chat(GROUP) == before


async def test_t10_anonymous_administrators_and_channels_set_up_their_own(stage: Stage) -> None:
    for chat in (GROUP, CHANNEL):
        reader = stage.reader(chat, sender_chat=chat)
        await reader.types("/subscribe cs.CL")
        stored = await stage.chat(chat)
        assert stored is not None, chat
        assert stored.sources == ("arxiv:cs.CL",)
    stage.server.state.members["-100456", "7"] = "administrator"
    channel = stage.reader(CHANNEL)
    await channel.touches("Filters")
    await channel.touches("Include words")
    assert "/settings include" in channel.toast
    assert len(channel.person.sees()) == 1
    await channel.types("/settings include agents")
    stored = await stage.chat(CHANNEL)
    assert stored is not None
    assert stored.filters.include == ("agents",)


async def test_t10_somebody_as_their_own_channel_changes_nothing(stage: Stage) -> None:
    reader = stage.reader(GROUP, sender_chat=CHANNEL)
    await reader.types("/subscribe")
    assert await stage.chat(GROUP) is None


async def test_a_topic_has_settings_of_its_own(stage: Stage) -> None:
    stage.server.state.members["-100123", "7"] = "administrator"
    reader = stage.reader({**GROUP, "is_forum": True}, topic=44)
    await reader.types("/subscribe cs.CV")
    await reader.touches("Style")
    await reader.touches("one digest a day")
    topic = await stage.desk.means.store.register.at(Target("telegram", "-100123", "44"))
    assert topic is not None
    assert topic.style is Style.DIGEST
    assert await stage.chat(GROUP) is None
    assert reader.last.params["message_thread_id"] == "44"


async def test_f32_a_group_that_puts_the_bot_out_keeps_its_settings(stage: Stage) -> None:
    stage.server.state.members["-100123", "7"] = "administrator"
    reader = stage.reader(GROUP)
    await reader.types("/subscribe")
    before = await stage.chat(GROUP)
    us = {"id": 123456, "is_bot": True, "first_name": "Sulan"}
    old, new = {"status": "member", "user": us}, {"status": "left", "user": us}
    change: dict[str, Any] = {"chat": GROUP, "from": us, "date": 1}
    for states in ((old, new), (new, old)):
        told = {**change, "old_chat_member": states[0], "new_chat_member": states[1]}
        await reader.until_answered(partial(stage.server.push, {"my_chat_member": told}))
        now = await stage.chat(GROUP)
        assert now is not None
        assert before is not None
        assert bool(now.suspended) is (states[1] is new)
        assert now.filters == before.filters


async def test_what_is_saved_comes_back_as_a_file(stage: Stage) -> None:
    reader = stage.reader(PRIVATE)
    await reader.types("/save 2611.00001")
    await reader.types("/export bibtex")
    (call,) = stage.server.called("sendDocument")
    (name, content) = call.files["document"]
    assert name.endswith(".bib")
    assert b"2611.00001" in content


async def test_search_leads_to_a_paper_and_back(stage: Stage) -> None:
    reader = stage.reader(PRIVATE)
    said = await reader.types("/search video generation")
    assert "Video generation, part 1" in said
    await reader.touches("1")
    assert "2611.0000" in reader.person.reads(reader.menu)

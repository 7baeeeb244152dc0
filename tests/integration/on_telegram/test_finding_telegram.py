"""Finding, keeping and voting on Telegram over real sockets, the whole command service behind it.

Every call is checked against the Bot API's specification; nothing here ran against Telegram.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from adapters.base import Desk, Options
from adapters.telegram import create
from adapters.telegram.testing import TOKEN, TelegramServer, serving
from adapters.telegram.testing_oracle import Oracle
from adapters.telegram.testing_person import Person
from bot.domain.delivery import Delivery, State
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
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
PAPERS = [
    Paper(PaperId(f"2611.{number:05}"), f"Video generation, part {number}", "视频生成模型。")
    for number in range(1, 13)
]


@dataclass
class Stage:
    """A bot that listens, and what it works with."""

    server: TelegramServer
    desk: Bench
    oracle: Oracle

    def person(self, chat: dict[str, Any], user: int = 7) -> Person:
        return Person(self.server, self.oracle, chat=chat, user=user)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something that happens on a real socket."""
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - it happens in another library
                await asyncio.sleep(0.005)

    async def says(self, person: Person, text: str) -> str:
        """Type something; returns what the answer says."""
        before = len(person.sees())
        person.types(text)
        await self.until(lambda: len(person.sees()) > before)
        return person.reads(person.sees()[-1])

    async def touches(self, person: Person, label: str) -> str:
        """Press a button; returns what the message with it says then."""
        query = person.touches(label)
        await self.until(lambda: query in self.server.state.answers)
        return person.reads(person.sees()[-1])

    @property
    def toast(self) -> str:
        """What the last press was answered with."""
        return str(self.server.called("answerCallbackQuery")[-1].params.get("text", ""))


@pytest.fixture
async def stage(oracle: Oracle) -> AsyncGenerator[Stage, None]:
    store, clock = MemoryStore(), VirtualClock(NOON)
    desk = bench(store, clock, WORDINGS, speeches=SPEECHES)
    await store.papers.save(PAPERS)
    await store.listings.record("hf", date(2026, 11, 20), PAPERS, seen_at=NOON)
    for paper in PAPERS:
        key = desk.means.summaries.key_of(paper, "en")
        await store.summaries.put(key, summary_of(paper, "en"))
    async with serving() as server:
        options = {"token": TOKEN, "api_url": server.url, "answer_timeout_s": 1}
        async with create(Options("telegram", options)) as bot:
            listening = bot.listen(desk.service, Desk(store.inbox, store.leases, clock, "one"))
            task = asyncio.ensure_future(listening)
            yield Stage(server, desk, oracle)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    for call in server.calls:
        assert oracle.faults(call) == [], call


async def test_a_search_is_turned_opened_and_left_again_in_one_message(stage: Stage) -> None:
    person = stage.person(PRIVATE)
    first = await stage.says(person, "/search 视频生成")
    assert first.startswith("“视频生成”: 12 papers\n")
    assert person.labels(person.sees()[-1]) == [[*map(str, range(1, 9))], ["▸"]]
    assert "9. " in await stage.touches(person, "▸")
    opened = await stage.touches(person, "9")
    assert opened.startswith("Video generation, part 4\n")
    assert "9. " in await stage.touches(person, "◂ List")
    assert await stage.touches(person, "◂") == first
    assert len(person.sees()) == 1


async def test_words_behind_paper_are_offered_and_one_is_read(stage: Stage) -> None:
    person = stage.person(PRIVATE)
    assert (await stage.says(person, "/paper generation part 7")).startswith("That is no id.")
    assert (await stage.touches(person, "1")).startswith("Video generation, part 7\n")
    exact = await stage.says(person, "/paper video generation, part 12")
    assert exact.startswith("Video generation, part 12\n")


async def test_what_is_saved_by_a_button_is_listed_and_comes_as_a_file(stage: Stage) -> None:
    person = stage.person(PRIVATE)
    await stage.says(person, "/paper 2611.00003")
    await stage.touches(person, "Save")
    assert stage.toast == "Saved. All that you saved: /saved"
    assert "Video generation, part 3" in await stage.says(person, "/saved")
    person.types("/export bibtex")
    await stage.until(lambda: stage.server.called("sendDocument"))
    ((name, text),) = stage.server.called("sendDocument")[0].files.values()
    assert name == "saved.bib"
    assert b"eprint = {2611.00003}" in text


async def test_in_a_group_votes_are_counted_and_other_peoples_lists_left_alone(
    stage: Stage,
) -> None:
    one, two = stage.person(GROUP), stage.person(GROUP, 8)
    await stage.says(one, "/paper 2611.00005")
    await stage.touches(one, "👍")
    await stage.touches(two, "👍")
    assert stage.toast == "👍 counted, thank you. Once more takes it back. /top"
    assert "part 5 · 2026-11-20 · +2" in await stage.says(two, "/top")
    await stage.says(one, "/save 2611.00005")
    mine = await stage.says(one, "/saved")
    assert await stage.touches(two, "Remove …") == mine
    assert stage.toast == "That is somebody else's list. Yours: /saved"


async def test_a_thumb_under_a_posted_paper_counts(stage: Stage) -> None:
    group = Target("telegram", "-100123")
    posted = Delivery(group, "paper:2611.00006:en", NOON, NOON, state=State.SENT, message_id="3")
    await stage.desk.means.store.outbox.add([posted])
    up = [{"type": "emoji", "emoji": "👍"}]
    user = {"id": 9, "is_bot": False, "first_name": "A"}
    thumb = {"chat": GROUP, "message_id": 3, "date": 1, "user": user}
    stage.server.push({"message_reaction": {**thumb, "old_reaction": [], "new_reaction": up}})
    votes = stage.desk.means.store.votes
    async with asyncio.timeout(10):
        while (await votes.of_paper(group, PAPERS[5].id)).up == 0:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)
    assert "part 6 · 2026-11-20 · +1" in await stage.says(stage.person(GROUP), "/top")

"""What the operator is told, by the real deliverer and the real composer."""

from datetime import UTC, datetime, time, timedelta

import pytest

from adapters.testing import FakeAdapter
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.target import Target
from bot.domain.timetable import QuietHours
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.tools import Tools
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.publication import Publication, Voices
from bot.services.watching.lookouts import Lookouts, Watched
from bot.services.watching.watchman import Operator, Watchman, WatchTools
from bot.store.memory import MemoryStore
from bot.translations import load_speech
from bot.virtual_time import LoopClock, run_virtually
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import available_languages, load_wording

# Two o'clock in the morning, where the operator is.
_NIGHT = datetime(2026, 8, 20, 2, tzinfo=UTC)
_HERE = Target("fake", "ops")
_QUIET = QuietHours(time(22), time(8))


async def _told(store: MemoryStore, health: Health, fake: FakeAdapter) -> None:
    """One look, and what it brings is delivered."""
    clock = LoopClock(_NIGHT)
    roll = ChatRoll(store, clock)

    async def nothing() -> None:
        return None

    watched = Watched(store, clock, roll, health, lambda: None)
    tools = WatchTools(store, clock, health, Lookouts(watched), "me", nothing, nothing)
    await Watchman(Operator(_HERE, "zh", load_speech), tools).look()
    quiet = QuietWords(store, clock, health=health, wording=load_wording)
    voices = Voices(load_wording, available_languages(), ExtractiveSummarizer(clock), load_speech)
    publication = Publication(store, voices, quiet, clock=clock)
    tools = Tools(store, clock, health, roll=roll)
    await Deliverer([fake], publication.compose, tools=tools).run_once()


@pytest.mark.parametrize(
    ("chat", "words"),
    [
        pytest.param(None, "Sulan 需要你处理", id="none of ours"),
        pytest.param(Chat(_HERE, "en"), "Sulan needs you", id="in the chat's language"),
        pytest.param(Chat(_HERE, "en", paused=True), "Sulan needs you", id="paused"),
        pytest.param(Chat(_HERE, "en", quiet_hours=_QUIET), "Sulan needs you", id="at night"),
    ],
)
def test_f39_the_operator_is_told_at_once_whatever_their_chat_wants_of_papers(
    chat: Chat | None, words: str
) -> None:
    async def main() -> None:
        store, health, fake = MemoryStore(), Health(), FakeAdapter()
        if chat is not None:
            await store.chats.save([chat], now=_NIGHT)
        health.failed("token:discord", "401 <Unauthorized>", at=_NIGHT)
        paper = Delivery(_HERE, "paper:2608.00001:en", _NIGHT, _NIGHT)
        await store.outbox.add([paper])
        await _told(store, health, fake)
        (text,) = fake.texts(_HERE)
        assert words in text
        assert "401 &lt;Unauthorized&gt;" in text
        await _told(store, health, fake)
        assert len(fake.texts(_HERE)) == 1

    run_virtually(main)


def test_a_chat_that_was_closed_to_us_is_not_written_to() -> None:
    async def main() -> None:
        store, health, fake = MemoryStore(), Health(), FakeAdapter()
        await store.chats.suspend(_HERE, "the bot was blocked")
        health.failed("token:discord", "401", at=_NIGHT)
        await _told(store, health, fake)
        assert fake.texts(_HERE) == []

    run_virtually(main)


def test_the_words_are_those_of_the_moment_at_which_it_was_noticed() -> None:
    async def main() -> None:
        store, health, fake = MemoryStore(), Health(), FakeAdapter()
        since = _NIGHT - timedelta(hours=4)
        health.failed("source:hf", "503", at=since)
        await store.chats.save([Chat(_HERE, "en")], now=_NIGHT)
        await _told(store, health, fake)
        assert "hf has given no list since 2026-08-19 22:00 UTC: 503" in fake.texts(_HERE)[0]

    run_virtually(main)

"""Settings on each database: what is typed, two processes at once, and a restart."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.chat import Style
from bot.domain.target import Target
from bot.ports import Store
from bot.services.commands.asking import CommandOptions
from bot.services.commands.testing import Bench, bench
from bot.services.commands.transcript import Transcript
from bot.store.sql_store import open_store
from bot.testing import VirtualClock
from bot.translations import load_speech
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
OPTIONS = CommandOptions("en", ("hf",), open_sources=("hf", "arxiv:*"))
HERE = Target("fake", "1")
HOSTILE = ["%%", "' OR 1=1 --", "'; DROP TABLE chats; --", "\x00\x00", "\ud800", "\u202ellm",
           "{count}", '"', "a" * 10_240, "😀" * 80, "<b>@everyone</b>"]  # fmt: skip


def stage(store: Store) -> Bench:
    return bench(store, VirtualClock(NOON), WORDINGS, options=OPTIONS, speeches=SPEECHES)


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
async def test_f66_what_is_typed_is_stored_as_it_is_or_refused(typed: str, place: str) -> None:
    async with open_store(place) as store:
        one = stage(store)
        for text in ("", typed):
            shown = await one.ask("subscribe", text)
            assert one.means.wordings["en"].commands.apology not in shown.titles
        for name in ("include", "authors", "zone", "hours", "sources", "language", ""):
            shown = await one.ask("settings", f"{name} {typed}")
            assert WORDINGS["en"].commands.apology not in shown.titles
        for name in ("why", "preview", "forget", "pause", "resume", "unsubscribe"):
            shown = await one.ask(name, typed)
            assert WORDINGS["en"].commands.apology not in shown.titles
        await one.press(f"set:src~{typed}")


async def test_every_setting_is_there_after_a_restart(place: str) -> None:
    typed = (
        "language zh en; sources hf cs.CL; include LLM; exclude survey; categories cs; authors He; "
        "orgs MIT; upvotes 3; score 4; most 5; code on; style digest; hours 08:30 mon-fri; "
        "quiet 23-7; zone Tokyo; heartbeat 12:00; previews off; pictures off; sound off"
    )
    async with open_store(place) as store:
        talk = Transcript(stage(store))
        await talk.say("/subscribe")
        before = await talk.say(f"/settings {typed}")
        assert before is not None
    async with open_store(place) as store:
        after = await Transcript(stage(store)).say("/settings")
        assert after is not None
        assert after.sections == before.sections
        chat = await store.register.at(HERE)
        assert chat is not None
        assert (chat.style, chat.zone) == (Style.DIGEST, "Asia/Tokyo")


async def test_two_processes_that_change_a_chat_at_once_undo_nothing(place: str) -> None:
    async with open_store(place) as first, open_store(place) as second:
        one, two = stage(first), stage(second)
        await one.ask("subscribe")
        changes = ("language zh", "style digest", "most 5", "code on", "quiet 23-7", "upvotes 3")
        asked = [
            (one if number % 2 else two).ask("settings", change)
            for number, change in enumerate(changes)
        ]
        await asyncio.gather(*asked)
        chat = await first.register.at(HERE)
        assert chat is not None
        filters = chat.filters
        assert (chat.language, chat.style, filters.most_a_day) == ("zh", Style.DIGEST, 5)
        assert (filters.code, filters.least_upvotes) == (True, 3)
        assert chat.quiet_hours is not None
        assert replace(chat, since=None) == replace(
            await second.register.at(HERE) or chat, since=None
        )

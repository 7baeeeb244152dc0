"""A chat that the operator has closed: nobody in it opens it again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.chat import BY_OPERATOR, UNLISTED, Chat
from bot.domain.filters import Filters
from bot.domain.target import Target
from bot.services.commands.asking import CommandOptions
from bot.services.commands.testing import Bench, bench
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.translations import load_speech
from summarizer.languages import load_wording

_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
_SPEECHES = {language: load_speech(language) for language in _WORDINGS}
_HERE = Target("fake", "1")


async def _closed(reason: str, options: CommandOptions) -> Bench:
    one = bench(MemoryStore(), VirtualClock(_NOON), _WORDINGS, options=options, speeches=_SPEECHES)
    chat = Chat(_HERE, language="en", since=_NOON, listed="abc")
    await one.means.store.register.put(chat)
    await one.means.store.chats.suspend(_HERE, reason)
    return one


async def _now(one: Bench) -> Chat:
    chat = await one.means.store.register.at(_HERE)
    assert chat is not None
    return chat


@pytest.mark.parametrize("asked", ["start", "subscribe", "resume"])
@pytest.mark.parametrize("reason", [f"{BY_OPERATOR}too loud", UNLISTED])
async def test_t10_nobody_in_a_chat_opens_what_the_operator_closed(asked: str, reason: str) -> None:
    one = await _closed(reason, CommandOptions("en", ("hf",), subscriptions=False))
    await one.ask(asked)
    assert (await _now(one)).suspended == reason


async def test_t10_who_deletes_a_chat_does_not_open_what_the_operator_closed() -> None:
    reason = f"{BY_OPERATOR}too loud"
    one = await _closed(reason, CommandOptions("en", ("hf",)))
    await one.ask("settings", "include LLM")
    done = (await one.press("set:do.forget-all")).last
    assert done.sections[0].lines[-1] == (
        "Whoever runs this bot has closed this chat; that stays noted."
    )
    assert not done.footer
    kept = await _now(one)
    assert (kept.suspended, kept.sources, kept.listed) == (reason, (), "")
    assert kept.filters == Filters()
    await one.ask("subscribe")
    assert (await _now(one)).suspended == reason


async def test_a_chat_that_is_no_longer_listed_may_subscribe_where_anybody_may() -> None:
    one = await _closed(UNLISTED, CommandOptions("en", ("hf",)))
    await one.ask("start")
    assert (await _now(one)).suspended == UNLISTED
    await one.ask("subscribe")
    chat = await _now(one)
    assert (chat.suspended, chat.listed) == ("", "")


@pytest.mark.parametrize("asked", ["start", "subscribe", "resume"])
async def test_f32_what_a_platform_closed_is_opened_from_the_chat(asked: str) -> None:
    one = await _closed("kicked", CommandOptions("en", ("hf",)))
    await one.ask(asked)
    assert not (await _now(one)).suspended


async def test_the_status_says_who_can_open_it() -> None:
    one = await _closed(f"{BY_OPERATOR}too loud", CommandOptions("en", ("hf",)))
    said = "\n".join((await one.ask("status")).last.sections[0].lines)
    assert "too loud" in said
    assert "Only whoever runs this bot can resume it." in said


def test_a_chat_is_held_by_its_operator_only() -> None:
    chat = Chat(_HERE)
    assert not chat.held
    assert not replace(chat, suspended="bot was kicked from the group chat").held

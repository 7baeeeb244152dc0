"""The settings' list of chats, over every store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.chat import UNLISTED, Chat
from bot.domain.target import Target
from bot.ports import Store
from bot.services.rounds.roster import enrol
from bot.testing import VirtualClock

_NOW = datetime(2026, 8, 20, 5, tzinfo=UTC)
_A, _B = Chat(Target("telegram", "-1"), listed="a"), Chat(Target("telegram", "-2"), listed="b")


async def _suspended(store: Store) -> dict[str, str]:
    return {chat.target.chat: chat.suspended for chat in await store.chats.all()}


async def test_a_chat_that_is_no_longer_listed_gets_nothing_until_it_is_listed_again(
    store: Store,
) -> None:
    clock = VirtualClock(_NOW)
    await enrol([_A, _B], store, clock)
    await enrol([_A], store, clock)
    assert await _suspended(store) == {"-1": "", "-2": UNLISTED}
    clock.advance(3600)
    await enrol([_A, replace(_B, language="en", listed="b2")], store, clock)
    assert await _suspended(store) == {"-1": "", "-2": ""}
    back = {chat.target.chat: chat for chat in await store.chats.all()}["-2"]
    assert (back.language, back.since) == ("en", _NOW + timedelta(hours=1))


async def test_a_chat_that_its_platform_closed_stays_closed_f32(store: Store) -> None:
    clock = VirtualClock(_NOW)
    await enrol([_A], store, clock)
    await store.chats.suspend(_A.target, "kicked")
    await enrol([_A], store, clock)
    assert await _suspended(store) == {"-1": "kicked"}
    await enrol([], store, clock)
    assert await _suspended(store) == {"-1": "kicked"}


async def test_a_chat_that_moved_is_meant_by_its_old_address_f33(store: Store) -> None:
    clock = VirtualClock(_NOW)
    await enrol([_A], store, clock)
    await store.chats.move(_A.target, Target("telegram", "-100"))
    assert await store.chats.save([_A], now=_NOW) == [Target("telegram", "-100")]
    await enrol([_A], store, clock)
    assert await _suspended(store) == {"-100": ""}


async def test_what_a_chat_chose_for_itself_stays_until_its_entry_changes(store: Store) -> None:
    clock = VirtualClock(_NOW)
    await enrol([_A], store, clock)
    (known,) = await store.chats.all()
    await store.register.put(replace(known, language="en"))
    await enrol([_A], store, clock)
    assert [chat.language for chat in await store.chats.all()] == ["en"]
    await enrol([replace(_A, sources=("arxiv:cs.CL",), listed="a2")], store, clock)
    (changed,) = await store.chats.all()
    assert (changed.language, changed.sources) == ("zh", ("arxiv:cs.CL",))


async def test_a_chat_that_subscribed_by_itself_is_none_of_the_list_s_business(
    store: Store,
) -> None:
    clock = VirtualClock(_NOW)
    await store.register.put(Chat(Target("discord", "7"), since=_NOW))
    await enrol([_A], store, clock)
    await enrol([], store, clock)
    assert await _suspended(store) == {"7": "", "-1": UNLISTED}

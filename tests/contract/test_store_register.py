"""What every ChatRegister does: chats that change themselves, beside the operator's list."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.chat import Chat, Looks, Style
from bot.domain.delivery import Delivery, OnUnknown, State
from bot.domain.filters import Filters
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.domain.timetable import WORKDAYS, QuietHours, Timetable
from bot.ports import DeliveryQuery, Store, Vote

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
HERE, THERE, OTHER = (Target("telegram", chat) for chat in ("-500", "-100500", "-7"))
TOPIC = replace(HERE, thread="9")
PAPER = PaperId("2608.00001")
CHAT = Chat(
    HERE,
    language="en",
    sources=("hf", "arxiv:cs.CL"),
    heartbeat=time(18, 30),
    zone="Asia/Shanghai",
    on_unknown=OnUnknown.LEAVE,
    since=NOON,
    second_language="zh",
    filters=Filters(include=("LLM", "大模型"), least_recommendation=3.5, most_a_day=10, code=True),
    style=Style.DIGEST,
    timetable=Timetable((time(8, 30), time(20)), WORKDAYS),
    quiet_hours=QuietHours(time(23), time(7)),
    looks=Looks(sound=False),
    paused=True,
    listed="f00d",
)


async def test_a_chat_is_put_whole_and_read_at_its_target(store: Store) -> None:
    await store.register.put(CHAT)
    await store.register.put(replace(CHAT, target=TOPIC, style=Style.EACH))
    assert await store.register.at(HERE) == CHAT
    assert await store.register.at(TOPIC) == replace(CHAT, target=TOPIC, style=Style.EACH)
    assert await store.register.at(OTHER) is None
    assert set(await store.chats.all()) == {CHAT, await store.register.at(TOPIC)}


async def test_a_chat_that_is_put_again_is_replaced_with_its_start_and_its_pause(
    store: Store,
) -> None:
    await store.register.put(CHAT)
    changed = Chat(HERE, since=LATER)
    await store.register.put(changed)
    assert await store.register.at(HERE) == changed


async def test_an_empty_thread_is_none(store: Store) -> None:
    await store.register.put(replace(CHAT, target=replace(HERE, thread="")))
    assert await store.register.at(replace(HERE, thread="")) == CHAT


async def test_a_suspension_outlives_what_a_chat_changes(store: Store) -> None:
    await store.register.put(CHAT)
    await store.chats.suspend(HERE, "kicked")
    await store.register.put(replace(CHAT, language="zh", suspended=""))
    assert await store.register.at(HERE) == replace(CHAT, language="zh", suspended="kicked")
    await store.register.put(replace(CHAT, target=OTHER, suspended="not so"))
    assert await store.register.at(OTHER) == replace(CHAT, target=OTHER)


async def test_a_chat_without_a_start_is_not_put(store: Store) -> None:
    with pytest.raises(ValueError, match="no moment since which it is known"):
        await store.register.put(Chat(HERE))


async def test_f33_an_address_that_was_left_means_the_new_one(store: Store) -> None:
    await store.register.put(CHAT)
    await store.chats.move(HERE, THERE)
    assert await store.register.at(HERE) == replace(CHAT, target=THERE)
    await store.register.put(replace(CHAT, language="zh"))
    assert list(await store.chats.all()) == [replace(CHAT, target=THERE, language="zh")]
    await store.register.put(replace(CHAT, target=TOPIC))
    assert await store.register.at(TOPIC) == replace(CHAT, target=replace(THERE, thread="9"))


async def test_the_operators_list_changes_settings_and_keeps_start_and_pause(store: Store) -> None:
    await store.register.put(CHAT)
    listed = Chat(HERE, since=LATER, style=Style.THREAD, listed="beef")
    await store.chats.save([listed], now=LATER)
    assert await store.register.at(HERE) == replace(listed, since=NOON, paused=True)


async def test_t12_what_is_forgotten_is_gone_and_the_rest_stays(store: Store) -> None:
    targets = (HERE, TOPIC, OTHER)
    for number, target in enumerate(targets):
        await store.register.put(replace(CHAT, target=target))
        await store.chats.suspend(target, "kicked")
        rows = [Delivery(target, f"paper:{state}:zh", NOON, NOON, state=state) for state in State]
        await store.outbox.add(rows)
        await store.votes.cast(Vote(target, PAPER, f"telegram:{number}", 1, NOON))
    await store.register.forget(replace(HERE, thread=""))
    await store.register.forget(replace(OTHER, chat="-8"))
    assert await store.register.at(HERE) is None
    assert {chat.target for chat in await store.chats.all()} == {TOPIC, OTHER}
    assert {row.target for row in await store.outbox.find(DeliveryQuery())} == {TOPIC, OTHER}
    assert (await store.votes.of_paper(HERE, PAPER)).up == 1, "the topic's"
    await store.register.put(CHAT)
    assert await store.register.at(HERE) == CHAT, "nor suspended any more"


async def test_t12_the_others_in_a_chat_go_on_after_one_is_forgotten(store: Store) -> None:
    await store.outbox.add([Delivery(target, "paper:1:zh", NOON, NOON) for target in (HERE, TOPIC)])
    lease = timedelta(minutes=1)
    [first] = await store.outbox.claim(9, now=NOON, lease=lease)
    other = TOPIC if first.target == HERE else HERE
    await store.register.forget(first.target)
    assert not await store.outbox.save([replace(first, state=State.SENT)])
    [second] = await store.outbox.claim(9, now=NOON, lease=lease)
    assert second.target == other
    assert await store.outbox.add([replace(first, state=State.PENDING)]) == 1


async def test_t12_the_addresses_that_a_forgotten_chat_has_left_are_forgotten(store: Store) -> None:
    await store.register.put(CHAT)
    await store.register.put(replace(CHAT, target=TOPIC))
    await store.chats.move(HERE, THERE)
    moved = replace(TOPIC, chat=THERE.chat)
    await store.register.forget(THERE)
    await store.register.put(replace(CHAT, target=THERE))
    assert await store.register.at(HERE) is not None, "its topic is known"
    for target in (THERE, moved):
        await store.register.forget(target)
    await store.register.put(replace(CHAT, target=THERE))
    assert await store.register.at(HERE) is None


CHANGES: dict[str, Callable[[Store], Awaitable[object]]] = {
    "put": lambda s: s.register.put(replace(CHAT, language="zh")),
    "new": lambda s: s.register.put(replace(CHAT, target=OTHER)),
    "forget": lambda s: s.register.forget(HERE),
    "save a new one": lambda s: s.chats.save([Chat(OTHER)], now=LATER),
    "save another": lambda s: s.chats.save([CHAT, replace(CHAT, zone="UTC")], now=LATER),
    "suspend": lambda s: s.chats.suspend(HERE, "kicked"),
    "resume": lambda s: s.chats.resume(TOPIC, now=LATER),
    "move": lambda s: s.chats.move(HERE, THERE),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_the_revision_grows_with_every_change_of_a_chat(store: Store, name: str) -> None:
    await store.register.put(CHAT)
    await store.chats.suspend(TOPIC, "closed")
    before = await store.register.revision()
    await CHANGES[name](store)
    assert await store.register.revision() > before


async def test_the_revision_stays_where_nothing_changes(store: Store) -> None:
    await store.chats.save([CHAT, Chat(OTHER)], now=NOON)
    before = await store.register.revision()
    await store.chats.save([replace(CHAT, since=LATER, paused=False), Chat(OTHER)], now=LATER)
    await store.chats.resume(HERE, now=LATER)
    await store.chats.move(HERE, HERE)
    await store.outbox.add([Delivery(HERE, "paper:1:zh", NOON, NOON)])
    await store.outbox.space(HERE, until=LATER)
    assert await store.register.revision() == before

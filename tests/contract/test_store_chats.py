"""What every ChatStore does, also to the deliveries of its chats."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, OnUnknown, State
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
LEASE = timedelta(seconds=30)
OLD, NEW, OTHER = (Target("telegram", chat) for chat in ("-500", "-100500", "-7"))
TOPIC = replace(OLD, thread="9")
FULL = Chat(
    OLD,
    language="en",
    sources=("hf", "arxiv:cs.CL"),
    heartbeat=time(18, 30),
    zone="Asia/Shanghai",
    on_unknown=OnUnknown.LEAVE,
    since=NOON,
)


def due(target: Target, post: str = "paper:1:zh", *, part: int = 0) -> Delivery:
    return Delivery(target, post, NOON, NOON, part=part)


async def claimed(store: Store, now: datetime = NOON) -> Sequence[Delivery]:
    return await store.outbox.claim(100, now=now, lease=LEASE)


async def rows(store: Store) -> set[Delivery]:
    return set(await store.outbox.find(DeliveryQuery()))


async def test_chats_come_back_as_they_were_saved(store: Store) -> None:
    chats = [Chat(OTHER, since=LATER), FULL, replace(FULL, target=TOPIC, suspended="closed")]
    await store.chats.save(chats, now=NOON)
    assert set(await store.chats.all()) == set(chats)


async def test_a_new_chat_starts_now_and_a_known_one_keeps_its_start(store: Store) -> None:
    await store.chats.save([Chat(OLD)], now=NOON)
    await store.chats.save([replace(FULL, since=LATER, suspended="no")], now=LATER)
    assert list(await store.chats.all()) == [FULL]


async def test_f32_a_suspended_chat_keeps_its_settings_and_its_reason(store: Store) -> None:
    await store.chats.save([FULL, Chat(OTHER)], now=NOON)
    await store.chats.suspend(OLD, "Forbidden: bot was blocked by the user")
    stopped = replace(FULL, suspended="Forbidden: bot was blocked by the user")
    assert list(await store.chats.all()) == [stopped, Chat(OTHER, since=NOON)]
    await store.chats.save([replace(FULL, language="zh")], now=LATER)
    assert replace(stopped, language="zh") in await store.chats.all()


async def test_f34_one_topic_is_suspended_and_the_others_go_on(store: Store) -> None:
    await store.chats.save([FULL, replace(FULL, target=TOPIC)], now=NOON)
    await store.chats.suspend(TOPIC, "TOPIC_CLOSED")
    assert {chat.target: chat.suspended for chat in await store.chats.all()} == {
        OLD: "",
        TOPIC: "TOPIC_CLOSED",
    }


async def test_f32_f69_a_chat_that_resumes_gets_what_is_new_and_no_backlog(store: Store) -> None:
    await store.chats.save([FULL], now=NOON)
    await store.outbox.add([due(OLD), due(OLD, "paper:2:zh"), due(TOPIC)])
    await store.chats.suspend(OLD, "kicked")
    await store.chats.resume(OLD, now=LATER)
    assert list(await store.chats.all()) == [replace(FULL, since=LATER)]
    assert [row.target for row in await claimed(store, LATER)] == [TOPIC]
    waiting = await store.outbox.find(DeliveryQuery(target=OLD))
    assert [(d.state, d.reason) for d in waiting] == [(State.EXPIRED, "the chat was suspended")] * 2
    await store.outbox.add([due(OLD, "paper:3:zh")])
    await store.outbox.save([replace(due(TOPIC), state=State.SENT)])
    assert [row.post_key for row in await claimed(store, LATER)] == ["paper:3:zh"]


async def test_resuming_what_is_not_suspended_changes_nothing(store: Store) -> None:
    await store.chats.save([FULL], now=NOON)
    await store.outbox.add([due(OLD)])
    await store.chats.resume(OLD, now=LATER)
    await store.chats.resume(OTHER, now=LATER)
    assert list(await store.chats.all()) == [FULL]
    assert len(await claimed(store)) == 1


async def test_f32_a_call_in_flight_is_settled_after_the_chat_has_resumed(store: Store) -> None:
    await store.outbox.add([due(OLD)])
    [row] = await claimed(store)
    await store.outbox.save([replace(row, state=State.SENDING)])
    await store.chats.suspend(OLD, "kicked")
    assert not await claimed(store, LATER)
    await store.chats.resume(OLD, now=LATER)
    assert [row.state for row in await claimed(store, LATER)] == [State.SENDING]


async def test_f33_a_chat_moves_with_its_threads_settings_and_rows(store: Store) -> None:
    await store.chats.save([FULL, replace(FULL, target=TOPIC), Chat(OTHER)], now=NOON)
    await store.chats.suspend(TOPIC, "closed")
    history = replace(due(OLD, "paper:0:zh"), state=State.SENT, message_id="5")
    await store.outbox.add([due(OLD), due(OLD, part=1), due(TOPIC), due(OTHER), history])
    await store.chats.move(OLD, NEW)
    topic = replace(NEW, thread="9")
    assert set(await store.chats.all()) == {
        replace(FULL, target=NEW),
        replace(FULL, target=topic, suspended="closed"),
        Chat(OTHER, since=NOON),
    }
    moved = [due(NEW), due(NEW, part=1), due(topic), due(OTHER), replace(history, target=NEW)]
    assert await rows(store) == set(moved)
    assert {(d.target, d.part) for d in await claimed(store)} == {(NEW, 0), (OTHER, 0)}


async def test_f33_what_was_sent_to_the_old_address_is_not_planned_for_the_new(
    store: Store,
) -> None:
    await store.outbox.add([replace(due(OLD), state=State.SENT), due(OLD, "paper:2:zh")])
    await store.chats.move(OLD, NEW)
    assert await store.outbox.add([due(NEW), due(NEW, "paper:2:zh")]) == 0


async def test_f33_what_stands_at_the_new_address_stays_and_its_twin_goes(store: Store) -> None:
    there = replace(due(NEW), state=State.SENT, message_id="1")
    await store.chats.save([FULL, Chat(NEW, since=LATER)], now=NOON)
    await store.outbox.add([due(OLD), due(OLD, "paper:2:zh"), there])
    await store.chats.move(OLD, NEW)
    assert await rows(store) == {there, due(NEW, "paper:2:zh")}
    assert list(await store.chats.all()) == [Chat(NEW, since=LATER)]


async def test_f33_the_delivery_that_found_out_is_sent_once_at_the_new_address(
    store: Store,
) -> None:
    await store.outbox.add([due(OLD)])
    [row] = await claimed(store)
    calling = replace(row, state=State.SENDING)
    await store.outbox.save([calling])
    await store.chats.move(OLD, NEW)
    assert await rows(store) == {replace(calling, target=NEW)}
    # Who still knows the old address only is told; the row is another now.
    assert list(await store.outbox.save([calling])) == [calling]
    await store.outbox.save([replace(due(NEW), due_at=NOON)])
    [again] = await claimed(store)
    assert (again.target, again.post_key) == (NEW, "paper:1:zh")
    assert not await claimed(store)


async def test_f33_spacing_moves_along_and_the_longer_wait_counts(store: Store) -> None:
    minute = timedelta(minutes=1)
    await store.outbox.space(OLD, until=NOON + 2 * minute)
    await store.outbox.space(NEW, until=NOON + minute)
    await store.outbox.add([due(OLD)])
    await store.chats.move(OLD, NEW)
    assert not await claimed(store, NOON + minute)
    assert len(await claimed(store, NOON + 2 * minute)) == 1


async def test_f33_two_in_flight_after_a_merge_are_both_waited_for(store: Store) -> None:
    await store.outbox.add([due(OLD)])
    await claimed(store)
    await store.outbox.add([due(NEW, "paper:2:zh")])
    await claimed(store, NOON + LEASE / 2)
    await store.chats.move(OLD, NEW)
    assert not await claimed(store, NOON + LEASE)
    assert len(await claimed(store, NOON + 1.5 * LEASE)) == 1


async def test_f33_moving_twice_is_no_error_and_neither_is_moving_a_stranger(store: Store) -> None:
    await store.chats.save([FULL], now=NOON)
    for _ in range(2):
        await store.chats.move(OLD, NEW)
    await store.chats.move(NEW, NEW)
    await store.chats.move(OTHER, replace(OTHER, chat="-8"))
    assert list(await store.chats.all()) == [replace(FULL, target=NEW)]


async def test_f33_a_list_that_still_says_the_old_address_means_the_new(store: Store) -> None:
    """The operator's file is read at every start; it must not bring the old chat back."""
    newest = replace(NEW, chat="-100501")
    await store.chats.save([FULL], now=NOON)
    await store.chats.move(OLD, NEW)
    await store.chats.move(NEW, newest)
    await store.chats.save([replace(FULL, language="zh"), Chat(TOPIC)], now=LATER)
    assert set(await store.chats.all()) == {
        replace(FULL, target=newest, language="zh"),
        Chat(replace(newest, thread="9"), since=LATER),
    }


async def test_f33_a_chat_that_moves_back_is_where_it_was(store: Store) -> None:
    await store.chats.save([FULL], now=NOON)
    await store.chats.move(OLD, NEW)
    await store.chats.move(NEW, OLD)
    await store.chats.save([Chat(NEW), FULL], now=LATER)
    assert list(await store.chats.all()) == [FULL]


async def test_a_chat_moves_within_its_platform(store: Store) -> None:
    with pytest.raises(ValueError, match="cannot move to discord"):
        await store.chats.move(OLD, replace(NEW, platform="discord"))

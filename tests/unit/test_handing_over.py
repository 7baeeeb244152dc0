"""A chat goes from one bot of its platform to another."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.chat import BY_OPERATOR, Chat
from bot.domain.delivery import Delivery, State
from bot.domain.errors import InvalidInput
from bot.domain.filters import Filters
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Tally, Vote
from bot.services.handing_over import hand_over
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

_NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)
_OLD, _NEW = Target("telegram", "-100", "7"), Target("telegram-team", "-100", "7")
_CHAT = Chat(
    _OLD, language="en", filters=Filters(include=("graphs",)), since=_NOW - timedelta(days=9)
)


def _row(number: int, state: State) -> Delivery:
    return Delivery(_OLD, f"paper:2608.0000{number}:en", _NOW, _NOW, state=state)


async def _store(*rows: Delivery, chat: Chat = _CHAT) -> MemoryStore:
    store = MemoryStore()
    await store.register.put(chat)
    await store.outbox.add(rows)
    return store


async def test_its_settings_go_along_and_nothing_is_left_behind() -> None:
    store = await _store()
    assert await hand_over(_CHAT, "telegram-team", store, VirtualClock(_NOW)) == _NEW
    (chat,) = await store.chats.all()
    assert (chat.target, chat.filters, chat.since, chat.suspended) == (
        _NEW,
        _CHAT.filters,
        _CHAT.since,
        "",
    )


async def test_what_waits_is_sent_by_the_new_bot_and_what_was_sent_is_known_there() -> None:
    sent = _row(1, State.SENT)
    store = await _store(sent, _row(2, State.PENDING), _row(3, State.CLAIMED))
    await hand_over(_CHAT, "telegram-team", store, VirtualClock(_NOW))
    lease = timedelta(seconds=60)
    assert await store.outbox.claim(9, now=_NOW, lease=lease, platform="telegram") == []
    rows = {row.post_key[-4:-3]: row for row in await store.outbox.find(DeliveryQuery(_NEW))}
    assert {key: row.state for key, row in rows.items()} == {
        "1": State.SENT,
        "2": State.PENDING,
        "3": State.PENDING,
    }
    # Planned again, it would be a row that is there.
    assert await store.outbox.add([Delivery(_NEW, sent.post_key, _NOW, _NOW)]) == 0
    assert len(await store.outbox.claim(9, now=_NOW, lease=lease, platform="telegram-team")) == 1


async def test_its_votes_go_along() -> None:
    store, paper = await _store(), PaperId("2608.00001")
    await store.votes.cast(Vote(_OLD, paper, "telegram:5", 1, _NOW))
    await hand_over(_CHAT, "telegram-team", store, VirtualClock(_NOW))
    assert await store.votes.of_paper(_NEW, paper) == Tally(paper, 1, 0)
    assert await store.votes.cast(Vote(_NEW, paper, "telegram-team:5", -1, _NOW)) == 1


async def test_f55_nothing_waits_at_the_new_place_before_the_chat_is_there() -> None:
    store = await _store(_row(1, State.SENT), _row(2, State.PENDING), _row(3, State.CLAIMED))
    add, seen = store.outbox.add, list[tuple[bool, set[State]]]()

    async def watched(deliveries: Sequence[Delivery]) -> int:
        seen.append((await store.register.at(_NEW) is not None, {row.state for row in deliveries}))
        return await add(deliveries)

    store.outbox.add = watched
    await hand_over(_CHAT, "telegram-team", store, VirtualClock(_NOW))
    # A deliverer ends what waits for a chat that it does not know, and a planner that knows the
    # chat gives it again what it does not know as sent.
    assert seen == [(False, {State.SENT}), (True, {State.PENDING})]


async def test_a_call_under_way_is_waited_for() -> None:
    calling, clock = _row(1, State.SENDING), VirtualClock(_NOW)
    store = await _store(calling)
    moving = asyncio.ensure_future(hand_over(_CHAT, "telegram-team", store, clock))
    await asyncio.sleep(0)
    assert await store.register.at(_NEW) is None
    await store.outbox.save([Delivery(_OLD, calling.post_key, _NOW, _NOW, state=State.SENT)])
    await moving
    (row,) = await store.outbox.find(DeliveryQuery(_NEW))
    assert row.state is State.SENT


async def test_a_call_that_somebody_died_over_is_unknown_and_not_made_again() -> None:
    store = await _store(_row(1, State.SENDING))
    await hand_over(_CHAT, "telegram-team", store, VirtualClock(_NOW))
    (row,) = await store.outbox.find(DeliveryQuery(_NEW))
    assert row.state is State.UNKNOWN


async def test_a_chat_that_the_other_bot_has_already_is_left_alone() -> None:
    store = await _store()
    await store.register.put(Chat(_NEW, language="zh", since=_NOW))
    with pytest.raises(InvalidInput, match="telegram-team has that chat already"):
        await hand_over(_CHAT, "telegram-team", store, VirtualClock(_NOW))
    assert {chat.suspended for chat in await store.chats.all()} == {""}


@pytest.mark.parametrize(
    ("reason", "stays"),
    [
        pytest.param(f"{BY_OPERATOR}too loud", True, id="by the operator"),
        pytest.param("kicked", False, id="by the platform, which knows the other bot not yet"),
    ],
)
async def test_only_the_operators_own_suspension_goes_along(reason: str, stays: bool) -> None:
    store = await _store()
    await store.chats.suspend(_OLD, reason)
    (chat,) = await store.chats.all()
    await hand_over(chat, "telegram-team", store, VirtualClock(_NOW))
    (moved,) = await store.chats.all()
    assert moved.suspended == (reason if stays else "")

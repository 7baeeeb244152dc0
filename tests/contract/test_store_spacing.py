"""Spacing that is written together with states."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import Store

NOON = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=90)
A, A_TOPIC, B = Target("telegram", "A"), Target("telegram", "A", "7"), Target("telegram", "B")


def _row(target: Target, number: int) -> Delivery:
    return Delivery(target, f"paper:2608.0000{number}:zh", created_at=NOON, due_at=NOON)


async def _sent(store: Store, **spaced: datetime) -> None:
    """Send the first of two posts to A and to B, and space chats as told."""
    await store.outbox.add([_row(target, number) for target in (A, B) for number in (1, 2)])
    rows = await store.outbox.claim(9, now=NOON, lease=LEASE)
    targets = {"A": A, "A_TOPIC": A_TOPIC, "B": B}
    await store.outbox.save(
        [replace(row, state=State.SENT, lease_until=None) for row in rows],
        spaced={targets[name]: until for name, until in spaced.items()},
    )


async def _able(store: Store, now: datetime) -> list[str]:
    return [row.target.chat for row in await store.outbox.claim(9, now=now, lease=LEASE)]


async def test_a_chat_spaced_with_its_mark_gets_nothing_before_and_something_from_then_on(
    store: Store,
) -> None:
    await _sent(store, A=NOON + timedelta(seconds=3))
    assert await _able(store, NOON + timedelta(seconds=2.9)) == ["B"]
    assert await _able(store, NOON + timedelta(seconds=3)) == ["A"]


async def test_threads_share_the_later_of_their_spacings(store: Store) -> None:
    await _sent(store, A=NOON + timedelta(seconds=3), A_TOPIC=NOON + timedelta(seconds=5))
    assert await _able(store, NOON + timedelta(seconds=4)) == ["B"]
    assert await _able(store, NOON + timedelta(seconds=5)) == ["A"]


async def test_a_spacing_never_shortens_one_that_was_there(store: Store) -> None:
    await store.outbox.space(A, until=NOON + timedelta(seconds=9))
    await store.outbox.add([_row(A, 1)])
    await store.outbox.save([], spaced={A: NOON + timedelta(seconds=1)})
    assert await _able(store, NOON + timedelta(seconds=8)) == []
    assert await _able(store, NOON + timedelta(seconds=9)) == ["A"]


async def test_a_chat_that_has_nothing_yet_can_be_spaced(store: Store) -> None:
    await store.outbox.save([], spaced={A: NOON + timedelta(seconds=1)})
    await store.outbox.add([_row(A, 1)])
    assert await _able(store, NOON) == []
    assert await _able(store, NOON + timedelta(seconds=1)) == ["A"]

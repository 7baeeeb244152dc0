"""What a row's lease decides: who may still write it (F55)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.delivery import Delivery, State, begin
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Store

NOON = datetime(2026, 8, 10, 12, 0, 0, 123456, tzinfo=UTC)
LEASE = timedelta(seconds=90)
A = Target("telegram", "-1001")


async def claim(store: Store, now: datetime) -> Delivery:
    (row,) = await store.outbox.claim(10, now=now, lease=LEASE)
    return row


async def taken_twice(store: Store) -> tuple[Delivery, Delivery]:
    """A delivery as the first one who claimed it knows it, and as the second does."""
    await store.outbox.add([Delivery(A, "paper:1:zh", NOON, NOON)])
    first = await claim(store, NOON)
    return first, await claim(store, NOON + LEASE)


async def the_row(store: Store) -> Delivery:
    (row,) = await store.outbox.find(DeliveryQuery())
    return row


def lease_of(row: Delivery) -> dict[str, datetime]:
    assert row.lease_until is not None
    return {row.id: row.lease_until}


async def test_f55_who_was_overtaken_may_not_send(store: Store) -> None:
    first, second = await taken_twice(store)
    late = begin(first, NOON + LEASE, lease=LEASE)
    assert list(await store.outbox.save([late], held=lease_of(first))) == [late]
    assert await the_row(store) == second
    in_time = begin(second, NOON + LEASE, lease=LEASE)
    assert list(await store.outbox.save([in_time], held=lease_of(second))) == []
    assert await the_row(store) == in_time


def _back(row: Delivery) -> Delivery:
    return replace(row, state=State.PENDING, lease_until=None, reason="back")


def _failed(row: Delivery) -> Delivery:
    return replace(row, state=State.FAILED, lease_until=None, reason="failed")


def _unknown(row: Delivery) -> Delivery:
    return replace(row, state=State.UNKNOWN, lease_until=None, reason="no answer")


@pytest.mark.parametrize("becomes", [_back, _failed, _unknown])
async def test_f55_what_somebody_overtaken_believes_is_not_written(
    store: Store, becomes: Callable[[Delivery], Delivery]
) -> None:
    first, second = await taken_twice(store)
    stale = becomes(first)
    assert list(await store.outbox.save([stale], held=lease_of(first))) == [stale]
    assert await the_row(store) == second
    assert list(await store.outbox.save([becomes(second)], held=lease_of(second))) == []
    assert await the_row(store) == becomes(second)


async def test_f55_nor_where_the_row_was_given_back(store: Store) -> None:
    first, second = await taken_twice(store)
    await store.outbox.save([_back(second)], held=lease_of(second))
    late = begin(first, NOON + LEASE, lease=LEASE)
    assert list(await store.outbox.save([late], held=lease_of(first))) == [late]
    assert (await the_row(store)).state is State.PENDING


async def test_f55_that_it_was_sent_is_true_whoever_says_so(store: Store) -> None:
    """And that somebody else has sent it once more stays declared."""
    first, second = await taken_twice(store)
    again = replace(second, resent=True)
    await store.outbox.save([again], held=lease_of(second))
    sent = replace(first, state=State.SENT, lease_until=None, sent_at=NOON, message_id="7")
    assert list(await store.outbox.save([sent], held=lease_of(first))) == []
    assert await the_row(store) == replace(sent, resent=True)
    assert list(await store.outbox.save([_failed(again)], held=lease_of(again))) == [_failed(again)]
    assert (await the_row(store)).state is State.SENT

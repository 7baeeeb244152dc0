"""Several messages to one chat at once: what a queue knows of all processes' (F44)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.burst import Burst
from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import Store
from bot.store.sql_store import open_store

NOON = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=90)
A, A_TOPIC, B = Target("discord", "A"), Target("discord", "A", "7"), Target("discord", "B")


def _at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def _burst(target: Target, seconds: float, most: int = 3) -> Burst:
    return Burst(target, _at(seconds), most, timedelta(seconds=5))


async def _queue(store: Store, *targets: Target) -> None:
    await store.outbox.add([Delivery(t, "paper:2608.00001:zh", NOON, NOON) for t in targets])


async def _able(store: Store, seconds: float) -> list[str]:
    """Where something can be sent at a moment; it is given back."""
    rows = await store.outbox.claim(9, now=_at(seconds), lease=LEASE)
    back = [replace(row, state=State.PENDING, lease_until=None) for row in rows]
    await store.outbox.save(back)
    return sorted(row.target.chat for row in rows)


async def test_so_many_go_at_once_and_the_next_when_the_first_counts_no_more(store: Store) -> None:
    await _queue(store, A, B)
    for n in range(2):
        await store.outbox.save([], bursts=[_burst(A, n)])
        assert await _able(store, n) == ["A", "B"]
    await store.outbox.save([], bursts=[_burst(A, 2)])
    assert await _able(store, 4.999999) == ["B"]
    assert await _able(store, 5) == ["A", "B"]
    await store.outbox.save([], bursts=[_burst(A, 5)])
    assert await _able(store, 5.999999) == ["B"]
    assert await _able(store, 6) == ["A", "B"]


async def test_those_of_one_transaction_all_count_and_so_do_a_chat_s_threads(store: Store) -> None:
    await _queue(store, A, A_TOPIC, B)
    bursts = [_burst(A, 0), _burst(A_TOPIC, 0.1), _burst(B, 0), _burst(A, 0.2)]
    await store.outbox.save([], bursts=bursts)
    assert await _able(store, 4) == ["B"]
    assert await _able(store, 5) == ["A", "B"]


async def test_a_burst_never_shortens_a_wait(store: Store) -> None:
    await _queue(store, A)
    await store.outbox.space(A, until=_at(30))
    await store.outbox.save([], bursts=[_burst(A, n) for n in range(3)])
    assert await _able(store, 29) == []
    assert await _able(store, 30) == ["A"]


async def test_f62_moments_of_before_a_clock_was_put_back_hold_a_chat_for_one_span_only(
    store: Store,
) -> None:
    await _queue(store, A)
    await store.timekeeping.note(_at(3601))
    await store.outbox.save([], bursts=[_burst(A, 3600 + n) for n in range(2)])
    await store.timekeeping.note(NOON)
    await store.outbox.save([], bursts=[_burst(A, 0)])
    assert await _able(store, 4.9) == []
    assert await _able(store, 5) == ["A"]


async def test_what_was_sent_counts_also_where_its_row_is_not_written(store: Store) -> None:
    gone = Delivery(A, "paper:2608.00009:zh", NOON, NOON, state=State.SENT)
    await _queue(store, A)
    await store.outbox.save([gone], bursts=[_burst(A, 0, most=2), _burst(A, 1, most=2)])
    assert await _able(store, 4) == []
    assert await _able(store, 5) == ["A"]


async def test_another_burst_s_size_counts_what_is_there(store: Store) -> None:
    await _queue(store, A)
    for n in range(4):
        await store.outbox.save([], bursts=[_burst(A, n, most=9)])
    await store.outbox.save([], bursts=[_burst(A, 4, most=2)])
    assert await _able(store, 7.9) == []
    assert await _able(store, 8) == ["A"]


async def test_a_chat_that_moves_takes_its_last_messages_along(store: Store) -> None:
    await _queue(store, A)
    await store.outbox.save([], bursts=[_burst(A, n) for n in range(2)])
    await store.chats.move(A, B)
    await store.outbox.save([], bursts=[_burst(B, 2)])
    assert await _able(store, 4) == []
    assert await _able(store, 5) == ["B"]


@pytest.mark.parametrize("writers", [2, 3])
async def test_processes_count_each_other_s(place: str, writers: int) -> None:
    async with open_store(place) as first, open_store(place) as second, open_store(place) as third:
        stores = (first, second, third)[:writers]
        await _queue(first, A)
        for n in range(3):
            await stores[n % writers].outbox.save([], bursts=[_burst(A, n)])
        for store in stores:
            assert await _able(store, 4) == []
        assert await _able(second, 5) == ["A"]

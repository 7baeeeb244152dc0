"""What every Timekeeping does: the clock was put back, and nothing waits for that (F62)."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.delivery import Delivery, NotSent, State, begin, settle
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.domain.target import Target
from bot.ports import CLOCK_TOLERANCE, DeliveryQuery, Store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
CHAT = Target("telegram", "1")
ELEVEN = NOON - HOUR


async def test_f62_a_clock_that_goes_on_is_no_news(store: Store) -> None:
    for moment in (NOON, NOON, NOON + SECOND, NOON + 40 * HOUR):
        assert await store.timekeeping.note(moment) == timedelta()


async def test_f62_how_far_the_clock_went_back_is_told_once(store: Store) -> None:
    await store.timekeeping.note(NOON)
    assert await store.timekeeping.note(ELEVEN) == HOUR
    assert await store.timekeeping.note(ELEVEN) == timedelta()
    assert await store.timekeeping.note(ELEVEN + SECOND) == timedelta()


async def test_f62_processes_whose_clocks_differ_a_little_do_not_disturb_each_other(
    store: Store,
) -> None:
    await store.timekeeping.note(NOON)
    assert await store.timekeeping.note(NOON - CLOCK_TOLERANCE) == timedelta()
    assert await store.timekeeping.note(NOON - CLOCK_TOLERANCE - SECOND) > CLOCK_TOLERANCE


async def test_f62_another_machines_clock_that_is_ahead_moves_nothing(store: Store) -> None:
    await store.rates.reserve("telegram", 30, per_second=30, now=NOON)
    await store.timekeeping.note(NOON)
    for _ in range(2):
        assert await store.timekeeping.note(ELEVEN, move=False) == HOUR
    first = await store.rates.reserve("telegram", 1, per_second=30, now=ELEVEN)
    assert first == NOON + SECOND


async def _goes_back(store: Store) -> None:
    await store.timekeeping.note(NOON)
    assert await store.timekeeping.note(ELEVEN) == HOUR


async def test_f62_a_rate_is_not_held_by_the_hour_that_comes_again(store: Store) -> None:
    await store.rates.reserve("telegram", 30, per_second=30, now=NOON)
    await _goes_back(store)
    first = await store.rates.reserve("telegram", 1, per_second=30, now=ELEVEN)
    assert first == ELEVEN + SECOND


async def test_f62_f31_what_a_platform_asked_for_is_still_waited(store: Store) -> None:
    await store.rates.hold("telegram", until=NOON + timedelta(seconds=10_072))
    await _goes_back(store)
    first = await store.rates.reserve("telegram", 1, per_second=30, now=ELEVEN)
    assert first == ELEVEN + timedelta(seconds=10_072)


async def test_f62_a_lease_and_a_claim_end_as_soon_as_they_were_meant_to(store: Store) -> None:
    key = SummaryKey(PaperId("2309.12307"), 1, "en", "1", "m")
    await store.leases.acquire("poll", "dead", now=NOON, until=NOON + 30 * SECOND)
    await store.summaries.claim(key, "dead", now=NOON, until=NOON + 60 * SECOND)
    await _goes_back(store)
    for after, free in ((29, False), (30, True)):
        now = ELEVEN + after * SECOND
        assert await store.leases.acquire("poll", "one", now=now, until=now + HOUR) is free
    for after, free in ((59, False), (60, True)):
        now = ELEVEN + after * SECOND
        assert await store.summaries.claim(key, "one", now=now, until=now + HOUR) is free


async def _claimable(store: Store, now: datetime) -> list[Delivery]:
    return [*await store.outbox.claim(10, now=now, lease=90 * SECOND)]


async def test_f62_a_chat_waits_for_its_spacing_and_no_longer(store: Store) -> None:
    await store.outbox.add([Delivery(CHAT, "paper:1:en", NOON - 2 * HOUR, NOON - 2 * HOUR)])
    await store.outbox.space(CHAT, until=NOON + 3 * SECOND)
    await _goes_back(store)
    assert await _claimable(store, ELEVEN + 2 * SECOND) == []
    assert len(await _claimable(store, ELEVEN + 3 * SECOND)) == 1


@pytest.mark.parametrize("state", [State.CLAIMED, State.SENDING])
async def test_f62_f55_what_a_killed_process_held_comes_back_after_its_lease(
    store: Store, state: State
) -> None:
    await store.outbox.add([Delivery(CHAT, "paper:1:en", NOON - 2 * HOUR, NOON - 2 * HOUR)])
    (row,) = await _claimable(store, NOON)
    if state is State.SENDING:
        await store.outbox.save([begin(row, NOON, lease=90 * SECOND)])
    await _goes_back(store)
    assert await _claimable(store, ELEVEN + 89 * SECOND) == []
    (again,) = await _claimable(store, ELEVEN + 90 * SECOND)
    assert again.state is state


async def test_f62_another_try_comes_as_soon_as_it_was_meant_to(store: Store) -> None:
    await store.outbox.add([Delivery(CHAT, "paper:1:en", NOON - 2 * HOUR, NOON - 2 * HOUR)])
    (row,) = await _claimable(store, NOON)
    for _ in range(6):
        row = settle(row, NotSent("no connection"), NOON)
    wait = row.due_at - NOON
    assert wait > 60 * SECOND
    await store.outbox.save([row])
    await _goes_back(store)
    assert await _claimable(store, ELEVEN + wait - SECOND) == []
    assert len(await _claimable(store, ELEVEN + wait)) == 1


async def test_f62_what_was_due_as_it_was_planned_is_due_at_once(store: Store) -> None:
    await store.outbox.add([Delivery(CHAT, "paper:1:en", NOON - SECOND, NOON - SECOND)])
    await _goes_back(store)
    assert len(await _claimable(store, ELEVEN)) == 1


async def test_f62_what_is_due_at_an_hour_of_the_day_keeps_its_hour(store: Store) -> None:
    slot = NOON + HOUR
    await store.outbox.add([Delivery(CHAT, "paper:1:en", NOON, slot)])
    await _goes_back(store)
    (row,) = await store.outbox.find(DeliveryQuery(target=CHAT))
    assert row.due_at == slot
    assert await _claimable(store, slot - SECOND) == []
    assert len(await _claimable(store, slot)) == 1

"""What every Rates does."""

from datetime import UTC, datetime, timedelta, timezone
from math import floor

import pytest

from bot.ports import Store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("per_second", [28.0, 45.0, 30.0, 0.5, 7.3])
@pytest.mark.parametrize("count", [1, 4])
async def test_f30_no_second_holds_more_than_the_rate_and_one(
    store: Store, per_second: float, count: int
) -> None:
    slots: list[datetime] = []
    now = NOON
    for turn in range(80):
        # Many ask at once, then nobody for a while.
        now += timedelta(milliseconds=2_700 if turn % 40 == 39 else turn % 2)
        first = await store.rates.reserve("telegram", count, per_second=per_second, now=now)
        assert first >= now
        slots += [first + n * timedelta(seconds=1 / per_second) for n in range(count)]
    slots.sort()
    for start in slots:
        assert sum(start <= slot < start + SECOND for slot in slots) <= floor(per_second) + 1


async def test_slots_follow_each_other_without_a_gap(store: Store) -> None:
    first = [await store.rates.reserve("k", 10, per_second=20, now=NOON) for _ in range(3)]
    assert first == [NOON, NOON + SECOND / 2, NOON + SECOND]


async def test_what_was_not_used_is_not_saved_up(store: Store) -> None:
    await store.rates.reserve("k", 1, per_second=10, now=NOON)
    later = NOON + 60 * SECOND
    first = [await store.rates.reserve("k", 1, per_second=10, now=later) for _ in range(2)]
    assert first == [later, later + SECOND / 10]


async def test_keys_have_rates_of_their_own(store: Store) -> None:
    await store.rates.reserve("telegram", 100, per_second=1, now=NOON)
    assert await store.rates.reserve("discord", 1, per_second=1, now=NOON) == NOON


async def test_f31_a_hold_lasts_however_long_and_is_never_shortened(store: Store) -> None:
    wake = NOON + timedelta(seconds=10_072)
    await store.rates.hold("telegram", until=wake)
    await store.rates.hold("telegram", until=NOON + SECOND)
    assert await store.rates.reserve("telegram", 3, per_second=1, now=NOON) == wake
    assert await store.rates.reserve("telegram", 1, per_second=1, now=NOON) == wake + 3 * SECOND


async def test_f30_a_hold_comes_after_what_was_reserved(store: Store) -> None:
    await store.rates.reserve("telegram", 5, per_second=1, now=NOON)
    await store.rates.hold("telegram", until=NOON + SECOND)
    assert await store.rates.reserve("telegram", 1, per_second=1, now=NOON) == NOON + 5 * SECOND


async def test_a_moment_in_another_zone_is_the_same_moment(store: Store) -> None:
    east = NOON.astimezone(timezone(timedelta(hours=8)))
    assert await store.rates.reserve("k", 1, per_second=1, now=east) == NOON


@pytest.mark.parametrize(("count", "rate"), [(0, 1.0), (-1, 1.0), (1, 0.0), (1, -5.0)])
async def test_no_slots_and_no_rate_are_mistakes(store: Store, count: int, rate: float) -> None:
    with pytest.raises(ValueError, match="cannot be reserved"):
        await store.rates.reserve("k", count, per_second=rate, now=NOON)


async def test_a_moment_without_a_zone_is_a_mistake(store: Store) -> None:
    with pytest.raises(ValueError, match="has no zone"):
        await store.rates.reserve("k", 1, per_second=1, now=NOON.replace(tzinfo=None))


async def test_only_slots_before_a_moment_are_taken_where_that_is_asked(store: Store) -> None:
    async def take(count: int, *, now: datetime = NOON) -> tuple[datetime, int]:
        return await store.rates.reserve_before(
            "k", count, per_second=10, now=now, by=NOON + SECOND
        )

    assert await take(4) == (NOON, 4)
    assert await take(9) == (NOON + 0.4 * SECOND, 6)
    assert await take(9) == (NOON + SECOND, 0)
    # What was not taken is still there for whoever waits.
    assert await store.rates.reserve("k", 1, per_second=10, now=NOON) == NOON + SECOND
    assert await take(1, now=NOON + 2 * SECOND) == (NOON + 2 * SECOND, 0)


async def test_f31_a_hold_leaves_no_slot_before_its_end(store: Store) -> None:
    await store.rates.hold("k", until=NOON + 60 * SECOND)
    got = await store.rates.reserve_before("k", 5, per_second=10, now=NOON, by=NOON + SECOND)
    assert got == (NOON + 60 * SECOND, 0)

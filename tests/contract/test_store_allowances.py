"""What every Allowances does."""

import asyncio
from datetime import date, timedelta

from bot.ports import Store

_DAY = date(2026, 8, 20)


async def test_so_much_is_granted_as_is_left_of_the_day(store: Store) -> None:
    taken = [await store.allowances.take("stars", 4, day=_DAY, most=10) for _ in range(4)]
    assert taken == [4, 4, 2, 0]
    assert await store.allowances.used("stars", day=_DAY) == 10


async def test_each_day_and_each_name_has_its_own(store: Store) -> None:
    await store.allowances.take("stars", 10, day=_DAY, most=10)
    tomorrow = _DAY + timedelta(days=1)
    assert await store.allowances.take("stars", 3, day=tomorrow, most=10) == 3
    assert await store.allowances.take("others", 3, day=_DAY, most=10) == 3
    assert await store.allowances.used("nobody's", day=_DAY) == 0


async def test_a_limit_that_was_lowered_grants_nothing_and_takes_nothing_back(
    store: Store,
) -> None:
    await store.allowances.take("stars", 8, day=_DAY, most=10)
    assert await store.allowances.take("stars", 1, day=_DAY, most=5) == 0
    assert await store.allowances.used("stars", day=_DAY) == 8


async def test_many_at_once_never_get_more_than_there_is_f29(store: Store) -> None:
    takes = (store.allowances.take("stars", 3, day=_DAY, most=50) for _ in range(40))
    assert sum(await asyncio.gather(*takes)) == 50


async def test_old_days_are_forgotten(store: Store) -> None:
    for back in range(3):
        await store.allowances.take("stars", 1, day=_DAY - timedelta(days=back), most=5)
    assert await store.allowances.prune(before=_DAY) == 2
    assert await store.allowances.used("stars", day=_DAY) == 1

"""Many callers share one piece of work."""

import asyncio

import pytest

from bot.services.single_flight import SingleFlight


async def test_a_hundred_callers_share_one_run() -> None:
    flights: SingleFlight[str, int] = SingleFlight()
    runs = 0

    async def work() -> int:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0)
        return runs

    results = await asyncio.gather(*(flights.run("key", work) for _ in range(100)))
    assert results == [1] * 100


async def test_a_later_caller_starts_anew() -> None:
    flights: SingleFlight[str, int] = SingleFlight()
    runs = iter(range(10))

    async def work() -> int:
        return next(runs)

    assert [await flights.run("key", work), await flights.run("key", work)] == [0, 1]


async def test_all_callers_get_the_error() -> None:
    flights: SingleFlight[str, int] = SingleFlight()

    async def work() -> int:
        await asyncio.sleep(0)
        raise ValueError("no")

    results = await asyncio.gather(
        *(flights.run("key", work) for _ in range(3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [ValueError] * 3


async def test_a_cancelled_caller_leaves_the_work_to_the_others() -> None:
    flights: SingleFlight[str, int] = SingleFlight()
    go = asyncio.Event()

    async def work() -> int:
        await go.wait()
        return 7

    first = asyncio.ensure_future(flights.run("key", work))
    second = asyncio.ensure_future(flights.run("key", work))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    go.set()
    assert await second == 7


async def test_draining_ends_what_is_under_way() -> None:
    flights: SingleFlight[str, bool] = SingleFlight()
    caller = asyncio.ensure_future(flights.run("key", asyncio.Event().wait))
    await asyncio.sleep(0)
    await flights.drain()
    with pytest.raises(asyncio.CancelledError):
        await caller

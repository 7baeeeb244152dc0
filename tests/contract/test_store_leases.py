"""What every Leases does."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.chat import Chat
from bot.domain.target import Target
from bot.ports import Store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
END = NOON + timedelta(seconds=30)


async def test_f60_of_many_at_once_one_holds_the_lease(store: Store) -> None:
    held = await asyncio.gather(
        *(store.leases.acquire("poll", f"p{n}", now=NOON, until=END) for n in range(30))
    )
    assert held.count(True) == 1


@pytest.mark.parametrize(
    ("owner", "after", "held"),
    [
        pytest.param("two", timedelta(seconds=29), False, id="still held"),
        pytest.param("two", timedelta(seconds=30), True, id="just run out"),
        pytest.param("one", timedelta(seconds=9), True, id="the holder prolongs"),
        pytest.param("one", timedelta(days=1), True, id="the holder comes back"),
    ],
)
async def test_f60_f40_a_lease_that_ran_out_is_taken_over(
    store: Store, owner: str, after: timedelta, held: bool
) -> None:
    assert await store.leases.acquire("poll", "one", now=NOON, until=END)
    now = NOON + after
    until = now + timedelta(seconds=30)
    assert await store.leases.acquire("poll", owner, now=now, until=until) is held
    end = until if held else END
    just_before = end - timedelta(microseconds=1)
    assert not await store.leases.acquire("poll", "three", now=just_before, until=end)
    assert await store.leases.acquire("poll", "three", now=end, until=end + timedelta(minutes=1))


async def test_leases_are_apart_by_name(store: Store) -> None:
    assert await store.leases.acquire("poll", "one", now=NOON, until=END)
    assert await store.leases.acquire("shard:0", "two", now=NOON, until=END)


async def test_a_lease_given_back_is_free_and_only_its_holder_gives_it_back(store: Store) -> None:
    await store.leases.release("poll", "one")
    assert await store.leases.acquire("poll", "one", now=NOON, until=END)
    await store.leases.release("poll", "two")
    assert not await store.leases.acquire("poll", "two", now=NOON, until=END)
    await store.leases.release("poll", "one")
    assert await store.leases.acquire("poll", "two", now=NOON, until=END)


async def test_who_holds_what_is_told_by_the_beginnings_of_names(store: Store) -> None:
    for name, owner, end in (("shard:0", "one", END), ("shard:1", "two", NOON), ("poll", "x", END)):
        before = NOON - timedelta(hours=1)
        assert await store.leases.acquire(name, owner, now=before, until=end)
    assert await store.leases.held("shard:", now=NOON) == {"shard:0": "one"}
    assert await store.leases.held("shard_", now=NOON) == {}
    assert set(await store.leases.held("", now=NOON)) == {"shard:0", "poll"}


async def test_leases_that_ran_out_long_ago_are_forgotten(store: Store) -> None:
    for name, end in (("old", NOON), ("new", END)):
        assert await store.leases.acquire(name, "one", now=NOON - timedelta(hours=1), until=end)
    assert await store.leases.prune(before=END) == 1
    assert not await store.leases.acquire("new", "two", now=NOON, until=END)
    assert await store.leases.acquire("old", "two", now=NOON - timedelta(hours=1), until=END)


async def test_a_bell_is_heard_by_all_and_each_by_its_name(store: Store) -> None:
    assert await store.bells.rung() == {}
    await store.register.put(Chat(Target("console", "a"), "en", since=NOON))
    assert [await store.bells.ring(name) for name in ("deliver", "deliver", "inbox")] == [1, 2, 1]
    assert await store.bells.rung() == {"deliver": 2, "inbox": 1}

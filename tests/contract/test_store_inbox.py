"""What every Inbox does."""

from datetime import UTC, datetime, timedelta

from bot.ports import Store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_updates_are_kept_oldest_first_until_they_are_done(store: Store) -> None:
    assert await store.inbox.keep({"9": '{"a": "文"}', "10": "{}"}, now=NOON) == ["9", "10"]
    assert await store.inbox.keep({"2": "[]"}, now=NOON - HOUR) == ["2"]
    assert list((await store.inbox.open()).items()) == [
        ("9", '{"a": "文"}'),
        ("10", "{}"),
        ("2", "[]"),
    ]
    await store.inbox.done("10", now=NOON)
    assert list(await store.inbox.open()) == ["9", "2"]


async def test_f41_a_repeated_update_is_not_new_whether_done_or_not(store: Store) -> None:
    await store.inbox.keep({"1": "first", "2": "second"}, now=NOON)
    await store.inbox.done("1", now=NOON)
    again = {"1": "again", "3": "third", "2": "again", "0": "zeroth"}
    assert await store.inbox.keep(again, now=NOON) == ["3", "0"]
    assert await store.inbox.open() == {"2": "second", "3": "third", "0": "zeroth"}
    assert await store.inbox.keep({}, now=NOON) == []


async def test_f41_a_flood_is_kept_whole(store: Store) -> None:
    flood = {str(n): "{}" for n in range(1203)}
    assert list(await store.inbox.keep(flood, now=NOON)) == list(flood)
    assert list(await store.inbox.keep(flood, now=NOON)) == []
    assert list(await store.inbox.open()) == list(flood)


async def test_what_is_done_is_forgotten_after_a_while_and_what_is_open_never(store: Store) -> None:
    await store.inbox.keep({"1": "a", "2": "b", "3": "c"}, now=NOON - 9 * HOUR)
    await store.inbox.done("1", now=NOON - HOUR)
    await store.inbox.done("1", now=NOON + HOUR)
    await store.inbox.done("2", now=NOON)
    await store.inbox.done("unheard of", now=NOON - HOUR)
    assert await store.inbox.prune(before=NOON) == 1
    assert await store.inbox.keep({"1": "a", "2": "b", "3": "c"}, now=NOON) == ["1"]
    assert list(await store.inbox.open()) == ["3", "1"]

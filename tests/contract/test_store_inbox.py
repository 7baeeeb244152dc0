"""What every Inbox does."""

from datetime import UTC, datetime, timedelta

from bot.ports import Store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def open_ids(store: Store, prefix: str = "") -> list[str]:
    return [kept.id for kept in await store.inbox.open(prefix, limit=9999)]


async def test_updates_are_kept_oldest_first_until_they_are_done(store: Store) -> None:
    assert await store.inbox.keep({"9": '{"a": "文"}', "10": "{}"}, now=NOON) == ["9", "10"]
    assert await store.inbox.keep({"2": "[]"}, now=NOON - HOUR) == ["2"]
    kept = await store.inbox.open("", limit=9)
    assert [(one.id, one.text, one.kept_at) for one in kept] == [
        ("9", '{"a": "文"}', NOON),
        ("10", "{}", NOON),
        ("2", "[]", NOON - HOUR),
    ]
    await store.inbox.done("10", now=NOON)
    assert await open_ids(store) == ["9", "2"]


async def test_a_bot_reads_its_own_updates_and_no_more_than_it_asks_for(store: Store) -> None:
    ours = {f"a_b:{n}": "{}" for n in range(5)}
    assert await store.inbox.newest("a_b:") == 0
    await store.inbox.keep({"a:1": "{}", "A_B:1": "{}", "axb:1": "{}", **ours}, now=NOON)
    await store.inbox.keep({"a_bc:9": "{}"}, now=NOON)
    first = await store.inbox.open("a_b:", limit=2)
    assert [one.id for one in first] == ["a_b:0", "a_b:1"]
    rest = await store.inbox.open("a_b:", limit=9, after=first[-1].number)
    assert [one.id for one in rest] == ["a_b:2", "a_b:3", "a_b:4"]
    assert await store.inbox.newest("a_b:") == rest[-1].number
    await store.inbox.done("a_b:4", now=NOON)
    assert await store.inbox.newest("a_b:") == rest[-2].number


async def test_f41_a_repeated_update_is_not_new_whether_done_or_not(store: Store) -> None:
    await store.inbox.keep({"1": "first", "2": "second"}, now=NOON)
    await store.inbox.done("1", now=NOON)
    again = {"1": "again", "3": "third", "2": "again", "0": "zeroth"}
    assert await store.inbox.keep(again, now=NOON) == ["3", "0"]
    kept = await store.inbox.open("", limit=9)
    assert [(one.id, one.text) for one in kept] == [
        ("2", "second"),
        ("3", "third"),
        ("0", "zeroth"),
    ]
    assert await store.inbox.keep({}, now=NOON) == []


async def test_f41_a_flood_is_kept_whole(store: Store) -> None:
    flood = {str(n): "{}" for n in range(1203)}
    assert list(await store.inbox.keep(flood, now=NOON)) == list(flood)
    assert list(await store.inbox.keep(flood, now=NOON)) == []
    assert await open_ids(store) == list(flood)


async def test_what_is_done_is_forgotten_after_a_while_and_what_is_open_later(store: Store) -> None:
    await store.inbox.keep({"1": "a", "2": "b", "3": "c"}, now=NOON - 9 * HOUR)
    await store.inbox.keep({"4": "d"}, now=NOON - 30 * HOUR)
    await store.inbox.done("1", now=NOON - HOUR)
    await store.inbox.done("1", now=NOON + HOUR)
    await store.inbox.done("2", now=NOON)
    await store.inbox.done("unheard of", now=NOON - HOUR)
    assert await store.inbox.prune(before=NOON, kept_before=NOON - 24 * HOUR) == 2
    assert await store.inbox.keep({"1": "a", "2": "b", "3": "c"}, now=NOON) == ["1"]
    assert await open_ids(store) == ["3", "1"]

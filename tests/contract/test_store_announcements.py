"""What every store does with announcements."""

from datetime import UTC, datetime, timedelta

from bot.ports import Store

NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)


async def test_an_announcement_is_kept_as_it_is(store: Store) -> None:
    text = "Moving on Friday.\n\nBack on Monday: 周一见 <b>&amp;"
    assert await store.announcements.put("2026-08-20.move", text, now=NOW)
    assert await store.announcements.get("2026-08-20.move") == text


async def test_one_that_is_there_stays_as_it_is(store: Store) -> None:
    await store.announcements.put("one", "First.", now=NOW)
    assert not await store.announcements.put("one", "Second.", now=NOW)
    assert await store.announcements.get("one") == "First."


async def test_an_unknown_id_names_nothing(store: Store) -> None:
    assert await store.announcements.get("none") is None


async def test_what_was_last_put_long_ago_is_forgotten(store: Store) -> None:
    day = timedelta(days=1)
    for name in ("old", "again", "new"):
        await store.announcements.put(name, name, now=NOW if name == "new" else NOW - 2 * day)
    await store.announcements.put("again", "Other words.", now=NOW - day)
    await store.announcements.put("again", "Other words.", now=NOW - 3 * day)
    assert await store.announcements.prune(before=NOW - day) == 1
    left = [await store.announcements.get(name) for name in ("old", "again", "new")]
    assert left == [None, "again", "new"]

"""What every HttpCache does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.ports import CachedResponse, Store

NOON = datetime(2026, 8, 10, 12, 0, 0, 1, tzinfo=UTC)
KEPT = CachedResponse(
    url="https://huggingface.co/api/daily_papers?date=2026-08-10&limit=100",
    etag='W/"abc"',
    last_modified=None,
    content_type="application/json; charset=utf-8",
    body=bytes(range(256)) * 40,
    stored_at=NOON,
)


async def test_an_answer_comes_back_byte_for_byte(store: Store) -> None:
    await store.http_cache.put(KEPT)
    assert await store.http_cache.get(KEPT.url) == KEPT


async def test_an_address_is_matched_exactly(store: Store) -> None:
    await store.http_cache.put(KEPT)
    assert await store.http_cache.get(KEPT.url.upper()) is None
    assert await store.http_cache.get(KEPT.url[:-1]) is None


async def test_a_newer_answer_replaces_an_older_one(store: Store) -> None:
    newer = replace(KEPT, etag=None, last_modified="Mon, 10 Aug 2026 12:00:00 GMT", body=b"")
    await store.http_cache.put(KEPT)
    await store.http_cache.put(newer)
    assert await store.http_cache.get(KEPT.url) == newer


async def test_old_answers_are_forgotten_and_counted(store: Store) -> None:
    for hours in range(4):
        url, at = f"https://example.org/{hours}", NOON - timedelta(hours=hours)
        await store.http_cache.put(replace(KEPT, url=url, stored_at=at))
    assert await store.http_cache.prune(before=NOON - timedelta(hours=2)) == 1
    assert await store.http_cache.prune(before=NOON) == 2
    assert await store.http_cache.prune(before=NOON) == 0
    assert await store.http_cache.get("https://example.org/0") is not None

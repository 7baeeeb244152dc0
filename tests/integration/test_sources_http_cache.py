"""Conditional requests: what is kept, what is asked, and what is never trusted twice."""

import json
from datetime import UTC, datetime

import pytest

from bot.domain.errors import SourceBroken
from bot.ports import CachedResponse
from bot.sources.exchange import JSON_TYPES, Answer, Request
from bot.sources.testing import JSON, Asked, Canned, in_turn, serving
from bot.store.memory import MemoryHttpCache
from bot.testing import VirtualClock

NOON = datetime(2026, 8, 21, 12, tzinfo=UTC)
MODIFIED = "Fri, 21 Aug 2026 04:00:00 GMT"


def _read(answer: Answer) -> object:
    try:
        return json.loads(answer.body)
    except ValueError as error:
        raise SourceBroken("not JSON") from error


def _validating(asked: Asked) -> Canned:
    """A server that knows its ETag."""
    if asked.headers.get("If-None-Match") == '"one"':
        return Canned(status=304)
    return Canned(b"[1]", headers={"ETag": '"one"', "Last-Modified": MODIFIED})


async def test_an_unchanged_answer_comes_from_the_cache() -> None:
    cache, clock = MemoryHttpCache(), VirtualClock(NOON)
    async with serving(_validating, clock=clock, cache=cache) as (upstream, client):
        request = Request(upstream.base, JSON_TYPES, conditional=True)
        assert [await client.get(request, _read) for _ in range(3)] == [[1], [1], [1]]
    first, *later = [asked.headers for asked in upstream.asked]
    assert "If-None-Match" not in first
    assert [headers["If-None-Match"] for headers in later] == ['"one"', '"one"']
    assert later[0]["If-Modified-Since"] == MODIFIED
    kept = await cache.get(upstream.base)
    assert kept == CachedResponse(upstream.base, '"one"', MODIFIED, JSON, b"[1]", NOON)


async def test_a_changed_answer_replaces_the_kept_one() -> None:
    script = in_turn(
        Canned(b"[1]", headers={"ETag": '"one"'}), Canned(b"[1, 2]", headers={"ETag": '"two"'})
    )
    cache = MemoryHttpCache()
    async with serving(script, clock=VirtualClock(NOON), cache=cache) as (upstream, client):
        request = Request(upstream.base, JSON_TYPES, conditional=True)
        assert [await client.get(request, _read) for _ in range(2)] == [[1], [1, 2]]
        kept = await cache.get(upstream.base)
    assert kept is not None
    assert kept.etag == '"two"'


@pytest.mark.parametrize(
    ("answer", "conditional"),
    [
        pytest.param(Canned(b"[1]"), True, id="without a validator"),
        pytest.param(Canned(b"[1]", headers={"ETag": '"one"'}), False, id="not asked for"),
        pytest.param(
            Canned(b"[1]", status=404, headers={"ETag": '"one"'}), True, id="another status"
        ),
    ],
)
async def test_an_answer_that_cannot_be_revalidated_is_not_kept(
    answer: Canned, conditional: bool
) -> None:
    cache = MemoryHttpCache()
    async with serving(in_turn(answer), clock=VirtualClock(NOON), cache=cache) as (up, client):
        statuses = frozenset({200, 404})
        await client.get(Request(up.base, JSON_TYPES, statuses, conditional), _read)
        assert await cache.get(up.base) is None


async def test_a_broken_body_is_not_kept_f9() -> None:
    broken = Canned(b"[1", headers={"ETag": '"one"'})
    cache = MemoryHttpCache()
    async with serving(in_turn(broken), clock=VirtualClock(NOON), cache=cache) as (up, client):
        with pytest.raises(SourceBroken, match=r"127\.0\.0\.1:\d+: not JSON"):
            await client.get(Request(up.base, JSON_TYPES, conditional=True), _read)
        assert await cache.get(up.base) is None


async def test_a_kept_body_that_cannot_be_read_any_more_is_asked_for_anew() -> None:
    cache = MemoryHttpCache()
    async with serving(_validating, clock=VirtualClock(NOON), cache=cache) as (up, client):
        await cache.put(CachedResponse(up.base, '"one"', None, JSON, b"[1", NOON))
        assert await client.get(Request(up.base, JSON_TYPES, conditional=True), _read) == [1]
        kept = await cache.get(up.base)
    assert kept is not None
    assert kept.body == b"[1]"


async def test_what_was_kept_is_not_asked_of_the_place_a_redirect_leads_to_f17() -> None:
    cache = MemoryHttpCache()
    moved = Canned(status=302, headers={"Location": "/elsewhere"})
    script = in_turn(moved, Canned(b"[2]", headers={"ETag": '"two"'}))
    async with serving(script, clock=VirtualClock(NOON), cache=cache) as (up, client):
        await cache.put(CachedResponse(up.base, '"one"', None, JSON, b"[1]", NOON))
        assert await client.get(Request(up.base, JSON_TYPES, conditional=True), _read) == [2]
    assert [asked.headers.get("If-None-Match") for asked in up.asked] == ['"one"', None]

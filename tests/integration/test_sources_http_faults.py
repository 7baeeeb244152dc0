"""The client on a loopback server that misbehaves: each row of the catalogue by its name."""

import asyncio
import gzip
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from bot.domain.errors import (
    SourceBroken,
    SourceError,
    SourceLimited,
    SourceUnavailable,
    SourceUnreachable,
)
from bot.sources.exchange import JSON_TYPES, Answer, Request, TimeOuts
from bot.sources.http import HttpClient
from bot.sources.testing import (
    HTML,
    Canned,
    Fault,
    Respond,
    Upstream,
    in_turn,
    options_for,
    serving,
)
from bot.store.memory import MemoryHttpCache
from bot.testing import VirtualClock

OK = Canned(b"[]")


def _clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 8, 21, 12, tzinfo=UTC))


def _body(answer: Answer) -> bytes:
    return answer.body


async def _ask(respond: Respond, clock: VirtualClock) -> tuple[bytes | SourceError, int]:
    """One call; its body or error, and the number of requests that it took."""
    async with serving(respond, clock=clock, cache=MemoryHttpCache()) as (upstream, client):
        try:
            result = await client.get(Request(f"{upstream.base}/x", JSON_TYPES), _body)
        except SourceError as error:
            return error, len(upstream.asked)
        return result, len(upstream.asked)


@pytest.mark.parametrize(
    ("fault", "kind", "says", "requests"),
    [
        pytest.param(Canned(status=500), SourceUnavailable, "out of order", 3, id="F1 500"),
        pytest.param(Canned(status=502), SourceUnavailable, "HTTP 502", 3, id="F1 502"),
        pytest.param(Canned(status=503), SourceUnavailable, "HTTP 503", 3, id="F1 503"),
        pytest.param(Canned(status=504), SourceUnavailable, "HTTP 504", 3, id="F1 504"),
        pytest.param(Canned(status=408), SourceUnavailable, "HTTP 408", 3, id="F1 408"),
        pytest.param(
            Canned(fault=Fault.DROP), SourceUnreachable, "dropped the connection", 3, id="F1 drop"
        ),
        pytest.param(Canned(b"[", fault=Fault.CUT), SourceBroken, "cut short", 3, id="F16 cut"),
        pytest.param(Canned(status=429), SourceLimited, "Try again later", 3, id="F2 429"),
        pytest.param(Canned(status=403), SourceBroken, "refused", 1, id="403"),
        pytest.param(Canned(status=401), SourceBroken, "refused", 1, id="401"),
        pytest.param(Canned(status=304), SourceBroken, "HTTP 304", 1, id="304 unasked"),
        pytest.param(Canned(b"<html>", HTML), SourceBroken, "text/html", 1, id="F9 HTML"),
        pytest.param(Canned(b"{}", ""), SourceBroken, "octet-stream", 1, id="F9 no type"),
        pytest.param(
            Canned(b"Rate exceeded.", "text/plain"), SourceBroken, "text/plain", 1, id="F9 text"
        ),
        pytest.param(
            Canned(b"junk", headers={"Content-Encoding": "gzip"}),
            SourceBroken,
            "damaged",
            3,
            id="F16 not gzip",
        ),
    ],
)
async def test_a_fault_becomes_one_error_that_names_the_host_f1_f2_f9_f16(
    fault: Canned, kind: type[SourceError], says: str, requests: int
) -> None:
    error, asked = await _ask(in_turn(fault), _clock())
    assert isinstance(error, kind)
    assert says in str(error)
    assert "127.0.0.1" in str(error)
    assert "/x" not in str(error)
    assert asked == requests


@pytest.mark.parametrize(
    "fault",
    [
        Canned(status=500),
        Canned(status=429),
        Canned(fault=Fault.DROP),
        Canned(b"[", fault=Fault.CUT),
    ],
    ids=["500", "429", "drop", "cut"],
)
async def test_a_fault_that_passes_is_tried_over_with_back_off_f1(fault: Canned) -> None:
    clock = _clock()
    assert await _ask(in_turn(fault, fault, OK), clock) == (b"[]", 3)
    assert clock.sleeps == [1.0, 2.0]


async def test_the_back_off_is_jittered_f1() -> None:
    clock = _clock()
    async with Upstream(in_turn(Canned(status=500), OK)) as upstream:
        options = options_for(upstream.base)
        options = replace(options, retry=replace(options.retry, jitter=lambda: 0.5))
        async with HttpClient(options, MemoryHttpCache(), clock) as client:
            await client.get(Request(upstream.base, JSON_TYPES), _body)
    assert clock.sleeps == [0.75]


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "20"},
        {"Retry-After": "Fri, 21 Aug 2026 12:00:20 GMT"},
        {"RateLimit": '"api";r=0;t=20'},
    ],
    ids=["seconds", "date", "RateLimit"],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_a_short_wait_that_is_asked_for_is_kept_f2_f10(
    headers: dict[str, str], status: int
) -> None:
    clock = _clock()
    limited = Canned(status=status, headers=headers)
    assert await _ask(in_turn(limited, OK), clock) == (b"[]", 2)
    assert clock.sleeps == [20.0]


async def test_a_long_wait_is_not_sat_out_and_no_request_leaves_before_f2_f10() -> None:
    clock = _clock()
    limited = Canned(status=429, headers={"Retry-After": "3600"})
    cache = MemoryHttpCache()
    async with serving(in_turn(limited, OK), clock=clock, cache=cache) as (upstream, client):
        request = Request(upstream.base, JSON_TYPES)
        with pytest.raises(SourceLimited, match="in 3600 s") as first:
            await client.get(request, _body)
        assert first.value.retry_after == 3600
        clock.advance(3000)
        with pytest.raises(SourceLimited, match="left alone for another 600 s") as second:
            await client.get(request, _body)
        assert second.value.retry_after == 600
        assert (len(upstream.asked), clock.sleeps) == (1, [])
        clock.advance(600)
        assert await client.get(request, _body) == b"[]"


async def test_the_last_permitted_request_holds_back_the_next_f2() -> None:
    clock = _clock()
    last = Canned(b"[]", headers={"RateLimit": '"api";r=0;t=25'})
    cache = MemoryHttpCache()
    async with serving(in_turn(last, OK), clock=clock, cache=cache) as (upstream, client):
        for _ in range(2):
            await client.get(Request(upstream.base, JSON_TYPES), _body)
        assert [asked.at for asked in upstream.asked] == [0.0, 25.0]


async def test_a_host_that_keeps_failing_is_left_alone_then_tried_once_f10() -> None:
    clock = _clock()
    cache = MemoryHttpCache()
    async with serving(in_turn(Canned(status=500)), clock=clock, cache=cache) as (upstream, client):
        request = Request(upstream.base, JSON_TYPES)
        for _ in range(4):
            with pytest.raises(SourceUnavailable):
                await client.get(request, _body)
        assert len(upstream.asked) == 5  # three, then two more open the circuit, then none
        clock.advance(60)
        with pytest.raises(SourceUnavailable, match="out of order"):
            await client.get(request, _body)
        assert len(upstream.asked) == 6


async def test_a_silent_server_is_a_time_out_f1() -> None:
    async with Upstream(in_turn(Canned(fault=Fault.HANG))) as upstream:
        options = options_for(upstream.base)
        quick = replace(
            options,
            time_outs=TimeOuts(connect=1, read=0.02, total=0.02),
            retry=replace(options.retry, attempts=1),
        )
        async with HttpClient(quick, MemoryHttpCache(), _clock()) as client:
            with pytest.raises(SourceUnreachable, match="no answer in time"):
                await client.get(Request(upstream.base, JSON_TYPES), _body)


async def test_a_refused_connection_is_unreachable_f1() -> None:
    clock = _clock()
    async with Upstream(in_turn(OK)) as upstream:
        gone = upstream.base
    async with HttpClient(options_for(gone), MemoryHttpCache(), clock) as client:
        with pytest.raises(SourceUnreachable, match=r"Cannot reach 127.*: connection refused\. "):
            await client.get(Request(gone, JSON_TYPES), _body)
    assert clock.sleeps == [1.0, 2.0]


def _bomb(form: str) -> bytes:
    """Fifty million bytes in fifty thousand."""
    packer = zlib.compressobj(9, wbits=31 if form == "gzip" else 15)
    return packer.compress(bytes(50_000_000)) + packer.flush()


@pytest.mark.parametrize(
    "canned",
    [
        pytest.param(Canned(bytes(10_000_001)), id="plain"),
        pytest.param(Canned(_bomb("gzip"), headers={"Content-Encoding": "gzip"}), id="gzip"),
        pytest.param(
            Canned(_bomb("deflate"), headers={"Content-Encoding": "deflate"}), id="deflate"
        ),
    ],
)
async def test_a_body_beyond_the_cap_is_refused_f16_t9(canned: Canned) -> None:
    error, asked = await _ask(in_turn(canned), _clock())
    assert isinstance(error, SourceBroken)
    assert "more than 10,000,000 bytes" in str(error)
    assert asked == 1


async def test_a_body_up_to_the_cap_is_taken_compressed_or_not() -> None:
    body = bytes(10_000_000)
    packed = Canned(gzip.compress(body, 1), headers={"Content-Encoding": "gzip"})
    for canned in (Canned(body), packed):
        assert await _ask(in_turn(canned), _clock()) == (body, 1)


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{port}/x",
        "http://127.0.0.2:{port}/x",
        "http://127.0.0.1:1/x",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "//evil.example/x",
        "https://127.0.0.1:{port}/x",
        "http://user@127.0.0.1:{port}/x",
        "file:///etc/passwd",
    ],
)
async def test_a_redirect_to_anywhere_else_is_refused_f17_t7(location: str) -> None:
    def respond(asked: object) -> Canned:
        port = upstream.base.rpartition(":")[2]
        return Canned(status=302, headers={"Location": location.format(port=port)})

    upstream = Upstream(respond)
    async with (
        upstream,
        HttpClient(options_for(upstream.base), MemoryHttpCache(), _clock()) as client,
    ):
        with pytest.raises(SourceBroken, match=r"redirects to .* refused"):
            await client.get(Request(upstream.base, JSON_TYPES), _body)
        assert len(upstream.asked) == 1


async def test_redirects_on_the_host_are_followed_five_times_and_no_more_f17() -> None:
    hop = Canned(status=308, headers={"Location": "/next"})
    assert await _ask(in_turn(*[hop] * 5, OK), _clock()) == (b"[]", 6)
    error, asked = await _ask(in_turn(hop), _clock())
    assert isinstance(error, SourceBroken)
    assert "more than 5 times" in str(error)
    assert asked == 6


async def test_an_address_outside_the_settings_is_never_called_t7() -> None:
    async with HttpClient(options_for("http://127.0.0.1:9"), MemoryHttpCache(), _clock()) as client:
        with pytest.raises(SourceBroken, match="Refused to call evil"):
            await client.get(Request("https://evil.example/", JSON_TYPES), _body)


async def test_requests_say_who_asks_and_carry_no_cookie_or_credential() -> None:
    baked = Canned(b"[]", headers={"Set-Cookie": "a=b"})
    cache = MemoryHttpCache()
    async with serving(in_turn(baked), clock=_clock(), cache=cache) as (upstream, client):
        for _ in range(2):
            await client.get(Request(upstream.base, JSON_TYPES), _body)
    headers = upstream.asked[1].headers
    assert headers["User-Agent"] == "Sulan/test (+https://example.org)"
    assert not {"Cookie", "Authorization"} & set(headers)


async def test_arxivs_lane_holds_for_every_request_of_the_process_f10() -> None:
    """Retries, redirects and both of arXiv's hosts count; the gap is never under 3 s."""
    clock = _clock()
    moved = Canned(status=301, headers={"Location": "/there"})
    script = (Canned(status=500), Canned(fault=Fault.DROP), moved, OK)
    async with (
        Upstream(in_turn(*script), clock=clock) as api,
        Upstream(in_turn(*script), clock=clock) as rss,
    ):
        options = options_for(paced=(api.base, rss.base))
        async with HttpClient(options, MemoryHttpCache(), clock) as client:
            await asyncio.gather(
                *(client.get(Request(host.base, JSON_TYPES), _body) for host in (api, rss) * 3)
            )
    times = sorted(asked.at for asked in api.asked + rss.asked)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(times) == 12  # six answers, four failures, two redirects
    assert min(gaps) >= 3.0
    assert (api.busiest, rss.busiest) == (1, 1)
    assert all(asked.headers["Connection"] == "close" for asked in api.asked)


async def test_a_hold_that_came_while_waiting_in_the_lane_is_kept_f10() -> None:
    clock = _clock()
    limited = Canned(status=429, headers={"Retry-After": "600"})
    cache = MemoryHttpCache()
    async with serving(in_turn(limited), clock=clock, cache=cache, paced=True) as (up, client):
        request = Request(up.base, JSON_TYPES)
        results = await asyncio.gather(
            *(client.get(request, _body) for _ in range(5)), return_exceptions=True
        )
        assert all(isinstance(result, SourceLimited) for result in results)
        assert len(up.asked) == 1


async def test_a_client_that_was_not_entered_says_so() -> None:
    client = HttpClient(options_for("http://127.0.0.1:9"), MemoryHttpCache(), _clock())
    with pytest.raises(RuntimeError, match="async with"):
        await client.get(Request("http://127.0.0.1:9/", JSON_TYPES), _body)

"""Discord's answers and broken connections, each as what a delivery can do about it."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from adapters.discord.errors import counts_as_invalid, refusal_code, translate, verdict
from adapters.discord.exchange import Attempt, LostAnswer, Refusal, trace, watched
from adapters.discord.invalid import LIMIT, WINDOW, InvalidRequests
from bot.domain.delivery_errors import (
    AccessRevoked,
    ChatGone,
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)
from bot.testing import VirtualClock

HTML = b"<!DOCTYPE html><title>Access denied</title>"
SENT = Attempt(started=True, left=True)
CONNECTING = Attempt(started=True)
WAITING = Attempt()


def coded(code: int) -> bytes:
    return json.dumps({"message": "said by Discord", "code": code}).encode()


@pytest.mark.parametrize(
    "code",
    [10003, 10004, 10015, 50001, 50007, 50008, 50013, 50027, 50083, 50278, 160005, 220001],
)
def test_a_chat_that_takes_nothing_any_more_is_gone_f46(code: int) -> None:
    for status in (400, 401, 403, 404):
        assert isinstance(verdict(status, {}, coded(code)), ChatGone)


@pytest.mark.parametrize("code", [20009, 50006, 50035, 50109, 200000, 200001, 240000])
def test_content_that_is_never_taken_is_rejected_f52(code: int) -> None:
    assert isinstance(verdict(400, {}, coded(code)), ContentRejected)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, coded(0), AccessRevoked),
        (403, coded(0), ChatGone),
        (404, coded(0), ChatGone),
        (404, coded(10008), ContentRejected),
        (404, HTML, NotDelivered),
        (400, coded(0), ContentRejected),
        (400, b"", ContentRejected),
        (413, HTML, ContentRejected),
        (405, b"", NotDelivered),
        (500, b"", OutcomeUnknown),
        (502, HTML, OutcomeUnknown),
        (503, coded(0), OutcomeUnknown),
        (504, b"", OutcomeUnknown),
        (524, HTML, OutcomeUnknown),
        (400, b'{"code": "text"}', ContentRejected),
        (400, b"[1]", ContentRejected),
    ],
)
def test_an_answer_without_a_known_code_is_judged_by_its_status(
    status: int, body: bytes, kind: type[DeliveryError]
) -> None:
    assert type(verdict(status, {}, body)) is kind


@pytest.mark.parametrize(
    ("body", "headers", "wait", "everywhere"),
    [
        ({"retry_after": 1.5, "global": False}, {}, 1.5, False),
        ({"retry_after": 1.5, "global": True}, {}, 1.5, True),
        ({"retry_after": 0.3}, {"Retry-After": "2"}, 2.0, False),
        ({"retry_after": 1}, {"X-RateLimit-Scope": "global"}, 1.0, True),
        ({"retry_after": 1}, {"X-RateLimit-Global": "true"}, 1.0, True),
        ({"retry_after": 1}, {"X-RateLimit-Scope": "shared"}, 1.0, False),
        ({}, {"Retry-After": "7"}, 7.0, False),
        ({}, {}, 5.0, False),
        ({"retry_after": "soon"}, {"Retry-After": "nan"}, 5.0, False),
    ],
    ids=str,
)
def test_a_429_says_how_long_and_for_whom_f44(
    body: dict[str, Any], headers: dict[str, str], wait: float, everywhere: bool
) -> None:
    limit = verdict(429, headers, json.dumps(body).encode())
    assert isinstance(limit, RateLimited)
    assert (limit.retry_after, limit.everywhere) == (wait, everywhere)


@pytest.mark.parametrize("status", [403, 429])
def test_cloudflare_stops_everything_f45(status: int) -> None:
    limit = verdict(status, {}, HTML)
    assert isinstance(limit, RateLimited)
    assert limit.everywhere
    assert limit.retry_after == 300
    named = verdict(status, {"Retry-After": "3600"}, HTML)
    assert isinstance(named, RateLimited)
    assert named.retry_after == 3600


@pytest.mark.parametrize(("code", "wait"), [(20016, 30), (20022, 60), (20028, 10), (30046, 60)])
def test_too_much_of_something_waits(code: int, wait: float) -> None:
    limit = verdict(400, {}, coded(code))
    assert isinstance(limit, RateLimited)
    assert limit.retry_after == wait


def connector_error() -> aiohttp.ClientConnectorError:
    key: Any = SimpleNamespace(ssl=True, host="discord.com", port=443, is_ssl=True)
    return aiohttp.ClientConnectorError(key, OSError(111, "refused"))


@pytest.mark.parametrize(
    ("error", "attempt", "kind"),
    [
        (connector_error(), CONNECTING, NotDelivered),
        (aiohttp.ConnectionTimeoutError(), CONNECTING, NotDelivered),
        (TimeoutError(), CONNECTING, NotDelivered),
        (TimeoutError(), WAITING, RateLimited),
        (TimeoutError(), SENT, OutcomeUnknown),
        (aiohttp.ServerDisconnectedError(), SENT, OutcomeUnknown),
        (aiohttp.ClientOSError(104, "reset"), SENT, OutcomeUnknown),
        (aiohttp.ClientPayloadError(), SENT, OutcomeUnknown),
        (ConnectionResetError(54, "reset"), SENT, OutcomeUnknown),
        (LostAnswer("ClientOSError"), SENT, OutcomeUnknown),
        (ValueError("no JSON"), SENT, OutcomeUnknown),
        (KeyError("retry_after"), SENT, RateLimited),
        (discord.RateLimited(44.0), SENT, RateLimited),
        (discord.LoginFailure(), SENT, AccessRevoked),
        (Refusal(500, {}, b""), SENT, OutcomeUnknown),
    ],
    ids=repr,
)
def test_a_call_without_a_usable_answer_is_judged_by_whether_its_bytes_left_f47(
    error: Exception, attempt: Attempt, kind: type[DeliveryError]
) -> None:
    assert type(translate(error, attempt)) is kind


def test_what_only_reads_leaves_nothing_unknown() -> None:
    assert type(translate(TimeoutError(), SENT, read_only=True)) is NotDelivered


def test_a_fault_of_our_own_is_not_dressed_up_as_discords() -> None:
    assert translate(KeyError("id"), SENT) is None
    assert translate(TypeError(), SENT) is None


def test_no_error_quotes_what_discord_or_a_library_said_t5() -> None:
    body = json.dumps({"code": 50035, "message": "secret text"}).encode()
    errors = [
        verdict(400, {}, body),
        translate(aiohttp.InvalidURL("https://discord.com/api/webhooks/1/secret"), SENT),
        translate(OSError("secret"), SENT),
    ]
    assert not [error for error in errors if "secret" in str(error)]


def test_the_code_of_an_error_is_that_of_its_cause() -> None:
    error = ContentRejected("x")
    error.__cause__ = Refusal(400, {}, coded(40033))
    assert refusal_code(error) == 40033
    assert refusal_code(ContentRejected("x")) == 0


@pytest.mark.parametrize(
    ("status", "headers", "counted"),
    [
        (401, {}, True),
        (403, {}, True),
        (429, {}, True),
        (429, {"X-RateLimit-Scope": "shared"}, False),
        (400, {}, False),
        (404, {}, False),
        (500, {}, False),
    ],
)
def test_invalid_requests_are_those_that_discord_counts_f44(
    status: int, headers: dict[str, str], counted: bool
) -> None:
    assert counts_as_invalid(Refusal(status, headers, b"")) is counted


def test_after_5000_invalid_requests_nothing_is_sent_until_the_window_has_passed_f44_t14() -> None:
    clock = VirtualClock(datetime(2026, 11, 21, tzinfo=UTC))
    invalid = InvalidRequests(clock)
    for _ in range(LIMIT):
        invalid.check()
        invalid.count()
        clock.advance(0.01)
    with pytest.raises(RateLimited) as raised:
        invalid.check()
    assert raised.value.everywhere
    assert raised.value.retry_after == pytest.approx(WINDOW - LIMIT * 0.01)
    clock.advance(raised.value.retry_after)
    invalid.check()


@pytest.mark.parametrize("number", [54, 104, 10054])
async def test_a_reset_after_the_bytes_left_is_hidden_from_discord_pys_own_repetition_f47(
    number: int,
) -> None:
    """It repeats after 54 and 10054 (macOS, Windows) by itself, also where no nonce is taken."""
    config = trace()
    (broken,) = config.on_request_exception
    params: Any = SimpleNamespace(exception=aiohttp.ClientOSError(number, "reset"))
    nothing: Any = None
    with watched() as attempt:
        await broken(nothing, nothing, params)
        attempt.left = True
        with pytest.raises(LostAnswer):
            await broken(nothing, nothing, params)
    await broken(nothing, nothing, params)

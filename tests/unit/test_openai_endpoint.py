"""The openai SDK's edge: what leaves, and what every kind of answer becomes."""

import asyncio
import gzip
import json
import traceback
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from typing import TypeAlias

import httpx2
import pytest
from pytest_socket import SocketConnectBlockedError

from bot.domain.errors import (
    ModelBusy,
    ModelUnusable,
    SulanError,
    SummaryError,
    SummaryFiltered,
    SummaryMalformed,
)
from bot.testing import VirtualClock
from summarizer.chat import ChatReply, OfferedModel, Usage
from summarizer.endpoint import OpenAIEndpoint
from summarizer.openai_errors import AnswerLost, OptionRefused
from summarizer.openai_options import OpenAIOptions
from summarizer.secret import Secret

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = "sk-proj-TOPSECRET"
PROMPT = "the prompt's own words"
URL = "https://api.example.test/v1"
OPTIONS = OpenAIOptions(model="m", base_url=URL, api_key=Secret(KEY), timeout_s=5)
Handler: TypeAlias = Callable[[httpx2.Request], httpx2.Response]


def _endpoint(handler: Handler, options: OpenAIOptions = OPTIONS) -> OpenAIEndpoint:
    transport = httpx2.MockTransport(handler)
    return OpenAIEndpoint(options, clock=VirtualClock(NOON), transport=transport)


async def _complete(handler: Handler, options: OpenAIOptions = OPTIONS) -> ChatReply:
    endpoint = _endpoint(handler, options)
    try:
        return await endpoint.complete({"model": "m", "messages": [{"content": PROMPT}]})
    finally:
        await endpoint.aclose()


def _chat(message: object, finish: str | None = "stop", **more: object) -> dict[str, object]:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"id": "x", "object": "chat.completion", "choices": [choice], **more}


def _answers(body: object, status: int = 200, **headers: str) -> Handler:
    return lambda _: httpx2.Response(status, json=body, headers=headers)


# --- what leaves


async def test_a_request_carries_our_key_our_body_and_nothing_of_the_environment_t5(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """T5: the SDK by itself would send all of these, and even replace the key."""
    for name, value in {
        "OPENAI_BASE_URL": "",
        "OPENAI_API_KEY": "sk-env",
        "OPENAI_ADMIN_KEY": "sk-admin",
        "OPENAI_ORG_ID": "org-env",
        "OPENAI_PROJECT_ID": "proj-env",
        "OPENAI_CUSTOM_HEADERS": "X-Env: 1\nAuthorization: Bearer sk-custom",
    }.items():
        monkeypatch.setenv(name, value)
    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json=_chat({"content": "ok"}))

    await _complete(handler)
    (request,) = seen
    assert str(request.url) == f"{URL}/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(request.content) == {"model": "m", "messages": [{"content": PROMPT}]}
    assert set(request.headers) <= {
        "host",
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-type",
        "content-length",
        "user-agent",
    }
    assert "env" not in str(request.headers)


async def test_a_server_that_needs_no_key_is_sent_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env")
    seen: list[str | None] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers.get("authorization"))
        return httpx2.Response(200, json=_chat({"content": "ok"}))

    await _complete(handler, OpenAIOptions(model="m", base_url=URL))
    assert seen == [None]


async def test_a_redirect_is_not_followed_with_the_key_t7() -> None:
    """T7."""
    seen: list[str] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.url.host)
        return httpx2.Response(307, headers={"location": "https://evil.example/v1"})

    with pytest.raises(ModelUnusable, match="redirects"):
        await _complete(handler)
    assert seen == ["api.example.test"]


async def test_a_failing_request_is_sent_once() -> None:
    """The retries are ours alone, so that their number is one number."""
    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(503)

    with pytest.raises(ModelBusy):
        await _complete(handler)
    assert len(seen) == 1


# --- every row of what an endpoint may answer with status 200


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        pytest.param(
            json.dumps(_chat({"role": "assistant", "content": "hi", "refusal": None})),
            ChatReply(True, "hi", finish="stop"),
            id="text",
        ),
        pytest.param(
            json.dumps(_chat({"content": None, "refusal": "I can't help with that."})),
            ChatReply(True, "", refused=True, finish="stop"),
            id="F19 refusal",
        ),
        pytest.param(
            json.dumps(_chat({"content": '{"main'}, "length")),
            ChatReply(True, '{"main', finish="length"),
            id="F20 cut by the limit",
        ),
        pytest.param(
            json.dumps(_chat({"content": None}, "content_filter")),
            ChatReply(True, "", finish="content_filter"),
            id="F21 content filter",
        ),
        pytest.param(
            json.dumps(_chat({"content": ""})), ChatReply(True, "", finish="stop"), id="F22 empty"
        ),
        pytest.param(
            json.dumps(_chat({"content": "not JSON"}, None)),
            ChatReply(True, "not JSON"),
            id="F22 no finish reason",
        ),
        pytest.param(
            json.dumps(_chat({"content": [{"type": "text", "text": "a"}, {"text": "b"}, 3]})),
            ChatReply(True, "ab", finish="stop"),
            id="content in parts",
        ),
        pytest.param(
            json.dumps(_chat({"content": "a\ud83db"})),
            ChatReply(True, "a?b", finish="stop"),
            id="half a character",
        ),
        pytest.param(json.dumps({"choices": []}), ChatReply(False), id="F22 no choices"),
        pytest.param(json.dumps({"choices": [None]}), ChatReply(False), id="F22 null choice"),
        pytest.param(json.dumps({"choices": [{}]}), ChatReply(False), id="F22 no message"),
        pytest.param('{"choices": [', ChatReply(False), id="F22 broken JSON body"),
        pytest.param("<!DOCTYPE html><html>login</html>", ChatReply(False), id="F22 HTML"),
        pytest.param("", ChatReply(False), id="F22 no body"),
        pytest.param("[" * 50_000, ChatReply(False), id="F22 nested without end"),
        pytest.param("null", ChatReply(False), id="F22 null"),
        pytest.param("\ud83d".encode("utf-8", "surrogatepass"), ChatReply(False), id="no UTF-8"),
    ],
)
async def test_any_body_becomes_a_reply_f19_f20_f21_f22(
    content: str | bytes, reply: ChatReply
) -> None:
    found = await _complete(lambda _: httpx2.Response(200, content=content))
    assert found == reply


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        pytest.param(
            {
                "prompt_tokens": 9,
                "completion_tokens": 3,
                "prompt_tokens_details": {"cached_tokens": 4},
            },
            Usage(9, 4, 3),
            id="with cached tokens",
        ),
        pytest.param({"prompt_tokens": 9, "completion_tokens": 3}, Usage(9, 0, 3), id="without"),
        pytest.param(
            {"prompt_tokens": 9, "prompt_tokens_details": None}, Usage(9, 0, 0), id="null details"
        ),
        pytest.param(
            {"prompt_tokens": 1, "prompt_tokens_details": {"cached_tokens": 5}},
            Usage(1, 1, 0),
            id="more cached than sent",
        ),
        pytest.param({"prompt_tokens": -5, "completion_tokens": "3"}, Usage(), id="nonsense"),
        pytest.param(None, Usage(), id="none"),
    ],
)
async def test_tokens_are_counted_as_reported(usage: object, counted: Usage) -> None:
    reply = await _complete(_answers(_chat({"content": "x"}, usage=usage)))
    assert reply.usage == counted


async def test_tokens_are_counted_of_an_answer_without_a_choice() -> None:
    body: dict[str, object] = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 0}}
    assert (await _complete(_answers(body))).usage == Usage(9, 0, 0)


# --- failures, translated


def _raises(error: Exception) -> Handler:
    def handler(request: httpx2.Request) -> httpx2.Response:
        raise error

    return handler


def _page(status: int, text: str, **headers: str) -> Handler:
    return lambda _: httpx2.Response(status, content=text.encode(), headers=headers)


LEAKY = {"error": {"message": f"Incorrect key {KEY}; you sent: {PROMPT}", "code": "c"}}


def _leaky(code: str, param: str | None = None) -> dict[str, object]:
    return {"error": {**LEAKY["error"], "code": code, "param": param}}


FAILURES = [
    pytest.param(_answers(LEAKY, 401), ModelUnusable, id="F24 401"),
    pytest.param(_answers(_leaky("insufficient_quota"), 429), ModelUnusable, id="F24 quota"),
    pytest.param(_answers(LEAKY, 404), ModelUnusable, id="F25 404"),
    pytest.param(_answers(LEAKY, 410), ModelUnusable, id="F25 410"),
    pytest.param(_answers(LEAKY, 429), ModelBusy, id="F23 429"),
    pytest.param(_answers(LEAKY, 500), ModelBusy, id="F23 500"),
    pytest.param(_page(502, f"<html>{KEY}"), ModelBusy, id="F23 HTML"),
    pytest.param(_answers(LEAKY, 400), SummaryError, id="400"),
    pytest.param(_answers(_leaky("content_filter"), 400), SummaryFiltered, id="F21 prompt"),
    pytest.param(
        _answers(_leaky("unsupported_value", "temperature"), 400), OptionRefused, id="parameter"
    ),
    pytest.param(_raises(httpx2.ConnectError("refused")), ModelBusy, id="F23 refused"),
    pytest.param(_raises(httpx2.ConnectTimeout("slow")), AnswerLost, id="F23 connect time-out"),
    pytest.param(_raises(httpx2.ReadTimeout("slow")), AnswerLost, id="F23 read time-out"),
    pytest.param(_raises(httpx2.ReadError("reset")), AnswerLost, id="F23 dropped"),
    pytest.param(_raises(httpx2.RemoteProtocolError("gone")), AnswerLost, id="F23 closed"),
    pytest.param(_raises(httpx2.InvalidURL(URL)), SummaryError, id="invalid address"),
    pytest.param(_raises(json.JSONDecodeError("x", PROMPT, 0)), SummaryMalformed, id="JSON"),
    pytest.param(_raises(AttributeError(PROMPT)), SummaryMalformed, id="attribute"),
    pytest.param(
        _page(200, "no", **{"content-encoding": "gzip"}),
        SummaryError,
        id="broken gzip",
    ),
]


@pytest.mark.parametrize(("handler", "error"), FAILURES)
async def test_every_failure_becomes_one_of_ours(handler: Handler, error: type[SulanError]) -> None:
    with pytest.raises(error) as caught:
        await _complete(handler)
    assert type(caught.value).__module__.split(".")[0] in {"bot", "summarizer"}
    assert "api.example.test" in str(caught.value)


@pytest.mark.parametrize(("handler", "error"), FAILURES)
async def test_no_traceback_prints_the_key_or_a_body_t5(
    handler: Handler, error: type[SulanError]
) -> None:
    """T5: neither the message nor anything that it is chained to; some servers repeat both."""
    with pytest.raises(error) as caught:
        await _complete(handler)
    printed = "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is not None
    assert KEY not in printed
    assert PROMPT not in printed


async def test_a_retry_after_reaches_the_error_f23() -> None:
    """F23."""
    with pytest.raises(ModelBusy) as caught:
        await _complete(_answers(LEAKY, 429, **{"retry-after": "17"}))
    assert caught.value.retry_after == 17


async def test_a_server_that_never_answers_is_given_up_in_time_f23() -> None:
    """F23: the limit is on the whole call, whatever the SDK's own time-outs see."""

    async def hang(request: httpx2.Request) -> httpx2.Response:
        await asyncio.Event().wait()
        raise AssertionError

    options = OpenAIOptions(model="m", base_url=URL, timeout_s=0.05)
    transport = httpx2.MockTransport(hang)
    endpoint = OpenAIEndpoint(options, clock=VirtualClock(NOON), transport=transport)
    with pytest.raises(AnswerLost, match=r"0\.05 s"):
        await endpoint.complete({})
    await endpoint.aclose()


async def test_a_server_that_drips_its_answer_is_given_up_in_time_f23() -> None:
    """F23: every single read is in time, the whole is not."""

    class Drip(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncGenerator[bytes, None]:
            while True:
                await asyncio.sleep(0.005)
                yield b" "

    options = OpenAIOptions(model="m", base_url=URL, timeout_s=0.05)
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, stream=Drip()))
    endpoint = OpenAIEndpoint(options, clock=VirtualClock(NOON), transport=transport)
    with pytest.raises(AnswerLost):
        await endpoint.complete({})
    await endpoint.aclose()


async def test_being_cancelled_is_no_failure_of_the_endpoint() -> None:
    started = asyncio.Event()

    async def hang(request: httpx2.Request) -> httpx2.Response:
        started.set()
        await asyncio.Event().wait()
        raise AssertionError

    endpoint = OpenAIEndpoint(
        OPTIONS, clock=VirtualClock(NOON), transport=httpx2.MockTransport(hang)
    )
    task = asyncio.ensure_future(endpoint.complete({}))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await endpoint.aclose()


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("packed", [True, False])
async def test_f16_an_answer_without_end_is_refused(status: int, *, packed: bool) -> None:
    """Of a bomb of 64 MB, no more than what one piece unpacks to is ever held."""
    body = b" " * 64_000_000
    headers = {"content-encoding": "gzip"} if packed else {}
    content = gzip.compress(body, 1) if packed else body
    with pytest.raises(SummaryMalformed, match="more than 8,000,000 bytes"):
        await _complete(lambda _: httpx2.Response(status, content=content, headers=headers))


async def test_a_compressed_answer_is_read() -> None:
    body = gzip.compress(json.dumps(_chat({"content": "hi"})).encode())
    reply = await _complete(
        lambda _: httpx2.Response(200, content=body, headers={"content-encoding": "gzip"})
    )
    assert reply.content == "hi"


# --- the list of models


async def _offered(handler: Handler) -> object:
    endpoint = _endpoint(handler)
    try:
        return await endpoint.offered()
    finally:
        await endpoint.aclose()


async def test_models_are_listed_with_their_end_f25() -> None:
    """F25."""
    body = {
        "object": "list",
        "data": [
            {"id": "gpt-5", "object": "model", "shutdown_date": "2026-12-11"},
            {"id": "gpt-6-luna", "object": "model", "shutdown_date": None},
            {"id": "tiny.gguf", "aliases": ["tiny.gguf", "tiny"]},
            {"object": "model"},
            None,
        ],
    }
    assert await _offered(_answers(body)) == (
        OfferedModel("gpt-5", "2026-12-11"),
        OfferedModel("gpt-6-luna"),
        OfferedModel("tiny.gguf"),
        OfferedModel("tiny"),
    )


@pytest.mark.parametrize("content", ["<html>", "[]", "{}", '{"data": 3}', ""])
async def test_what_is_no_list_of_models_is_said_to_be_none(content: str) -> None:
    with pytest.raises(SummaryMalformed, match="no list of models"):
        await _offered(lambda _: httpx2.Response(200, content=content))


# --- nothing in a test reaches the network


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
async def test_no_test_can_reach_a_paid_endpoint() -> None:
    """httpx2 over its real transport: the guard stops it before anything is sent."""
    options = OpenAIOptions(model="m", base_url="https://93.184.216.34/v1", timeout_s=5)
    endpoint = OpenAIEndpoint(options, clock=VirtualClock(NOON))
    blocked = pytest.RaisesExc(SocketConnectBlockedError, match=r"93\.184\.216\.34")
    with pytest.RaisesGroup(blocked):
        await endpoint.complete({})
    await endpoint.aclose()

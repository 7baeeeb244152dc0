"""What is known of one call to Discord while it is under way, and how it is kept from repeating.

discord.py and aiohttp offer tracing (``discord.Client(http_trace=…)``), which is told when bytes
leave and when an answer comes. For a call of ours (``watched``), and for no other, the trace
 - notes whether the request has left, which decides between "not sent" and "nobody knows";
 - keeps what Discord said where it is no success (``Attempt.refusal``);
 - keeps back what has been held up for so long that somebody else may send it (``deadline``);
 - ends the call at the first 429 or 5xx. discord.py would otherwise sleep through the one and
   repeat after the other up to five times by itself (25 s), also on routes without a nonce, where
   every repetition may be another copy. Pace and repetition are the deliverer's alone.
"""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

from adapters.deadline import let_leave


@dataclass(slots=True)
class Attempt:
    """One call: whether it ``started`` (discord.py may hold it back for a bucket), whether its
    bytes have ``left``, and the answer: the ``body`` of a success, or the ``refusal``. ``answered``
    is done as soon as the body is there."""

    started: bool = False
    left: bool = False
    body: bytes | None = None
    refusal: "Refusal | None" = None
    answered: asyncio.Future[None] | None = None


class Refusal(Exception):
    """Discord answered, and not with success. Its text holds neither address nor body (T5)."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(f"Discord answered {status}")
        self.status = status
        self.headers = headers
        self.body = body


# Decoded bytes of one answer; the longest that we ask for (a server's threads) has less than one
# million.
MAX_ANSWER = 8_000_000
_PIECE = 64 * 1024

# A context variable is no shared state: each task has its own value.
_ATTEMPT: ContextVar[Attempt | None] = ContextVar("_ATTEMPT", default=None)


class LostAnswer(Exception):
    """The connection broke after the request had left. Names the library's exception.

    Not an ``OSError``: discord.py repeats by itself after some of those (error numbers 54 and
    10054, a reset connection on macOS and Windows), whether or not the route takes a nonce.
    """


@contextmanager
def watched() -> Generator[Attempt]:
    """Watch the one call made inside, in this task or in one that is begun here."""
    attempt = Attempt()
    token = _ATTEMPT.set(attempt)
    try:
        yield attempt
    finally:
        _ATTEMPT.reset(token)


def trace() -> aiohttp.TraceConfig:
    """The tracing that ``watched`` needs, for an aiohttp client."""
    config = aiohttp.TraceConfig()
    config.on_request_start.append(_started)
    config.on_request_headers_sent.append(_left)
    config.on_request_end.append(_answered)
    config.on_request_exception.append(_broken)
    return config


async def _started(
    _client: aiohttp.ClientSession, _: SimpleNamespace, __: aiohttp.TraceRequestStartParams
) -> None:
    if attempt := _ATTEMPT.get():
        attempt.started = True


async def _left(
    _client: aiohttp.ClientSession, _: SimpleNamespace, __: aiohttp.TraceRequestHeadersSentParams
) -> None:
    # Told just before the first byte is written, so that an error keeps it back.
    let_leave()
    if attempt := _ATTEMPT.get():
        attempt.left = True


async def _answered(
    _client: aiohttp.ClientSession, _: SimpleNamespace, params: aiohttp.TraceRequestEndParams
) -> None:
    attempt = _ATTEMPT.get()
    if attempt is None:
        return
    status = params.response.status
    body = await _read(params.response)
    if status < 400:
        attempt.body = body
        if attempt.answered is not None and not attempt.answered.done():
            attempt.answered.set_result(None)
        return
    attempt.refusal = Refusal(status, params.response.headers, body)
    if status == 429 or status >= 500:
        raise attempt.refusal


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The decoded body, up to its bound; whoever reads the answer next gets the same."""
    body = bytearray()
    async for piece in response.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > MAX_ANSWER:
            response.close()
            raise LostAnswer("too large")
    response._body = bytes(body)  # pyright: ignore[reportPrivateUsage] - what ``read`` gives
    return response._body  # pyright: ignore[reportPrivateUsage]


async def _broken(
    _client: aiohttp.ClientSession, _: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams
) -> None:
    attempt = _ATTEMPT.get()
    if attempt and attempt.left and isinstance(params.exception, OSError):
        raise LostAnswer(type(params.exception).__name__) from params.exception

"""A loopback upstream that answers, and misbehaves, as it is told."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.ports import Clock, HttpCache
from bot.sources.exchange import HttpOptions, RetryPolicy, TimeOuts
from bot.sources.http import HttpClient

JSON = "application/json"
ATOM = "application/atom+xml; charset=utf-8"
RSS = "text/xml; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Fault(Enum):
    """What a server may do instead of answering."""

    DROP = "drops the connection without a byte"
    CUT = "drops the connection in the middle of the body"
    HANG = "accepts the request and stays silent"


@dataclass(frozen=True, slots=True)
class Canned:
    """One prepared answer."""

    body: bytes = b""
    type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived. ``at`` is the clock's monotonic time, where there is a clock."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    at: float


Respond = Callable[[Asked], Canned]


def in_turn(*answers: Canned) -> Respond:
    """One answer after the other; the last for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


class Upstream:
    """A server on 127.0.0.1, at ``base`` once it is entered.

    ``asked`` keeps every request, ``busiest`` how many ran at once.
    """

    def __init__(self, respond: Respond, *, clock: Clock | None = None) -> None:
        self._respond = respond
        self._clock = clock
        self._closing = asyncio.Event()
        self._running = 0
        self.asked: list[Asked] = []
        self.busiest = 0
        app = web.Application()
        app.router.add_get("/{tail:.*}", self._handle)
        self._server = TestServer(app, host="127.0.0.1")
        self.base = ""

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        self.base = str(self._server.make_url("")).rstrip("/")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        await self._server.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        now = self._clock.monotonic() if self._clock else 0.0
        asked = Asked(request.path, dict(request.query), dict(request.headers), now)
        self.asked.append(asked)
        self._running += 1
        self.busiest = max(self.busiest, self._running)
        try:
            await asyncio.sleep(0)
            return await self._answer(request, self._respond(asked))
        finally:
            self._running -= 1

    async def _answer(self, request: web.Request, canned: Canned) -> web.StreamResponse:
        headers = {**({"Content-Type": canned.type} if canned.type else {}), **canned.headers}
        if canned.fault is Fault.CUT:
            whole = str(len(canned.body) + 1000)
            response = web.StreamResponse(headers={**headers, "Content-Length": whole})
            await response.prepare(request)
            await response.write(canned.body)
        if canned.fault is Fault.HANG:
            await self._closing.wait()
        if canned.fault is not None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return web.Response(body=canned.body, status=canned.status, headers=headers)


def options_for(*bases: str, paced: tuple[str, ...] = ()) -> HttpOptions:
    """Options with short time-outs and a jitter that is always nought."""
    return HttpOptions(
        "Sulan/test (+https://example.org)",
        bases=bases,
        paced=paced,
        time_outs=TimeOuts(connect=2.0, read=2.0, total=5.0),
        retry=RetryPolicy(jitter=lambda: 0.0),
    )


@asynccontextmanager
async def serving(
    respond: Respond, *, clock: Clock, cache: HttpCache, paced: bool = False
) -> AsyncGenerator[tuple[Upstream, HttpClient], None]:
    """An upstream and a client that may call it."""
    async with Upstream(respond, clock=clock) as upstream:
        options = options_for(upstream.base)
        if paced:
            options = replace(options, bases=(), paced=(upstream.base,))
        async with HttpClient(options, cache, clock) as client:
            yield upstream, client

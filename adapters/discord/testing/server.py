"""Discord's REST side on loopback, over real sockets: it answers, remembers, and misbehaves as it
is told.

Its answers have the form of Discord's specification; nothing here says that Discord itself would
take a request.
"""

import asyncio
import json
import socket
import struct
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.discord.testing.buckets import Buckets
from adapters.discord.testing.faults import Answer, Break, Fault, How, refusal
from adapters.discord.testing.routes import Call, Routes
from adapters.discord.testing.world import Missing, World
from bot.clock import SystemClock
from bot.ports import Clock

API = "/api/v10"
_CREATING = frozenset({"/channels/{channel_id}/threads"})
TOKEN = "bot-token.for-tests"  # noqa: S105 - no secret


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it arrived, and the status of its answer (0 where there was none).

    ``files`` are the texts of what came with a body of several parts, by their names; ``token`` is
    the bot's, "" where none was sent.
    """

    method: str
    path: str
    query: dict[str, str]
    body: Any
    content_type: str
    status: int
    answer: Any
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    token: str = ""


class DiscordServer:
    """A server on 127.0.0.1; ``rest`` is its base address once it is entered.

    ``recorded`` holds every request in order. ``gateway`` is the address that GET /gateway/bot
    names; ``app`` may get further routes (a web socket) before the server is entered. ``more_bots``
    are the tokens of other bots, which are as one: they share their buckets and their name.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        buckets: Buckets | None = None,
        token: str = TOKEN,
        more_bots: Collection[str] = (),
    ) -> None:
        used = clock or SystemClock()
        self.world = World(used)
        self.buckets = buckets or Buckets(used)
        self.recorded: list[Recorded] = []
        self.routes = Routes(self.world)
        self.app = web.Application()
        self.app.router.add_route("*", API + "/{tail:.*}", self._handle)
        self._tokens = frozenset({token, *more_bots})
        self._faults: deque[tuple[str, str, Fault]] = deque()
        self._closing = asyncio.Event()
        self._server = TestServer(self.app, host="127.0.0.1")

    @property
    def rest(self) -> str:
        return str(self._server.make_url(API))

    @property
    def gateway(self) -> str:
        return self.routes.gateway

    @gateway.setter
    def gateway(self, address: str) -> None:
        self.routes.gateway = address

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._closing.set()
        await self._server.close()

    def script(self, *faults: Fault, method: str = "", path: str = "") -> None:
        """What happens to the next requests whose method is this and whose path ends so."""
        self._faults.extend((method, path, fault) for fault in faults)

    def requests(self, method: str = "", ending: str = "") -> list[Recorded]:
        """The recorded requests of a method whose path ends so."""
        return [
            request
            for request in self.recorded
            if request.method == (method or request.method) and request.path.endswith(ending)
        ]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body, files = await _body(request)
        path = request.path.removeprefix(API)
        fault = self._fault(request.method, path)
        taken = Answer(200, {})
        if fault is None or fault.taken:
            taken = self._answer(request, path, body)
        said = taken if fault is None else fault
        status = said.status if isinstance(said, Answer) else 0
        answer = taken.body if fault is None else None
        self.recorded.append(
            Recorded(
                request.method,
                path,
                dict(request.query),
                body,
                request.content_type,
                status,
                answer,
                files,
                _token_of(request),
            )
        )
        if isinstance(said, Break):
            return await self._break(request, said.how, taken)
        return _response(said)

    def _fault(self, method: str, path: str) -> Fault | None:
        for entry in self._faults:
            wanted, ending, fault = entry
            if method == (wanted or method) and path.endswith(ending):
                self._faults.remove(entry)
                return fault
        return None

    def _answer(self, request: web.Request, path: str, body: Any) -> Answer:
        needs_token = not path.startswith(("/webhooks/", "/interactions/"))
        if needs_token and _token_of(request) not in self._tokens:
            return refusal(401, 0, "401: Unauthorized")
        route, ids, handler = self.routes.find(request.method, path)
        if handler is None:
            return refusal(404, 0, "404: Not Found")
        place = ids.get("channel_id") or ids.get("webhook_id") or ""
        headers, too_much = self.buckets.take(f"{request.method} {route}", place)
        if too_much:
            return Answer(429, too_much, {**headers, "Via": "1.1 google"})
        try:
            status = 201 if route in _CREATING and request.method == "POST" else 200
            given = handler(Call(ids, dict(request.query), body))
            if isinstance(given, Answer):
                return replace(given, headers={**headers, **given.headers})
            return Answer(status, given, headers)
        except Missing as missing:
            return refusal(404, *missing.args)

    async def _break(self, request: web.Request, how: How, taken: Answer) -> web.StreamResponse:
        transport = request.transport
        if transport is None:
            return web.Response()
        if how is How.HANG:
            await self._closing.wait()
        elif how is How.RESET:
            sock: socket.socket = transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        elif how is How.CLOSE:
            transport.close()
        else:
            response = web.StreamResponse(
                headers={"Content-Type": "application/json", "Content-Length": "5000"}
            )
            await response.prepare(request)
            await response.write(json.dumps(taken.body).encode()[:40])
            transport.close()
        return web.Response()


def _token_of(request: web.Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bot" else ""


async def _body(request: web.Request) -> tuple[Any, Mapping[str, str]]:
    """The JSON of a request, and the files with it ("Uploading Files")."""
    if not request.content_type.startswith("multipart/"):
        raw = await request.read()
        return (json.loads(raw) if raw else None), {}
    parts = await request.post()
    files = {
        part.filename: part.file.read().decode()
        for part in parts.values()
        if isinstance(part, web.FileField)
    }
    return json.loads(str(parts["payload_json"])), files


def _response(answer: Answer) -> web.Response:
    if isinstance(answer.body, bytes):
        headers = {"Content-Type": "text/html; charset=UTF-8", **answer.headers}
        return web.Response(status=answer.status, body=answer.body, headers=headers)
    if answer.body is None:
        return web.Response(status=answer.status, headers=answer.headers)
    # discord.py takes for JSON what says exactly this, without a charset.
    headers = {"Content-Type": "application/json", **answer.headers}
    body = json.dumps(answer.body).encode()
    return web.Response(status=answer.status, body=body, headers=headers)

"""A Bot API server on loopback that answers, and misbehaves, as it is told."""

import asyncio
import json
import socket
import struct
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from aiohttp import web

from adapters.telegram.testing_bot import BotState, Refusal

TOKEN = "123456:TEST-token-of-a-bot-that-is-none-0000"  # noqa: S105 - nobody's
# The Bot API server's cap on a long poll (FACTS §1.3).
_LONGEST_POLL_S = 50.0


class Fault(Enum):
    """What the server may do instead of answering."""

    CLOSE = "closes the connection without a byte"
    RESET = "resets the connection"
    SILENCE = "reads the request and never answers"
    TRUNCATED = "answers 200 and closes in the middle of the body"
    NO_JSON = "answers 200 with a login page"


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A fault. ``taken`` is whether the call had its effect before the answer was lost."""

    fault: Fault
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A prepared answer, such as a proxy's page."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


# What happens at a call: it succeeds (``None``), is refused, or goes wrong on its way.
Step: TypeAlias = Refusal | Spoilt | Answer | None


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it arrived: parameters as text, lists and objects as JSON (Bot API); ``files`` by
    parameter, each with its name and its bytes; ``at`` is when, in the event loop's seconds."""

    method: str
    params: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])
    at: float = field(default=0.0, compare=False)


def flood(seconds: int) -> Refusal:
    """429, as Telegram writes it."""
    text = f"Too Many Requests: retry after {seconds}"
    return Refusal(429, text, {"retry_after": seconds})


class TelegramServer:
    """Serves one token at ``url`` while it is entered by ``serving``.

    ``calls`` keeps every request in order. ``script`` says what happens at the next calls of a
    method; unscripted ones succeed. ``state`` holds what succeeded: messages, commands, webhook.
    ``push`` is a person's doing: an update for ``getUpdates``.
    """

    def __init__(self, *, token: str = TOKEN, delay_s: float = 0.0) -> None:
        self.token = token
        self.url = ""
        self.calls: list[Call] = []
        self.state = BotState()
        self._delay_s = delay_s
        self._scripts: defaultdict[tuple[str, str], deque[Step]] = defaultdict(deque)
        self._updates: dict[int, dict[str, Any]] = {}
        self._next_update = 1000
        self._news = asyncio.Event()
        self._arrived = asyncio.Event()
        self._closing = asyncio.Event()
        self._poll: asyncio.Event | None = None

    def script(self, method: str, *steps: Step, chat: str = "") -> None:
        """What happens at the next calls of a method, or at those to one chat."""
        self._scripts[method.lower(), chat].extend(steps)

    def push(self, update: Mapping[str, Any]) -> int:
        """Let an update arrive; its ``update_id`` is given here unless it brings one."""
        number = int(update.get("update_id", self._next_update))
        self._next_update = max(self._next_update, number + 1)
        self._updates[number] = {**update, "update_id": number}
        self._news.set()
        return number

    @property
    def unconfirmed(self) -> list[int]:
        """The updates that the server still keeps."""
        return sorted(self._updates)

    def called(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    async def until_called(self, method: str, times: int = 1) -> None:
        """Wait until so many calls of a method have arrived since the start."""
        while len(self.called(method)) < times:
            self._arrived.clear()
            await self._arrived.wait()

    def close(self) -> None:
        """Let whatever waits end."""
        self._closing.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call of a method."""
        method = request.match_info["method"]
        form = {**request.query, **await request.post()}
        params = {key: value for key, value in form.items() if isinstance(value, str)}
        files = {
            key: (value.filename, value.file.read())
            for key, value in form.items()
            if isinstance(value, web.FileField)
        }
        now = asyncio.get_running_loop().time()
        self.calls.append(Call(method, params, files, at=now))
        self._arrived.set()
        if request.match_info["token"] != self.token:
            return _refuse(Refusal(401, "Unauthorized"))
        if self._delay_s:
            await asyncio.sleep(self._delay_s)
        step = self._step(method, params)
        if isinstance(step, Spoilt):
            return await self._spoil(request, step, Call(method, params))
        if isinstance(step, Refusal):
            return _refuse(step)
        if isinstance(step, Answer):
            return web.Response(status=step.status, body=step.body, headers=step.headers)
        return await self._succeed(method, params)

    def _step(self, method: str, params: Mapping[str, str]) -> Step:
        for chat in (params.get("chat_id", ""), ""):
            if script := self._scripts[method.lower(), chat]:
                return script.popleft()
        return None

    async def _succeed(self, method: str, params: Mapping[str, str]) -> web.StreamResponse:
        try:
            if method.lower() == "getupdates":
                return _accept(await self._get_updates(params))
            return _accept(self.state.call(method, params))
        except Refusal as refusal:
            return _refuse(refusal)

    async def _spoil(self, request: web.Request, step: Spoilt, call: Call) -> web.StreamResponse:
        answer = await self._succeed(call.method, call.params) if step.taken else _accept(True)
        transport = request.transport
        if step.fault is Fault.NO_JSON:
            return web.Response(text="<html>Please log in</html>", content_type="text/html")
        if step.fault is Fault.SILENCE:
            await self._closing.wait()
        elif step.fault is Fault.TRUNCATED and transport and isinstance(answer, web.Response):
            body = answer.body if isinstance(answer.body, bytes) else b""
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            transport.write(head + body[: len(body) // 2])
            transport.close()
        elif step.fault is Fault.RESET and transport:
            sock: socket.socket = transport.get_extra_info("socket")
            # Closed without lingering, a connection is reset.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        elif transport:
            transport.close()
        return web.Response()

    async def _get_updates(self, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """Long polling as the Bot API server does it: an offset confirms what is before it, and a
        second poll ends the first."""
        if self.state.webhook.get("url"):
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use "
                "deleteWebhook to delete the webhook first",
            )
        if self._poll is not None:
            self._poll.set()
        mine = self._poll = asyncio.Event()
        self._confirm(int(params.get("offset", "0")))
        seconds = min(_LONGEST_POLL_S, float(params.get("timeout", "0")))
        await self._wait(mine, seconds)
        if mine.is_set():
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one "
                "bot instance is running",
            )
        self._poll = None
        limit = int(params.get("limit", "100"))
        return [self._updates[number] for number in self.unconfirmed[:limit]]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            offset = min(self.unconfirmed[offset:], default=0)
        for number in [known for known in self._updates if known < offset]:
            del self._updates[number]

    async def _wait(self, mine: asyncio.Event, seconds: float) -> None:
        """Until there is news, another poll, the end of the server, or the time is up."""
        if self._updates or not seconds:
            return
        self._news.clear()
        events = (self._news, mine, self._closing)
        waiting = [asyncio.create_task(event.wait()) for event in events]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


@asynccontextmanager
async def serving(server: TelegramServer | None = None) -> AsyncGenerator[TelegramServer, None]:
    """Serve on a free port of 127.0.0.1; ``url`` is what ``api_url`` wants."""
    server = server or TelegramServer()
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", server.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield server
    finally:
        server.close()
        await runner.cleanup()


def _accept(result: object) -> web.Response:
    return _json(200, {"ok": True, "result": result})


def _refuse(refusal: Refusal) -> web.Response:
    body: dict[str, object] = {
        "ok": False,
        "error_code": refusal.status,
        "description": refusal.description,
    }
    if refusal.parameters:
        body["parameters"] = dict(refusal.parameters)
    return _json(refusal.status, body)


def _json(status: int, body: object) -> web.Response:
    return web.Response(
        status=status, body=json.dumps(body).encode(), content_type="application/json"
    )

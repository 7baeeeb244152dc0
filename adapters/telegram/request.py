"""python-telegram-bot's HTTP over aiohttp, at a fraction of its default's cost per message."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from adapters.deadline import may_leave

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": BaseRequest.USER_AGENT}
# No connection, so not a byte of the request has left (FACTS §1.6). A proxy that refuses to make
# a tunnel has passed nothing on either.
_NOTHING_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)
# Statuses that python-telegram-bot gives an error of their own; it would make a plain NetworkError
# of any other, and the number would be lost.
_NAMED = frozenset((400, 401, 403, 404, 409))
# Decoded bytes of one answer. A hundred long updates (getUpdates) have some millions.
MAX_ANSWER = 20_000_000
_PIECE = 64 * 1024
# Telegram always says how long; this is for a proxy's 429 that does not.
_DEFAULT_WAIT_S = 30.0


class NotConnected(NetworkError):
    """There was no connection: nothing was sent."""


class Flooded(TelegramError):
    """429. Ours, because python-telegram-bot's own warns of itself and needs a number in the
    body. ``seconds`` is how long to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too many requests: wait {seconds:g} s")
        self.seconds = seconds


class UnnamedStatus(NetworkError):
    """The server, or something in between, answered with a status of no special meaning."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP status {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Wiring:
    """How to connect. Time-outs are in seconds; ``answer_s`` counts from the last byte sent or
    received. ``proxy`` "" is the system's, read once when the request is opened."""

    connections: int
    connect_s: float
    answer_s: float
    proxy: str = ""


class AiohttpRequest(BaseRequest):
    """One pool of connections. Sends each request once: what to repeat is for others to decide."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._session: aiohttp.ClientSession | None = None
        self._system_proxies: Mapping[str, str] = {}

    @property
    def read_timeout(self) -> float | None:
        """Seconds, to which python-telegram-bot adds a long poll's own."""
        return self._wiring.answer_s

    async def initialize(self) -> None:
        """Open the pool. Nothing is sent. Opening it twice is no error."""
        if self._session is None:
            self._system_proxies = urllib.request.getproxies()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._wiring.connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_fence()],
            )

    async def shutdown(self) -> None:
        """Close the pool. Closing it twice is no error."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0913, PLR0917 - BaseRequest's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - aiohttp has none
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - part of connecting
    ) -> tuple[int, bytes]:
        """Send one request.

        Raises:
            NotConnected: not a byte has left.
            Flooded: 429.
            UnnamedStatus: a status that python-telegram-bot has no error for.
            NetworkError: the request left, and no whole answer came back.
        """
        if self._session is None:
            raise NotConnected("the client is used outside its `async with`")
        target = URL(url, encoded=True)
        timeout = self._timeout(_given(connect_timeout), _given(read_timeout))
        try:
            async with self._session.request(
                method,
                target,
                data=_body(request_data),
                headers=None if request_data and request_data.contains_files else _FORM,
                timeout=timeout,
                proxy=self._proxy_for(target),
                allow_redirects=False,
            ) as response:
                body = await _read(response)
                status, headers = response.status, response.headers
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _ours(error) from error
        _check(status, headers, body)
        return status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """An answer as Telegram writes them. Unlike the default it logs no body (T5)."""
        try:
            answer: object = json.loads(payload)
        except (ValueError, RecursionError) as error:
            raise TelegramError("Invalid server response") from error
        if not isinstance(answer, dict) or (answer.get("ok") and "result" not in answer):  # pyright: ignore[reportUnknownMemberType] - JSON
            raise TelegramError("Invalid server response")
        return cast("dict[str, Any]", answer)

    def _timeout(self, connect_s: float | None, answer_s: float | None) -> aiohttp.ClientTimeout:
        """A bound for the whole as well, so that an answer cannot trickle for ever."""
        connect = connect_s or self._wiring.connect_s
        answer = answer_s or self._wiring.answer_s
        return aiohttp.ClientTimeout(
            total=connect + 2 * answer, connect=connect, sock_connect=connect, sock_read=answer
        )

    def _proxy_for(self, url: URL) -> str | None:
        if self._wiring.proxy:
            return self._wiring.proxy
        proxy = self._system_proxies.get(url.scheme)
        if not proxy or urllib.request.proxy_bypass(url.host or ""):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"


def _fence() -> aiohttp.TraceConfig:
    """Keeps back what has been held up for so long that somebody else may send it."""
    config = aiohttp.TraceConfig()
    config.on_request_headers_sent.append(_let_leave)
    return config


async def _let_leave(
    _client: aiohttp.ClientSession, _: SimpleNamespace, __: aiohttp.TraceRequestHeadersSentParams
) -> None:
    # Told just before the first byte is written, so that an error keeps it back.
    if not may_leave():
        raise NotConnected("held up for too long; nothing was sent")


def _given(timeout: Any) -> float | None:
    return float(timeout) if isinstance(timeout, int | float) else None


def _body(data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if data is None:
        return None
    if not data.contains_files:
        return data.url_encoded_parameters().encode()
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The decoded body; the bound counts after decompression."""
    body = bytearray()
    async for piece in response.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > MAX_ANSWER:
            response.close()
            raise aiohttp.ClientPayloadError("too large")
    return bytes(body)


def _check(status: int, headers: Mapping[str, str], body: bytes) -> None:
    if status == 429:
        raise Flooded(_wait(headers, body))
    if status >= 300 and status not in _NAMED:
        raise UnnamedStatus(status)


def _wait(headers: Mapping[str, str], body: bytes) -> float:
    """Seconds to wait after a 429: as the body says, else the header, else our own guess."""
    try:
        said: object = json.loads(body)["parameters"]["retry_after"]
    except (ValueError, LookupError, TypeError, RecursionError):
        said = headers.get("Retry-After", "")
    try:
        return max(0.0, float(str(said)))
    except ValueError:
        return _DEFAULT_WAIT_S


def _ours(error: Exception) -> NetworkError:
    kind = type(error).__name__
    if isinstance(error, _NOTHING_LEFT):
        return NotConnected(f"no connection ({kind})")
    return TimedOut(kind) if isinstance(error, TimeoutError) else NetworkError(kind)

"""One GET over the network: the only importer of aiohttp's client, where its errors become ours."""

import os
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from bot.domain.errors import SourceBroken, SourceError, SourceUnreachable
from bot.sources.addresses import show
from bot.sources.exchange import HttpOptions, Reply, Request
from bot.sources.retry import CutShort, Untrusted

# Read, decoded, at most this much at once, so that the cap is noticed soon after it is passed.
_PIECE = 64 * 1024


class Wire:
    """Sends single requests: no redirect is followed, no cookie kept, no credential added.

    ``use_system_proxy`` lets aiohttp read the proxy variables, and ``~/.netrc`` with them.
    """

    def __init__(self, options: HttpOptions) -> None:
        self._options = options
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        time_outs = self._options.time_outs
        self._session = aiohttp.ClientSession(
            headers={"User-Agent": self._options.user_agent},
            timeout=aiohttp.ClientTimeout(
                total=time_outs.total, sock_connect=time_outs.connect, sock_read=time_outs.read
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(_once,),
            trust_env=self._options.use_system_proxy,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, url: URL, request: Request, *, headers: Mapping[str, str]) -> Reply:
        """Send one GET. The body is read where ``request.statuses`` names the status.

        Raises:
            SourceUnreachable: no connection, or silence for too long.
            SourceBroken: a wanted body has another type, is too large or cut short.
        """
        if self._session is None:
            raise RuntimeError("the HTTP client is used outside its `async with`")
        async with (
            _translated(show(url)),
            self._session.get(url, headers=headers, allow_redirects=False) as response,
        ):
            named = {name.lower(): value for name, value in response.headers.items()}
            reply = Reply(response.status, named)
            if response.status not in request.statuses:
                return reply
            _check_type(reply, request, show(url))
            body = await _read(response, self._options.max_body, show(url))
            return Reply(reply.status, reply.headers, body)


def _check_type(reply: Reply, request: Request, host: str) -> None:
    if reply.content_type not in request.content_types:
        expected = " or ".join(sorted(request.content_types))
        raise SourceBroken(
            f"{host} answered with {reply.content_type[:60] or 'no content type'} where "
            f"{expected} was expected; a proxy or a login page may stand in between."
        )


async def _read(response: aiohttp.ClientResponse, cap: int, host: str) -> bytes:
    """The decoded body. The cap counts after decompression: a bomb is small on the wire (F16)."""
    too_large = SourceBroken(f"{host} answered with more than {cap:,} bytes, which is refused.")
    if (response.content_length or 0) > cap:
        raise too_large
    body = bytearray()
    async for piece in response.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > cap:
            response.close()
            raise too_large
    return bytes(body)


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a GET again, at once and unasked, after a dropped connection.

    It does so for its own errors only; that second request would ignore the lane (F10).
    """
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _ours(error, show(request.url)) from error


@asynccontextmanager
async def _translated(host: str) -> AsyncGenerator[None, None]:
    try:
        yield
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _ours(error, host) from error


def _ours(error: Exception, host: str) -> SourceError:
    if isinstance(error, aiohttp.ClientPayloadError):
        return CutShort(f"{host}'s answer was cut short or damaged on its way. Try again.")
    if isinstance(error, aiohttp.ClientSSLError | aiohttp.ServerFingerprintMismatch | ssl.SSLError):
        return Untrusted(
            f"Cannot reach {host} safely: TLS failed, or its certificate does not hold. "
            "Check this machine's clock and whether a proxy stands in between."
        )
    if isinstance(error, aiohttp.ClientConnectionError | OSError):
        return SourceUnreachable(
            f"Cannot reach {host}: {_why(error)}. Check the network connection and try again."
        )
    return SourceBroken(f"{host} answered with something that is not HTTP.")


def _why(error: Exception) -> str:
    for kind, why in _REASONS:
        if isinstance(error, kind):
            return why
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number).lower() if number else "no connection"


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "its name cannot be resolved"),
    (TimeoutError, "no answer in time"),
    (aiohttp.ServerDisconnectedError, "it dropped the connection"),
)

"""The one HTTP client: every source and look-up asks through it."""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from types import TracebackType
from typing import Self, TypeVar

from yarl import URL

from bot.domain.errors import SourceBroken, SourceError, SourceLimited, SourceUnavailable
from bot.ports import CachedResponse, Clock, HttpCache
from bot.sources.addresses import (
    MAX_REDIRECTS,
    REDIRECTS,
    Addresses,
    origin_of,
    redirect_target,
    show,
)
from bot.sources.circuit import Circuits
from bot.sources.exchange import Answer, HttpOptions, Reply, Request
from bot.sources.limits import requested_wait
from bot.sources.off_loop import ParseThread
from bot.sources.pacing import Lane
from bot.sources.retry import backoff, worth_retrying
from bot.sources.wire import Wire

T = TypeVar("T")
_log = logging.getLogger(__name__)

_NOT_MODIFIED = 304


class HttpClient:
    """Asks the configured upstreams, politely and warily.

    Use it as an async context manager. Retries, rate limits, pacing, redirects, caps and
    conditional requests are decided here; a caller names what it expects and how to read it.
    """

    def __init__(self, options: HttpOptions, cache: HttpCache, clock: Clock) -> None:
        self._options = options
        self._cache = cache
        self._clock = clock
        self._addresses = Addresses((*options.bases, *options.paced))
        self._paced = frozenset(show(origin_of(base)) for base in options.paced)
        self._lane = Lane(clock, gap=options.gap)
        self._circuits = Circuits(clock, options.breaker, patience=options.retry.patience)
        self._wire = Wire(options)
        self._parser = ParseThread()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._wire)
        self._stack.callback(self._parser.close)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def get(self, request: Request, parse: Callable[[Answer], T]) -> T:
        """Ask, and read the answer with ``parse``, which runs off the event loop.

        An answer is kept for the next conditional request only once ``parse`` has taken it, so
        that a broken body is never read twice.

        Raises:
            SourceUnavailable: no answer now (``SourceUnreachable``), or not before
                ``retry_after`` (``SourceLimited``).
            SourceBroken: an answer that is not what was asked for.
        """
        kept = await self._cache.get(request.url) if request.conditional else None
        reply = await self._ask(request, _validators(kept))
        if kept is not None and reply.status == _NOT_MODIFIED:
            try:
                return await self._read(parse, Answer(200, kept.content_type, kept.body), request)
            except SourceBroken:
                _log.warning("kept answer unreadable, asking anew", extra={"url": request.url})
                reply = await self._ask(request, {})
        answer = Answer(reply.status, reply.content_type, reply.body)
        value = await self._read(parse, answer, request)
        if request.conditional:
            await self._keep(request, reply)
        return value

    async def _read(self, parse: Callable[[Answer], T], answer: Answer, request: Request) -> T:
        try:
            return await self._parser.run(parse, answer)
        except SourceBroken as error:
            raise SourceBroken(f"{show(URL(request.url))}: {error}") from error

    async def _keep(self, request: Request, reply: Reply) -> None:
        etag, modified = reply.headers.get("etag"), reply.headers.get("last-modified")
        if reply.status == 200 and (etag or modified):
            await self._cache.put(
                CachedResponse(
                    url=request.url,
                    etag=etag,
                    last_modified=modified,
                    content_type=reply.content_type,
                    body=reply.body,
                    stored_at=self._clock.now(),
                )
            )

    async def _ask(self, request: Request, validators: Mapping[str, str]) -> Reply:
        """A reply whose status is an answer, or 304; tried as often as the policy says."""
        url = self._addresses.check(request.url)
        attempt = 1
        while True:
            try:
                return await self._follow(url, request, validators)
            except SourceError as error:
                wait = self._wait_after(error, attempt, show(url))
                if wait is None:
                    raise
                details = {"host": show(url), "attempt": attempt, "wait": wait}
                _log.info("upstream failed, trying again", extra=details)
            await self._clock.sleep(wait)
            attempt += 1

    def _wait_after(self, error: SourceError, attempt: int, host: str) -> float | None:
        """Seconds until another try, ``None`` where the failure stands."""
        hold = self._circuits.wait(host)
        if hold is None or attempt >= self._options.retry.attempts or not worth_retrying(error):
            return None
        return max(hold, backoff(attempt, self._options.retry))

    async def _follow(self, url: URL, request: Request, validators: Mapping[str, str]) -> Reply:
        """Each redirect is a request like any other: it waits its turn and may be refused."""
        site = show(url)
        for hop in range(MAX_REDIRECTS + 1):
            # What was kept belongs to the first address, not to where it leads now.
            reply = await self._hop(url, request, site=site, headers={} if hop else validators)
            if reply.status not in REDIRECTS:
                return reply
            url = redirect_target(url, reply.headers.get("location"))
        raise SourceBroken(f"{site} redirects more than {MAX_REDIRECTS} times in a row.")

    async def _hop(
        self, url: URL, request: Request, *, site: str, headers: Mapping[str, str]
    ) -> Reply:
        await self._circuits.enter(site)
        async with self._turn(site):
            await self._circuits.enter(site)  # while we waited, another may have been refused
            try:
                reply = await self._wire.get(url, request, headers=self._manners(site, headers))
                hold = requested_wait(reply.status, reply.headers, self._clock.now())
                if not _is_answer(reply.status, request, conditional=bool(headers)):
                    raise _failure(reply.status, show(url), hold=hold)
            except SourceUnavailable as error:
                self._circuits.failed(site, error)
                raise
            self._circuits.answered(site, hold)
            return reply

    def _turn(self, site: str) -> AbstractAsyncContextManager[None]:
        return self._lane.turn() if site in self._paced else nullcontext()

    def _manners(self, site: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        # A single connection (arXiv's terms) means that none lies idle beside the next.
        return {**headers, "Connection": "close"} if site in self._paced else headers


def _validators(kept: CachedResponse | None) -> dict[str, str]:
    """RFC 9110 §13.1: both are sent where both are known; the server prefers the ETag."""
    if kept is None:
        return {}
    known = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
    return {name: value for name, value in known.items() if value}


def _is_answer(status: int, request: Request, *, conditional: bool) -> bool:
    unchanged = conditional and status == _NOT_MODIFIED
    return unchanged or status in request.statuses or status in REDIRECTS


def _failure(status: int, host: str, *, hold: float | None) -> SourceError:
    if status == 429 or (status == 503 and hold is not None):
        when = "later" if hold is None else f"in {hold:.0f} s"
        return SourceLimited(
            f"{host} is limiting us (HTTP {status}). Try again {when}.", retry_after=hold
        )
    if status >= 500 or status == 408:
        return SourceUnavailable(
            f"{host} is out of order (HTTP {status}). Try again later.", retry_after=hold
        )
    return SourceBroken(f"{host} refused the request (HTTP {status}).")

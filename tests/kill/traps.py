"""Kills that the world sets off: when a request arrives, has had its effect, or is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Moment(StrEnum):
    """Where a call is. ``ASKED``: it has arrived and had no effect. ``TAKEN``: it had its effect,
    and no byte of an answer has left. ``ANSWERED``: the answer has left."""

    ASKED = "asked"
    TAKEN = "taken"
    ANSWERED = "answered"


@dataclass(eq=False)
class Trap:
    """Waits for a call of a kind at a moment; ``sprung`` gets the process that made it.

    After an answer it waits ``delay_s`` more, so that the process gets so far and no further.
    """

    kind: str
    moment: Moment
    delay_s: float
    sprung: asyncio.Future[int]


class Traps:
    """At most one is set at a time. ``strike`` kills; ``kind_of`` tells what a request is for, ""
    for what nobody waits for; ``pid_of`` whose it is."""

    def __init__(
        self,
        strike: Callable[[int], None],
        kind_of: Callable[[web.Request], Awaitable[str]],
        pid_of: Callable[[web.Request], int | None],
    ) -> None:
        self._strike = strike
        self._kind_of = kind_of
        self._pid_of = pid_of
        self._set: Trap | None = None

    def set(self, kind: str, moment: Moment, delay_s: float) -> Trap:
        """Set one; who waited for the last one waits no more."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._set = Trap(kind, moment, delay_s, future)
        return self._set

    def unset(self) -> None:
        """Take it away."""
        self._set = None

    @web.middleware
    async def watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Around every request."""
        trap = self._set
        if trap is None or await self._kind_of(request) != trap.kind:
            return await handler(request)
        pid = self._pid_of(request)
        if pid is None:
            return await handler(request)
        if trap.moment is Moment.ASKED and self._spring(trap, pid):
            # Who asked is dead: nothing of it may have an effect any more.
            return web.Response(status=503)
        response = await handler(request)
        if trap.moment is Moment.TAKEN:
            self._spring(trap, pid)
        elif trap.moment is Moment.ANSWERED:
            with suppress(ConnectionError):
                await response.prepare(request)
                await response.write_eof()
            await asyncio.sleep(trap.delay_s)
            self._spring(trap, pid)
        return response

    def _spring(self, trap: Trap, pid: int) -> bool:
        """Kill, unless the trap has been sprung or taken away meanwhile."""
        if trap is not self._set:
            return False
        self._set = None
        self._strike(pid)
        if not trap.sprung.done():
            trap.sprung.set_result(pid)
        return True

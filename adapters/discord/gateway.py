"""Holding Discord's gateway: a session is resumed where Discord lets us, else another begun.

In place of ``discord.Client.connect``, which ends in an ``AttributeError`` where its very first
connection fails, closes the REST side along with the gateway for some close codes, and introduces
itself again without counting. The protocol itself stays discord.py's (``DiscordWebSocket``).
"""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from adapters.discord.rest import BotRest
from bot.domain.delivery_errors import AccessRevoked, DeliveryError
from bot.ports import Clock

_log = logging.getLogger(__name__)

# "Opcodes and Status Codes", gateway close codes: authentication failed; and those that no other
# attempt can mend (shards, API version, intents).
_BAD_TOKEN = 4004
_FUTILE = frozenset({4010, 4011, 4012, 4013, 4014})
# "Gateway": a session ends with 1000, and can be resumed after 4000.
_GOODBYE, _BE_BACK = 1000, 4000
_GOODBYE_S = 2.0
_OPENING_S = 60.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 300.0
# A connection that held for so long was no failure.
_STEADY_S = 5.0
# One IDENTIFY in 5 s ("Rate Limiting"); more than 1,000 a day reset the token, and 20 an hour are
# half of that (F51).
_IDENTIFY_GAP_S = 5.0
_MOST_IDENTIFIES, _HOUR_S = 20, 3600.0
# What is kept of the day's 1,000, whoever else has used them up: an earlier run, say.
_SPARED = 50
REVOKED = (
    "Discord does not accept the bot's token: make a new one and put it into the settings, then "
    "start again"
)


class Identifies:
    """How often we have introduced ourselves, so that a storm ends before Discord ends it."""

    def __init__(self, rest: BotRest, clock: Clock) -> None:
        self._rest = rest
        self._clock = clock
        self._times: deque[float] = deque(maxlen=_MOST_IDENTIFIES)

    async def turn(self) -> None:
        """Wait until another introduction is in order: not at all for the first.

        Raises:
            AccessRevoked: the token is not accepted.
        """
        pause = max(self._pause(), await self._spared())
        if pause:
            await self._clock.sleep(pause)

    async def note(self) -> None:
        """One more, now."""
        self._times.append(self._clock.monotonic())

    def _pause(self) -> float:
        if not self._times:
            return 0.0
        left = self._times[0] + _HOUR_S - self._clock.monotonic()
        if len(self._times) < _MOST_IDENTIFIES or left <= 0:
            return _IDENTIFY_GAP_S
        _log.error("introduced too often; something ends our sessions", extra={"wait_s": left})
        return max(_IDENTIFY_GAP_S, left)

    async def _spared(self) -> float:
        """Seconds until Discord's own count begins anew, where little is left of it."""
        try:
            answer = await self._rest.call("GET", "/gateway/bot")
            starts = answer["session_start_limit"]
            if starts["remaining"] > _SPARED:
                return 0.0
            wait = starts["reset_after"] / 1000
        except AccessRevoked:
            raise
        except (DeliveryError, LookupError, TypeError):
            return 0.0
        _log.error("few introductions are left for today", extra={"wait_s": wait})
        return wait


@dataclass(frozen=True, slots=True)
class _Session:
    address: yarl.URL
    id: str
    sequence: int | None


class Gateway:
    """One client's place at the gateway."""

    def __init__(self, client: discord.Client, rest: BotRest, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._identifies = Identifies(rest, clock)
        self._session: _Session | None = None
        self._established = False

    async def hold(self) -> NoReturn:
        """Stay connected until cancelled; whatever ends a connection, the next one follows (F50).

        Raises:
            AccessRevoked: the token is not accepted (F39).
        """

        async def note(shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG001 - the hook's form
            await self._identifies.note()

        # discord.py's own hook sleeps 5 s from the second time on, by the real clock.
        self._client.before_identify_hook = note
        failures = 0
        while True:
            if self._session is None:
                await self._identifies.turn()
            began = self._clock.monotonic()
            await self._connect()
            steady = self._established and self._clock.monotonic() - began >= _STEADY_S
            failures = 0 if steady else failures + 1
            await self._clock.sleep(_pause_after(failures))

    async def _connect(self) -> None:
        """One connection, from HELLO to its end."""
        socket, code = None, _BE_BACK
        self._established = False
        try:
            socket = await self._opened()
            await self._follow(socket)
        except asyncio.CancelledError:
            code = _GOODBYE
            raise
        except ReconnectWebSocket as end:
            _log.info("the gateway wants another connection", extra={"resume": end.resume})
            if not end.resume:
                self._session = None
        except discord.ConnectionClosed as end:
            await self._closed(end)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _log.warning("no gateway", extra={"error": type(error).__name__})
        except Exception as error:  # noqa: BLE001 - an event that discord.py cannot read
            _log.error("an event could not be read", extra={"error": type(error).__name__})
        finally:
            if socket is not None:
                await _hang_up(socket, code)

    async def _opened(self) -> DiscordWebSocket:
        session = self._session
        async with asyncio.timeout(_OPENING_S):
            socket = await DiscordWebSocket.from_client(
                self._client,
                initial=True,
                gateway=session.address if session else None,
                session=session.id if session else None,
                sequence=session.sequence if session else None,
                resume=session is not None,
            )
        self._client.ws = socket
        return socket

    async def _follow(self, socket: DiscordWebSocket) -> NoReturn:
        began = socket.sequence
        while True:
            try:
                await socket.poll_event()
            finally:
                if socket.sequence is not None and socket.sequence != began:
                    self._established = True  # READY or RESUMED has come
                if socket.session_id is not None:
                    self._session = _Session(socket.gateway, socket.session_id, socket.sequence)

    async def _closed(self, end: discord.ConnectionClosed) -> None:
        if end.code == _BAD_TOKEN:
            raise AccessRevoked(REVOKED) from end
        self._session = None
        if end.code in _FUTILE:
            said = {"code": end.code, "reason": _FUTILE_REASONS}
            _log.error("Discord refuses the gateway", extra=said)
            await self._clock.sleep(_LONGEST_WAIT_S)
        else:
            _log.warning("the gateway was closed", extra={"code": end.code})


_FUTILE_REASONS = "shards, the API's version or intents; look for a newer version of this program"


def _pause_after(failures: int) -> float:
    """Seconds until the next connection; the first to fail is followed at once."""
    if failures < 2:
        return 0.0
    return min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(failures - 2, 10))


async def _hang_up(socket: DiscordWebSocket, code: int) -> None:
    with suppress(aiohttp.ClientError, OSError, RuntimeError):
        async with asyncio.timeout(_GOODBYE_S):
            await socket.close(code)

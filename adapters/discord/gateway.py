"""Holding Discord's gateway: a session is resumed where Discord lets us, else another begun.

In place of ``discord.Client.connect``, which ends in an ``AttributeError`` where its very first
connection fails, closes the REST side along with the gateway for some close codes, and introduces
itself again without counting. The protocol itself stays discord.py's (``DiscordWebSocket``).
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from adapters.discord.introductions import Introductions
from bot.domain.delivery_errors import AccessRevoked
from bot.ports import Clock

_log = logging.getLogger(__name__)

# "Opcodes and Status Codes", gateway close codes: authentication failed; and those that no other
# attempt can mend (shards, API version, intents).
_BAD_TOKEN = 4004
_FUTILE = frozenset({4010, 4011, 4012, 4013, 4014})
# "Sharding required": the bot has become too large for so few.
_TOO_FEW_SHARDS = 4011
# "Gateway": a session ends with 1000, and can be resumed after 4000.
_GOODBYE, _BE_BACK = 1000, 4000
_GOODBYE_S = 2.0
_OPENING_S = 60.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 300.0
# A connection that held for so long was no failure.
_STEADY_S = 5.0
REVOKED = (
    "Discord does not accept the bot's token: make a new one and put it into the settings, then "
    "start again"
)


@dataclass(frozen=True, slots=True)
class _Session:
    address: yarl.URL
    id: str
    sequence: int | None


class Gateway:
    """One shard's place at the gateway."""

    def __init__(
        self, client: discord.Client, shard: int, clock: Clock, *, introductions: Introductions
    ) -> None:
        self._client = client
        self._shard = shard
        self._clock = clock
        self._introductions = introductions
        self._session: _Session | None = None
        self._established = False
        self._outgrown = asyncio.Event()

    async def hold(self, *, outgrown: asyncio.Event) -> NoReturn:
        """Stay connected until cancelled; whatever ends a connection, the next one follows (F50).

        ``outgrown`` is set when Discord wants more shards.

        Raises:
            AccessRevoked: the token is not accepted (F39).
        """
        failures, self._outgrown = 0, outgrown
        while True:
            if self._session is None:
                await self._introductions.turn(self._shard)
            began = self._clock.monotonic()
            try:
                await self._connect()
            finally:
                await self._introductions.end(self._shard)
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
                shard_id=self._shard,
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
                if not self._established and socket.sequence not in (None, began):
                    self._established = True  # READY or RESUMED has come
                    await self._introductions.end(self._shard)
                if socket.session_id is not None:
                    self._session = _Session(socket.gateway, socket.session_id, socket.sequence)

    async def _closed(self, end: discord.ConnectionClosed) -> None:
        if end.code == _BAD_TOKEN:
            raise AccessRevoked(REVOKED) from end
        self._session = None
        if end.code == _TOO_FEW_SHARDS:
            self._outgrown.set()
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

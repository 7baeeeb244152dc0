"""Discord's gateway on loopback, over real web sockets, with the faults that tests want."""

import asyncio
import json
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import yarl
from aiohttp import web

from adapters.discord.testing.interactions import Asked
from adapters.discord.testing.routes import APPLICATION
from adapters.discord.testing.server import DiscordServer
from adapters.discord.testing.world import JsonObject, Kind, user
from bot.ports import Clock

# "Gateway Opcodes".
DISPATCH, HEARTBEAT, IDENTIFY, RESUME = 0, 1, 2, 6
RECONNECT, INVALID_SESSION, HELLO, ACK = 7, 9, 10, 11
# "Gateway Close Event Codes".
_NOT_AUTHENTICATED, _BAD_TOKEN, _ALREADY = 4003, 4004, 4005
_INVALID_SHARD, _TOO_FEW_SHARDS = 4010, 4011
# "Sharding": between two introductions of one bucket, in seconds.
_GAP_S = 5.0


@dataclass(slots=True)
class _Session:
    id: str
    token: str
    shard: tuple[int, int] = (0, 1)
    events: list[JsonObject] = field(default_factory=list[JsonObject])


class _Line:
    """One connection; compressed as the query asks, where we know how."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.transport = request.transport
        compress = request.query.get("compress")
        self._zlib = zlib.compressobj() if compress == "zlib-stream" else None
        self.session: _Session | None = None
        self.deaf = False

    async def say(self, payload: JsonObject) -> None:
        if self.deaf or self.socket.closed:
            return
        text = json.dumps(payload)
        if self._zlib is None:
            await self.socket.send_str(text)
            return
        packed = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
        # Discord splits what is large; only the last part ends as a flush does.
        half = len(packed) // 2
        for part in (packed[:half], packed[half:]):
            await self.socket.send_bytes(part)


class GatewayServer:
    """The gateway of a ``DiscordServer``; made before that is entered, ``open``ed after.

    ``received`` holds every payload in order, ``identified`` the moments of IDENTIFY, ``closed``
    the codes by which clients hung up, ``connections`` how many there were. ``refuse`` closes the
    next connections with these codes, in answer to IDENTIFY or RESUME; ``greeting`` is said in
    place of the next HELLO; while ``unavailable`` there is no web socket at all.

    ``least_shards`` is how many a bot needs (the routes tell how many Discord recommends, and how
    many may be introduced in five seconds); ``too_soon`` counts those that did not wait. A server's
    events go to its shard.
    """

    def __init__(
        self, server: DiscordServer, clock: Clock, *, token: str, more_bots: Collection[str] = ()
    ) -> None:
        self._server = server
        self._clock = clock
        self._tokens = frozenset({token, *more_bots})
        self._sessions: dict[str, _Session] = {}
        self._lines: list[_Line] = []
        self.heartbeat_ms = 41250
        self.received: list[JsonObject] = []
        self.identified: list[float] = []
        self.closed: list[int | None] = []
        self.connections = 0
        self.refuse: list[int] = []
        self.greeting: JsonObject | None = None
        self.unavailable = False
        self.least_shards = 1
        self.too_soon = 0
        self._buckets: dict[tuple[str, int], float] = {}
        server.app.router.add_get("/gateway/", self._serve)

    def open(self) -> str:
        """Its address, which the server tells from now on."""
        address = str(yarl.URL(self._server.rest).with_scheme("ws").with_path("/gateway/"))
        self._server.gateway = address
        return address

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something to become true, here or at whoever is connected."""
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 - conditions are anywhere, also in the client
                await asyncio.sleep(0.002)

    def said(self, op: int) -> list[JsonObject]:
        """The payloads of one kind that clients have sent."""
        return [payload for payload in self.received if payload["op"] == op]

    @property
    def present(self) -> int:
        """How many connections have a session now."""
        return len(self.shards_present)

    @property
    def shards_present(self) -> list[tuple[int, int]]:
        """The shards of the connections that have a session now."""
        return sorted(line.session.shard for line in self._lines if line.session is not None)

    async def ask(self, asked: Asked, *, token: str = "") -> Asked:
        """Push an interaction to the newest session, connected or not; of one bot, where its token
        is given."""
        await self.push("INTERACTION_CREATE", asked.event, token=token)
        return asked

    async def push(self, name: str, data: Any, *, token: str = "") -> None:
        """An event for the newest session; one without a connection gets it on RESUME."""
        sessions = [s for s in self._sessions.values() if token in ("", s.token)]
        guild = data.get("guild_id") or (data.get("id") if name.startswith("GUILD_") else None)
        concerned = [s for s in sessions if s.shard[0] == _shard_of(guild, s.shard[1])]
        await self._dispatch(concerned[-1], name, data)

    async def tell(self, op: int, data: Any = None) -> None:
        """Say something outside of events to whoever is connected: RECONNECT, INVALID_SESSION."""
        for line in list(self._lines):
            if op == INVALID_SESSION and data is False and line.session is not None:
                self._sessions.pop(line.session.id, None)
            await line.say({"op": op, "d": data, "s": None, "t": None})

    def drop(self) -> None:
        """Break every connection without a word."""
        for line in self._lines:
            if line.transport is not None:
                line.transport.abort()

    async def close(self, code: int) -> None:
        """Close every connection with a code."""
        for line in list(self._lines):
            await line.socket.close(code=code)

    def forget(self) -> None:
        """Let no session be resumed."""
        self._sessions.clear()

    def fall_silent(self) -> None:
        """Say nothing more on the connections there are, not even ACK (a zombie)."""
        for line in self._lines:
            line.deaf = True

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self.unavailable:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = _Line(socket, request)
        self._lines.append(line)
        self.connections += 1
        try:
            hello = {"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}}
            greeting, self.greeting = self.greeting or hello, None
            await line.say(greeting)
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await self._hear(line, json.loads(message.data))
        finally:
            self._lines.remove(line)
            self.closed.append(socket.close_code)
        return socket

    async def _hear(self, line: _Line, payload: JsonObject) -> None:
        self.received.append(payload)
        op: int = payload["op"]
        data: Any = payload.get("d")
        if op == HEARTBEAT:
            await line.say({"op": ACK})
        elif op not in (IDENTIFY, RESUME):
            await line.socket.close(code=_NOT_AUTHENTICATED)
        elif line.session is not None:
            await line.socket.close(code=_ALREADY)
        elif self.refuse:
            await line.socket.close(code=self.refuse.pop(0))
        elif data["token"] not in self._tokens:
            await line.socket.close(code=_BAD_TOKEN, message=b"Authentication failed.")
        elif op == IDENTIFY:
            await self._introduced(line, data)
        else:
            await self._resume(line, data)

    async def _introduced(self, line: _Line, data: JsonObject) -> None:
        index, count = data.get("shard", (0, 1))
        now, bucket = self._clock.monotonic(), (data["token"], index % self._server.routes.at_once)
        if not 0 <= index < count:
            await line.socket.close(code=_INVALID_SHARD)
        elif count < self.least_shards:
            await line.socket.close(code=_TOO_FEW_SHARDS)
        elif now - self._buckets.get(bucket, -_GAP_S) < _GAP_S:
            self.too_soon += 1
            await line.say({"op": INVALID_SESSION, "d": False})
        else:
            self._buckets[bucket] = now
            await self._identify(line, data["token"], (index, count))

    async def _identify(self, line: _Line, token: str, shard: tuple[int, int]) -> None:
        self.identified.append(self._clock.monotonic())
        session = _Session(f"session-{len(self.identified)}", token, shard)
        self._sessions[session.id] = line.session = session
        world = self._server.world
        ours = _shard_of(world.guild, shard[1]) == shard[0]
        ready = {
            "v": 10,
            "user": world.bot,
            "guilds": [{"id": world.guild, "unavailable": True}] if ours else [],
            "shard": list(shard),
            "session_id": session.id,
            "resume_gateway_url": self._server.gateway,
            "application": {"id": APPLICATION, "flags": 0},
        }
        await self._dispatch(session, "READY", ready)
        if ours:
            await self._dispatch(session, "GUILD_CREATE", self._guild())

    async def _resume(self, line: _Line, data: JsonObject) -> None:
        session = self._sessions.get(data["session_id"])
        if session is None:
            await line.say({"op": INVALID_SESSION, "d": False})
            return
        line.session = session
        for event in session.events:
            if event["s"] > (data["seq"] or 0):
                await line.say(event)
        await self._dispatch(session, "RESUMED", {})

    async def _dispatch(self, session: _Session, name: str, data: Any) -> None:
        event = {"op": DISPATCH, "s": len(session.events) + 1, "t": name, "d": data}
        session.events.append(event)
        for line in [line for line in self._lines if line.session is session]:
            await line.say(event)

    def guild(self, *, joined: bool = False) -> JsonObject:
        """A server as GUILD_CREATE tells of it; one just ``joined`` lacks that it is available."""
        told = self._guild()
        if joined:
            del told["unavailable"]
        return told

    def _guild(self) -> JsonObject:
        world = self._server.world
        apart = (Kind.PUBLIC_THREAD, Kind.ANNOUNCEMENT_THREAD, Kind.DIRECT)
        channels = [c for c in world.channels.values() if c.kind not in apart]
        threads = world.threads(archived=False)
        return {
            "id": world.guild,
            "name": "Readers",
            "owner_id": user("600000000000000001", "owner")["id"],
            "unavailable": False,
            "large": False,
            "member_count": 2,
            "channels": [world.channel_json(channel) for channel in channels],
            "threads": [world.channel_json(thread) for thread in threads],
            "members": [],
            "roles": [],
            "emojis": [],
            "stickers": [],
            "features": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "preferred_locale": "en-US",
            "premium_tier": 0,
            "nsfw_level": 0,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "system_channel_flags": 0,
            "premium_progress_bar_enabled": False,
        }


def _shard_of(guild: str | None, count: int) -> int:
    """ "Sharding": direct messages go to the first."""
    return (int(guild) >> 22) % count if guild else 0

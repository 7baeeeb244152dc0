"""The one connection to Discord that sending and listening share.

discord.py keeps its two addresses in class attributes (``discord.http.Route.BASE`` and
``DiscordWebSocket.DEFAULT_GATEWAY``), so they hold for the whole process. They are set when a
connection is entered, and put back when it is left; a second one that wants other addresses at the
same time is refused rather than silently redirected.
"""

import asyncio
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager
from types import TracebackType
from typing import Any, Self

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.state import AutoShardedConnectionState

from adapters.discord.errors import translate
from adapters.discord.exchange import trace, watched
from adapters.discord.options import GATEWAY_ADDRESS, REST_ADDRESS, Addresses, DiscordOptions
from bot.domain.errors import SettingsError

# Above it discord.py raises instead of waiting for a bucket; 30 s is the least that it allows.
_LONGEST_BUCKET_WAIT = 30.0
INTENTS = discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True)


class _Client(discord.Client):
    """One whose state stands being told of several shards: a plain one's forgets all servers
    whenever one of them is introduced."""

    def _get_state(self, **options: Any) -> AutoShardedConnectionState["_Client"]:
        state = AutoShardedConnectionState["_Client"](
            dispatch=self.dispatch,
            handlers=self._handlers,
            hooks=self._hooks,
            http=self.http,
            **options,
        )
        state.shard_ids = [0]
        return state


def divide(client: discord.Client, count: int) -> None:
    """Tell a client how many shards there are. discord.py asks a state of its own for it."""
    client.shard_count = count
    client._connection.shard_count = count  # pyright: ignore[reportPrivateUsage]


def make_client() -> discord.Client:
    """A client that takes as little as possible: no members, no messages kept, nobody pinged.

    Only intents that need no approval: ``guilds``, which discord.py asks for, and reactions. Its
    REST side works once it is logged in, without any gateway.
    """
    # Said at every start otherwise; nobody needs a voice here.
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False
    return _Client(
        shard_count=1,
        intents=INTENTS,
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        # Nobody waits for "ready"; until it is, discord.py takes a server that has just added us
        # for one that was there before.
        guild_ready_timeout=0.0,
        max_messages=None,
        allowed_mentions=discord.AllowedMentions.none(),
        max_ratelimit_timeout=_LONGEST_BUCKET_WAIT,
        http_trace=trace(),
    )


class Connection:
    """Implements the client's life: addresses, login, end. An async context manager.

    Entering does not reach out: Discord may be down while everything else starts (F50).
    """

    def __init__(self, options: DiscordOptions, *, client: discord.Client | None = None) -> None:
        self._options = options
        self._stack = AsyncExitStack()
        self._login = asyncio.Lock()
        self._ready = False
        self.client = client or make_client()

    async def __aenter__(self) -> Self:
        self._stack.enter_context(pointed_at(self._options.addresses))
        self._stack.push_async_callback(self.client.close)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def logged_in(self) -> discord.Client:
        """The client, logged in at the first call; one that fails is tried again at the next.

        Raises:
            DeliveryError: ``AccessRevoked`` for a token that is not accepted; else what is known.
        """
        async with self._login:
            if not self._ready:
                await self._log_in()
                self._ready = True
        return self.client

    async def _log_in(self) -> None:
        with watched() as attempt:
            try:
                async with asyncio.timeout(self._options.timeout):
                    await self.client.login(self._options.token)
            except Exception as error:
                await self._forget()
                known = translate(error, attempt, read_only=True)
                if known is None:
                    raise
                raise known from error

    async def _forget(self) -> None:
        """Close what a failed login leaves open; the next one makes its own."""
        await self.client.http.close()
        self.client.http.connector = discord.utils.MISSING


@contextmanager
def pointed_at(addresses: Addresses) -> Generator[None]:
    """Let discord.py use these addresses, in the whole process, until the end.

    Raises:
        SettingsError: it has been pointed elsewhere already.
    """
    gateway = yarl.URL(addresses.gateway)
    before = (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    ours = (REST_ADDRESS, yarl.URL(GATEWAY_ADDRESS)), (addresses.rest, gateway)
    if before not in ours:
        raise SettingsError(
            "api_url and gateway_url of a Discord bot differ from those of another one in this "
            "process; discord.py can have only one of each."
        )
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = addresses.rest, gateway
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before

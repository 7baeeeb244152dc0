"""A Discord adapter on a test server, with options for some channels."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from adapters.base import Options
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.options import read_options
from adapters.discord.testing import TOKEN, DiscordServer
from bot.testing import VirtualClock


@asynccontextmanager
async def connected(
    server: DiscordServer,
    clock: VirtualClock,
    channels: Mapping[str, Mapping[str, object]] | None = None,
    *,
    timeout_s: float = 20.0,
) -> AsyncGenerator[DiscordAdapter]:
    """An open adapter; ``channels`` are the options of some, by id."""
    values = {
        "token": TOKEN,
        "api_url": server.rest,
        "channels": channels or {},
        "timeout_s": timeout_s,
    }
    async with DiscordAdapter(read_options(Options("discord", values)), clock) as adapter:
        yield adapter

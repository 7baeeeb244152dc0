"""The program as a process, a real day behind a local server, and the platforms' test servers."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.discord.testing import TOKEN as DISCORD_TOKEN
from adapters.discord.testing import Channel, DiscordServer, Kind
from adapters.discord.testing.gateway import GatewayServer
from adapters.discord.testing.interactions import Interactions
from adapters.telegram.testing import TOKEN as TELEGRAM_TOKEN
from adapters.telegram.testing import TelegramServer, serving
from bot.clock import SystemClock

DAY = "2025-04-11"


@dataclass
class Lists:
    """Hugging Face with a real day's papers as today's list, which grows."""

    items: list[dict[str, Any]]
    shown: int

    async def daily(self, request: web.Request) -> web.Response:
        """The list of a day; only today's has papers."""
        today = request.query["date"] == str(datetime.now(UTC).date())
        shown = self.items[: self.shown] if today and request.query["p"] == "0" else []
        return web.json_response(shown)


@dataclass(frozen=True)
class Scene:
    """Everything that is played, and the program on it."""

    lists: Lists
    telegram: TelegramServer
    gateway: GatewayServer
    interactions: Interactions
    channel: Channel


@asynccontextmanager
async def scene(shared: Path) -> AsyncGenerator[Scene, None]:
    items = json.loads((shared / "data" / "hf_daily" / f"{DAY}.json").read_text("utf-8"))
    lists = Lists(items, shown=8)
    app = web.Application()
    app.router.add_get("/api/daily_papers", lists.daily)
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(TestServer(app, host="127.0.0.1"))
        telegram = await stack.enter_async_context(serving(TelegramServer()))
        discord, clock = DiscordServer(), SystemClock()
        gateway = GatewayServer(discord, clock, token=DISCORD_TOKEN)
        interactions = Interactions(discord.world, discord.routes, clock)
        channel = discord.world.add(Kind.TEXT, name="papers")
        await stack.enter_async_context(discord)
        gateway.open()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = _settings(str(upstream.make_url("")).rstrip("/"), telegram, discord)
        (folder / "sulan.toml").write_text(settings)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"},
            stderr=(folder / "log").open("wb"),
        )
        try:
            await _until_up(telegram, gateway)
            yield Scene(lists, telegram, gateway, interactions, channel)
        finally:
            process.terminate()
            await process.wait()


def _settings(upstream: str, telegram: TelegramServer, discord: DiscordServer) -> str:
    return f"""
        language = "en"
        [store]
        url = "sulan.sqlite3"
        [huggingface]
        base_url = "{upstream}"
        [arxiv]
        api_url = "{upstream}/api/query"
        rss_url = "{upstream}/rss"
        interval_s = 0
        [subscriptions]
        sources = ["hf", "arxiv:*"]
        [run]
        collect_every_s = 1
        plan_every_s = 0.5
        [adapters.telegram]
        token = "{TELEGRAM_TOKEN}"
        api_url = "{telegram.url}"
        [adapters.discord]
        token = "{DISCORD_TOKEN}"
        api_url = "{discord.rest}"
        gateway_url = "{discord.gateway}"
    """


async def _until_up(telegram: TelegramServer, gateway: GatewayServer) -> None:
    async with asyncio.timeout(60):
        await telegram.until_called("getUpdates")
        await gateway.until(lambda: gateway.present > 0)

"""Listening: the gateway, shard by shard, and what Discord is told of commands."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import discord

from adapters.base import Commands, Desk, Menu
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.client import divide
from adapters.discord.counter import Counter
from adapters.discord.events import Events
from adapters.discord.gateway import Gateway
from adapters.discord.introductions import Introductions
from adapters.discord.menu import sync
from adapters.discord.shards import Shard, Shards
from adapters.discord.waits import Waits
from bot.domain.delivery_errors import (
    AccessRevoked,
    ChatGone,
    ContentRejected,
    DeliveryError,
)

_log = logging.getLogger(__name__)


class DiscordBot(DiscordAdapter):
    """The adapter with ears: implements ``Listener`` besides.

    Interactions are not kept: their tokens die within seconds, and Discord tells who asked that the
    application did not respond.
    """

    async def listen(self, commands: Commands, desk: Desk) -> None:
        """See ``Listener``. Several processes divide the bot's shards among them (F60)."""
        ears = _Ears(self, commands, desk)
        try:
            await _together(ears.shards.hold(), ears.events.work())
        finally:
            await ears.counter.drain()


class _Ears:
    """What one listening is made of."""

    def __init__(self, bot: DiscordBot, commands: Commands, desk: Desk) -> None:
        self._bot = bot
        self._commands = commands
        self._clock = desk.clock
        self._introductions = Introductions(bot.rest, desk, name=bot.name)
        self.counter = Counter(commands, bot.rest, desk.clock, platform=bot.name)
        self.events = Events(commands, platform=bot.name)
        self.shards = Shards(desk, bot.rest, name=bot.name, attend=self._attend)

    async def _attend(self, shard: Shard) -> None:
        """Hold one shard; with the first one, Discord is told our commands."""
        client = await self._logged_in()
        divide(client, shard.count)
        self.counter.open(client)
        self.events.open(client)
        self._introductions.open(client)
        gateway = Gateway(client, shard.index, self._clock, introductions=self._introductions)
        told = [self._tell(client)] if shard.index == 0 else []
        await _together(gateway.hold(outgrown=self.shards.outgrown), *told)

    async def _logged_in(self) -> discord.Client:
        """Log in, however long Discord cannot be reached (F50).

        Raises:
            AccessRevoked: the token is not accepted.
        """
        waits = Waits()
        while True:
            try:
                return await self._bot.connection.logged_in()
            except AccessRevoked:
                raise
            except DeliveryError as error:
                _log.warning("Discord does not let us in yet", extra={"reason": str(error)})
                await self._clock.sleep(waits.after(error))

    async def _tell(self, client: discord.Client) -> None:
        """Tell Discord the commands, however long it takes; those it knows work meanwhile."""
        waits, commands = Waits(), self._commands
        while isinstance(commands, Menu):
            try:
                await sync(self._bot.rest, str(client.application_id), commands.menu())
                return
            except AccessRevoked:
                raise
            except (ChatGone, ContentRejected) as error:
                _log.error("Discord refuses our commands", extra={"reason": str(error)})
                return
            except DeliveryError as error:
                _log.warning("Discord was not told our commands", extra={"reason": str(error)})
                await self._clock.sleep(waits.after(error))


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """Do all at once; the first that fails ends the others, and its error is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    except Exception:
        for task in tasks:
            task.cancel()
        raise
    finally:
        # Cancelled, all of them are; a second time would keep them from giving back what they hold.
        await asyncio.wait(tasks)

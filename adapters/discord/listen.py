"""Listening: one gateway, application commands, buttons and completion."""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from datetime import timedelta
from typing import Any

import discord
from discord import app_commands

from adapters.base import Commands, Desk, Menu
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.interactions import (
    COMMAND,
    COMPLETION,
    COMPONENT,
    PLATFORM,
    Asked,
    read_command,
    read_key,
    read_typed,
)
from adapters.discord.menu import sync
from adapters.discord.respond import DEFER_AFTER_S, InteractionResponder
from bot.domain.command import Suggestion
from bot.domain.delivery_errors import AccessRevoked, DeliveryError
from bot.domain.errors import StoreError

_log = logging.getLogger(__name__)

# "Application Command Interaction": 25 choices of 100 characters.
_CHOICES, _CHOICE = 25, 100
_LEASE = timedelta(seconds=30)
_PROLONG_S = 10.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 300.0
# Identifying 1,000 times a day resets the token; 20 an hour are half of that (F51).
_MOST_IDENTIFIES = 20
_HOUR_S = 3600.0
# Gateway close code: authentication failed.
_BAD_TOKEN = 4004


class DiscordBot(DiscordAdapter):
    """The adapter with ears: implements ``Listener`` besides.

    Interactions are not kept: their tokens die with the connection that brought them, and Discord
    tells who asked that the application did not respond.
    """

    async def listen(self, commands: Commands, desk: Desk) -> None:
        """See ``Listener``. One process of several holds the gateway (F60)."""
        await self._hold(desk)
        counter = Counter(commands)
        keeping = asyncio.ensure_future(self._keep(desk))
        try:
            client = await self._introduced(commands, desk)
            counter.open(client)
            identifies = _Identifies(desk)
            client.event(_named("on_ready", identifies.note))
            await self._connected(client, identifies, desk)
        finally:
            keeping.cancel()
            await asyncio.shield(counter.drain())
            with suppress(StoreError):
                await desk.leases.release(_lease(), desk.owner)

    async def _hold(self, desk: Desk) -> None:
        while not await _acquire(desk):
            await desk.clock.sleep(_PROLONG_S)

    async def _keep(self, desk: Desk) -> None:
        while True:
            await desk.clock.sleep(_PROLONG_S)
            try:
                await _acquire(desk)
            except StoreError as error:
                _log.warning("the gateway's lease was not prolonged", extra={"reason": str(error)})

    async def _introduced(self, commands: Commands, desk: Desk) -> discord.Client:
        """Log in and tell Discord the commands, however long it cannot be reached.

        Raises:
            AccessRevoked: the token is not accepted.
        """
        wait = _FIRST_WAIT_S
        while True:
            try:
                client = await self.connection.logged_in()
                if isinstance(commands, Menu):
                    await sync(self.rest, str(client.application_id), commands.menu())
                return client
            except AccessRevoked:
                raise
            except DeliveryError as error:
                _log.warning("Discord did not answer", extra={"reason": str(error)})
                await desk.clock.sleep(wait)
                wait = min(_LONGEST_WAIT_S, wait * 2)

    async def _connected(
        self, client: discord.Client, identifies: "_Identifies", desk: Desk
    ) -> None:
        """Hold the gateway; discord.py resumes it by itself (F50), posting goes on meanwhile."""
        while True:
            try:
                await client.connect(reconnect=True)
            except discord.ConnectionClosed as error:
                if error.code == _BAD_TOKEN:
                    raise AccessRevoked(_REVOKED) from error
                _log.warning("the gateway was closed", extra={"code": error.code})
            except (discord.DiscordException, OSError, TimeoutError) as error:
                _log.warning("no gateway", extra={"error": type(error).__name__})
            await desk.clock.sleep(identifies.pause())


_REVOKED = (
    "Discord does not accept the bot's token. Reset it in the developer portal and set the new one."
)


class _Identifies:
    """How often we have introduced ourselves, so that a storm ends before Discord ends it."""

    def __init__(self, desk: Desk) -> None:
        self._clock = desk.clock
        self._times: deque[float] = deque(maxlen=_MOST_IDENTIFIES)

    async def note(self) -> None:
        """READY came, which only follows an IDENTIFY."""
        self._times.append(self._clock.monotonic())

    def pause(self) -> float:
        """Seconds before the next one: five, or what is left of the hour."""
        if len(self._times) < _MOST_IDENTIFIES:
            return _FIRST_WAIT_S
        return max(_FIRST_WAIT_S, _HOUR_S - (self._clock.monotonic() - self._times[0]))


class Counter:
    """Where interactions are served, each on its own."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, client: discord.Client) -> None:
        """Serve this client's interactions from now on."""
        client.event(_named("on_interaction", self.take))

    async def take(self, interaction: "discord.Interaction[Any]") -> None:
        """Begin with an interaction; returns at once."""
        task = asyncio.ensure_future(self._serve(interaction))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        """Wait until everything begun has been answered."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _serve(self, interaction: "discord.Interaction[Any]") -> None:
        try:
            await self._route(interaction)
        except DeliveryError as error:
            _log.info("an answer was not taken", extra={"reason": str(error)})
        except discord.DiscordException as error:
            _log.warning("an interaction failed", extra={"error": type(error).__name__})

    async def _route(self, interaction: "discord.Interaction[Any]") -> None:
        asked, kind = _asked(interaction), interaction.type.value
        data: Any = interaction.data or {}
        if kind == COMPLETION:
            found = await self._commands.suggest(read_typed(data), limit=_CHOICES)
            await interaction.response.autocomplete([_choice(one) for one in found[:_CHOICES]])
        elif kind == COMMAND and (command := read_command(data, asked)) is not None:
            responder = InteractionResponder(interaction, pressed=False)
            await _in_time(responder, self._commands.handle(command, responder))
        elif kind == COMPONENT and (key := read_key(data)) is not None:
            responder = InteractionResponder(interaction, pressed=True)
            await _in_time(responder, self._commands.act(key, asked.command("", ""), responder))


async def _in_time(responder: InteractionResponder, work: Any) -> None:
    """Do the work; defer it if nothing has been shown after a second (F49)."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=DEFER_AFTER_S)
    if not done:
        await responder.defer()
    await task
    await responder.close()


def _asked(interaction: "discord.Interaction[Any]") -> Asked:
    channel = interaction.channel
    parent = channel.parent_id if isinstance(channel, discord.Thread) else ""
    return Asked(
        id=str(interaction.id),
        channel=str(interaction.channel_id or interaction.user.id),
        parent=str(parent),
        user=str(interaction.user.id),
        locale=interaction.locale.value,
        private=interaction.guild_id is None,
    )


def _choice(one: Suggestion) -> "app_commands.Choice[str]":
    name = f"{one.paper_id} · {one.title}"
    return app_commands.Choice(name=name[:_CHOICE], value=one.paper_id)


def _lease() -> str:
    return f"{PLATFORM}:gateway"


async def _acquire(desk: Desk) -> bool:
    now = desk.clock.now()
    return await desk.leases.acquire(_lease(), desk.owner, now=now, until=now + _LEASE)


def _named(name: str, handler: Any) -> Any:
    """A handler under the name that ``Client.event`` wants."""

    async def event(*arguments: Any) -> None:
        await handler(*arguments)

    event.__name__ = name
    return event

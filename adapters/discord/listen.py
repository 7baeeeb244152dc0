"""Listening: who of several processes does, the gateway, and what Discord is told of commands."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any, NoReturn

import discord

from adapters.base import Commands, Desk, Menu
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.counter import Counter
from adapters.discord.events import Events
from adapters.discord.gateway import Gateway
from adapters.discord.menu import sync
from bot.domain.delivery_errors import (
    AccessRevoked,
    ChatGone,
    ContentRejected,
    DeliveryError,
    RateLimited,
)
from bot.domain.errors import StoreError
from bot.ports import Clock

_log = logging.getLogger(__name__)

_LEASE_LASTS = timedelta(seconds=30)
_PROLONG_S = 10.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 300.0


class DiscordBot(DiscordAdapter):
    """The adapter with ears: implements ``Listener`` besides.

    Interactions are not kept: their tokens die within seconds, and Discord tells who asked that the
    application did not respond.
    """

    async def listen(self, commands: Commands, desk: Desk) -> None:
        """See ``Listener``. One process of several holds the gateway (F60)."""
        lease = _Lease(desk, f"{self.name}:gateway")
        counter = Counter(commands, self.rest, desk.clock, platform=self.name)
        try:
            while True:
                await lease.win()
                with suppress(_LeaseLost):
                    await _together(lease.keep(), self._attend(counter, commands, desk.clock))
                _log.warning("the gateway's lease is lost; another process may listen now")
        finally:
            await counter.drain()
            await lease.give_back()

    async def _attend(self, counter: Counter, commands: Commands, clock: Clock) -> None:
        client = await self._logged_in(clock)
        counter.open(client)
        events = Events(commands, platform=self.name)
        events.open(client)
        gateway = Gateway(client, self.rest, clock)
        await _together(gateway.hold(), events.work(), self._tell(client, commands, clock))

    async def _logged_in(self, clock: Clock) -> discord.Client:
        """Log in, however long Discord cannot be reached (F50).

        Raises:
            AccessRevoked: the token is not accepted.
        """
        waits = _Waits()
        while True:
            try:
                return await self.connection.logged_in()
            except AccessRevoked:
                raise
            except DeliveryError as error:
                _log.warning("Discord does not let us in yet", extra={"reason": str(error)})
                await clock.sleep(waits.after(error))

    async def _tell(self, client: discord.Client, commands: Commands, clock: Clock) -> None:
        """Tell Discord the commands, however long it takes; those it knows work meanwhile."""
        waits = _Waits()
        while isinstance(commands, Menu):
            try:
                await sync(self.rest, str(client.application_id), commands.menu())
                return
            except AccessRevoked:
                raise
            except (ChatGone, ContentRejected) as error:
                _log.error("Discord refuses our commands", extra={"reason": str(error)})
                return
            except DeliveryError as error:
                _log.warning("Discord was not told our commands", extra={"reason": str(error)})
                await clock.sleep(waits.after(error))


class _LeaseLost(Exception):
    """Another process may have the gateway now."""


class _Lease:
    """The right to hold the gateway, from being won until it is lost or given back."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._desk = desk
        self._name = name
        self._until = desk.clock.now()

    async def win(self) -> None:
        """Wait until it is ours."""
        while not await self._acquired():
            await self._desk.clock.sleep(_PROLONG_S)

    async def keep(self) -> NoReturn:
        """Prolong it again and again.

        Raises:
            _LeaseLost: it is another's, or could not be prolonged before it ran out.
        """
        while True:
            await self._desk.clock.sleep(_PROLONG_S)
            if not await self._acquired():
                raise _LeaseLost

    async def give_back(self) -> None:
        """Let another process take over at once."""
        with suppress(StoreError):
            await self._desk.leases.release(self._name, self._desk.owner)

    async def _acquired(self) -> bool:
        """Whether it is ours now; while the store cannot be asked, for as long as it was."""
        now, desk = self._desk.clock.now(), self._desk
        until = now + _LEASE_LASTS
        try:
            ours = await desk.leases.acquire(self._name, desk.owner, now=now, until=until)
        except StoreError as error:
            _log.warning("the gateway's lease was not prolonged", extra={"reason": str(error)})
            return now < self._until
        self._until = until if ours else now
        return ours


class _Waits:
    """Longer and longer, or as long as Discord asks."""

    def __init__(self) -> None:
        self._next = _FIRST_WAIT_S

    def after(self, error: DeliveryError) -> float:
        """Seconds to wait after this failure."""
        wait, self._next = self._next, min(_LONGEST_WAIT_S, self._next * 2)
        return max(wait, error.retry_after) if isinstance(error, RateLimited) else wait


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """Do all at once; the first that fails ends the others, and its error is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

"""Where interactions are served, each on its own."""

import asyncio
import logging
from collections.abc import Coroutine
from pathlib import PurePath
from traceback import extract_tb
from typing import Any

import discord

from adapters.base import Commands, Menu
from adapters.discord.callbacks import Callbacks, WayBack
from adapters.discord.interactions import (
    ANSWER,
    COMMAND,
    COMPLETION,
    COMPONENT,
    PLATFORM,
    Asked,
    may_manage,
    read_command,
    read_key,
    read_submitted,
    read_typed,
)
from adapters.discord.respond import DEFER_AFTER_S, InteractionResponder
from adapters.discord.rest import BotRest, JsonObject
from bot.domain.command import Suggestion
from bot.domain.delivery_errors import DeliveryError
from bot.ports import Clock

_log = logging.getLogger(__name__)

# "Application Command Interaction": 25 choices, a name of 100 characters each.
_CHOICES, _CHOICE = 25, 100
# Served at the same time (F64). Whoever comes to a fuller counter would wait longer than the 3 s
# after which Discord says by itself that nobody answered.
_MOST = 500
# Who is told a second time to end is to do so at once (F56).
_IN_EARNEST = 2


class Counter:
    """Serves interactions until each has its answer. What one of them meets costs nobody else."""

    def __init__(
        self, commands: Commands, rest: BotRest, clock: Clock, *, platform: str = PLATFORM
    ) -> None:
        self._commands = commands
        self._rest = rest
        self._clock = clock
        self._platform = platform
        entries = commands.menu() if isinstance(commands, Menu) else ()
        self._hidden = frozenset(entry.name for entry in entries if entry.private)
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def open(self, client: discord.Client) -> None:
        """Serve this client's interactions from now on."""

        async def on_interaction(interaction: "discord.Interaction[Any]") -> None:
            self.take(interaction)

        client.event(on_interaction)

    def take(self, interaction: "discord.Interaction[Any]") -> None:
        """Begin with an interaction, unless it is being served: a resumed gateway repeats some."""
        number = interaction.id
        if number in self._tasks:
            return
        if len(self._tasks) >= _MOST:
            _log.warning("too many interactions at once; one is not answered")
        else:
            self._tasks[number] = asyncio.ensure_future(self._serve(interaction))
            self._tasks[number].add_done_callback(lambda _: self._tasks.pop(number))

    async def drain(self) -> None:
        """Wait until everything begun has been answered; whoever is cancelled meanwhile, or has
        been twice before, gives it up."""
        asker = asyncio.current_task()
        try:
            while self._tasks and (asker is None or asker.cancelling() < _IN_EARNEST):
                await asyncio.wait(list(self._tasks.values()))
        finally:
            for task in self._tasks.values():
                task.cancel()

    async def _serve(self, interaction: "discord.Interaction[Any]") -> None:
        try:
            await self._route(interaction)
        except DeliveryError as error:
            _log.info("an answer was not taken", extra={"reason": str(error)})
        except Exception as error:  # noqa: BLE001 - one person's fault must cost nobody else
            # Not the error's words: they may quote what somebody wrote.
            said = {"error": type(error).__name__, "where": _where(error)}
            _log.error("an interaction failed", extra=said)

    async def _route(self, interaction: "discord.Interaction[Any]") -> None:
        asked, kind = _asked(interaction, self._platform), interaction.type.value
        data: Any = interaction.data if isinstance(interaction.data, dict) else {}
        callbacks = Callbacks(self._rest, self._clock, _way_back(interaction))
        if kind == COMPLETION:
            found = await self._commands.suggest(read_typed(data), limit=_CHOICES)
            await callbacks.complete([_choice(one) for one in found[:_CHOICES]])
            return
        responder = InteractionResponder(callbacks, asked)
        if kind == COMPONENT and (key := read_key(data)) is not None:
            work = self._commands.act(key, asked.command("", ""), responder)
            await self._in_time(responder, work, hidden=False)
            return
        if kind not in (COMMAND, ANSWER):
            return
        read = read_command if kind == COMMAND else read_submitted
        if (command := read(data, asked)) is not None:
            hidden = command.name in self._hidden and not asked.private
            await self._in_time(responder, self._commands.handle(command, responder), hidden=hidden)

    async def _in_time(
        self, responder: InteractionResponder, work: Coroutine[Any, Any, None], *, hidden: bool
    ) -> None:
        """Do the work; defer it if nothing has been shown after a while (F49)."""
        task = asyncio.ensure_future(work)
        timer = asyncio.ensure_future(self._clock.sleep(DEFER_AFTER_S))
        try:
            await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                await responder.defer(hidden=hidden)
            await task
        finally:
            timer.cancel()
            if not task.cancel():
                await responder.close()


def _asked(interaction: "discord.Interaction[Any]", platform: str) -> Asked:
    message = interaction.message
    user = getattr(interaction.user, "id", "")  # discord.py has none where Discord names nobody
    channel, parent = _place(interaction)
    return Asked(
        id=str(interaction.id),
        channel=channel or str(user),
        parent=parent,
        user=str(user),
        locale=str(interaction.locale.value),
        private=interaction.guild_id is None and not interaction.context.private_channel,
        manages=_manages(interaction),
        pressed=message is not None,
        hidden=message is not None and message.flags.ephemeral,
        answers=interaction.type.value == ANSWER,
        platform=platform,
    )


def _place(interaction: "discord.Interaction[Any]") -> tuple[str, str]:
    """The channel and its parent, "" outside threads.

    A thread that we started holds what its channel gets, a forum's post or a gathered day, and is
    no chat of its own: what is asked there is asked in the channel.
    """
    thread = interaction.channel
    if not isinstance(thread, discord.Thread):
        return str(interaction.channel_id or ""), ""
    own = interaction.client.user
    if own is not None and thread.owner_id == own.id:
        return str(thread.parent_id), ""
    return str(thread.id), str(thread.parent_id)


def _manages(interaction: "discord.Interaction[Any]") -> bool:
    """Not where the bot itself is no member: nothing could be sent there."""
    if not isinstance(interaction.user, discord.Member):
        return False
    alone = interaction.is_user_integration() and not interaction.is_guild_integration()
    return not alone and may_manage(interaction.permissions.value)


def _way_back(interaction: "discord.Interaction[Any]") -> WayBack:
    return WayBack(str(interaction.application_id), str(interaction.id), interaction.token)


def _choice(one: Suggestion) -> JsonObject:
    return {"name": f"{one.paper_id} · {one.title}"[:_CHOICE], "value": one.paper_id}


def _where(error: Exception) -> str:
    frame = (extract_tb(error.__traceback__) or [None])[-1]
    return f"{PurePath(frame.filename).name}:{frame.lineno}" if frame else ""

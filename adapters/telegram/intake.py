"""From an update to its answer: kept first, handled by many at once, done when answered."""

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from telegram.error import TelegramError

from adapters.base import Commands, Desk
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.inline import answer_search
from adapters.telegram.respond import PressResponder, TelegramResponder
from adapters.telegram.updates import (
    PLATFORM,
    Heard,
    Json,
    Pressed,
    Searched,
    Spoken,
    read_return,
    read_update,
)
from bot.domain.command import Command
from bot.domain.delivery_errors import DeliveryError
from bot.domain.errors import InvalidInput
from bot.domain.post import Post

_log = logging.getLogger(__name__)

# Handled at the same time; more wait in the inbox's order (F64).
_AT_ONCE = 32
# Telegram keeps an unconfirmed update for a day and never sends it later (FACTS §1.5).
_REMEMBERED = timedelta(days=2)


class Intake:
    """Keeps updates and hands them on; ``keep`` returns once a kill can no longer lose them."""

    def __init__(
        self, adapter: TelegramAdapter, commands: Commands, desk: Desk, *, username: str
    ) -> None:
        self._adapter = adapter
        self._commands = commands
        self._desk = desk
        self._username = username
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def resume(self) -> None:
        """Take up what was kept and not finished before."""
        now = self._desk.clock.now()
        await self._desk.inbox.prune(before=now - _REMEMBERED)
        waiting = await self._desk.inbox.open()
        for key, text in waiting.items():
            if key.startswith(f"{PLATFORM}:"):
                self._begin(key, json.loads(text))

    async def keep(self, updates: Sequence[Json]) -> None:
        """Store updates, then begin with those that are new (F41).

        Raises:
            StoreError: they could not be kept, and must not be confirmed.
        """
        by_key = {_key(update): update for update in updates}
        texts = {key: json.dumps(update) for key, update in by_key.items()}
        for key in await self._desk.inbox.keep(texts, now=self._desk.clock.now()):
            self._begin(key, by_key[key])

    async def drain(self) -> None:
        """Wait until everything begun has been answered."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _begin(self, key: str, update: Json) -> None:
        task = asyncio.ensure_future(self._handle(key, update))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handle(self, key: str, update: Json) -> None:
        async with self._room:
            try:
                await self._serve(update)
            except (DeliveryError, TelegramError) as error:
                # The asker's chat or Telegram itself did not take the answer; repeating the
                # whole command for it would double what did arrive.
                _log.warning("an answer was not taken", extra={"error": type(error).__name__})
            await self._desk.inbox.done(key, now=self._desk.clock.now())

    async def _serve(self, update: Json) -> None:
        returned = read_return(update)
        if returned is not None:
            await self._welcome(returned)
            return
        heard = read_update(update, username=self._username)
        if heard is not None:
            await self._answer(heard)

    async def _welcome(self, command: Command) -> None:
        """A chat took us (back) in: what kept us from it is over, as after /start (F32). Nobody
        asked for anything, so nothing is said."""
        await self._commands.handle(command, _Mute())

    async def _answer(self, heard: Heard) -> None:
        command = heard.command
        match heard:
            case Spoken():
                responder = TelegramResponder(self._adapter, command.target)
                await self._commands.handle(command, responder)
            case Pressed(key=key, query_id=query_id, message_id=message_id):
                pressed = PressResponder(
                    self._adapter, command.target, message_id=message_id, query_id=query_id
                )
                try:
                    await self._commands.act(key, command, pressed)
                finally:
                    await pressed.settle()
            case Searched():
                await answer_search(self._adapter, heard, self._commands)


class _Mute:
    """Implements ``Responder`` where nobody waits for an answer."""

    async def show(self, post: Post) -> None:
        """Say nothing."""


def read_body(body: bytes) -> Json:
    """A webhook's body as an update.

    Raises:
        InvalidInput: it is none.
    """
    try:
        update = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The body is no JSON.") from error
    if not isinstance(update, dict):
        raise InvalidInput("The body is no update.")
    known = cast("Json", update)
    if not isinstance(known.get("update_id"), int):
        raise InvalidInput("The body is no update.")
    return known


def _key(update: Json) -> str:
    return f"{PLATFORM}:{int(update['update_id'])}"

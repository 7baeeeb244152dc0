"""From an update to its answer: kept first, handled by many at once, done when answered."""

import asyncio
import json
import logging
from collections.abc import Coroutine, Hashable, Mapping, Sequence
from contextlib import suppress
from typing import cast
from weakref import WeakValueDictionary

from telegram.error import TelegramError

from adapters.base import Commands, Departures, Desk, Opinions
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.buttons import HEADING
from adapters.telegram.chat_events import read_departure, read_reaction, read_return
from adapters.telegram.inline import answer_search
from adapters.telegram.keeping import Keeper
from adapters.telegram.origin import Json
from adapters.telegram.respond import PressResponder, TelegramResponder, answer_press
from adapters.telegram.roles import Roles
from adapters.telegram.updates import Heard, Pressed, Searched, Spoken, Vain
from bot.domain.command import Command
from bot.domain.delivery_errors import DeliveryError
from bot.domain.errors import InvalidInput, StoreError
from bot.domain.post import Post
from bot.ports import Kept

_log = logging.getLogger(__name__)

# Handled at the same time; more wait in the inbox's order (F64).
_AT_ONCE = 32
# In memory at the same time, the waiting ones among them. What nobody has fetched yet stays at
# Telegram, for a day.
_MOST = 500
# Until the store is told again what was handled while it took nothing down.
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 30.0
_GONE = "Removed from the chat, or blocked there. Add the bot again, or let the person press Start."


class Intake:
    """Handles what was kept. Only where this process listens for all."""

    def __init__(
        self, adapter: TelegramAdapter, commands: Commands, desk: Desk, *, keeper: Keeper
    ) -> None:
        self._adapter = adapter
        self._platform = adapter.name
        self._commands = commands
        self._keeper = keeper
        self._clock = desk.clock
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._left_until = 0
        self._roles = Roles(adapter.client.bot, desk.clock)
        self._turns: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    async def resume(self) -> bool:
        """Take up what was kept, here or elsewhere, and is neither finished nor begun, as far as
        there is room (F64); returns whether that was all.

        Raises:
            StoreError: the store cannot be read.
        """
        # Of so many, more than there is room for are not in hand yet, if there are more.
        most = _MOST + len(self._tasks) + 1
        waiting = await self._keeper.waiting(limit=most, after=self._left_until)
        new = [kept for kept in waiting if kept.id not in self._tasks]
        room = max(0, _MOST - len(self._tasks))
        self._take_up(new[:room])
        return len(new) <= room

    def leave(self, *, until: int) -> None:
        """Let ``resume`` take up nothing up to this number: somebody else has it in hand."""
        self._left_until = until

    def _take_up(self, waiting: Sequence[Kept]) -> None:
        updates: dict[str, Json] = {kept.id: json.loads(kept.text) for kept in waiting}
        late = [k.id for k in waiting if self._keeper.comes_too_late(k, updates[k.id])]
        if late:
            _log.warning(
                "questions of more than a day ago get no answer", extra={"count": len(late)}
            )
        for key in late:
            del updates[key]
            self._start(key, self._note_done(key))
        self.begin(updates)

    async def keep(self, updates: Sequence[Json]) -> None:
        """Keep updates, then begin with those that are new (F41); returns once a kill can no longer
        lose them.

        Raises:
            StoreError: they could not be kept, and must not be confirmed.
        """
        self.begin(await self._keeper.keep(updates))

    def begin(self, updates: Mapping[str, Json]) -> None:
        """Handle what was kept under these keys."""
        for key, update in updates.items():
            if key not in self._tasks:
                self._start(key, self._handle(key, update))

    def _start(self, key: str, work: Coroutine[None, None, None]) -> None:
        self._tasks[key] = asyncio.ensure_future(work)
        self._tasks[key].add_done_callback(lambda _: self._tasks.pop(key, None))

    async def room(self, *, within: float) -> bool:
        """Whether more may be begun; waits for that, but not longer than so many seconds (F64)."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while len(self._tasks) >= _MOST:
                    await asyncio.wait(self._tasks.values(), return_when=asyncio.FIRST_COMPLETED)
        return len(self._tasks) < _MOST

    async def drain(self) -> None:
        """Wait until everything begun has been answered."""
        while self._tasks:
            await asyncio.wait(set(self._tasks.values()))

    async def _handle(self, key: str, update: Json) -> None:
        async with self._room:
            try:
                await self._serve(update)
            except (DeliveryError, TelegramError) as error:
                # The asker's chat or Telegram itself did not take the answer; repeating the
                # whole command for it would double what did arrive.
                _log.warning("an answer was not taken", extra={"error": type(error).__name__})
        await self._note_done(key)

    async def _note_done(self, key: str) -> None:
        """Until the store takes it down: else the next process would answer once more (F57)."""
        wait = _FIRST_WAIT_S
        while True:
            try:
                await self._keeper.done(key)
                return
            except StoreError as error:
                if wait == _FIRST_WAIT_S:
                    said = {"update": key, "reason": str(error)}
                    _log.warning("what was answered cannot be noted yet", extra=said)
            await self._clock.sleep(wait)
            wait = min(_LONGEST_WAIT_S, wait * 2)

    async def _serve(self, update: Json) -> None:
        if "my_chat_member" in update:
            await self._change_membership(update)
        elif (reaction := read_reaction(update, self._platform)) is not None:
            if isinstance(self._commands, Opinions):
                async with self._turn(reaction.target, reaction.message_id, reaction.user):
                    await self._commands.react(reaction)
        elif (heard := self._keeper.heard(update)) is not None:
            await self._answer(heard)

    async def _change_membership(self, update: Json) -> None:
        """A chat took us (back) in: what kept us from it is over, as after /start. Or it put us
        out (F32). Nobody asked for anything, so nothing is said."""
        if (returned := read_return(update, self._platform)) is not None:
            async with self._turn(returned.target):
                await self._commands.handle(returned, _Mute())
        elif (left := read_departure(update, self._platform)) is not None:
            await self._depart(left)

    async def _depart(self, left: Command) -> None:
        if isinstance(self._commands, Departures):
            async with self._turn(left.target):
                await self._commands.left(left, _GONE)

    def _turn(self, *of: Hashable) -> asyncio.Lock:
        """Held by whoever's turn it is: what is about the same thing happens in the order in which
        it came, or somebody's last word would not be the one that counts."""
        lock = self._turns.get(of)
        if lock is None:
            lock = self._turns[of] = asyncio.Lock()
        return lock

    async def _answer(self, heard: Heard) -> None:
        match heard:
            case Spoken(command):
                responder = TelegramResponder(self._adapter, heard, roles=self._roles)
                await self._commands.handle(command, responder)
            case Pressed():
                await self._press(heard)
            case Searched():
                await answer_search(self._adapter, heard, self._commands)
            case Vain(query_id):
                await answer_press(self._adapter.client, query_id, None)

    async def _press(self, pressed: Pressed) -> None:
        responder = PressResponder(self._adapter, pressed, roles=self._roles)
        try:
            if pressed.key != HEADING:
                command = pressed.command
                async with self._turn(command.target, pressed.message_id, command.user):
                    await self._commands.act(pressed.key, command, responder)
        finally:
            await responder.settle()


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

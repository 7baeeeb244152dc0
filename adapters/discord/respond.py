"""The way back to who gave a command on Discord."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from adapters.discord.callbacks import MESSAGE, ORIGINAL, REPLACE, THINKING, WORKING, Callbacks
from adapters.discord.message import DiscordMessage
from adapters.discord.render import render
from adapters.discord.rest import JsonObject
from bot.domain.delivery_errors import DeliveryError
from bot.domain.post import Post

_log = logging.getLogger(__name__)

# Discord API v10, "Receiving and Responding": 3 s for the first answer. Noticing after less than
# one that it takes longer leaves two for the way (F49).
DEFER_AFTER_S = 0.8
_EPHEMERAL = 64


class _Renders(Protocol):
    def __call__(self, post: Post, *, plain: bool = False) -> Sequence[DiscordMessage]: ...


class InteractionResponder:
    """Implements ``Responder`` and ``Whisperer`` over one interaction.

    The first ``show`` answers (or, for a ``pressed`` button, replaces its message), later ones
    edit; what does not fit into one message stands in follow-ups, which every later ``show`` brings
    up to date as well. ``defer`` keeps the interaction alive while nothing has been shown; it is
    good for 15 minutes then.
    """

    def __init__(self, callbacks: Callbacks, *, pressed: bool, draw: _Renders = render) -> None:
        self._callbacks = callbacks
        self._pressed = pressed
        self._draw = draw
        self._turn = asyncio.Lock()
        self._acknowledged = False
        self._thinking = False
        self._further: list[str] = []

    async def show(self, post: Post) -> None:
        """Answer, or replace the answer.

        Raises:
            DeliveryError: Discord did not take it, or no longer (F49).
        """
        first, *rest = self._draw(post)
        async with self._turn:
            await self._put(first.payload())
            self._thinking = False
            await self._follow([message.payload() for message in rest])

    async def whisper(self, text: str) -> None:
        """Words that only who asked can see.

        A press is first acknowledged without words: what is shown later must replace the message
        with the button, not the whisper. After a deferral in public, Discord would show the next
        words to everybody; so that is taken back first.

        Raises:
            DeliveryError: Discord did not take it, or no longer (F49).
        """
        said: JsonObject = {"content": text, "flags": _EPHEMERAL, "allowed_mentions": {"parse": []}}
        async with self._turn:
            if not self._acknowledged and self._pressed:
                await self._acknowledge(WORKING)
            elif not self._acknowledged and await self._acknowledge(MESSAGE, said):
                return
            if self._thinking:
                await self._callbacks.delete(ORIGINAL)
                self._thinking = False
            await self._callbacks.follow_up(said)

    async def defer(self) -> None:
        """Say that an answer is on its way, unless there is one already."""
        async with self._turn:
            if self._acknowledged:
                return
            try:
                if self._pressed:
                    await self._acknowledge(WORKING)
                else:
                    self._thinking = await self._acknowledge(THINKING)
            except DeliveryError as error:
                _log.warning("an interaction was not deferred", extra={"reason": str(error)})

    async def close(self) -> None:
        """End what was begun and not answered: a command that has no answer for now."""
        async with self._turn:
            try:
                if self._thinking:
                    await self._callbacks.delete(ORIGINAL)
                elif not self._acknowledged and self._pressed:
                    await self._acknowledge(WORKING)
                elif not self._acknowledged:
                    await self._acknowledge(MESSAGE, {"content": "⏳", "flags": _EPHEMERAL})
            except DeliveryError as error:
                _log.info("an interaction was left open", extra={"reason": str(error)})

    async def _acknowledge(self, kind: int, data: JsonObject | None = None) -> bool:
        taken = await self._callbacks.acknowledge(kind, data)
        self._acknowledged = True
        return taken

    async def _put(self, payload: JsonObject) -> None:
        kind = REPLACE if self._pressed else MESSAGE
        if not self._acknowledged and await self._acknowledge(kind, payload):
            return
        await self._callbacks.edit(ORIGINAL, payload)

    async def _follow(self, payloads: Sequence[JsonObject]) -> None:
        """Edit the follow-ups there are, add what is missing, take back what is too many."""
        for number, payload in enumerate(payloads):
            if number < len(self._further):
                await self._callbacks.edit(self._further[number], payload)
            elif added := await self._callbacks.follow_up(payload):
                self._further.append(added)
        while len(self._further) > len(payloads):
            await self._callbacks.delete(self._further[-1])
            self._further.pop()

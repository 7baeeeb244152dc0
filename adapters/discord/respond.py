"""The way back to who gave a command on Discord."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from adapters.discord.callbacks import (
    MESSAGE,
    MODAL,
    ORIGINAL,
    REPLACE,
    THINKING,
    WORKING,
    Callbacks,
)
from adapters.discord.interactions import Asked
from adapters.discord.message import EPHEMERAL, DiscordMessage
from adapters.discord.modal import modal_of
from adapters.discord.render import render
from adapters.discord.rest import JsonObject
from bot.domain.delivery_errors import ChatGone, ContentRejected, DeliveryError
from bot.domain.post import Attachment, Post, Prompt

_log = logging.getLogger(__name__)

# Discord API v10, "Receiving and Responding": 3 s for the first answer. Noticing after less than
# one that it takes longer leaves two for the way (F49).
DEFER_AFTER_S = 0.8
_HIDDEN: JsonObject = {"flags": EPHEMERAL}


class _Renders(Protocol):
    def __call__(self, post: Post, *, plain: bool = False) -> Sequence[DiscordMessage]: ...


class _Said:
    """A message's JSON, and the file that stands under it."""

    def __init__(self, payload: JsonObject, file: Attachment | None) -> None:
        named = {"attachments": [{"id": "0", "filename": file.name}]} if file else {}
        self.json = payload | named
        self.file = file


class InteractionResponder:
    """Implements ``Responder``, ``Whisperer``, ``Steward`` and ``Prompter`` over one interaction.

    The first ``show`` answers (or, where a message of ours was ``pressed``, replaces that), later
    ones edit; what does not fit into one message stands in follow-ups, which every later ``show``
    brings up to date as well. A private post is for who asked alone: it replaces nothing that
    others see. ``defer`` keeps the interaction alive while nothing has been shown; it is good for
    15 minutes then.
    """

    def __init__(self, callbacks: Callbacks, asked: Asked, *, draw: _Renders = render) -> None:
        self._callbacks = callbacks
        self._asked = asked
        self._draw = draw
        self._turn = asyncio.Lock()
        self._acknowledged = False
        self._thinking = False
        self._hidden = asked.hidden  # whether what is edited next is for who asked alone
        self._shown = ""  # where our answer stands: ``ORIGINAL``, or a follow-up's id
        self._further: list[str] = []

    async def show(self, post: Post) -> None:
        """Answer, or replace the answer.

        Raises:
            DeliveryError: Discord did not take it, or no longer (F49).
        """
        said = replace(post, attachment=None)
        if post.attachment is not None:
            try:
                await self._show(replace(said, sections=()), post.attachment)
            except (ContentRejected, ChatGone) as error:
                _log.info("a file was not taken", extra={"reason": str(error)})
            else:
                return
        await self._show(said)

    async def _show(self, post: Post, file: Attachment | None = None) -> None:
        first, *rest = self._draw(post)
        async with self._turn:
            await self._put(_Said(first.payload(), file), private=post.private)
            await self._follow([message.payload() for message in rest], private=post.private)

    async def whisper(self, text: str) -> None:
        """Words that only who asked can see.

        A press is first acknowledged without words: what is shown later must replace the message
        with the button, not the whisper. After a deferral in public, Discord would show the next
        words to everybody; so that is taken back first.

        Raises:
            DeliveryError: Discord did not take it, or no longer (F49).
        """
        said: JsonObject = {"content": text, "allowed_mentions": {"parse": []}, **_HIDDEN}
        async with self._turn:
            if not self._acknowledged and self._asked.pressed:
                await self._acknowledge(WORKING)
            elif not self._acknowledged and await self._acknowledge(MESSAGE, said):
                self._shown = ORIGINAL
                return
            await self._take_back()
            await self._callbacks.follow_up(said)

    async def may_manage(self) -> bool:
        """See ``Steward``: Manage Server or Administrator, as Discord tells with each request."""
        return self._asked.private or self._asked.manages

    async def prompt(self, prompt: Prompt) -> bool:
        """See ``Prompter``: a window, which Discord opens in place of a first answer alone, and not
        from another window.

        Raises:
            DeliveryError: Discord did not take it, or no longer (F49).
        """
        modal = modal_of(prompt)
        async with self._turn:
            if modal is None or self._acknowledged or self._asked.answers:
                return False
            await self._acknowledge(MODAL, modal)
            return True

    async def defer(self, *, hidden: bool = False) -> None:
        """Say that an answer is on its way, unless there is one already; ``hidden`` is whether it
        will be for who asked alone."""
        async with self._turn:
            if self._acknowledged:
                return
            try:
                if self._asked.pressed:
                    await self._acknowledge(WORKING)
                else:
                    self._thinking = await self._acknowledge(THINKING, _HIDDEN if hidden else None)
                    self._hidden = hidden
            except DeliveryError as error:
                _log.warning("an interaction was not deferred", extra={"reason": str(error)})

    async def close(self) -> None:
        """End what was begun and not answered: a command that has no answer for now."""
        async with self._turn:
            try:
                if self._thinking:
                    await self._callbacks.delete(ORIGINAL)
                elif not self._acknowledged and self._asked.pressed:
                    await self._acknowledge(WORKING)
                elif not self._acknowledged:
                    await self._acknowledge(MESSAGE, {"content": "⏳", **_HIDDEN})
            except DeliveryError as error:
                _log.info("an interaction was left open", extra={"reason": str(error)})

    async def _acknowledge(
        self, kind: int, data: JsonObject | None = None, *, file: Attachment | None = None
    ) -> bool:
        taken = await self._callbacks.acknowledge(kind, data, file=file)
        self._acknowledged = True
        return taken

    async def _put(self, said: "_Said", *, private: bool) -> None:
        """Show the first message: a new one, or in place of what stands there."""
        apart = private and not self._hidden and not self._shown
        if apart and self._acknowledged:
            await self._take_back()
            self._shown = await self._callbacks.follow_up(said.json | _HIDDEN, file=said.file)
        elif self._acknowledged or not await self._answer(said, new=apart, private=private):
            self._shown = self._shown or ORIGINAL
            await self._callbacks.edit(self._shown, said.json, file=said.file)
        self._thinking = False

    async def _answer(self, said: "_Said", *, new: bool, private: bool) -> bool:
        """Give the first answer; False where Discord has one already."""
        if self._asked.pressed and not new:
            taken = await self._acknowledge(REPLACE, said.json, file=said.file)
        else:
            flags = _HIDDEN if private else {}
            taken = await self._acknowledge(MESSAGE, said.json | flags, file=said.file)
        self._shown = ORIGINAL
        return taken

    async def _take_back(self) -> None:
        """Take the announcement of an answer back, where there is one."""
        if self._thinking:
            await self._callbacks.delete(ORIGINAL)
            self._thinking = False

    async def _follow(self, payloads: Sequence[JsonObject], *, private: bool) -> None:
        """Edit the follow-ups there are, add what is missing, take back what is too many."""
        flags = _HIDDEN if private or self._hidden else {}
        for number, payload in enumerate(payloads):
            if number < len(self._further):
                await self._callbacks.edit(self._further[number], payload)
            elif added := await self._callbacks.follow_up(payload | flags):
                self._further.append(added)
        while len(self._further) > len(payloads):
            await self._callbacks.delete(self._further[-1])
            self._further.pop()

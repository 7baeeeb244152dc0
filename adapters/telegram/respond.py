"""The way back to who gave a command on Telegram."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from telegram.error import TelegramError

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.client import TelegramClient
from adapters.telegram.message import TelegramMessage
from adapters.telegram.origin import Rights
from adapters.telegram.prompts import prompt_message
from adapters.telegram.roles import Roles
from adapters.telegram.updates import Pressed, Spoken
from bot.domain.delivery_errors import ContentRejected
from bot.domain.post import Post, Prompt

_log = logging.getLogger(__name__)

# Bot API, answerCallbackQuery.
_TOAST = 200


class TelegramResponder:
    """Implements ``Responder``, ``Steward`` and ``Prompter``: sends once, then edits what it sent.

    In a group the first message answers to the one with the command. What does not fit into one
    message follows in others, which an edit then leaves alone.
    """

    def __init__(self, adapter: TelegramAdapter, heard: Spoken | Pressed, *, roles: Roles) -> None:
        self._adapter = adapter
        self._command = heard.command
        self._origin = heard.origin
        self._roles = roles
        self._message_id: str | None = None

    async def show(self, post: Post) -> None:
        """Send, or replace what was sent; without markup and files where Telegram does not take
        these (F35).

        Telegram keeps no answer for one alone. What would be private stands in the group, as the
        answer to who asked, and without a sound for the others.

        Raises:
            DeliveryError: Telegram did not take it.
        """
        if post.private and not self._command.private:
            post = replace(post, silent=True)
        try:
            await self._put(self._adapter.render(post))
        except ContentRejected:
            await self._put(self._adapter.render(post, plain=True))

    async def _put(self, messages: Sequence[TelegramMessage]) -> None:
        target = self._command.target
        first, *rest = messages
        if self._message_id is None:
            first = replace(first, replies_to=self._origin.replies_to)
            receipt = await self._adapter.send(target, first, key="")
            self._message_id = receipt.message_id
        else:
            await self._adapter.edit(target, self._message_id, first)
        for message in rest:
            await self._adapter.send(target, message, key="")

    async def may_manage(self) -> bool:
        """See ``Steward``: as the update itself says, else as Telegram says."""
        if self._origin.rights is Rights.NOT_SAID:
            return await self._roles.manages(self._command.target.chat, self._command.user)
        return self._origin.rights is Rights.MANAGES

    async def prompt(self, prompt: Prompt) -> bool:
        """See ``Prompter``: everywhere but in channels. In groups the reply opens only for who
        asked, as far as a message of theirs is known; replying by hand is always possible."""
        if not self._origin.prompts:
            return False
        question = prompt_message(
            prompt, replies_to=self._origin.replies_to, selective=not self._command.private
        )
        await self._adapter.send(self._command.target, question, key="")
        return True


class PressResponder(TelegramResponder):
    """Implements ``Whisperer`` too: a pressed button can be answered with a toast.

    It begins with an edit: a button replaces its own message.
    """

    def __init__(self, adapter: TelegramAdapter, heard: Pressed, *, roles: Roles) -> None:
        super().__init__(adapter, heard, roles=roles)
        self._message_id = heard.message_id
        self._client = adapter.client
        self._query_id: str | None = heard.query_id

    async def show(self, post: Post) -> None:
        """Replace the message, and end the button's waiting.

        One that is too old to be changed is answered below, but in a channel, where others would
        read what one asked.
        """
        try:
            await super().show(post)
        except ContentRejected:
            if not self._origin.prompts:
                raise
            self._message_id = None
            await super().show(post)
        await self.settle()

    async def prompt(self, prompt: Prompt) -> bool:
        """Ask below, and end the button's waiting; the message with the button stays."""
        asked = await super().prompt(prompt)
        if asked:
            await self.settle()
        return asked

    async def whisper(self, text: str) -> None:
        """A toast over the chat; at most 200 characters."""
        await self._answer(text[:_TOAST])

    async def settle(self) -> None:
        """End the button's waiting, if nothing has yet."""
        if self._query_id is not None:
            await self._answer(None)

    async def _answer(self, text: str | None) -> None:
        query_id, self._query_id = self._query_id, None
        if query_id is not None:
            await answer_press(self._client, query_id, text)


async def answer_press(client: TelegramClient, query_id: str, text: str | None) -> None:
    """Answer a button. One that waited too long ("query is too old") is nobody's loss."""
    try:
        await client.bot.answer_callback_query(query_id, text=text)
    except TelegramError as error:
        _log.info("a button was not answered", extra={"error": type(error).__name__})

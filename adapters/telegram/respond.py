"""The way back to who gave a command on Telegram."""

import logging

from telegram.error import TelegramError

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.client import TelegramClient
from bot.domain.post import Post
from bot.domain.target import Target

_log = logging.getLogger(__name__)


class TelegramResponder:
    """Implements ``Responder``: sends once, then edits what it sent.

    With ``message_id`` it begins with an edit: a button replaces its own message. What does not
    fit into one message follows in others, which an edit then leaves alone.
    """

    def __init__(
        self, adapter: TelegramAdapter, target: Target, *, message_id: str | None = None
    ) -> None:
        self._adapter = adapter
        self._target = target
        self._message_id = message_id

    async def show(self, post: Post) -> None:
        """Send, or replace what was sent.

        Raises:
            DeliveryError: Telegram did not take it.
        """
        first, *rest = self._adapter.render(post)
        if self._message_id is None:
            receipt = await self._adapter.send(self._target, first, key="")
            self._message_id = receipt.message_id
        else:
            await self._adapter.edit(self._target, self._message_id, first)
        for message in rest:
            await self._adapter.send(self._target, message, key="")


class PressResponder(TelegramResponder):
    """Implements ``Whisperer`` too: a pressed button can be answered with a toast."""

    def __init__(
        self,
        adapter: TelegramAdapter,
        target: Target,
        *,
        message_id: str,
        query_id: str,
    ) -> None:
        super().__init__(adapter, target, message_id=message_id)
        self._client = adapter.client
        self._query_id: str | None = query_id

    async def show(self, post: Post) -> None:
        """Replace the message, and end the button's waiting."""
        await super().show(post)
        await self.settle()

    async def whisper(self, text: str) -> None:
        """A toast over the chat; at most 200 characters (Bot API, answerCallbackQuery)."""
        await self._answer(text[:200])

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

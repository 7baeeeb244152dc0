"""python-telegram-bot's ``Bot`` over our own HTTP, for sending and for listening."""

import logging
from types import TracebackType
from typing import Self

from telegram import Bot

from adapters.telegram.options import TelegramOptions
from adapters.telegram.request import AiohttpRequest, Wiring

# The library logs whole requests at DEBUG, texts and chats included (T5).
_LIBRARY_LOGGER = "telegram"
# One long poll at a time; the second connection is for the call that replaces it.
_POLLING_CONNECTIONS = 2


class QuietBot(Bot):
    """A ``Bot`` whose representation does not show its token (T5)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Bot[token=***]"


class TelegramClient:
    """The bot and its two pools of connections: one for polling, one for everything else, so that
    no long poll ever takes a message's connection.

    Entering it opens the pools and asks nobody anything: a platform that is down keeps nobody
    from starting. Who needs the bot's own name calls ``bot.get_me()``.
    """

    def __init__(self, options: TelegramOptions) -> None:
        self._sending = AiohttpRequest(_wiring(options, options.connections))
        self._polling = AiohttpRequest(_wiring(options, _POLLING_CONNECTIONS))
        self.bot = QuietBot(
            options.token,
            base_url=f"{options.api_url}/bot",
            base_file_url=f"{options.api_url}/file/bot",
            request=self._sending,
            get_updates_request=self._polling,
        )

    async def __aenter__(self) -> Self:
        logging.getLogger(_LIBRARY_LOGGER).setLevel(logging.INFO)
        await self._sending.initialize()
        await self._polling.initialize()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._polling.shutdown()
        await self._sending.shutdown()


def _wiring(options: TelegramOptions, connections: int) -> Wiring:
    return Wiring(
        connections, options.connect_timeout_s, options.answer_timeout_s, proxy=options.proxy
    )

"""Listening: long polling, or a webhook where the options want one."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError

from adapters.base import Commands, Desk, Hook, Menu, WebhookHost
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.errors import delivery_error
from adapters.telegram.intake import Intake, read_body
from adapters.telegram.menu import set_menu
from adapters.telegram.options import TelegramOptions
from adapters.telegram.request import Flooded
from adapters.telegram.updates import ALLOWED_UPDATES
from bot.domain.delivery_errors import AccessRevoked
from bot.domain.errors import StoreError

_log = logging.getLogger(__name__)

# The Bot API server ends a longer poll by itself (FACTS §1.3).
_POLL_S = 50
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
# A poller that died frees the token after this; one that lives prolongs it at every poll.
_LEASE = timedelta(seconds=90)
_PASSIVE_S = 5.0
# Bot API, setWebhook.
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name, not its value


class Poller:
    """Asks for updates, keeps them, and only then confirms them by asking for the next."""

    def __init__(self, bot: Bot, intake: Intake, desk: Desk, *, name: str) -> None:
        self._bot = bot
        self._intake = intake
        self._desk = desk
        self._lease = f"{name}:{self._bot.id}"
        self._offset: int | None = None
        self._wait = _FIRST_WAIT_S

    async def run(self) -> None:
        """Poll until cancelled; another process with the same token waits for this one (F40).

        Raises:
            AccessRevoked: the token is not accepted.
        """
        try:
            while True:
                if await self._mine():
                    await self._poll()
                else:
                    await self._desk.clock.sleep(_PASSIVE_S)
        finally:
            with suppress(StoreError):
                await self._desk.leases.release(self._lease, self._desk.owner)

    async def _mine(self) -> bool:
        now = self._desk.clock.now()
        desk = self._desk
        return await desk.leases.acquire(self._lease, desk.owner, now=now, until=now + _LEASE)

    async def _poll(self) -> None:
        try:
            updates = await self._bot.get_updates(
                offset=self._offset, timeout=_POLL_S, allowed_updates=ALLOWED_UPDATES
            )
            await self._intake.keep([update.to_dict() for update in updates])
        except InvalidToken as error:
            raise _revoked(error) from error
        except (TelegramError, StoreError) as error:
            await self._pause(error)
            return
        if updates:
            self._offset = updates[-1].update_id + 1
        self._wait = _FIRST_WAIT_S

    async def _pause(self, error: Exception) -> None:
        """Back off: what could not be fetched or kept stays at Telegram for a day."""
        if isinstance(error, Conflict):
            _log.error(
                "somebody else polls with this token, or a webhook is set; stop the other one"
            )
        else:
            _log.warning("polling failed", extra={"error": type(error).__name__})
        asked = error.seconds if isinstance(error, Flooded) else 0.0
        await self._desk.clock.sleep(max(asked, self._wait))
        self._wait = min(_LONGEST_WAIT_S, self._wait * 2)


class TelegramBot(TelegramAdapter):
    """The adapter with ears: implements ``Listener`` and ``Hooked`` besides.

    It polls, unless ``webhook`` is set in its options and a web server is there to be called.
    """

    def __init__(self, options: TelegramOptions) -> None:
        super().__init__(options)
        self._wants_hook = options.webhook
        self._hook: Hook | None = None
        self._intake: Intake | None = None

    def hook_into(self, host: WebhookHost) -> None:
        """See ``Hooked``."""
        if self._wants_hook:
            self._hook = host.mount(self.name, header=_SECRET_HEADER, handler=self._called)

    async def listen(self, commands: Commands, desk: Desk) -> None:
        """See ``Listener``."""
        bot = self.client.bot
        username = await _introduce(bot, commands, desk)
        self._intake = intake = Intake(self, commands, desk, username=username)
        try:
            await intake.resume()
            if self._hook is None:
                await bot.delete_webhook()
                await Poller(bot, intake, desk, name=self.name).run()
            else:
                await self._let_us_be_called(self._hook)
                await asyncio.Event().wait()
        except InvalidToken as error:
            raise _revoked(error) from error
        finally:
            await asyncio.shield(intake.drain())

    async def _let_us_be_called(self, hook: Hook) -> None:
        await self.client.bot.set_webhook(
            hook.url, secret_token=hook.secret, allowed_updates=ALLOWED_UPDATES
        )

    async def _called(self, body: bytes) -> None:
        """One update by webhook; returning confirms it, so it is kept first.

        Raises:
            InvalidInput: the body is no update.
            StoreError: it could not be kept; Telegram will repeat it.
        """
        update = read_body(body)
        if self._intake is None:
            raise StoreError("not listening yet")
        await self._intake.keep([update])


async def _introduce(bot: Bot, commands: Commands, desk: Desk) -> str:
    """Learn the bot's own name and set its menu, however long Telegram cannot be reached.

    Raises:
        AccessRevoked: the token is not accepted.
    """
    wait = _FIRST_WAIT_S
    while True:
        try:
            me = await bot.get_me()
            if isinstance(commands, Menu):
                await set_menu(bot, commands.menu())
            return me.username or ""
        except InvalidToken as error:
            raise _revoked(error) from error
        except TelegramError as error:
            _log.warning("Telegram did not answer", extra={"error": type(error).__name__})
            await desk.clock.sleep(wait)
            wait = min(_LONGEST_WAIT_S, wait * 2)


def _revoked(error: InvalidToken) -> AccessRevoked:
    ours = delivery_error(error)
    return ours if isinstance(ours, AccessRevoked) else AccessRevoked(str(ours))

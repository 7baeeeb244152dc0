"""Listening: long polling, or a webhook where the options want one."""

import asyncio
import logging

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from adapters.base import Commands, Desk, Hook, Menu, WebhookHost
from adapters.holding import Holding
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.errors import delivery_error
from adapters.telegram.intake import Intake, read_body
from adapters.telegram.keeping import Keeper
from adapters.telegram.menu import set_menu
from adapters.telegram.options import TelegramOptions
from adapters.telegram.poller import Poller, revoked
from adapters.telegram.request import Flooded
from adapters.telegram.taker import Taker, bell_of
from adapters.telegram.updates import ALLOWED_UPDATES
from bot.domain.errors import StoreError

_log = logging.getLogger(__name__)

_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
# Hosts that stop a program let it finish what it began for so long: what a process had in hand when
# it gave up its place is left to it until then.
_GRACE_S = 10.0
# Longest that a call of Telegram's is kept waiting; it hangs up later than that.
_CALL_S = 10.0
# Bot API, setWebhook.
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name, not its value


class TelegramBot(TelegramAdapter):
    """The adapter with ears: implements ``Listener``, ``Hooked`` and ``Receiver`` besides.

    It polls, unless ``webhook`` is set in its options and a web server is there to be called.
    """

    def __init__(self, options: TelegramOptions) -> None:
        super().__init__(options)
        self._wants_hook = options.webhook
        self._hook: Hook | None = None
        self._desk: Desk | None = None
        self._keeper: Keeper | None = None
        self._intake: Intake | None = None

    def hook_into(self, host: WebhookHost) -> None:
        """See ``Hooked``."""
        if self._wants_hook:
            self._hook = host.mount(self.name, header=_SECRET_HEADER, handler=self._called)

    async def listen(self, commands: Commands, desk: Desk) -> None:
        """See ``Listener``. One process of several listens under a token; what another one is
        called with comes here by way of the inbox."""
        keeper = await self._prepare(desk, commands)
        intake = Intake(self, commands, desk, keeper=keeper)
        holding = Holding(desk, f"{self.name}:{self.client.bot.id}")
        try:
            while True:
                waited = await holding.win()
                # What another one has begun is left to it as long as it may still be at it.
                begun = await keeper.newest() if waited else 0
                await self._attend(intake, holding, desk, begun=begun)
                _log.warning("another process may listen to Telegram now")
        except InvalidToken as error:
            raise revoked(error) from error
        finally:
            self._intake = None
            await holding.give_back()
            await asyncio.shield(intake.drain())

    async def receive(self, desk: Desk) -> None:
        """See ``Receiver``."""
        await self._prepare(desk)
        await asyncio.Event().wait()

    async def _prepare(self, desk: Desk, commands: Commands | None = None) -> Keeper:
        username = await _introduce(self.client.bot, commands, desk)
        self._desk = desk
        self._keeper = Keeper(desk, platform=self.name, username=username)
        return self._keeper

    async def _attend(self, intake: Intake, holding: Holding, desk: Desk, *, begun: int) -> None:
        """Listen until another process does."""
        resuming = asyncio.ensure_future(_resume(intake, desk, begun))
        try:
            if not await self._choose_a_way(holding):
                return
            if self._hook is None:
                await Poller(self.client.bot, intake, desk, holding=holding).run()
            else:
                self._intake = intake
                await Taker(intake, desk, holding=holding, bell=bell_of(self.name)).run()
        finally:
            self._intake = None
            resuming.cancel()

    async def _choose_a_way(self, holding: Holding) -> bool:
        """Tell Telegram whether it is to call us, until it takes that or another process listens;
        returns whether it is still ours to listen.

        Raises:
            InvalidToken: the token is not accepted.
        """
        wait, said = _FIRST_WAIT_S, ""
        while True:
            try:
                await self._tell_whether_to_call()
                return True
            except InvalidToken:
                raise
            except TelegramError as error:
                reason = str(delivery_error(error))
                if reason != said:
                    _log.warning("Telegram takes no webhook yet", extra={"reason": reason})
                said = reason
                asked = error.seconds if isinstance(error, Flooded) else 0.0
            if not await holding.wait(max(asked, wait)):
                return False
            wait = min(_LONGEST_WAIT_S, wait * 2)

    async def _tell_whether_to_call(self) -> None:
        if self._hook is None:
            await self.client.bot.delete_webhook()
            return
        await self.client.bot.set_webhook(
            self._hook.url, secret_token=self._hook.secret, allowed_updates=ALLOWED_UPDATES
        )

    async def _called(self, body: bytes) -> None:
        """One update by webhook; returning confirms it, so it is kept first.

        Raises:
            InvalidInput: the body is no update.
            StoreError: it could not be kept; Telegram will repeat it.
        """
        update = read_body(body)
        if self._keeper is None or self._desk is None:
            raise StoreError("not listening yet")
        new = await self._keeper.keep([update])
        if self._intake is not None:
            self._intake.begin(new)
            # Telegram calls with a few at a time, and with no more while these wait.
            await self._intake.room(within=_CALL_S)
        elif new and self._desk.bells is not None:
            await self._desk.bells.ring(bell_of(self.name))


async def _introduce(bot: Bot, commands: Commands | None, desk: Desk) -> str:
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
            raise revoked(error) from error
        except TelegramError as error:
            _log.warning("Telegram did not answer", extra={"error": type(error).__name__})
            await desk.clock.sleep(wait)
            wait = min(_LONGEST_WAIT_S, wait * 2)


async def _resume(intake: Intake, desk: Desk, begun: int) -> None:
    """Take up what was left: at once, but for what another process has begun, which goes up to the
    number ``begun``."""
    intake.leave(until=begun)
    while True:
        try:
            if not await intake.resume():
                await desk.clock.sleep(_FIRST_WAIT_S)
                continue
            if not begun:
                return
            await desk.clock.sleep(_GRACE_S)
            begun = 0
            intake.leave(until=begun)
        except StoreError as error:
            _log.warning("what was kept cannot be read", extra={"reason": str(error)})
            await desk.clock.sleep(_FIRST_WAIT_S)

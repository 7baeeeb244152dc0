"""Long polling: fetched, kept, and only then confirmed by asking for the next."""

import logging

from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError

from adapters.base import Desk
from adapters.holding import SIGNS, Holding
from adapters.telegram.errors import delivery_error
from adapters.telegram.intake import Intake
from adapters.telegram.request import Flooded
from adapters.telegram.updates import ALLOWED_UPDATES
from bot.domain.delivery_errors import AccessRevoked
from bot.domain.errors import StoreError

_log = logging.getLogger(__name__)

# The Bot API server ends a longer poll by itself (FACTS §1.3).
_POLL_S = 50.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0


class Poller:
    """Asks for updates, keeps them, and only then confirms them by asking for the next.

    A poll is short enough for the right to poll to be prolonged between two of them.
    """

    def __init__(self, bot: Bot, intake: Intake, desk: Desk, *, holding: Holding) -> None:
        self._bot = bot
        self._intake = intake
        self._holding = holding
        self._poll_s = max(1, int(min(_POLL_S, desk.patience.total_seconds() / SIGNS)))
        self._offset: int | None = None
        self._wait = _FIRST_WAIT_S

    async def run(self) -> None:
        """Poll until another process does (F40).

        Raises:
            AccessRevoked: the token is not accepted.
        """
        while await self._holding.prolong():
            await self._poll()

    async def _poll(self) -> None:
        if not await self._intake.room(within=self._poll_s):
            return
        try:
            updates = await self._bot.get_updates(
                offset=self._offset, timeout=self._poll_s, allowed_updates=ALLOWED_UPDATES
            )
            await self._intake.keep([update.to_dict() for update in updates])
        except InvalidToken as error:
            raise revoked(error) from error
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
        # Whoever took over meanwhile would only ask the sooner.
        await self._holding.wait(max(asked, self._wait))
        self._wait = min(_LONGEST_WAIT_S, self._wait * 2)


def revoked(error: InvalidToken) -> AccessRevoked:
    """What is raised for a token that Telegram does not accept."""
    ours = delivery_error(error)
    return ours if isinstance(ours, AccessRevoked) else AccessRevoked(str(ours))

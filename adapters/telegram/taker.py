"""Taking up what Telegram called us with, in whichever process the calls arrived."""

import logging

from adapters.base import Desk
from adapters.holding import SIGNS, Holding
from adapters.telegram.intake import Intake
from bot.domain.errors import StoreError

_log = logging.getLogger(__name__)

# Seconds between two looks at the bell, and between two at the inbox without one.
_LISTEN_S, _LOOK_S = 0.25, 5.0


def bell_of(platform: str) -> str:
    """What is rung when something was kept where nobody handles it."""
    return f"inbox:{platform}"


class Taker:
    """Handles what others keep. What this process is called with is begun without it."""

    def __init__(self, intake: Intake, desk: Desk, *, holding: Holding, bell: str) -> None:
        self._intake = intake
        self._desk = desk
        self._holding = holding
        self._bell = bell
        self._rung = 0
        self._sign_at = self._look_at = desk.clock.monotonic()

    async def run(self) -> None:
        """Take up what comes until another process does (F60)."""
        while await self._holds():
            try:
                await self._look()
            except StoreError as error:
                _log.warning("what others kept cannot be read", extra={"reason": str(error)})
            await self._desk.clock.sleep(_LISTEN_S)

    async def _holds(self) -> bool:
        now = self._desk.clock.monotonic()
        if now < self._sign_at:
            return True
        self._sign_at = now + self._desk.patience.total_seconds() / SIGNS
        return await self._holding.prolong()

    async def _look(self) -> None:
        now, bells = self._desk.clock.monotonic(), self._desk.bells
        rung = (await bells.rung()).get(self._bell, 0) if bells is not None else 0
        if rung == self._rung and now < self._look_at:
            return
        await self._intake.resume()
        self._rung, self._look_at = rung, now + _LOOK_S

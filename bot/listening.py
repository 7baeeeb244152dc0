"""Keeping a listener at work: it comes back after a fault, and rests where its token is refused."""

import logging

from adapters.base import Commands, Desk, Listener
from bot.domain.delivery_errors import AccessRevoked
from bot.services.health import Health, token_part

_log = logging.getLogger(__name__)

_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 300.0
# Who has listened for so long without a fault begins anew with short waits.
_STEADY_S = 600.0


async def keep_listening(
    name: str, listener: Listener, commands: Commands, *, desk: Desk, health: Health
) -> None:
    """Listen until cancelled, or until a token is not accepted: then a person has to act (F39)."""
    wait, clock = _FIRST_WAIT_S, desk.clock
    while True:
        began = clock.monotonic()
        try:
            await listener.listen(commands, desk)
            return
        except AccessRevoked as error:
            for part in (f"adapter:{name}", token_part(name)):
                health.failed(part, str(error), at=clock.now())
            said = {"platform": name, "reason": str(error)}
            _log.error("a platform takes our token no longer; nobody listens there", extra=said)
            return
        except Exception:  # noqa: BLE001 - an adapter is anybody's code, and the others go on
            if clock.monotonic() - began >= _STEADY_S:
                wait = _FIRST_WAIT_S
            said = {"platform": name, "again_in_s": wait}
            _log.exception("listening failed", extra=said)
        await clock.sleep(wait)
        wait = min(_LONGEST_WAIT_S, wait * 2)

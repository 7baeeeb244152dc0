"""Whether Telegram sells this bot messages, as far as its answers let us know."""

import asyncio
import logging

from bot.domain.delivery_errors import (
    ContentRejected,
    DeliveryError,
    NotDelivered,
    RateLimited,
)

_log = logging.getLogger(__name__)

# A message that is not sold comes back for a free slot after so long.
_AGAIN_S = 1.0
# Another process may have sent it by then, and what that one learnt does not come here.
_DOUBTED_FOR_S = 600.0


class Sales:
    """Open while messages may be bought.

    Telegram does not say which of its conditions a bot does not meet, nor always whether it minds
    the sale or the message. So a message that it does not take for Stars goes back, to be sent in a
    free slot; until then, and for ten minutes at most, nothing is bought. If it arrives there, it
    was the sale that was refused, and nothing is bought until the next start; if not, it was the
    message, and selling goes on.

    Each process learns it by itself, from the first message that it offers.
    """

    def __init__(self, name: str, *, wanted: bool) -> None:
        self._name = name
        self._wanted = wanted
        self._doubtful: dict[str, str] = {}
        self._doubted_until = 0.0

    @property
    def open(self) -> bool:
        """Whether the next message may be bought."""
        if self._doubtful and asyncio.get_running_loop().time() >= self._doubted_until:
            self._doubtful.clear()
        return self._wanted and not self._doubtful

    def refused(self, key: str, error: ContentRejected) -> None:
        """Telegram did not take a delivery for Stars."""
        if self.open:
            said = {"adapter": self._name, "reason": str(error)}
            _log.warning("Telegram refuses a paid message; it is tried as a free one", extra=said)
        self._doubtful[key] = str(error)
        self._doubted_until = asyncio.get_running_loop().time() + _DOUBTED_FOR_S

    def arrived_free(self, key: str) -> None:
        """A delivery was sent for nothing. Was it refused for Stars, selling has ended."""
        reason = self._doubtful.get(key)
        if reason is None:
            return
        if self._wanted:
            said = {"adapter": self._name, "reason": reason}
            _log.error(
                "Telegram sells this bot no messages; see its Stars and BotFather", extra=said
            )
        self._wanted = False
        self._doubtful.clear()

    def failed_free(self, key: str, error: DeliveryError) -> None:
        """A delivery was not sent for nothing either, and so says nothing of Stars. One that was
        merely put off still will."""
        if not isinstance(error, RateLimited | NotDelivered):
            self._doubtful.pop(key, None)


def free_slot_needed() -> RateLimited:
    """What sends a message back that has a paid slot and cannot be paid for."""
    return RateLimited("Telegram does not sell this message.", retry_after=_AGAIN_S)

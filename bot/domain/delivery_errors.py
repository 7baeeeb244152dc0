"""How an adapter says that a message was not delivered. The caller decides what follows.

FACTS §1.6 has the table of which fault is which; when in doubt it is ``OutcomeUnknown``.
"""

from bot.domain.errors import SulanError


class DeliveryError(SulanError):
    """Root of what an adapter raises; the text is short and holds no token and no chat's text."""


class NotDelivered(DeliveryError):
    """No connection was made, or the platform said that it took nothing. Safe to repeat."""


class RateLimited(DeliveryError):
    """The platform asks us to wait ``retry_after`` seconds.

    ``everywhere``: the limit concerns the token, not this chat alone.
    """

    def __init__(self, message: str, *, retry_after: float, everywhere: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.everywhere = everywhere


class ChatGone(DeliveryError):
    """The chat takes nothing from us: kicked, blocked, deleted, closed, no rights."""


class ChatMoved(DeliveryError):
    """The chat has another address now, ``chat``; the message was not taken."""

    def __init__(self, message: str, *, chat: str) -> None:
        super().__init__(message)
        self.chat = chat


class ContentRejected(DeliveryError):
    """This message will never be taken as it is."""


class OutcomeUnknown(DeliveryError):
    """The request left and no usable answer came: it may or may not have been delivered."""


class AccessRevoked(DeliveryError):
    """The token is no longer accepted. Nothing can be sent until a person acts (F39)."""

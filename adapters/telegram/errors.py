"""What a call that failed says of its message: the one place that reads Telegram's errors.

The table is FACTS §1.4 and §1.6. Two traps: ``BadRequest`` is a ``NetworkError`` to
python-telegram-bot, though it will never succeed; and a lost answer is no lost connection: the
message may have arrived, and Telegram has no idempotency key.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from adapters.telegram.request import Flooded, NotConnected, UnnamedStatus
from bot.domain.delivery_errors import (
    AccessRevoked,
    ChatGone,
    ChatMoved,
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)

# 400s that concern the chat and not the message, in small letters: python-telegram-bot changes
# the case of what follows "Bad Request: ".
_CHAT_IS_CLOSED = (
    "chat not found",
    "user not found",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_admin_required",
    "chat_send_plain_forbidden",
    "user_banned_in_channel",
    "user_is_blocked",
    "input_user_deactivated",
    "peer_id_invalid",
    "channel_private",
    "channel_invalid",
    "chat_id_invalid",
    "chat_id is empty",
    "group chat was deactivated",
    "group chat is deactivated",
    "group is deactivated",
    "group chat was upgraded",
    "chat was deleted",
)
_NOT_MODIFIED = "message is not modified"
_TOO_LONG = ("too long", "entities_too_long")
# A description may go on to quote what was sent (T5).
_QUOTE = re.compile(r"[:\"'<«“].*", re.DOTALL)
_MAX_DESCRIPTION = 80

_Rule: TypeAlias = Callable[[TelegramError], DeliveryError]


def is_unchanged(error: TelegramError) -> bool:
    """Whether an edit failed because the message already reads so, which is no failure."""
    return isinstance(error, BadRequest) and _NOT_MODIFIED in error.message.lower()


def delivery_error(error: TelegramError) -> DeliveryError:
    """The error in our own terms; the text holds no token and nothing of a message."""
    return next((rule(error) for kind, rule in _RULES if isinstance(error, kind)), _unclear(error))


def _flooded(error: TelegramError) -> DeliveryError:
    seconds = error.seconds if isinstance(error, Flooded) else 0.0
    return RateLimited(f"Telegram asks to wait {seconds:g} s.", retry_after=seconds)


def _moved(error: TelegramError) -> DeliveryError:
    chat = str(error.new_chat_id) if isinstance(error, ChatMigrated) else ""
    return ChatMoved("The group became a supergroup and has a new id.", chat=chat)


def _forbidden(error: TelegramError) -> DeliveryError:
    return ChatGone(
        f"Telegram lets us write to this chat no more ({_described(error)}). "
        "Add the bot again, or let the person press Start."
    )


def _bad_request(error: TelegramError) -> DeliveryError:
    said = error.message.lower()
    if any(words in said for words in _CHAT_IS_CLOSED):
        return ChatGone(
            f"Telegram takes nothing for this chat ({_described(error)}). Check its id or topic, "
            "and that the bot is a member that may post."
        )
    if "can't parse" in said:
        return ContentRejected("Telegram cannot parse the message's markup.")
    if any(words in said for words in _TOO_LONG):
        return ContentRejected("Telegram finds the message too long.")
    return ContentRejected(f"Telegram refuses the message ({_described(error)}).")


def _revoked(error: TelegramError) -> DeliveryError:
    return AccessRevoked(
        f"Telegram does not accept the bot's token ({_described(error)}). Get a new one from "
        "BotFather; with a Bot API server of your own, check api_url too."
    )


def _conflict(error: TelegramError) -> DeliveryError:  # noqa: ARG001 - a rule's signature
    return NotDelivered(
        "Somebody else uses the bot's token: another process polls, or a webhook is set."
    )


def _not_connected(error: TelegramError) -> DeliveryError:
    return NotDelivered(f"Telegram could not be reached: {error.message}.")


def _unnamed(error: TelegramError) -> DeliveryError:
    status = error.status if isinstance(error, UnnamedStatus) else 0
    if status >= 500:
        return OutcomeUnknown(f"Telegram answered with status {status}; it may have been sent.")
    return NotDelivered(f"Something answered with status {status} in Telegram's place.")


def _timed_out(error: TelegramError) -> DeliveryError:  # noqa: ARG001 - a rule's signature
    return OutcomeUnknown("Telegram did not answer in time; the message may have been sent.")


def _unclear(error: TelegramError) -> DeliveryError:
    return OutcomeUnknown(f"No usable answer ({_described(error)}); it may have been sent.")


# The first kind that fits: subclasses stand before what they derive from.
_RULES: tuple[tuple[type[TelegramError], _Rule], ...] = (
    (Flooded, _flooded),
    (ChatMigrated, _moved),
    (Forbidden, _forbidden),
    (InvalidToken, _revoked),
    (Conflict, _conflict),
    (NotConnected, _not_connected),
    (UnnamedStatus, _unnamed),
    (BadRequest, _bad_request),
    (TimedOut, _timed_out),
    (NetworkError, _unclear),
)


def _described(error: TelegramError) -> str:
    """Telegram's own words as far as they are its own: short, and up to where a quote begins."""
    said = error.message.removeprefix("Forbidden: ")
    return _QUOTE.sub("", said)[:_MAX_DESCRIPTION].strip().rstrip(".") or type(error).__name__

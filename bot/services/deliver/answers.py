"""What a call to an adapter came to, as one of the outcomes that ``settle`` knows."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from adapters.base import Adapter, Editor, Message, Repeatable, Tracing
from adapters.deadline import Deadline, leaving_by
from bot.domain.delivery import (
    Delivery,
    Limited,
    NotSent,
    Outcome,
    Refused,
    Rejected,
    Sent,
    Unclear,
)
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
from bot.domain.target import Receipt

_log = logging.getLogger(__name__)

# A call must end before the lease on its row does, or somebody else would take it for a dead one's.
CALL_S = 60.0
# Margin at the end of the window in which a platform knows a key again.
_WINDOW_MARGIN_S = 10.0
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat is at another address, where nothing has been sent yet."""

    chat: str
    reason: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """The token is no longer accepted."""

    reason: str


Answer: TypeAlias = Outcome | Moved | Revoked

_PLAIN: tuple[tuple[type[DeliveryError], Callable[[str], Answer]], ...] = (
    (NotDelivered, NotSent),
    (ChatGone, Refused),
    (ContentRejected, Rejected),
    (AccessRevoked, Revoked),
)


async def send(adapter: Adapter, delivery: Delivery, message: Message, *, by: Deadline) -> Answer:
    """Make the call; whatever comes of it is an answer. Past ``by`` nothing of it leaves any more.

    An error that no adapter should raise came after the call began, so that nobody knows whether
    the message arrived.
    """
    repeatable = window_of(adapter, delivery) > 0
    now = by.clock.now()
    if not by.left_s():
        return NotSent("held up for too long; nothing was sent")
    try:
        async with asyncio.timeout(min(CALL_S, by.left_s())):
            with leaving_by(by):
                receipt = await adapter.send(delivery.target, message, key=delivery.id)
    except Exception as error:  # noqa: BLE001 - an adapter is anybody's code
        return _answer(error, repeatable=repeatable, called_at=now)
    return Sent(receipt)


async def edit(
    adapter: Editor, delivery: Delivery, message: Message, *, replaces: str, by: Deadline
) -> Answer:
    """Change a message that stands; the receipt names it. Making the change again does no harm,
    but past ``by`` it might undo a later one."""
    now = by.clock.now()
    try:
        async with asyncio.timeout(min(CALL_S, by.left_s())):
            with leaving_by(by):
                await adapter.edit(delivery.target, replaces, message)
    except Exception as error:  # noqa: BLE001 - an adapter is anybody's code
        return _answer(error, repeatable=True, called_at=now)
    return Sent(Receipt(replaces))


async def look_up(adapter: Repeatable, delivery: Delivery) -> Answer | None:
    """Whether an earlier call of this delivery arrived; ``None`` if it certainly did not.

    Any other outcome than ``Sent`` says why it could not be found out: not now, or not at all.
    """
    try:
        async with asyncio.timeout(CALL_S):
            receipt = await adapter.find(delivery.target, delivery.id)
    except (OutcomeUnknown, TimeoutError) as error:
        return NotSent(_reason(error))  # nothing was sent: looking again can double nothing
    except Exception as error:  # noqa: BLE001 - an adapter is anybody's code
        answer = _answer(error, repeatable=False, called_at=delivery.called_at)
        # A chat whose history is closed to us may well take messages.
        return Unclear(answer.reason) if isinstance(answer, Refused | Rejected) else answer
    return None if receipt is None else Sent(receipt)


def window_of(adapter: Adapter, delivery: Delivery) -> float:
    """Seconds in which this delivery can be repeated without doubling; 0 for none."""
    return adapter.repeat_window(delivery.target) if isinstance(adapter, Repeatable) else 0.0


def leaves_no_trace(adapter: Repeatable, message: Message) -> bool:
    """Whether a message could not be told from others in the chat's history."""
    return isinstance(adapter, Tracing) and not adapter.traces(message)


def key_known_s(adapter: Adapter, delivery: Delivery, now: datetime) -> float:
    """For how many seconds the platform surely knows the key of an open call again (F47); 0 for no
    longer."""
    if delivery.called_at is None:
        return 0.0
    window = window_of(adapter, delivery) - _WINDOW_MARGIN_S
    return max(0.0, window - (now - delivery.called_at).total_seconds())


def _answer(error: Exception, *, repeatable: bool, called_at: datetime | None) -> Answer:
    reason = _reason(error)
    if isinstance(error, RateLimited):
        return Limited(error.retry_after, error.everywhere)
    if isinstance(error, ChatMoved):
        return Moved(error.chat, reason)
    for kind, outcome in _PLAIN:
        if isinstance(error, kind):
            return outcome(reason)
    if isinstance(error, TimeoutError):
        reason = f"no answer within {CALL_S:.0f} s"
    elif not isinstance(error, DeliveryError):
        _log.error("an adapter failed in an unforeseen way", exc_info=error)
        reason = f"unforeseen {type(error).__name__}"
    return Unclear(reason, repeatable=repeatable, called_at=called_at)


def _reason(error: Exception) -> str:
    # No store takes a NUL or half a character: the answer could never be written down.
    said = "".join(one if one.isprintable() else " " for one in str(error))
    text = " ".join(said.split()) or type(error).__name__
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 1]}…"

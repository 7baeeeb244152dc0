"""A delivery, its states, and the whole retry policy as one pure function.

A row exists before anything is sent. ``sending`` is recorded just before the call, so that after a
kill what was merely claimed is simply sent, and only what was in flight is unknown.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from bot.domain.target import Receipt, Target


class State(StrEnum):
    """Where a delivery stands. The last six are final unless somebody intervenes.

    ``included``: it is part of another post, a digest, whose key stands in ``reason``. ``passed``:
    the chat's limit for the day had no room for it. Neither is ever sent by itself.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    INCLUDED = "included"
    PASSED = "passed"


class OnUnknown(StrEnum):
    """What to do where a platform did not let us know.

    ``default``: after a kill in mid-call, once more; after a time-out or a broken answer, where the
    message most likely arrived, leave it.
    """

    DEFAULT = "default"
    RESEND = "resend"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message for one target. Unique by (target, post_key, part); ``part`` counts from 0.

    ``attempts`` counts calls that failed; a rate limit is none. ``resent`` is whether an unknown
    outcome has already been followed by another send. ``called_at`` is when the oldest call began
    whose outcome is open, ``None`` where every outcome is known. Datetimes are UTC.
    """

    target: Target
    post_key: str
    created_at: datetime
    due_at: datetime
    part: int = 0
    state: State = State.PENDING
    attempts: int = 0
    resent: bool = False
    plain: bool = False
    lease_until: datetime | None = None
    called_at: datetime | None = None
    sent_at: datetime | None = None
    message_id: str | None = None
    reason: str = ""

    @property
    def id(self) -> str:
        """Deterministic, 24 hexadecimal digits: fits Discord's nonce (25 characters)."""
        place = "\x1f".join(
            (
                self.target.platform,
                self.target.chat,
                self.target.thread or "",
                self.post_key,
                str(self.part),
            )
        )
        return hashlib.blake2b(place.encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Limited:
    """A rate limit: not sent, and no failed attempt. ``retry_after`` is in seconds.

    ``everywhere``: it is the token's, not this chat's alone.
    """

    retry_after: float
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not arrive: no connection was made. Worth another attempt."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The chat takes nothing from us any more: kicked, blocked, deleted, no rights."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """This content will never be taken as it is. Once as plain text, then it has failed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody knows whether it arrived. ``called_at`` is when the call began, where that is known.

    ``killed``: we died in mid-call, rather than the platform giving no usable answer.
    ``repeatable``: the platform takes the delivery's id as an idempotency key, so that it can be
    sent again, or looked up, without doubling it.
    """

    reason: str
    killed: bool = False
    repeatable: bool = False
    called_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """No message could be made of it: a fault of ours, and no call was made."""

    reason: str


Outcome: TypeAlias = Sent | Limited | NotSent | Refused | Rejected | Unclear | Broken

# Ended, and nobody has it: these may be asked for again.
UNSENT_FOR_GOOD = frozenset({State.FAILED, State.EXPIRED, State.PASSED})

# A post that always breaks what renders it leaves the queue after so many tries (F63).
MAX_BROKEN = 3
# A paper is news for two days (F58, F61): what is older is not posted unasked.
MAX_AGE = timedelta(hours=48)

_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=30)
# For so long a chat waits for its next message, to keep the order; for longer it does not (F37).
_PATIENCE = timedelta(seconds=30)


def begin(delivery: Delivery, now: datetime, *, lease: timedelta) -> Delivery:
    """The delivery as it must be recorded just before its call."""
    called_at = delivery.called_at or now
    return replace(delivery, state=State.SENDING, lease_until=now + lease, called_at=called_at)


def settle(  # noqa: PLR0911 - a table: one return a row
    delivery: Delivery,
    outcome: Outcome,
    now: datetime,
    *,
    on_unknown: OnUnknown = OnUnknown.DEFAULT,
) -> Delivery:
    """What becomes of a delivery, as it was before ``begin``, after a call: one row a case.

    Where no connection is made it is tried until it is too old. While an earlier call's outcome is
    open, nothing that follows can make it *failed* or *expired*: it ends as *unknown*.
    """
    match outcome:
        case Sent(receipt):
            return replace(
                delivery,
                state=State.SENT,
                lease_until=None,
                called_at=None,
                sent_at=now,
                message_id=receipt.message_id,
                reason="",
            )
        case Limited():
            return _again(delivery, "rate limit", now + waits(delivery, outcome), in_place=True)
        case NotSent(reason):
            return _retried(delivery, reason, now)
        case Refused(reason):
            return close(delivery, State.FAILED, reason)
        case Rejected(reason) if not delivery.plain:
            return _again(replace(delivery, plain=True), reason, now, in_place=True)
        case Rejected(reason):
            return close(delivery, State.FAILED, reason)
        case Broken(reason):
            return _broken(delivery, reason, now)
        case Unclear():
            return _unclear(delivery, outcome, now, on_unknown)


def close(delivery: Delivery, state: State, reason: str) -> Delivery:
    """The delivery at its end without having been sent; *unknown* where an outcome is open."""
    ended = state if delivery.called_at is None else State.UNKNOWN
    return replace(delivery, state=ended, lease_until=None, reason=reason)


def waits(delivery: Delivery, outcome: Outcome) -> timedelta:
    """How long the whole chat waits after an outcome of this delivery (as it was before ``begin``).

    A rate limit concerns the chat. Behind a message that is tried again soon the others wait, so
    that they keep their order, but never long (F37: later ones must still go).
    """
    match outcome:
        case Limited(retry_after):
            return timedelta(seconds=min(max(0.0, retry_after), MAX_AGE.total_seconds()))
        case NotSent() | Unclear(repeatable=True):
            return min(backoff(delivery.attempts + 1), _PATIENCE)
        case _:
            return timedelta()


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: doubling from 5 s to 30 min."""
    return min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(max(0, attempts - 1), 20))


def renewed(delivery: Delivery, now: datetime, *, within: str | None = None) -> Delivery:
    """The delivery as if nobody had tried it yet, and it were news now; as part of another post
    where its key is given (``within``)."""
    new = Delivery(delivery.target, delivery.post_key, now, now, part=delivery.part)
    return new if within is None else replace(new, state=State.INCLUDED, reason=within)


def expired(delivery: Delivery, now: datetime) -> bool:
    """Whether it has become too old to be sent unasked."""
    return now - delivery.created_at >= MAX_AGE


def _broken(delivery: Delivery, reason: str, now: datetime) -> Delivery:
    tried = replace(delivery, attempts=delivery.attempts + 1)
    if tried.attempts >= MAX_BROKEN:
        return close(tried, State.FAILED, reason)
    return _again(tried, reason, now + backoff(tried.attempts), in_place=False)


def _retried(delivery: Delivery, reason: str, now: datetime) -> Delivery:
    tried = replace(delivery, attempts=delivery.attempts + 1)
    wait = backoff(tried.attempts)
    return _again(tried, reason, now + wait, in_place=wait <= _PATIENCE)


def _again(delivery: Delivery, reason: str, at: datetime, *, in_place: bool) -> Delivery:
    """Back into the queue, for a try at a moment: ``in_place`` before the chat's other messages,
    which wait with it (``waits``), else behind them."""
    if expired(delivery, at):
        return close(delivery, State.EXPIRED, reason)
    due_at = delivery.due_at if in_place else at
    return replace(delivery, state=State.PENDING, due_at=due_at, lease_until=None, reason=reason)


def _unclear(
    delivery: Delivery, outcome: Unclear, now: datetime, on_unknown: OnUnknown
) -> Delivery:
    called = replace(delivery, called_at=delivery.called_at or outcome.called_at or now)
    if outcome.repeatable:
        return _retried(called, outcome.reason, now)
    wanted = on_unknown is OnUnknown.RESEND or (on_unknown is OnUnknown.DEFAULT and outcome.killed)
    if wanted and not delivery.resent:
        return _again(replace(called, resent=True), outcome.reason, now, in_place=True)
    return close(called, State.UNKNOWN, outcome.reason)

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
    """Where a delivery stands. The last four are final unless somebody intervenes."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"


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
    """A rate limit: not sent, and no failed attempt. ``retry_after`` is in seconds."""

    retry_after: float


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
    """Nobody knows whether it arrived.

    ``killed``: we died in mid-call, rather than the platform giving no usable answer.
    ``repeatable``: the platform takes the delivery's id as an idempotency key and the window for it
    is still open, so that sending again cannot double it.
    """

    reason: str
    killed: bool = False
    repeatable: bool = False


Outcome: TypeAlias = Sent | Limited | NotSent | Refused | Rejected | Unclear

MAX_ATTEMPTS = 6
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=30)
# A paper is news for two days (F58, F61): what is older is not posted unasked.
MAX_AGE = timedelta(hours=48)


def settle(  # noqa: PLR0911 - a table: one return a row
    delivery: Delivery,
    outcome: Outcome,
    now: datetime,
    *,
    on_unknown: OnUnknown = OnUnknown.DEFAULT,
) -> Delivery:
    """What becomes of a delivery after a call: one row of the outcome table for each case."""
    freed = replace(delivery, lease_until=None)
    match outcome:
        case Sent(receipt):
            return replace(
                freed, state=State.SENT, sent_at=now, message_id=receipt.message_id, reason=""
            )
        case Limited(retry_after):
            return _again(freed, now + timedelta(seconds=retry_after), "rate limit", now)
        case NotSent(reason):
            return _another_attempt(freed, reason, now)
        case Refused(reason):
            return replace(freed, state=State.FAILED, reason=reason)
        case Rejected(reason) if not delivery.plain:
            return _again(replace(freed, plain=True), now, reason, now)
        case Rejected(reason):
            return replace(freed, state=State.FAILED, reason=reason)
        case Unclear():
            return _unclear(freed, outcome, now, on_unknown)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: doubling from 5 s to 30 min."""
    return min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** max(0, attempts - 1))


def expired(delivery: Delivery, now: datetime) -> bool:
    """Whether it has become too old to be sent unasked."""
    return now - delivery.created_at >= MAX_AGE


def _another_attempt(delivery: Delivery, reason: str, now: datetime) -> Delivery:
    tried = replace(delivery, attempts=delivery.attempts + 1)
    if tried.attempts >= MAX_ATTEMPTS:
        return replace(tried, state=State.FAILED, reason=reason)
    return _again(tried, now + backoff(tried.attempts), reason, now)


def _again(delivery: Delivery, due_at: datetime, reason: str, now: datetime) -> Delivery:
    if expired(delivery, max(due_at, now)):
        return replace(delivery, state=State.EXPIRED, reason=reason)
    return replace(delivery, state=State.PENDING, due_at=due_at, reason=reason)


def _unclear(
    delivery: Delivery, outcome: Unclear, now: datetime, on_unknown: OnUnknown
) -> Delivery:
    if outcome.repeatable:
        return _another_attempt(delivery, outcome.reason, now)
    wanted = on_unknown is OnUnknown.RESEND or (on_unknown is OnUnknown.DEFAULT and outcome.killed)
    if wanted and not delivery.resent:
        return _again(replace(delivery, resent=True), now, outcome.reason, now)
    return replace(delivery, state=State.UNKNOWN, reason=outcome.reason)

"""What follows from an answer: for the delivery, its chat and its platform."""

import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.burst import Burst
from bot.domain.chat import Chat
from bot.domain.delivery import (
    Delivery,
    Limited,
    NotSent,
    OnUnknown,
    Refused,
    Sent,
    State,
    settle,
    waits,
)
from bot.domain.errors import StoreError
from bot.domain.target import Target
from bot.services.deliver.answers import Answer, Moved, Revoked
from bot.services.deliver.holds import Holds
from bot.services.deliver.manner import Batches
from bot.services.deliver.marks import Marks
from bot.services.deliver.slots import paid_key
from bot.services.deliver.tools import Settled, Tools
from bot.services.health import token_part

_log = logging.getLogger(__name__)

_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has ended: the delivery as it was before ``begin``, and what came of it.

    ``lease_until`` is what the mark before the call said: a row that bears another lease has been
    taken over by somebody else. ``seconds`` is how long the call took.
    Until ``spaced_until``, counted from when the call really began, the chat gets nothing more;
    ``burst`` is what the call counts as where several may go without a pause.
    """

    delivery: Delivery
    answer: Answer
    chat: Chat | None = None
    lease_until: datetime | None = None
    seconds: float = 0.0
    spaced_until: datetime | None = None
    burst: Burst | None = None


class Recorder:
    """Writes down answers for one platform, however long it takes until the store can be written.

    ``revoked`` says why nothing can be sent any more, "" while it can. ``unrecorded`` counts
    answers that the store has not taken yet: while there are any, nothing new may be sent (F57).
    """

    def __init__(self, platform: str, tools: Tools, marks: Marks) -> None:
        self._platform = platform
        self.tools = tools
        self.marks = marks
        self.holds = Holds()
        self.batches = Batches()
        self.revoked = ""
        self.unrecorded = 0

    def stopped(self, now: datetime) -> bool:
        """Whether nothing may be sent now."""
        return bool(self.revoked) or self.holds.held(now)

    async def record(self, call: Call) -> Collection[datetime]:
        """Settle a delivery. Returns moments at which its chat may get another message.

        In a burst that is at once, or when this message, or an earlier one, counts no more: each
        of them says when, so that nobody has to know which one is the first that counts.
        """
        now = self.tools.clock.now()
        everywhere = self._note(call, now)
        settled = becomes(call, now)
        wait = _wait_after(call)
        until = max(now + wait, call.spaced_until or now)
        burst = call.burst and replace(call.burst, target=settled.target)
        spaced = until if burst is None or until > now else None

        async def write() -> bool:
            await self._tell_the_chats(call, settled.target)
            if everywhere:
                for key in (self._platform, paid_key(self._platform)):
                    await self.tools.store.rates.hold(key, until=now + wait)
            return await self.marks.write(
                settled, spaced_until=spaced, burst=burst, held_until=call.lease_until
            )

        if await self._until_written(write):
            self.tools.watch(Settled(settled, type(call.answer).__name__, call.seconds))
        return (until,) if burst is None else (until, max(until, burst.at + burst.span))

    def _note(self, call: Call, now: datetime) -> bool:
        """Remember what an answer says of the platform; whether it limits the token."""
        part = f"adapter:{self._platform}"
        match call.answer:
            case NotSent(reason):
                self.holds.unreached(now)
                self.tools.health.failed(part, reason, at=now)
                return False
            case Revoked(reason):
                self._revoke(reason)
                self.tools.health.failed(part, reason, at=now)
                self.tools.health.failed(token_part(self._platform), reason, at=now)
                return False
            case Limited() as limit:
                self.holds.reached()
                everywhere = self.holds.limited(call.delivery.target, now) or limit.everywhere
                if everywhere:
                    self.holds.hold(now + _wait_after(call))
                return everywhere
            case Sent():
                self.tools.health.worked(part, at=now)
                self.tools.health.worked(token_part(self._platform), at=now)
            case _:
                pass
        self.holds.reached()
        return False

    def _revoke(self, reason: str) -> None:
        if not self.revoked:
            said = {"platform": self._platform, "reason": reason}
            _log.error("a platform takes our token no longer; nothing is sent there", extra=said)
        self.revoked = reason

    async def _tell_the_chats(self, call: Call, target: Target) -> None:
        chats = self.tools.store.chats
        match call.answer:
            case Refused(reason):
                said = {"platform": self._platform, "reason": reason}
                _log.warning("a chat takes nothing any more and is suspended", extra=said)
                await chats.suspend(call.delivery.target, reason)
            case Moved():
                await chats.move(call.delivery.target, target)
            case _:
                pass

    async def _until_written(self, write: Callable[[], Awaitable[bool]]) -> bool:
        self.unrecorded += 1
        try:
            while True:
                try:
                    return await write()
                except StoreError as error:
                    self.tools.health.failed("store", str(error), at=self.tools.clock.now())
                    await self.tools.clock.sleep(_AGAIN_S)
        finally:
            self.unrecorded -= 1


def becomes(call: Call, now: datetime) -> Delivery:
    """The delivery after its call. One whose chat has moved is sent once more, there (F33)."""
    match call.answer:
        case Moved(chat, reason):
            target = replace(call.delivery.target, chat=chat)
            return settle(replace(call.delivery, target=target), NotSent(reason), now)
        case Revoked(reason):
            return replace(call.delivery, state=State.PENDING, lease_until=None, reason=reason)
        case outcome:
            on_unknown = call.chat.on_unknown if call.chat else OnUnknown.DEFAULT
            return settle(call.delivery, outcome, now, on_unknown=on_unknown)


def _wait_after(call: Call) -> timedelta:
    if isinstance(call.answer, Moved | Revoked):
        return timedelta()
    return waits(call.delivery, call.answer)

"""What is known of an earlier call of a delivery, before it is made again."""

from dataclasses import dataclass, replace

from adapters.base import Adapter, Message, Repeatable
from bot.domain.delivery import Delivery, Sent, Unclear
from bot.ports import Clock
from bot.services.deliver.answers import (
    CALL_S,
    Answer,
    key_known_s,
    leaves_no_trace,
    look_up,
    window_of,
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The delivery as it is to be called now, or the ``answer`` that makes a call superfluous.

    ``within_s`` is for how long a call may leave without doubling an earlier one; ``None`` is for
    as long as it is ours.
    """

    delivery: Delivery
    answer: Answer | None = None
    within_s: float | None = None


async def earlier_call(
    adapter: Adapter, delivery: Delivery, message: Message, *, clock: Clock
) -> Earlier:
    """Where an outcome is open and the platform takes keys, see what stands there first (F47).

    The key alone does for as long as a whole call would still end before it may be forgotten. What
    somebody else began is older than that: its lease had to run out, and how long ago it began is
    known by the clock of another machine. Where nothing can be looked up the key does to its end.
    """
    if delivery.called_at is None or window_of(adapter, delivery) <= 0:
        return Earlier(delivery)
    known_s = key_known_s(adapter, delivery, clock.now())
    if not isinstance(adapter, Repeatable) or known_s >= CALL_S:
        return Earlier(delivery, within_s=known_s)
    if leaves_no_trace(adapter, message):
        if delivery.resent:
            return Earlier(delivery)  # the chat wants it once more, and that is declared
        found: Answer | None = Unclear("no answer, and it cannot be looked up")
    else:
        found = await look_up(adapter, delivery)
    if found is None:
        return Earlier(replace(delivery, called_at=None))  # it certainly has not arrived
    known_s = key_known_s(adapter, delivery, clock.now())
    if isinstance(found, Sent) or not known_s:
        return Earlier(delivery, found)
    return Earlier(delivery, within_s=known_s)

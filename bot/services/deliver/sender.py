"""The call itself: a claimed delivery is marked, sent, and handed on with what came of it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from adapters.base import Adapter, Editor
from adapters.deadline import Deadline
from bot.domain.delivery import Delivery, Sent, State, begin, close
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.addressee import addressee, barred
from bot.services.deliver.answers import CALL_S, Answer, edit, send
from bot.services.deliver.earlier import earlier_call
from bot.services.deliver.gate import Gate
from bot.services.deliver.prepared import Ready
from bot.services.deliver.recorder import Call, Recorder
from bot.services.deliver.slots import Slots
from bot.services.deliver.spacing import burst_of, spaced_until
from bot.services.deliver.tools import Settled

# Longer than a call may take (answers.CALL_S), shorter than Discord's window for nonces (120 s).
LEASE = timedelta(seconds=90)
# With less of its lease left a row might become somebody else's while we are at it.
_LEAST_LEASE = timedelta(seconds=65)
# So long after its mark a call's first byte may leave: whoever takes the row over next finds what
# came of it.
_LEAVING = timedelta(seconds=85)
_AFTER_A_STALL = timedelta(seconds=1)
# A slot that seems further away is one of a clock that has just been put back (F62).
_AT_HAND_S = 1.0
# A call that missed its slot is marked already: it waits for another, but not so long that an end
# in order would cut it off; and not for ever on a machine that is always late.
_LONGEST_TURN_S = 3.0
_MOST_MISSED = 5


class Sender:
    """Sends deliveries through one adapter."""

    def __init__(
        self, adapter: Adapter, chats: ChatRoll, recorder: Recorder, *, slots: Slots
    ) -> None:
        self._adapter = adapter
        self._chats = chats
        self._tools = tools = recorder.tools
        self._recorder = recorder
        self._marks = recorder.marks
        self._slots = slots
        self._gates = {paid: Gate(tools.clock) for paid in (False, True)}

    async def deliver(self, ready: Ready, slot: datetime) -> Collection[datetime]:
        """Send a claimed delivery in its slot, which is at hand, unless something speaks against it
        at the last moment (F70).

        Returns moments at which its chat may get another.

        Raises:
            StoreError: it could not be marked, and was not sent (F57).
        """
        delivery, clock = ready.delivery, self._tools.clock
        now = clock.now()
        if self._recorder.stopped(now) or not _held_for(delivery, _LEAST_LEASE, now):
            await self.give_back(delivery)
            return (now,)
        if reason := barred(addressee(delivery, await self._chats.at(delivery.target))):
            await self._end(delivery, close(delivery, State.EXPIRED, reason))
            return (now,)
        by = Deadline.after(_LEAVING.total_seconds(), clock, holds=self._tools.lives)
        marked = begin(delivery, clock.now(), lease=LEASE)
        # Its chat gets nothing else while it is in flight; the spacing is written with the outcome.
        if not await self._marks.write(marked, held_until=delivery.lease_until):
            await self._take_back(delivery, marked)
            return (now,)
        if not await self._in_turn(ready, slot):
            await self._take_back(delivery, marked)
            return (clock.now(),)
        if by.left_s() < CALL_S:
            # Held up since the mark: a call might end when the row is somebody else's.
            await self._take_back(delivery, marked)
            return (clock.now() + _AFTER_A_STALL,)
        started_at, started = clock.now(), clock.monotonic()
        delivery, answer = await self._answer(delivery, ready, by)
        ended_at = clock.now()
        call = Call(
            delivery,
            answer,
            chat=ready.chat,
            lease_until=marked.lease_until,
            seconds=clock.monotonic() - started,
            spaced_until=spaced_until(ready.pace, started_at, ended_at),
            burst=burst_of(delivery.target, ready.pace, started_at, ended_at),
        )
        return await self._recorder.record(call)

    async def give_back(self, delivery: Delivery) -> None:
        """Put a claimed delivery back as it was; one whose lease ran out is no longer ours.

        Raises:
            StoreError: it stays claimed until its lease runs out.
        """
        if _held_for(delivery, timedelta(), self._tools.clock.now()):
            back = replace(delivery, state=State.PENDING, lease_until=None)
            await self._marks.write(back, held_until=delivery.lease_until)

    async def _in_turn(self, ready: Ready, slot: datetime) -> bool:
        """Wait until the call may leave; ``False`` where it must not, or not soon."""
        clock = self._tools.clock
        await clock.sleep(min(_AT_HAND_S, (slot - clock.now()).total_seconds()))
        for _ in range(_MOST_MISSED):
            another = await self._slots.kept(ready, slot)
            if another == slot:
                break
            slot, wait_s = another, (another - clock.now()).total_seconds()
            if wait_s > _LONGEST_TURN_S:
                return False
            await clock.sleep(wait_s)
            if self._recorder.stopped(clock.now()):
                return False
        await self._gates[ready.paid].pass_through(ready.pace.per_second)
        return True

    async def _answer(
        self, delivery: Delivery, ready: Ready, by: Deadline
    ) -> tuple[Delivery, Answer]:
        """What came of it, and the delivery as it was before the call that this concerns."""
        if ready.replaces is not None and isinstance(self._adapter, Editor):
            return delivery, await edit(
                self._adapter, delivery, ready.message, replaces=ready.replaces, by=by
            )
        earlier = await earlier_call(
            self._adapter, delivery, ready.message, clock=self._tools.clock
        )
        if earlier.answer is not None:
            return delivery, earlier.answer
        delivery, by = earlier.delivery, by.sooner(earlier.within_s)
        answer = await send(self._adapter, delivery, ready.message, by=by)
        if isinstance(answer, Sent):
            self._recorder.batches.arrived(delivery.target, self._tools.clock.now())
        return delivery, answer

    async def _end(self, delivery: Delivery, ended: Delivery) -> None:
        if await self._marks.write(ended, held_until=delivery.lease_until):
            self._tools.watch(Settled(ended, ""))

    async def _take_back(self, delivery: Delivery, marked: Delivery) -> None:
        """Undo a mark, unless somebody else has finished, moved or taken the delivery meanwhile."""
        back = replace(delivery, state=State.PENDING, lease_until=None)
        await self._marks.write(back, held_until=marked.lease_until)


def _held_for(delivery: Delivery, least: timedelta, now: datetime) -> bool:
    return delivery.lease_until is not None and delivery.lease_until - now > least

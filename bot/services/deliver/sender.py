"""The call itself: a claimed delivery is marked, sent, and handed on with what came of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from adapters.base import Adapter, Editor, Repeatable
from bot.domain.delivery import Delivery, Sent, State, Unclear, begin, close
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.addressee import addressee, barred
from bot.services.deliver.answers import (
    Answer,
    edit,
    leaves_no_trace,
    look_up,
    must_look_up,
    send,
)
from bot.services.deliver.gate import Gate
from bot.services.deliver.prepared import Ready
from bot.services.deliver.recorder import Call, Recorder
from bot.services.deliver.slots import Slots
from bot.services.deliver.tools import Settled

# Longer than a call may take (answers.CALL_S), shorter than Discord's window for nonces (120 s).
LEASE = timedelta(seconds=90)
# With less of its lease left a row might become somebody else's while we are at it.
_LEAST_LEASE = timedelta(seconds=65)
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

    async def deliver(self, ready: Ready, slot: datetime) -> datetime:
        """Send a claimed delivery in its slot, which is at hand, unless something speaks against it
        at the last moment (F70).

        Returns from when on its chat may get another.

        Raises:
            StoreError: it could not be marked, and was not sent (F57).
        """
        delivery, clock = ready.delivery, self._tools.clock
        now = clock.now()
        if self._recorder.stopped(now) or not _held_for(delivery, _LEAST_LEASE, now):
            await self.give_back(delivery)
            return now
        if reason := barred(addressee(delivery, await self._chats.at(delivery.target))):
            await self._end(delivery, close(delivery, State.EXPIRED, reason))
            return now
        marked = begin(delivery, now, lease=LEASE)
        # Its chat gets nothing else while it is in flight; the spacing is written with the outcome.
        if not await self._marks.write(marked, held_until=delivery.lease_until):
            await self._take_back(delivery, marked)
            return now
        if not await self._in_turn(ready, slot):
            await self._take_back(delivery, marked)
            return clock.now()
        started_at, started = clock.now(), clock.monotonic()
        delivery, answer = await self._answer(delivery, ready)
        call = Call(
            delivery,
            answer,
            chat=ready.chat,
            lease_until=marked.lease_until,
            seconds=clock.monotonic() - started,
            spaced_until=min(started_at, clock.now())
            + timedelta(seconds=ready.pace.chat_gap or 0.0),
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

    async def _answer(self, delivery: Delivery, ready: Ready) -> tuple[Delivery, Answer]:
        """What came of it, and the delivery as it was before the call that this concerns."""
        now = self._tools.clock.now()
        if ready.replaces is not None and isinstance(self._adapter, Editor):
            return delivery, await edit(
                self._adapter, delivery, ready.message, replaces=ready.replaces, now=now
            )
        if isinstance(self._adapter, Repeatable) and must_look_up(self._adapter, delivery, now):
            if leaves_no_trace(self._adapter, ready.message):
                if not delivery.resent:
                    return delivery, Unclear("no answer, and it cannot be looked up")
            else:
                found = await look_up(self._adapter, delivery)
                if found is not None:
                    return delivery, found
                delivery = replace(delivery, called_at=None)  # it certainly has not arrived
        answer = await send(self._adapter, delivery, ready.message, now)
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

"""One platform's deliveries: taken as fast as its slots allow, and no faster."""

import asyncio
import heapq
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adapters.base import Adapter
from bot.domain.errors import StoreError
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.intake import Intake, Taken
from bot.services.deliver.marks import Marks
from bot.services.deliver.prepared import Compose, Ready
from bot.services.deliver.recorder import Recorder
from bot.services.deliver.sender import Sender
from bot.services.deliver.tools import Tools
from bot.services.deliver.waiting import sleep_or

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Width:
    """How much is in hand at once (F64): rows taken at a look, how few may wait for their slots for
    another look, and deliveries under way in all."""

    batch: int
    ahead: int
    most: int


# 50 a second that take a second each, and what waits its turn. More rows at a look would be claimed
# longer than needed, fewer cost a query each.
_FREE = Width(16, 8, 96)
# 1,000 a second: to find those that exceed the free rate, more are taken than that has room for.
_PAID = Width(64, 64, 1024)

# Another process may plan something at any time; our own planner wakes us.
_LOOK_EVERY = timedelta(seconds=5)
_AFTER_TROUBLE = timedelta(seconds=5)
# A slot further away than this is a limit that somebody ran into: the rows go back until then.
_FARTHEST_SLOT = timedelta(seconds=10)
# A mark is written at least so long before its slot: a commit takes some milliseconds, now more,
# now less, and messages must leave evenly. Those of a tenth of a second share one.
_MARK_AHEAD_S = 0.025
_MARK_TOGETHER_S = 0.1
# With nothing to look for, somebody pokes us.
_LONGEST_NAP_S = 60.0


class Lane:
    """Delivers through one adapter; knows nothing of the other lanes."""

    def __init__(self, adapter: Adapter, compose: Compose, tools: Tools, marks: Marks) -> None:
        self._platform = adapter.name
        self._tools = tools
        self.recorder = Recorder(adapter.name, tools, marks)
        chats = tools.roll or ChatRoll(tools.store, tools.clock)
        self._intake = Intake(adapter, compose, chats, recorder=self.recorder)
        self._sender = Sender(adapter, chats, self.recorder, slots=self._intake.slots)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ahead = 0
        # When chats may get their next messages, as a heap; and when to look in any case.
        self._looks: list[datetime] = []
        self._look_by = tools.clock.now()
        self._poked = asyncio.Event()
        self._stopped = asyncio.Event()

    @property
    def _width(self) -> Width:
        """Where nothing is sold any more, more rows would only wait: several processes' together
        for longer than slots are kept."""
        return _PAID if self._intake.slots.sells else _FREE

    async def run(self, *, within: float) -> None:
        """Deliver until ``stop``, or until the token is refused.

        Then calls in flight may end ``within`` so many seconds, and what only waited for its slot
        goes back. A call that takes longer is cut off, to be found again as a killed one.
        """
        try:
            while not self._stopped.is_set() and not self.recorder.revoked:
                self._poked.clear()
                if self._has_room():
                    await self._look()
                await sleep_or(self._poked, self._nap_s(), self._tools.clock)
            if self._tasks:
                await asyncio.wait(self._tasks.values(), timeout=within)
        finally:
            for task in self._tasks.values():
                task.cancel()

    async def run_once(self) -> int:
        """Deliver what is due now, and wait for it; returns how many rows were taken.

        Raises:
            StoreError: the store cannot be used.
        """
        total = 0
        while not self.recorder.stopped(self._tools.clock.now()):
            taken = await self._intake.take(self._width.batch, held=self._tasks.keys())
            await self._set_off(taken)
            await asyncio.gather(*self._tasks.values())
            total += taken.rows
            if not taken.rows:
                break
        return total

    def wake(self) -> None:
        """Something may have become due: look now."""
        self._look_at(self._tools.clock.now())

    def stop(self) -> None:
        """Take nothing more."""
        self._stopped.set()
        self._poked.set()

    def _look_at(self, moment: datetime) -> None:
        heapq.heappush(self._looks, moment)
        self._poked.set()

    def _next_look(self) -> datetime:
        return min([self._look_by, *self._looks[:1]])

    def _has_room(self) -> bool:
        """Whether to look now: something may be due, few wait for their slots, and what was sent
        could be recorded (F57)."""
        now = self._tools.clock.now()
        return (
            self._next_look() <= now
            and self._ahead <= self._width.ahead
            and len(self._tasks) <= self._width.most - self._width.batch
            and not self.recorder.unrecorded
            and not self.recorder.holds.held(now)
        )

    def _nap_s(self) -> float:
        """How long nothing can happen unless somebody pokes us."""
        now = self._tools.clock.now()
        moments = (self.recorder.holds.until, self._next_look())
        later = ((at - now).total_seconds() for at in moments if at is not None and at > now)
        return min(later, default=_LONGEST_NAP_S)

    async def _look(self) -> None:
        """Take what is due, and decide when to look again."""
        now = self._tools.clock.now()
        while self._looks and self._looks[0] <= now:
            heapq.heappop(self._looks)
        wait, batch = _AFTER_TROUBLE, self._width.batch
        try:
            taken = await self._intake.take(batch, held=self._tasks.keys())
            await self._set_off(taken)
            wait = timedelta() if taken.rows >= batch else _LOOK_EVERY
            self._tools.health.worked("store", at=now)
        except StoreError as error:
            self._tools.health.failed("store", str(error), at=now)
            _log.warning("deliveries wait for the store", extra={"reason": str(error)})
        except Exception:  # noqa: BLE001 - one platform's fault must not end the others' lanes
            _log.exception("deliveries wait after a fault", extra={"platform": self._platform})
        self._look_by = self._tools.clock.now() + wait
        self._poked.set()

    async def _set_off(self, taken: Taken) -> None:
        now = self._tools.clock.now()
        if taken.slots and taken.slots[0][1] - now > _FARTHEST_SLOT:
            self.recorder.holds.hold(taken.slots[0][1])
            back = (self._sender.give_back(ready.delivery) for ready, _ in taken.slots)
            await asyncio.gather(*back)
            return
        for ready, slot in taken.slots:
            self._tasks[ready.delivery.id] = asyncio.ensure_future(self._deliver(ready, slot))

    async def _deliver(self, ready: Ready, slot: datetime) -> None:
        delivery = ready.delivery
        try:
            await self._wait_until(_mark_at(slot))
            if self._stopped.is_set():
                await self._sender.give_back(delivery)
                return
            for moment in await self._sender.deliver(ready, slot):
                self._look_at(moment)
        except StoreError as error:
            self._tools.health.failed("store", str(error), at=self._tools.clock.now())
        except Exception:  # noqa: BLE001 - one delivery's fault costs no other
            _log.exception("a delivery failed unforeseen", extra={"post": delivery.post_key})
        finally:
            del self._tasks[delivery.id]
            self._poked.set()

    async def _wait_until(self, moment: datetime) -> None:
        self._ahead += 1
        try:
            seconds = (moment - self._tools.clock.now()).total_seconds()
            if seconds > 0:
                await sleep_or(self._stopped, seconds, self._tools.clock)
        finally:
            self._ahead -= 1
            self._poked.set()


def _mark_at(slot: datetime) -> datetime:
    moment = slot.timestamp() - _MARK_AHEAD_S
    return datetime.fromtimestamp(moment - moment % _MARK_TOGETHER_S, UTC)

"""A slot that was missed beside other processes is not used on top of theirs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from adapters.base import Pace
from adapters.testing import FakeAdapter
from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.errors import StoreError
from bot.domain.post import Post
from bot.domain.target import Target
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.marks import Marks
from bot.services.deliver.prepared import Ready
from bot.services.deliver.recorder import Recorder
from bot.services.deliver.sender import LEASE, Sender
from bot.services.deliver.slots import Slots
from bot.services.deliver.testing import Stage
from bot.services.deliver.tools import Tools
from bot.services.deliver.turns import Turns
from bot.store.memory import MemoryStore
from bot.virtual_time import LoopClock, run_virtually

START = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
_PER_SECOND = 20.0
_EACH = timedelta(seconds=1 / _PER_SECOND)
A = Target("fake", "A")


class Two:
    """Two processes that reserve from one rate."""

    def __init__(self) -> None:
        self.clock = LoopClock(START)
        self.store = MemoryStore()
        self.ours = Turns(self.store.rates, "fake", self.clock)
        self.theirs = Turns(self.store.rates, "fake", self.clock)

    async def beside(self) -> Sequence[datetime]:
        """Our next three slots, after they have shown that they take some too."""
        await self.ours.reserve(1, _PER_SECOND)
        await self.theirs.reserve(1, _PER_SECOND)
        return await self.ours.reserve(3, _PER_SECOND)

    async def kept(self, slots: Sequence[datetime]) -> Sequence[datetime]:
        return await asyncio.gather(*(self.ours.kept(slot, _PER_SECOND) for slot in slots))


def play(scenario: Callable[[Two], Awaitable[None]]) -> None:
    async def main() -> None:
        await scenario(Two())

    run_virtually(main)


def test_alone_a_slot_is_kept_however_late() -> None:
    async def scenario(two: Two) -> None:
        slots = [*await two.ours.reserve(3, _PER_SECOND), *await two.ours.reserve(2, _PER_SECOND)]
        await two.clock.sleep(3)
        assert await two.kept(slots) == slots
        slots = await two.ours.reserve(2, _PER_SECOND)  # a pause is nobody else either
        await two.clock.sleep(1)
        assert await two.kept(slots) == slots

    play(scenario)


def test_beside_others_those_that_were_missed_get_new_ones_after_theirs_in_one_go() -> None:
    async def scenario(two: Two) -> None:
        slots = await two.beside()
        assert await two.kept(slots) == slots  # at hand, or still to come
        theirs = await two.theirs.reserve(4, _PER_SECOND)
        await two.clock.sleep(0.3)
        new = await two.kept(slots)
        assert new[0] >= theirs[-1] + _EACH
        assert all(b - a >= _EACH for a, b in pairwise(new))

    play(scenario)


@pytest.mark.parametrize(
    ("late", "is_kept"), [(0.018, True), (0.022, False)], ids=["a little late", "too late"]
)
def test_a_slot_is_good_for_as_long_as_the_rates_leave_room(late: float, is_kept: bool) -> None:
    async def scenario(two: Two) -> None:
        slot = (await two.beside())[0]
        await two.clock.sleep((slot - two.clock.now()).total_seconds() + late)
        assert ((await two.kept([slot]))[0] == slot) is is_kept

    play(scenario)


def test_once_the_others_have_gone_slots_are_kept_again() -> None:
    async def scenario(two: Two) -> None:
        await two.beside()
        await two.clock.sleep(11)
        slots = await two.ours.reserve(2, _PER_SECOND)
        await two.clock.sleep(1)
        assert await two.kept(slots) == slots

    play(scenario)


def test_f57_a_store_that_cannot_be_asked_leaves_the_slot_as_it_is() -> None:
    async def scenario(two: Two) -> None:
        slots = await two.beside()
        await two.clock.sleep(1)

        async def down(*_: object, **__: object) -> datetime:
            raise StoreError("The disk is full.")

        two.store.rates.reserve = down
        assert await two.kept(slots) == slots

    play(scenario)


@pytest.mark.parametrize(
    ("held", "state", "left_at"),
    [
        pytest.param(2.0, State.SENT, 2.0, id="it waits for another slot"),
        pytest.param(5.0, State.PENDING, None, id="it goes back where that is far"),
    ],
)
def test_a_call_that_missed_its_slot_leaves_in_another(
    held: float, state: State, left_at: float | None
) -> None:
    async def main() -> None:
        clock, fake = LoopClock(START), FakeAdapter()
        stage = Stage(MemoryStore(), clock)
        tools = Tools(stage.store, clock)
        recorder = Recorder("fake", tools, Marks(stage.store.outbox, clock))
        slots = Slots(fake, tools)
        sender = Sender(fake, ChatRoll(stage.store, clock), recorder, slots=slots)
        await stage.open([Chat(A)])
        await stage.queue([A], ["paper:2608.00001:zh"])
        (row,) = await stage.store.outbox.claim(1, now=clock.now(), lease=LEASE)
        ready = Ready(row, Chat(A), fake.render(Post("zh", "T", ""))[0], Pace(_PER_SECOND))
        await stage.store.rates.hold("fake", until=START + timedelta(seconds=0.5))
        (_, slot) = (await slots.of([ready]))[0]  # another's are before it
        await clock.sleep(1)
        await stage.store.rates.hold("fake", until=START + timedelta(seconds=1 + held))
        await sender.deliver(ready, slot)
        (row,) = await stage.rows()
        assert (row.state, row.called_at, row.attempts) == (state, None, 0)
        assert len(fake.calls) == (left_at is not None)
        if left_at is not None:
            assert clock.now() >= START + timedelta(seconds=1 + left_at)

    run_virtually(main)

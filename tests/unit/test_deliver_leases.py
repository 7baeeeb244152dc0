"""A delivery is sent by whoever holds it, for as long as it is held."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.base import Pace
from adapters.testing import FakeAdapter
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State, begin
from bot.domain.post import Post
from bot.domain.target import Target
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.answers import Moved
from bot.services.deliver.intake import Intake
from bot.services.deliver.marks import Marks
from bot.services.deliver.prepared import Ready
from bot.services.deliver.recorder import Call, Recorder
from bot.services.deliver.sender import LEASE, Sender
from bot.services.deliver.testing import Stage
from bot.services.deliver.tools import Tools
from bot.store.memory import MemoryStore
from bot.virtual_time import LoopClock, run_virtually

START = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
A, B = Target("fake", "A"), Target("fake", "B")
ONE = "paper:2608.00001:zh"


class World:
    """A claimed delivery, and what would send it."""

    def __init__(self) -> None:
        self.clock = LoopClock(START)
        self.stage = Stage(MemoryStore(), self.clock)
        self.fake = FakeAdapter()
        tools = Tools(self.stage.store, self.clock)
        self.recorder = Recorder("fake", tools, Marks(tools.store.outbox, self.clock))
        chats = ChatRoll(tools.store, self.clock)
        self.intake = Intake(self.fake, self.stage.compose, chats, recorder=self.recorder)
        self.sender = Sender(self.fake, chats, self.recorder, slots=self.intake.slots)

    async def claimed(self) -> Ready:
        await self.stage.open([Chat(A)])
        await self.stage.queue([A], [ONE])
        (row,) = await self.stage.store.outbox.claim(1, now=self.clock.now(), lease=LEASE)
        (message,) = self.fake.render(Post("zh", ONE, ""))
        return Ready(row, Chat(A), message, Pace())

    async def row(self) -> Delivery:
        (row,) = await self.stage.rows()
        return row


def play(scenario: Callable[[World], Awaitable[None]]) -> None:
    async def main() -> None:
        await scenario(World())

    run_virtually(main)


@pytest.mark.parametrize(
    ("waited", "state", "calls"),
    [
        pytest.param(0, State.SENT, 1, id="just claimed"),
        pytest.param(20, State.SENT, 1, id="time enough for a call"),
        pytest.param(30, State.PENDING, 0, id="a call might outlast the lease: it goes back"),
        pytest.param(95, State.CLAIMED, 0, id="no longer ours: it is left alone"),
    ],
)
def test_a_call_is_made_only_where_it_ends_before_the_lease(
    waited: float, state: State, calls: int
) -> None:
    async def scenario(world: World) -> None:
        ready = await world.claimed()
        await world.clock.sleep(waited)
        await world.sender.deliver(ready, world.clock.now())
        assert (await world.row()).state is state
        assert len(world.fake.calls) == calls

    play(scenario)


def test_f61_a_call_of_our_own_that_outlasted_its_lease_is_not_taken_for_a_dead_one_s() -> None:
    """The machine slept for minutes in mid-call: the row is claimed by the very process that has
    it in hand, and must not be sent again."""

    async def scenario(world: World) -> None:
        ready = await world.claimed()
        sending = replace(ready.delivery, state=State.SENDING, called_at=world.clock.now())
        await world.stage.store.outbox.save([sending])
        await world.clock.sleep(300)
        taken = await world.intake.take(16, held={sending.id})
        assert (taken.rows, taken.slots) == (1, [])
        assert (await world.row()).state is State.SENDING
        await world.clock.sleep(300)
        await world.intake.take(16, held=())
        assert ((await world.row()).state, (await world.row()).resent) == (State.PENDING, True)

    play(scenario)


def test_f33_a_move_leaves_alone_what_another_process_sends_at_the_new_address() -> None:
    async def scenario(world: World) -> None:
        ready = await world.claimed()
        lease = timedelta(seconds=80)
        theirs = begin(replace(ready.delivery, target=B), START, lease=lease)
        await world.stage.store.outbox.add([theirs])
        ours = begin(ready.delivery, START, lease=LEASE)
        await world.stage.store.outbox.save([ours])
        await world.recorder.record(
            Call(ready.delivery, Moved("B", "upgraded"), None, START + LEASE)
        )
        assert (await world.row()) == theirs

    play(scenario)


def test_slots_of_a_batch_follow_at_the_platform_s_rate() -> None:
    async def scenario(world: World) -> None:
        chats = [Chat(Target("fake", str(n))) for n in range(5)]
        world.fake.paces.update({chat.target: Pace(per_second=2) for chat in chats})
        await world.stage.open(chats)
        await world.stage.queue([chat.target for chat in chats], [ONE])
        taken = await world.intake.take(16, held=())
        seconds = [(slot - START) / timedelta(seconds=1) for _, slot in taken.slots]
        assert seconds == [0, 0.5, 1, 1.5, 2]

    play(scenario)

"""F55: a process that is held up for minutes does not send what others have taken over meanwhile.

It may be held up anywhere: before it marks a delivery, before its call, in the middle of its call.
Somebody else takes the delivery over, because its lease has run out or because the process has been
taken for dead.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.base import Message, Pace
from adapters.deadline import let_leave
from adapters.testing import FakeAdapter, RepeatableFake
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.delivery_errors import NotDelivered, OutcomeUnknown
from bot.domain.post import Post
from bot.domain.target import Receipt, Target
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.intake import Intake
from bot.services.deliver.marks import Marks
from bot.services.deliver.prepared import Ready
from bot.services.deliver.recorder import Recorder
from bot.services.deliver.sender import LEASE, Sender
from bot.services.deliver.testing import ONE, START, A, Stage
from bot.services.deliver.tools import Tools
from bot.services.rounds.inheriting import take_back
from bot.store.memory import MemoryStore
from bot.virtual_time import LoopClock, run_virtually

MINUTES = 600.0


class Slow:
    """The first process, which is held up; ``lives`` is whether it has given signs of life."""

    def __init__(self, stage: Stage, adapter: FakeAdapter) -> None:
        self.stage = stage
        self.lives = True
        tools = Tools(stage.store, stage.clock, lives=lambda: self.lives)
        self.marks = Marks(tools.store.outbox, stage.clock)
        recorder = Recorder(adapter.name, tools, self.marks)
        chats = ChatRoll(tools.store, stage.clock)
        intake = Intake(adapter, stage.compose, chats, recorder=recorder)
        self.sender = _sender(adapter, chats, recorder, intake)
        self.adapter = adapter

    async def claimed(self) -> Ready:
        await self.stage.queue([A], [ONE])
        clock = self.stage.clock
        (row,) = await self.stage.store.outbox.claim(1, now=clock.now(), lease=LEASE)
        (message,) = self.adapter.render(Post("zh", ONE, ""))
        return Ready(row, Chat(A), message, Pace())

    async def deliver(self, ready: Ready) -> None:
        await self.sender.deliver(ready, self.stage.clock.now())


def _sender(adapter: FakeAdapter, chats: ChatRoll, recorder: Recorder, intake: Intake) -> Sender:
    slots: Any = getattr(intake, "slots", None)
    return Sender(adapter, chats, recorder, **({} if slots is None else {"slots": slots}))


Happens = Callable[[], Awaitable[object]]


class Wire(RepeatableFake):
    """A platform behind a wire. Once, ``hold_up`` happens before the first byte of a call leaves,
    and ``lose`` instead of its answer.

    ``takes_keys`` is whether it is like Discord; else it is like Telegram.
    """

    def __init__(self, *, takes_keys: bool) -> None:
        super().__init__()
        self.hold_up: Happens | None = None
        self.lose: Happens | None = None
        if not takes_keys:
            self.keyless.add(A)

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        if (hold_up := self.hold_up) is not None:
            self.hold_up = None
            await hold_up()
        let_leave()
        receipt = await super().send(target, message, key=key)
        if (lose := self.lose) is not None:
            self.lose = None
            await lose()
        return receipt

    @property
    def copies(self) -> int:
        return len(self.chats[A])


Scenario = Callable[[Stage, Slow, Wire], Awaitable[None]]


def play(scenario: Scenario, *, takes_keys: bool) -> None:
    async def main() -> None:
        stage = Stage(MemoryStore(), LoopClock(START))
        await stage.open([Chat(A)])
        wire = Wire(takes_keys=takes_keys)
        await scenario(stage, Slow(stage, wire), wire)

    run_virtually(main)


async def the_row(stage: Stage) -> Delivery:
    (row,) = await stage.rows()
    return row


async def taken_for_dead(stage: Stage) -> None:
    """Another process starts, believes to be alone, and takes back what is in hand."""
    await stage.clock.sleep(0.1)
    now = stage.clock.now()
    assert await take_back(stage.store.outbox, started_at=now, now=now) == 1


both = pytest.mark.parametrize(
    "takes_keys", [pytest.param(True, id="keys"), pytest.param(False, id="no keys")]
)


@both
def test_f55_held_up_between_claim_and_mark_it_sends_nothing(takes_keys: bool) -> None:
    async def scenario(stage: Stage, slow: Slow, wire: Wire) -> None:
        ready = await slow.claimed()
        await taken_for_dead(stage)
        await slow.deliver(ready)
        assert wire.copies == 0
        await stage.play(wire)
        await slow.deliver(ready)
        row = await the_row(stage)
        assert (row.state, row.resent, wire.copies) == (State.SENT, False, 1)

    play(scenario, takes_keys=takes_keys)


@both
@pytest.mark.parametrize("seconds", [30.0, 95.0, MINUTES])
def test_f55_held_up_between_mark_and_call_it_sends_nothing(
    takes_keys: bool, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the database takes its time, or the process is stopped."""

    async def scenario(stage: Stage, slow: Slow, wire: Wire) -> None:
        ready = await slow.claimed()
        write = slow.marks.write

        async def write_slowly(delivery: Delivery, **named: Any) -> bool:
            written = await write(delivery, **named)
            if delivery.state is State.SENDING:
                await stage.clock.sleep(seconds)
            return written

        monkeypatch.setattr(slow.marks, "write", write_slowly)
        late = asyncio.ensure_future(slow.deliver(ready))
        await stage.clock.sleep(1)
        await stage.play(wire)
        wire.forget()
        await late
        await stage.play(wire)
        row = await the_row(stage)
        assert (row.state, wire.copies) == (State.SENT, 1)
        assert len(wire.calls) == 1

    play(scenario, takes_keys=takes_keys)


@both
def test_f55_held_up_in_its_call_nothing_leaves_once_it_may_be_taken_for_dead(
    takes_keys: bool,
) -> None:
    async def scenario(stage: Stage, slow: Slow, wire: Wire) -> None:
        ready = await slow.claimed()

        async def hold_up() -> None:
            slow.lives = False
            await taken_for_dead(stage)
            await stage.clock.sleep(20)

        wire.hold_up = hold_up
        late = asyncio.ensure_future(slow.deliver(ready))
        await stage.clock.sleep(1)
        await stage.play(wire)
        wire.forget()
        await late
        row = await the_row(stage)
        assert (row.state, wire.copies) == (State.SENT, 1)
        assert row.resent is not takes_keys, "declared where it might have come twice"

    play(scenario, takes_keys=takes_keys)


@both
def test_f55_nothing_leaves_after_the_lease_although_no_timer_has_run_yet(takes_keys: bool) -> None:
    """A stopped process goes on in the middle of its call, before its timers are looked at."""

    async def scenario(stage: Stage, slow: Slow, wire: Wire) -> None:
        ready = await slow.claimed()

        async def hold_up() -> None:
            loop: Any = asyncio.get_running_loop()
            loop._skipping.elapsed += MINUTES

        wire.hold_up = hold_up
        await slow.deliver(ready)
        row = await the_row(stage)
        assert (row.state, wire.copies) == (State.PENDING, 0)
        await stage.play(wire)
        assert wire.copies == 1

    play(scenario, takes_keys=takes_keys)


@both
def test_f55_what_somebody_overtaken_believes_does_not_hide_a_call(takes_keys: bool) -> None:
    """It is told that nothing was sent, while another one's call is under way and its end is not
    seen by anybody."""

    async def scenario(stage: Stage, slow: Slow, wire: Wire) -> None:
        ready = await slow.claimed()

        async def hold_up() -> None:
            await taken_for_dead(stage)
            wire.lose = asyncio.Event().wait
            await stage.play_for(12, wire)
            raise NotDelivered("no connection")

        wire.hold_up = hold_up
        await slow.deliver(ready)
        assert wire.copies == 1
        assert (await the_row(stage)).called_at is not None
        await stage.play(wire, most=7200)
        row = await the_row(stage)
        if takes_keys:
            assert (row.state, wire.copies) == (State.SENT, 1)
        else:
            assert wire.copies <= 1 + row.resent

    play(scenario, takes_keys=takes_keys)


class _Hidden(Wire):
    """A channel whose history cannot be read."""

    async def find(self, target: Target, key: str) -> Receipt | None:
        raise OutcomeUnknown("the history is hidden")


@pytest.mark.parametrize(
    ("age", "calls"),
    [
        pytest.param(95, 1, id="the key does"),
        pytest.param(109.5, 0, id="but for no longer than it is surely known"),
        pytest.param(200, 0, id="and not after that"),
    ],
)
def test_f47_where_nothing_can_be_looked_up_a_call_leaves_while_the_key_is_known(
    age: float, calls: int
) -> None:
    async def main() -> None:
        stage = Stage(MemoryStore(), LoopClock(START))
        await stage.open([Chat(A)])
        wire = _Hidden(takes_keys=True)
        slow = Slow(stage, wire)
        await stage.queue([A], [ONE])
        clock = stage.clock
        (row,) = await stage.store.outbox.claim(1, now=clock.now(), lease=LEASE)
        (message,) = wire.render(Post("zh", ONE, ""))
        called = replace(row, called_at=clock.now() - timedelta(seconds=age))

        async def hold_up() -> None:
            await stage.clock.sleep(1)

        wire.hold_up = hold_up
        await slow.deliver(Ready(called, Chat(A), message, Pace()))
        assert len(wire.calls) == calls

    run_virtually(main)

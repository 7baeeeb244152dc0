"""What waits in memory for Discord is bounded (F64)."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from adapters.discord.counter import Counter
from adapters.discord.crosspost import Crossposter
from bot.domain.delivery_errors import NotDelivered
from bot.testing import HeldClock

_CLOCK = HeldClock(datetime(2026, 8, 20, tzinfo=UTC))


class _History:
    async def own_since(self, *_: object) -> list[Any]:
        return []


class _Rest:
    """Takes nothing until the gate opens."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.asked: list[str] = []

    async def call(self, *_: str, message_id: str, **_more: str) -> None:
        self.asked.append(message_id)
        await self.gate.wait()


async def test_f64_f53_of_more_than_can_be_crossposted_in_two_days_the_newest_are() -> None:
    rest: Any = _Rest()
    history: Any = _History()
    clock = HeldClock(datetime(2026, 8, 20, tzinfo=UTC))
    poster = Crossposter(rest, history, clock)
    poster.publish("1", "first")
    await _turns(9)
    for number in range(700):
        poster.publish("1", str(number))
    rest.gate.set()
    while len(rest.asked) < 481:
        clock.advance(3600)
        await _turns(20)
    await poster.close()
    assert rest.asked == ["first", *(str(n) for n in range(220, 700))]


class _Commands:
    """Never done with a completion."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.served = 0

    async def suggest(self, *_: object, **_more: object) -> list[Any]:
        self.served += 1
        await self.gate.wait()
        raise NotDelivered("too late")


def _interaction(number: int) -> Any:
    return SimpleNamespace(
        id=number,
        type=SimpleNamespace(value=4),
        data={"options": [{"name": "id", "value": "2309", "focused": True}]},
        user=SimpleNamespace(id=7),
        message=None,
        guild_id=None,
        channel=None,
        channel_id=1,
        context=SimpleNamespace(private_channel=False),
        permissions=SimpleNamespace(value=0),
        locale=SimpleNamespace(value="en-US"),
        application_id=1,
        token="t",
    )


async def test_f64_interactions_beyond_what_can_be_answered_in_time_are_not_begun() -> None:
    commands: Any = _Commands()
    rest: Any = _Rest()
    counter = Counter(commands, rest, _CLOCK)
    for number in range(900):
        counter.take(_interaction(number))
    await _turns(3)
    assert commands.served == 500
    commands.gate.set()
    await counter.drain()
    counter.take(_interaction(900))
    await counter.drain()
    assert commands.served == 501


async def test_f56_who_was_cancelled_twice_before_waits_for_no_answer() -> None:
    commands: Any = _Commands()
    rest: Any = _Rest()
    counter = Counter(commands, rest, _CLOCK)
    counter.take(_interaction(1))

    async def end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            try:
                await asyncio.Event().wait()
            finally:
                await counter.drain()

    ending = asyncio.ensure_future(end())
    await _turns(3)
    ending.cancel()
    await _turns(3)
    ending.cancel()
    await _turns(9)
    assert ending.done()


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)

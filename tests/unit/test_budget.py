"""F29: the day's budget is a hard stop before the call, also with many calls at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.errors import BudgetSpent, StoreError
from bot.domain.model_call import ModelCall
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.store.memory import MemoryLedger
from bot.testing import VirtualClock
from summarizer.budget import Budget, Cost, DailyLimit

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def _call(tokens: int, *, at: datetime = NOON, usd: str | None = None) -> ModelCall:
    key = SummaryKey(PaperId("2309.12307"), 1, "zh", "v1", "m")
    return ModelCall(key, at, tokens, 0, 0, Decimal(usd) if usd else None, "ok")


def _budget(limit: DailyLimit, *calls: ModelCall) -> tuple[Budget, VirtualClock]:
    ledger, clock = MemoryLedger(), VirtualClock(NOON)
    for call in calls:
        asyncio.run(ledger.record(call))
    return Budget(ledger, clock=clock, limit=limit), clock


@pytest.mark.parametrize(
    ("limit", "spent", "allowed"),
    [
        pytest.param(DailyLimit(), _call(10**9), True, id="no limit"),
        pytest.param(DailyLimit(tokens=0), _call(0), False, id="nothing allowed"),
        pytest.param(DailyLimit(tokens=1000), _call(900), True, id="room to the token"),
        pytest.param(DailyLimit(tokens=1000), _call(901), False, id="one token short"),
        pytest.param(
            DailyLimit(tokens=1000), _call(990, at=NOON - timedelta(hours=13)), True, id="yesterday"
        ),
        pytest.param(
            DailyLimit(tokens=1000), _call(990, at=NOON - timedelta(hours=12)), False, id="midnight"
        ),
        pytest.param(DailyLimit(usd=Decimal(1)), _call(1, usd="0.99"), True, id="dollars left"),
        pytest.param(DailyLimit(usd=Decimal(1)), _call(1, usd="0.995"), False, id="dollars gone"),
        pytest.param(DailyLimit(usd=Decimal(1)), _call(10**9), True, id="no known price"),
    ],
)
def test_a_call_of_100_tokens_and_a_cent_is_let_through_or_not_f29(
    limit: DailyLimit, spent: ModelCall, allowed: bool
) -> None:
    """F29."""
    budget, _ = _budget(limit, spent)

    async def run() -> None:
        async with budget.room_for(Cost(100, Decimal("0.01"))):
            pass

    if allowed:
        asyncio.run(run())
    else:
        with pytest.raises(BudgetSpent, match="00:00 UTC"):
            asyncio.run(run())


async def test_fifty_calls_at_once_never_hold_more_than_the_limit_f29() -> None:
    """F29: each may cost 100 and costs 60; together they stay under 1000."""
    ledger, clock = MemoryLedger(), VirtualClock(NOON)
    budget = Budget(ledger, clock=clock, limit=DailyLimit(tokens=1000))
    running, most = 0, 0

    async def one() -> bool:
        nonlocal running, most
        try:
            async with budget.room_for(Cost(100)):
                running += 1
                spent = (await ledger.spent(since=NOON - timedelta(days=1))).tokens
                most = max(most, spent + running * 100)
                await asyncio.sleep(0)
                await budget.book(_call(60))
                running -= 1
        except BudgetSpent:
            return False
        return True

    let_through = sum(await asyncio.gather(*(one() for _ in range(50))))
    spent = (await ledger.spent(since=NOON - timedelta(days=1))).tokens
    assert most <= 1060  # in the moment between booking and giving the room back
    assert 900 < spent <= 1000
    assert let_through == spent // 60


async def test_a_call_waits_for_room_that_calls_in_flight_only_hold_f29() -> None:
    """F29: an estimate that was too high refuses nobody."""
    budget = Budget(MemoryLedger(), clock=VirtualClock(NOON), limit=DailyLimit(tokens=150))
    order: list[str] = []

    async def one(name: str) -> None:
        async with budget.room_for(Cost(100)):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            await budget.book(_call(10))
            order.append(f"{name} out")

    await asyncio.gather(one("a"), one("b"))
    assert order == ["a in", "a out", "b in", "b out"]


async def test_a_call_whose_answer_was_lost_counts_until_midnight_f29() -> None:
    """F29: it may have been billed, and the ledger has no tokens for it."""
    clock = VirtualClock(NOON)
    budget = Budget(MemoryLedger(), clock=clock, limit=DailyLimit(tokens=150))
    async with budget.room_for(Cost(100)) as room:
        room.keep()
    with pytest.raises(BudgetSpent):
        async with budget.room_for(Cost(100)):
            pass
    clock.advance(12 * 3600)
    async with budget.room_for(Cost(100)):
        pass


async def test_a_failed_call_gives_its_room_back() -> None:
    budget = Budget(MemoryLedger(), clock=VirtualClock(NOON), limit=DailyLimit(tokens=100))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with budget.room_for(Cost(100)):
                raise ZeroDivisionError


class _Shy(MemoryLedger):
    """Takes nothing down while ``away``."""

    away = True

    async def record(self, call: ModelCall) -> None:
        if self.away:
            raise StoreError("the server is gone")
        await super().record(call)


async def test_f29_f57_what_could_not_be_booked_is_booked_before_the_next_call() -> None:
    ledger = _Shy()
    budget = Budget(ledger, clock=VirtualClock(NOON), limit=DailyLimit(tokens=1000))
    await asyncio.gather(*(budget.book(_call(300)) for _ in range(3)))
    with pytest.raises(StoreError):
        async with budget.room_for(Cost(100)):
            pytest.fail("a call that could not be counted")
    ledger.away = False
    async with budget.room_for(Cost(100)):
        assert len(ledger.calls) == 3
    with pytest.raises(BudgetSpent):
        async with budget.room_for(Cost(101)):
            pytest.fail("more than the day has")

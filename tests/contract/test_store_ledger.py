"""What every Ledger does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from bot.domain.model_call import ModelCall, Spending
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.ports import Store

MIDNIGHT = datetime(2026, 8, 10, tzinfo=UTC)
CALL = ModelCall(
    key=SummaryKey(PaperId("2608.00001"), 1, "zh", "v3", "gpt-x"),
    at=MIDNIGHT,
    input_tokens=1_000,
    cached_tokens=800,
    output_tokens=200,
    cost_usd=Decimal("0.0001851"),
    outcome="ok",
)


async def test_nothing_spent_is_zero(store: Store) -> None:
    assert await store.ledger.spent(since=MIDNIGHT) == Spending(0, 0, Decimal(0))


async def test_calls_are_added_up_whatever_came_of_them(store: Store) -> None:
    await store.ledger.record(CALL)
    await store.ledger.record(CALL)
    await store.ledger.record(replace(CALL, outcome="refused", cost_usd=Decimal("1.5")))
    assert await store.ledger.spent(since=MIDNIGHT) == Spending(3, 3_600, Decimal("1.5003702"))


async def test_a_call_of_unknown_price_counts_its_tokens(store: Store) -> None:
    await store.ledger.record(replace(CALL, cost_usd=None))
    assert await store.ledger.spent(since=MIDNIGHT) == Spending(1, 1_200, Decimal(0))
    await store.ledger.record(CALL)
    assert await store.ledger.spent(since=MIDNIGHT) == Spending(2, 2_400, Decimal("0.0001851"))


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        pytest.param(MIDNIGHT - timedelta(microseconds=1), 0, id="just before"),
        pytest.param(MIDNIGHT, 1, id="exactly then"),
        pytest.param(MIDNIGHT + timedelta(days=40), 1, id="after"),
        pytest.param(
            datetime(2026, 8, 10, 7, 59, tzinfo=timezone(timedelta(hours=8))), 0, id="zone before"
        ),
        pytest.param(
            datetime(2026, 8, 9, 19, tzinfo=timezone(timedelta(hours=-5))), 1, id="zone then"
        ),
    ],
)
async def test_f29_spending_counts_from_a_moment_on(
    store: Store, at: datetime, counted: int
) -> None:
    await store.ledger.record(replace(CALL, at=at))
    assert (await store.ledger.spent(since=MIDNIGHT)).calls == counted


async def test_f29_many_small_costs_add_up_exactly(store: Store) -> None:
    # A tenth has no exact binary fraction; 12 decimals are kept.
    for _ in range(100):
        await store.ledger.record(replace(CALL, cost_usd=Decimal("0.100000000003")))
    assert (await store.ledger.spent(since=MIDNIGHT)).cost_usd == Decimal("10.0000000003")

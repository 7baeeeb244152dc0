"""How much is still to be sent, on every store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.delivery import Delivery, State, renewed
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Store, Waiting

_NOON = datetime(2026, 8, 20, 12, 0, 0, 123456, tzinfo=UTC)


def _row(platform: str, number: int, state: State = State.PENDING) -> Delivery:
    due = _NOON + timedelta(seconds=number)
    return Delivery(Target(platform, str(number)), "paper:x:zh", _NOON, due, state=state)


async def test_what_waits_is_counted_by_platform_with_the_one_due_longest(store: Store) -> None:
    rows = [_row("telegram", 2), _row("telegram", 1), _row("discord", 5)]
    await store.outbox.add(rows)
    assert await store.backlog.waiting() == [
        Waiting("discord", 1, _NOON + timedelta(seconds=5)),
        Waiting("telegram", 2, _NOON + timedelta(seconds=1)),
    ]


async def test_an_empty_outbox_has_no_backlog(store: Store) -> None:
    assert await store.backlog.waiting() == []


@pytest.mark.parametrize("state", list(State))
async def test_what_is_settled_does_not_wait(store: Store, state: State) -> None:
    await store.outbox.add([_row("telegram", 1, state)])
    waits = state in (State.PENDING, State.CLAIMED, State.SENDING)
    assert len(await store.backlog.waiting()) == waits


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED, State.PASSED])
async def test_what_ended_unsent_can_be_sent_again_as_if_it_were_new(
    store: Store, state: State
) -> None:
    row = replace(_row("telegram", 1, state), attempts=3, plain=True, resent=True, reason="why")
    await store.outbox.add([row])
    later = _NOON + timedelta(days=9)
    assert await store.backlog.renew([row], now=later) == 1
    assert await store.outbox.find(DeliveryQuery()) == [renewed(row, later)]
    (claimed,) = await store.outbox.claim(9, now=later, lease=timedelta(seconds=30))
    assert claimed.id == row.id


@pytest.mark.parametrize(
    "state", [s for s in State if s not in (State.FAILED, State.EXPIRED, State.PASSED)]
)
async def test_what_somebody_has_or_will_get_is_not_sent_again(store: Store, state: State) -> None:
    row = _row("telegram", 1, state)
    await store.outbox.add([row])
    never = _row("telegram", 2, State.FAILED)
    assert await store.backlog.renew([row, never], now=_NOON + timedelta(days=1)) == 0
    assert await store.outbox.find(DeliveryQuery()) == [row]


async def test_deliveries_are_found_up_to_a_moment(store: Store) -> None:
    rows = [replace(_row("telegram", n), created_at=_NOON + timedelta(days=n)) for n in range(3)]
    await store.outbox.add(rows)
    query = DeliveryQuery(since=_NOON + timedelta(days=1), until=_NOON + timedelta(days=2))
    assert await store.outbox.find(query) == [rows[1]]

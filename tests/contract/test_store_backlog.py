"""How much is still to be sent, on every store."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import Store, Waiting

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

"""F65: an outbox with very many rows is read without holding anybody up."""

import asyncio
import gc
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Outbox
from bot.store.sql_store import open_store

_NOON = datetime(2026, 8, 20, 12, tzinfo=UTC)
_MANY = 10_000
_QUERY = DeliveryQuery(states=frozenset({State.PENDING}), kind="edit:", limit=_MANY)


def _row(number: int) -> Delivery:
    at = _NOON + timedelta(seconds=number // 7)
    return Delivery(Target("telegram", str(number)), "edit:digest:2026-08-20:zh:3", at, at)


async def _found(outbox: Outbox, query: DeliveryQuery) -> tuple[list[Delivery], float]:
    """What is found, and the most seconds that the loop's thread worked without a turn for others:
    its own time, so that a busy machine changes nothing."""
    longest, last = 0.0, time.thread_time()

    async def others() -> None:
        nonlocal longest, last
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            longest, last = max(longest, now - last), now

    waiting = asyncio.ensure_future(others())
    gc.disable()  # what other tests left in this process is not what is measured
    try:
        found = await outbox.find(query)
        await asyncio.sleep(0)
    finally:
        gc.enable()
    waiting.cancel()
    return list(found), longest


async def test_f65_others_have_a_turn_while_many_deliveries_are_read(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        await store.outbox.add([_row(number) for number in range(_MANY)])
        at_once, held_up = await _found(store.outbox, _QUERY)
        in_parts, longest = await _found(store.outbox, replace(_QUERY, limit=1_000_000))
    assert in_parts == at_once
    assert len(in_parts) == _MANY
    assert longest < held_up / 3

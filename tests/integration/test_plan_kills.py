"""Planning that is killed between any two calls to the store, or done by two at once, adds nothing
twice and loses nothing (F55, F60)."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from bot.domain.chat import Style
from bot.domain.delivery import State
from bot.domain.filters import Filters
from bot.domain.target import Target
from bot.domain.timetable import Timetable
from bot.ports import DeliveryQuery, Store
from bot.services.plan import Planner
from bot.services.testing_plan import PAPERS, PlanStage, at
from bot.store.memory import MemoryStore
from bot.store.sql_store import open_store

DIGEST = Target("telegram", "digest")
CHATS: dict[str, dict[str, object]] = {
    "each": {},
    "digest": {"style": Style.DIGEST},
    "limited": {"filters": Filters(most_a_day=3)},
    "both": {"style": Style.DIGEST, "filters": Filters(most_a_day=3), "second_language": "en"},
    "slots": {"timetable": Timetable((time(10),)), "style": Style.DIGEST},
    "rated": {"filters": Filters(least_recommendation=4)},
}


class Killed(BaseException):
    """The process is no more."""


class Dying:
    """Stands before a store, or a part of it, and dies before some call."""

    def __init__(self, inner: Any, die: Callable[[], None]) -> None:
        self._inner = inner
        self._die = die

    def __getattr__(self, name: str) -> Any:
        found: Any = getattr(self._inner, name)
        if not inspect.ismethod(found):
            return Dying(found, self._die)

        async def call(*args: Any, **named: Any) -> Any:
            self._die()
            return await found(*args, **named)

        return call


New = Callable[[], str]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def new(request: pytest.FixtureRequest) -> New | None:
    """Makes places of empty stores; ``None`` is the fake, which needs none."""
    if request.param == "memory":
        return None
    found: New = request.getfixturevalue(f"new_{request.param}_store")
    return found


@asynccontextmanager
async def _morning(new: New | None) -> AsyncGenerator[tuple[PlanStage, str], None]:
    """The stage after ``_day_so_far``, and where its store is."""
    async with AsyncExitStack() as stack:
        place = new() if new else ""
        opened = await stack.enter_async_context(open_store(place)) if new else MemoryStore()
        stage = PlanStage(opened)
        await _day_so_far(stage)
        yield stage, place


async def _day_so_far(stage: PlanStage) -> None:
    """A day's list was posted in the morning, and more papers have come since."""
    for name, settings in CHATS.items():
        await stage.chat(Target("telegram", name), at(-99), **settings)
    await stage.listed(*PAPERS[:2], at=at(0), languages=())
    for paper in PAPERS:
        await stage.store.papers.save([paper])
        for language in ("zh", "en"):
            await stage.summarised(paper, language, score=4.5)
    await stage.plan_at(at(0))
    rows = await stage.store.outbox.find(DeliveryQuery(limit=1000))
    sent = [row for row in rows if row.state is State.PENDING]
    await stage.store.outbox.save([replace(row, state=State.SENT) for row in sent])
    await stage.listed(*PAPERS[:5], at=at(1), languages=())
    stage.clock.advance(2 * 3600)


async def _planned(store: Store) -> list[tuple[str, str, State, str]]:
    rows = await store.outbox.find(DeliveryQuery(limit=1000))
    return sorted((row.target.chat, row.post_key, row.state, row.reason) for row in rows)


async def test_f55_a_round_that_is_killed_anywhere_is_made_up_for(new: New | None) -> None:
    async with _morning(new) as (stage, _):
        await stage.planner.plan()
        expected = await _planned(stage.store)
    assert sum(key.startswith("edit:") for _, key, _, _ in expected) == 3
    calls = 0
    for fatal in range(100):
        async with _morning(new) as (stage, _):
            calls = 0

            def die(fatal: int = fatal) -> None:
                nonlocal calls
                calls += 1
                if calls > fatal:
                    raise Killed

            dying: Any = Dying(stage.store, die)
            try:
                await Planner(dying, stage.clock).plan()
            except Killed:
                await stage.new_planner().plan()
            assert await _planned(stage.store) == expected, f"killed at call {fatal}"
            if calls <= fatal:
                break
    assert 10 < calls < 90, "it was killed everywhere"


async def test_f60_two_that_plan_at_once_plan_what_one_would(new: New | None) -> None:
    async with _morning(new) as (stage, _):
        await stage.planner.plan()
        expected = await _planned(stage.store)
    async with _morning(new) as (stage, place):
        if not place:
            await asyncio.gather(stage.planner.plan(), stage.new_planner().plan())
        else:
            async with open_store(place) as other:
                there = Planner(other, stage.clock)
                await asyncio.gather(stage.planner.plan(), there.plan(), stage.planner.plan())
        assert await _planned(stage.store) == expected
        assert await stage.plan_at(at(3)) == 0

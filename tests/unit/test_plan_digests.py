"""A digest is one row for its message, and a row for each paper in it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.domain.chat import Style
from bot.domain.delivery import Delivery, State
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.timetable import Timetable
from bot.services.testing_plan import PAPERS, A, PlanStage, at, keys_of
from bot.store.memory import MemoryStore

ONE, TWO, THREE, FOUR = PAPERS[:4]
DAILY = Timetable((time(8, 30),))
_DIGEST = "digest:2026-08-20:zh"


class World(PlanStage):
    """The stage, in memory."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())


async def test_papers_of_a_digest_are_rows_that_one_message_includes() -> None:
    world = World()
    await world.chat(A, at(-99), style=Style.DIGEST)
    await world.listed(ONE, TWO, at=at(0))
    assert await world.plan_at(at(0)) == 3
    digest = "digest:2026-08-20:zh"
    assert await world.states(A) == {
        **dict.fromkeys(keys_of(ONE, TWO), State.INCLUDED),
        digest: State.PENDING,
    }
    assert {row.reason for row in await world.rows(A) if row.post_key != digest} == {digest}


async def test_a_slot_s_digest_is_named_by_its_own_date_and_time() -> None:
    world = World()
    await world.chat(
        A, at(-99), style=Style.DIGEST, timetable=DAILY, zone="Asia/Shanghai", second_language="en"
    )
    await world.listed(ONE, at=at(0))
    assert await world.plan_at(at(15.5)) == 4
    digests = [key for key in await world.keys(A) if key.startswith("digest:")]
    assert digests == ["digest:2026-08-21.0830:zh", "digest:2026-08-21.0830:en"]


async def _mark(world: World, key: str, state: State) -> None:
    rows = [row for row in await world.rows(A) if row.post_key == key]
    await world.store.outbox.save([replace(row, state=state) for row in rows])


async def test_f5_what_comes_late_brings_a_sent_digest_up_to_date() -> None:
    world = World()
    await world.chat(A, at(-99), style=Style.DIGEST)
    await world.listed(ONE, TWO, at=at(0))
    await world.plan_at(at(0))
    await _mark(world, "digest:2026-08-20:zh", State.SENT)
    await world.listed(ONE, TWO, THREE, at=at(3))
    assert await world.plan_at(at(3)) == 2
    edit = next(row for row in await world.rows(A) if row.post_key.startswith("edit:"))
    assert edit.post_key == "edit:digest:2026-08-20:zh:3"
    assert edit.due_at == at(3) + timedelta(minutes=1)


async def test_an_edit_to_come_shows_what_is_planned_meanwhile_and_one_that_is_due_may_not() -> (
    None
):
    world = World()
    await world.chat(A, at(-99), style=Style.DIGEST)
    for n, moment in enumerate((0, 3, 3.005, 3.05)):
        await world.listed(*PAPERS[: n + 1], at=at(moment))
        await world.plan_at(at(moment))
    edits = [key for key in await world.keys(A) if key.startswith("edit:")]
    assert edits == ["edit:digest:2026-08-20:zh:2", "edit:digest:2026-08-20:zh:4"]


async def test_planning_a_digest_again_after_a_restart_adds_nothing() -> None:
    world = World()
    await world.chat(A, at(-99), style=Style.DIGEST, filters=Filters(most_a_day=2))
    await world.listed(ONE, TWO, THREE, at=at(0))
    await world.plan_at(at(0))
    await _mark(world, "digest:2026-08-20:zh", State.SENT)
    world.planner = world.new_planner()
    assert await world.plan_at(at(1)) == 0


@pytest.mark.parametrize(
    ("theirs", "edits"),
    [
        pytest.param((ONE,), [f"edit:{_DIGEST}:2"], id="without a paper that came since"),
        pytest.param((ONE, TWO), [], id="with the same papers"),
    ],
)
async def test_f60_a_digest_that_another_process_sends_meanwhile_still_shows_every_paper(
    theirs: Sequence[Paper], edits: list[str]
) -> None:
    world = World()
    await world.chat(A, at(-99), style=Style.DIGEST)
    await world.listed(ONE, TWO, at=at(0))
    add, gate = world.store.outbox.add, asyncio.Event()

    async def held_up(deliveries: Sequence[Delivery]) -> int:
        await gate.wait()
        return await add(deliveries)

    world.store.outbox.add = held_up
    planning = asyncio.ensure_future(world.planner.plan())
    for _ in range(50):
        await asyncio.sleep(0)
    before = at(-0.01)
    sent = Delivery(A, _DIGEST, before, before, state=State.SENT, sent_at=before, message_id="1")
    included = replace(sent, state=State.INCLUDED, sent_at=None, message_id=None, reason=_DIGEST)
    await add([*(replace(included, post_key=key) for key in keys_of(*theirs)), sent])
    gate.set()
    await planning
    assert await world.states(A) == {
        **dict.fromkeys(keys_of(ONE, TWO), State.INCLUDED),
        _DIGEST: State.SENT,
        **dict.fromkeys(edits, State.PENDING),
    }

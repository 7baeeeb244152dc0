"""A chat with slots gets nothing between them that could have come at one."""

from dataclasses import replace
from datetime import time, timedelta

from bot.domain.filters import Filters
from bot.domain.timetable import Timetable
from bot.services.testing_plan import PAPERS, TODAY, A, B, PlanStage, at, keys_of
from bot.store.memory import MemoryStore

ONE, TWO = PAPERS[:2]
DAILY = Timetable((time(8, 30),))  # half an hour before ``at(0)``, a Thursday
MONDAYS = Timetable((time(8, 30),), (0,))
UPVOTED = Filters(least_upvotes=5)
A_FORTNIGHT = 14 * 24


async def test_a_chat_is_not_asked_again_because_it_has_become_old() -> None:
    world = PlanStage(MemoryStore())
    await world.chat(A, at(1 - A_FORTNIGHT), timetable=DAILY, filters=UPVOTED)
    await world.listed(replace(ONE, upvotes=1), at=at(-3))
    assert await world.plan_at(at(0)) == 0
    await world.store.papers.save([replace(ONE, upvotes=9)])
    await world.chat(B, at(2), sources=())  # all chats are read anew
    assert await world.plan_at(at(2)) == 0
    assert await world.plan_at(at(23.5)) == 1
    assert await world.keys(A) == keys_of(ONE)


async def test_a_paper_that_comes_back_on_another_list_waits_for_the_next_slot() -> None:
    world = PlanStage(MemoryStore())
    monday, wednesday = TODAY - timedelta(days=3), TODAY - timedelta(days=1)
    both = ("arxiv:cs.CL", "hf")
    await world.chat(A, at(-999), timetable=MONDAYS, filters=UPVOTED, sources=both)
    await world.listed(ONE, at=at(-80), day=monday, source="arxiv:cs.CL")
    assert await world.plan_at(at(-72.5)) == 0
    assert await world.plan_at(at(-31)) == 0
    await world.listed(replace(ONE, upvotes=9), at=at(-30), day=wednesday)
    await world.chat(B, at(-30), timetable=MONDAYS, sources=("hf",))  # looks back a week
    assert await world.plan_at(at(-30)) == 0
    assert await world.plan_at(at(95.5)) == 2
    assert await world.keys(A) == keys_of(ONE)


async def test_a_list_that_is_stored_just_after_the_slot_still_comes_at_it() -> None:
    world = PlanStage(MemoryStore())
    await world.chat(A, at(-999), timetable=DAILY)
    assert await world.plan_at(at(-0.49)) == 0
    await world.listed(ONE, at=at(-0.51))
    assert await world.plan_at(at(-0.4)) == 1


async def test_after_a_restart_what_has_come_to_please_since_the_slot_waits_for_the_next() -> None:
    world = PlanStage(MemoryStore())
    await world.chat(A, at(-999), timetable=DAILY, filters=UPVOTED)
    await world.listed(replace(ONE, upvotes=1), replace(TWO, upvotes=7), at=at(-3))
    assert await world.plan_at(at(-0.49)) == 1
    await world.store.papers.save([replace(ONE, upvotes=9)])
    world.planner = world.new_planner()
    assert await world.plan_at(at(2)) == 0
    assert await world.plan_at(at(23.51)) == 1
    assert await world.keys(A) == keys_of(TWO, ONE)


async def test_a_slot_that_another_process_has_planned_is_not_planned_again() -> None:
    world = PlanStage(MemoryStore())
    await world.chat(A, at(-999), timetable=DAILY, filters=UPVOTED)
    await world.listed(replace(ONE, upvotes=1), at=at(-3))
    other = world.new_planner()
    assert await world.plan_at(at(-2)) == 0
    assert (await other.plan()).added == 0
    assert await world.plan_at(at(-0.49)) == 0
    await world.store.papers.save([replace(ONE, upvotes=9)])
    world.clock.advance(3600)
    assert (await other.plan()).added == 0
    assert await world.plan_at(at(23.51)) == 1


async def test_a_slot_that_came_while_nobody_ran_is_made_up_for() -> None:
    world = PlanStage(MemoryStore())
    await world.chat(A, at(-999), timetable=DAILY)
    await world.listed(ONE, at=at(-3))
    assert await world.plan_at(at(-2)) == 0
    world.planner = world.new_planner()
    assert await world.plan_at(at(2)) == 1


async def test_a_paper_seen_just_before_the_slot_that_pleases_after_a_restart_waits() -> None:
    world = PlanStage(MemoryStore())
    await world.chat(A, at(-999), timetable=DAILY, filters=UPVOTED)
    await world.listed(replace(ONE, upvotes=1), at=at(-0.7))
    assert await world.plan_at(at(-0.49)) == 0
    await world.store.papers.save([replace(ONE, upvotes=9)])
    world.planner = world.new_planner()
    assert await world.plan_at(at(-0.2)) == 0


async def test_f62_slots_are_not_taken_for_planned_by_a_clock_that_was_put_back() -> None:
    world = PlanStage(MemoryStore())
    await world.chat(A, at(-999), timetable=DAILY)
    world.clock.put(timedelta(days=9))
    await world.planner.plan()
    world.clock.put(-timedelta(days=9))
    world.planner = world.new_planner()
    await world.listed(ONE, at=at(-3))
    assert await world.plan_at(at(0)) == 1

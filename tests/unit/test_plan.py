"""Which papers become deliveries, for whom, and when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.filters import Filters
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.services.news import MOST_LATE_ONES, first_places, recent_days
from bot.services.news_desk import PATIENCE
from bot.services.testing_plan import NINE, PAPERS, TODAY, A, B, PlanStage, at, keys_of
from bot.store.memory import MemoryStore

ONE, TWO, THREE = PAPERS[:3]


class World(PlanStage):
    """The stage, in memory."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())


async def test_each_paper_of_the_day_is_planned_once_for_each_chat_in_the_list_s_order() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.chat(B, at(-99), language="en")
    await world.listed(TWO, ONE, THREE, at=at(0))
    assert await world.plan_at(at(0)) == 6
    assert await world.keys(A) == keys_of(TWO, ONE, THREE)
    assert await world.keys(B) == keys_of(TWO, ONE, THREE, language="en")
    assert {row.due_at for row in await world.rows()} == {at(0)}


async def test_planning_again_adds_nothing_here_or_after_a_restart() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(ONE, TWO, at=at(0))
    assert await world.plan_at(at(0)) == 2
    assert await world.plan_at(at(0.1)) == 0
    world.planner = world.new_planner()
    assert await world.plan_at(at(0.2)) == 0


async def test_f5_late_arrivals_are_planned_once_and_the_others_not_again() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(ONE, at=at(0))
    await world.plan_at(at(0))
    await world.listed(TWO, ONE, THREE, at=at(20))
    assert await world.plan_at(at(20)) == 2
    assert await world.keys(A) == keys_of(ONE, TWO, THREE)


async def test_f14_a_new_version_is_not_posted_again() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(ONE, at=at(0))
    await world.plan_at(at(0))
    newer = replace(ONE, version=2, abstract="We do more.")
    await world.listed(newer, at=at(24), day=TODAY + timedelta(days=1))
    assert await world.plan_at(at(24)) == 0
    assert (await world.store.papers.get([ONE.id]))[ONE.id].abstract == "We do more."


async def test_f6_a_paper_that_moves_to_another_day_is_not_posted_again() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(ONE, TWO, at=at(0))
    await world.plan_at(at(0))
    await world.chat(B, at(10))
    await world.listed(ONE, THREE, at=at(20), day=TODAY + timedelta(days=1))
    assert await world.plan_at(at(20)) == 2
    assert await world.keys(A) == keys_of(ONE, TWO, THREE)
    assert await world.keys(B) == keys_of(THREE)


async def test_f6_a_paper_that_stood_on_a_list_of_last_week_is_no_news() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(ONE, at=at(-24 * 7), day=TODAY - timedelta(days=7))
    await world.listed(ONE, TWO, at=at(0))
    await world.plan_at(at(0))
    assert await world.keys(A) == keys_of(TWO)


async def test_a_paper_on_several_lists_is_posted_once_under_the_first_source() -> None:
    world = World()
    await world.chat(A, at(-99), sources=("arxiv:cs.CL", "hf"))
    await world.listed(ONE, TWO, at=at(0))
    await world.listed(THREE, TWO, at=at(0), source="arxiv:cs.CL")
    await world.plan_at(at(0))
    assert await world.keys(A) == keys_of(THREE, TWO, ONE)


async def test_a_chat_gets_only_its_own_sources() -> None:
    world = World()
    await world.chat(A, at(-99), sources=("arxiv:cs.CL",))
    await world.listed(ONE, at=at(0))
    await world.listed(TWO, at=at(0), source="arxiv:cs.CL")
    await world.plan_at(at(0))
    assert await world.keys(A) == keys_of(TWO)


async def test_f69_a_new_chat_gets_nothing_of_the_backlog() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(ONE, TWO, at=at(-3))
    await world.chat(B, at(0))
    await world.plan_at(at(0))
    assert await world.keys(B) == []
    await world.listed(ONE, TWO, THREE, at=at(1))
    await world.plan_at(at(1))
    assert await world.keys(B) == keys_of(THREE)


async def test_f69_the_first_look_at_yesterday_s_list_is_backlog_and_later_arrivals_are_not() -> (
    None
):
    world = World()
    yesterday = TODAY - timedelta(days=1)
    await world.chat(A, at(0))
    await world.listed(ONE, TWO, at=at(0.1), day=yesterday)
    await world.listed(THREE, at=at(0.1))
    await world.plan_at(at(0.1))
    assert await world.keys(A) == keys_of(THREE)
    await world.listed(ONE, TWO, PAPERS[3], at=at(2), day=yesterday)
    await world.plan_at(at(2))
    assert await world.keys(A) == keys_of(THREE, PAPERS[3])


async def test_f58_a_day_of_the_past_that_somebody_looks_up_is_not_posted() -> None:
    world = World()
    await world.chat(A, at(-999))
    await world.listed(ONE, at=at(0), day=date(2023, 9, 25))
    assert await world.plan_at(at(0)) == 0


async def test_f61_after_three_days_of_sleep_only_two_days_are_caught_up() -> None:
    world = World()
    await world.chat(A, at(-999))
    for n in range(5):
        await world.listed(PAPERS[n], at=at(0), day=TODAY - timedelta(days=n))
    await world.plan_at(at(0))
    assert await world.keys(A) == keys_of(PAPERS[2], PAPERS[1], PAPERS[0])


MANY = [
    replace(ONE, id=PaperId(f"2608.{number:05}"), title=f"Paper {number}")
    for number in range(1, MOST_LATE_ONES + 2)
]
YESTERDAY = TODAY - timedelta(days=1)


async def test_f61_a_list_that_was_missed_comes_as_one_message_and_todays_papers_singly() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(*MANY, at=at(0), day=YESTERDAY)
    today = replace(TWO, id=PaperId("2608.00900"))
    await world.listed(today, at=at(0))
    await world.plan_at(at(0))
    states = await world.states(A)
    sent = [key for key, state in states.items() if state is State.PENDING]
    assert sorted(sent) == sorted(["digest:2026-08-19:zh", *keys_of(today)])
    assert sum(state is State.INCLUDED for state in states.values()) == len(MANY)
    world.planner = world.new_planner()
    assert await world.plan_at(at(0.1)) == 0


async def test_f61_what_is_written_later_of_a_missed_list_joins_its_message() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(*MANY, at=at(0), day=YESTERDAY, languages=())
    for number, paper in enumerate(MANY):
        await world.summarised(paper, "zh")
        await world.plan_at(at(0.05 * number))
    papers = [row for row in await world.rows(A) if row.post_key.startswith("paper:")]
    assert {row.state for row in papers} == {State.INCLUDED}
    assert {row.reason for row in papers} == {"digest:2026-08-19:zh"}


async def test_f61_a_few_late_ones_come_singly() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(*MANY[1:], at=at(0), day=YESTERDAY)
    await world.plan_at(at(0))
    assert await world.keys(A) == keys_of(*MANY[1:])


async def test_f61_what_was_seen_two_days_ago_is_not_posted_any_more() -> None:
    world = World()
    await world.chat(A, at(-999))
    await world.listed(ONE, at=at(0))
    assert await world.plan_at(at(48)) == 0


async def test_f23_a_paper_waits_for_its_summary_and_holds_up_no_other() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(ONE, at=at(0), languages=["en"])
    await world.listed(ONE, TWO, at=at(0), languages=["en"])
    await world.summarised(TWO, "zh")
    world.clock.advance(0)
    planned = await world.planner.plan()
    assert (planned.added, planned.waiting) == (1, {ONE.id})
    assert await world.keys(A) == keys_of(TWO)
    await world.summarised(ONE, "zh")
    assert await world.plan_at(at(0.1)) == 1
    assert await world.keys(A) == keys_of(TWO, ONE)


async def test_f23_after_the_deadline_a_paper_is_planned_without_its_summary() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(ONE, at=at(0), languages=[])
    assert await world.plan_at(at(0) + PATIENCE - timedelta(seconds=1)) == 0
    assert await world.plan_at(at(0) + PATIENCE) == 1
    assert [row.state for row in await world.rows()] == [State.PENDING]


async def test_f63_a_paper_that_cannot_be_read_keeps_no_other_from_being_planned() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.chat(B, at(-99), filters=Filters(include=("paper",)))
    poison = replace(TWO, authors=("A",))
    object.__setattr__(poison, "authors", (None,))
    await world.listed(ONE, poison, THREE, at=at(0))
    planned = await world.plan_at(at(1))
    assert planned == 3 + 2
    assert (await world.states(A))[keys_of(TWO)[0]] is State.FAILED
    (failed,) = [row for row in await world.rows(A) if row.state is State.FAILED]
    assert failed.reason.startswith("cannot be read")
    assert await world.keys(B) == keys_of(ONE, THREE)


@pytest.mark.parametrize(
    ("paper", "reason"),
    [
        pytest.param(replace(ONE, abstract=""), "no abstract", id="no abstract"),
        pytest.param(replace(ONE, withdrawn=True), "withdrawn", id="withdrawn"),
    ],
)
async def test_f13_a_paper_without_anything_to_say_is_skipped_and_said_so(
    paper: Paper, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(paper, TWO, at=at(0), languages=[])
    world.clock.advance(PATIENCE.total_seconds())
    planned = await world.planner.plan()
    assert planned.skipped == {paper.id: reason}
    assert sorted((row.state, row.reason) for row in await world.rows()) == [
        (State.FAILED, reason),
        (State.PENDING, ""),
    ]
    await world.plan_at(at(1))
    assert sum("not posted" in record.message for record in caplog.records) == 1


async def test_a_suspended_chat_is_not_planned_for_and_gets_what_is_new_after_its_return() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.store.chats.suspend(A, "kicked")
    await world.listed(ONE, at=at(0))
    assert await world.plan_at(at(0)) == 0
    await world.store.chats.resume(A, now=at(1))
    assert await world.plan_at(at(1)) == 0
    await world.listed(ONE, TWO, at=at(2))
    await world.plan_at(at(2))
    assert await world.keys(A) == keys_of(TWO)


async def test_a_chat_that_joins_others_is_planned_for_by_a_planner_that_knows_the_others() -> None:
    world = World()
    await world.chat(A, at(-99))
    await world.listed(ONE, at=at(0))
    await world.plan_at(at(0))
    await world.chat(B, at(-99))
    assert await world.plan_at(at(0.1)) == 1
    assert await world.keys(B) == keys_of(ONE)


async def test_ten_thousand_chats_are_planned_once_and_a_quiet_round_asks_for_nothing() -> None:
    world = World()
    chats = [Chat(Target("telegram", str(n)), since=at(-99)) for n in range(10_000)]
    await world.store.chats.save(chats, now=at(-99))
    await world.listed(ONE, TWO, at=at(0))
    added: list[int] = []
    inner = world.store.outbox.add

    async def add(deliveries: Sequence[Delivery]) -> int:
        added.append(len(deliveries))
        return await inner(deliveries)

    world.store.outbox.add = add
    assert await world.plan_at(at(0)) == 20_000
    assert max(added) <= 4001
    added.clear()
    assert await world.plan_at(at(0.1)) == 0
    assert not added


def _place(number: int, seen: datetime, day: date = TODAY, position: int = 0) -> Listed:
    return Listed(PAPERS[number].id, 1, day, position, seen)


def test_the_days_that_may_hold_news_are_today_and_two_before() -> None:
    assert recent_days(NINE) == tuple(TODAY - timedelta(days=n) for n in (2, 1, 0))


def test_of_several_places_of_a_paper_the_earliest_counts() -> None:
    early, late = _place(0, at(-20), TODAY - timedelta(days=1)), _place(0, at(0))
    assert first_places([late, early], ()) == (early,)
    assert first_places([late, early], [PAPERS[0].id]) == ()

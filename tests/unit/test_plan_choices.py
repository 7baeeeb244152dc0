"""What a chat chose decides what is planned for it: filters, languages, hours."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.domain.chat import Style
from bot.domain.delivery import Delivery, State
from bot.domain.filters import Filters
from bot.domain.timetable import QuietHours, Timetable
from bot.services.news_desk import PATIENCE
from bot.services.testing_plan import PAPERS, TODAY, A, B, PlanStage, at, keys_of
from bot.store.memory import MemoryStore

ONE, TWO, THREE, FOUR = PAPERS[:4]
LLM = replace(ONE, title="A large language model")
DAILY = Timetable((time(8, 30),))
MONDAYS = Timetable((time(8, 30),), (0,))


class World(PlanStage):
    """The stage, in memory."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())


async def test_a_paper_that_a_chat_filters_out_costs_no_row() -> None:
    world = World()
    await world.chat(A, at(-99), filters=Filters(include=("LLM", "large language model")))
    await world.chat(B, at(-99), filters=Filters(exclude=("language model",)))
    await world.listed(LLM, TWO, at=at(0))
    assert await world.plan_at(at(0)) == 2
    assert await world.keys(A) == keys_of(LLM)
    assert await world.keys(B) == keys_of(TWO)


async def test_a_paper_comes_once_it_has_the_upvotes_that_a_chat_asks_for() -> None:
    world = World()
    await world.chat(A, at(-99), filters=Filters(least_upvotes=10))
    await world.listed(replace(ONE, upvotes=9), replace(TWO, upvotes=10), at=at(0))
    assert await world.plan_at(at(0)) == 1
    await world.listed(replace(ONE, upvotes=11), replace(TWO, upvotes=30), at=at(5))
    assert await world.plan_at(at(5)) == 1
    assert await world.plan_at(at(6)) == 0
    assert await world.keys(A) == keys_of(TWO, ONE)


async def test_f58_what_pleases_only_when_it_is_no_news_any_more_does_not_come() -> None:
    world = World()
    await world.chat(A, at(-99), filters=Filters(code=True))
    await world.listed(ONE, at=at(0))
    await world.plan_at(at(47))
    await world.store.papers.save([replace(ONE, code_url="https://github.com/a/b")])
    assert await world.plan_at(at(48)) == 0


async def test_an_unrated_paper_does_not_come_to_who_asks_for_a_score_until_it_has_one() -> None:
    world = World()
    await world.chat(A, at(-99), filters=Filters(least_recommendation=4))
    await world.listed(ONE, TWO, at=at(0))  # quoted
    assert await world.plan_at(at(0.5)) == 0
    await world.summarised(TWO, "zh", score=3.5)
    assert await world.plan_at(at(1)) == 0
    await world.summarised(ONE, "zh", score=4)
    assert await world.plan_at(at(2)) == 1
    assert await world.keys(A) == keys_of(ONE)


async def test_f23_a_paper_that_pleases_late_waits_for_its_summary_from_then_on() -> None:
    world = World()
    await world.chat(A, at(-99), filters=Filters(least_upvotes=5))
    await world.listed(ONE, at=at(0), languages=())
    assert await world.plan_at(at(5)) == 0
    await world.store.papers.save([replace(ONE, upvotes=5)])
    assert await world.plan_at(at(6)) == 0
    assert await world.plan_at(at(6) + PATIENCE - timedelta(seconds=1)) == 0
    assert await world.plan_at(at(6) + PATIENCE) == 1


async def test_a_chat_with_two_languages_gets_everything_once_in_each() -> None:
    world = World()
    await world.chat(A, at(-99), second_language="en")
    await world.listed(ONE, TWO, at=at(0))
    assert await world.plan_at(at(0)) == 4
    expected = [
        key for paper in (ONE, TWO) for key in (*keys_of(paper), *keys_of(paper, language="en"))
    ]
    assert await world.keys(A) == expected


async def test_of_two_languages_neither_comes_before_the_other_is_there() -> None:
    world = World()
    await world.chat(A, at(-99), second_language="en")
    await world.listed(ONE, at=at(0), languages=("zh",))
    assert await world.plan_at(at(0)) == 0
    await world.summarised(ONE, "en")
    assert await world.plan_at(at(0.1)) == 2


async def test_a_paused_chat_gets_nothing() -> None:
    world = World()
    await world.chat(A, at(-99), paused=True)
    await world.listed(ONE, at=at(0))
    assert await world.plan_at(at(0)) == 0


async def test_in_quiet_hours_papers_are_planned_for_their_end() -> None:
    world = World()
    await world.chat(
        A, at(-99), quiet_hours=QuietHours(time(16), time(18, 30)), zone="Asia/Shanghai"
    )
    await world.listed(ONE, at=at(0))
    await world.plan_at(at(0))
    (row,) = await world.rows(A)
    assert (row.created_at, row.due_at) == (at(0), at(1.5))


async def test_papers_wait_for_the_next_slot_and_come_in_it_together() -> None:
    world = World()
    await world.chat(A, at(-99), timetable=DAILY, zone="Asia/Shanghai")  # 00:30 UTC
    await world.listed(ONE, at=at(0))
    assert await world.plan_at(at(0)) == 0
    await world.listed(ONE, TWO, at=at(10))
    assert await world.plan_at(at(15.4)) == 0
    assert await world.plan_at(at(15.5)) == 2
    await world.listed(THREE, at=at(15.6), day=TODAY + timedelta(days=1))
    assert await world.plan_at(at(16)) == 0
    assert await world.plan_at(at(39.5)) == 1
    assert await world.keys(A) == keys_of(ONE, TWO, THREE)


async def test_f61_a_slot_during_which_nobody_ran_is_made_up_for_within_two_days() -> None:
    world = World()
    await world.chat(A, at(-99), timetable=DAILY)  # slots at -0.5 h and 23.5 h
    await world.listed(ONE, at=at(-20), day=TODAY - timedelta(days=1))
    assert await world.plan_at(at(5)) == 1
    weekly = World()
    await weekly.chat(A, at(-999), timetable=Timetable((time(8),), (0,)))  # three days ago
    await weekly.listed(ONE, at=at(-80), day=date(2026, 8, 17))
    assert await weekly.plan_at(at(0)) == 0


async def test_weekly_slots_lose_nothing_of_the_week() -> None:
    world = World()
    await world.chat(A, at(-999), timetable=MONDAYS)
    days = [TODAY + timedelta(days=n) for n in range(4)]
    for n, day in enumerate(days):
        await world.listed(PAPERS[n], at=at(24 * n), day=day)
        assert await world.plan_at(at(24 * n)) == 0
    assert await world.plan_at(at(24 * 4 - 0.5)) == 4
    assert await world.keys(A) == keys_of(*PAPERS[:4])
    await world.listed(PAPERS[4], at=at(24 * 5), day=TODAY + timedelta(days=5))
    assert await world.plan_at(at(24 * 11 - 0.5)) == 1


async def test_f58_an_old_list_that_somebody_looks_up_is_not_posted_at_a_weekly_slot() -> None:
    world = World()
    await world.chat(A, at(-999), timetable=MONDAYS)
    await world.listed(ONE, at=at(20), day=TODAY - timedelta(days=2))
    assert await world.plan_at(at(24 * 4)) == 0


async def test_f23_a_summary_that_is_late_for_the_slot_is_posted_when_it_comes() -> None:
    world = World()
    await world.chat(A, at(-99), timetable=Timetable((time(9),)))
    await world.listed(ONE, at=at(-0.1), languages=())
    assert await world.plan_at(at(0)) == 0
    await world.summarised(ONE, "zh")
    assert await world.plan_at(at(0.1)) == 1


async def test_what_pleases_only_after_the_slot_waits_for_the_next() -> None:
    world = World()
    await world.chat(A, at(-99), timetable=DAILY, filters=Filters(least_upvotes=5))
    await world.listed(ONE, at=at(-2))
    assert await world.plan_at(at(-0.5) + timedelta(hours=1)) == 0
    await world.store.papers.save([replace(ONE, upvotes=6)])
    assert await world.plan_at(at(2)) == 0
    assert await world.plan_at(at(23.5)) == 1


async def test_f69_what_a_chat_chooses_anew_is_not_made_up_for() -> None:
    """Its ``since`` says from when on its present choice counts."""
    world = World()
    await world.chat(A, at(-99), filters=Filters(include=("poetry",)))
    await world.listed(ONE, TWO, at=at(0))
    await world.plan_at(at(0))
    await world.chat(A, at(1))
    await world.listed(ONE, TWO, THREE, at=at(2))
    await world.plan_at(at(2))
    assert await world.keys(A) == keys_of(THREE)


@pytest.mark.parametrize("style", list(Style))
async def test_f13_a_paper_with_nothing_to_say_is_a_failed_row_in_every_style(style: Style) -> None:
    world = World()
    await world.chat(A, at(-99), style=style)
    await world.listed(replace(ONE, abstract=""), at=at(0), languages=())
    assert await world.plan_at(at(1)) == 1
    (row,) = await world.rows(A)
    assert (row.state, row.reason) == (State.FAILED, "no abstract")


async def test_where_rows_cannot_be_written_the_next_round_makes_up_for_it() -> None:
    world = World()
    await world.chat(A, at(-99), style=Style.DIGEST)
    await world.chat(B, at(-99))
    await world.listed(ONE, at=at(0))
    inner = world.store.outbox.add

    async def fail(_: Sequence[Delivery]) -> int:
        raise OSError("the disk is full")

    world.store.outbox.add = fail  # pyright: ignore[reportAttributeAccessIssue] - a broken one
    with pytest.raises(OSError, match="disk"):
        await world.plan_at(at(0))
    world.store.outbox.add = inner  # pyright: ignore[reportAttributeAccessIssue] - mended
    assert await world.plan_at(at(0)) == 3

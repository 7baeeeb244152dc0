"""At most so many papers a day, counted by the chat's own day."""

from dataclasses import replace
from datetime import time, timedelta

from bot.domain.chat import Style
from bot.domain.delivery import State
from bot.domain.filters import Filters
from bot.domain.target import Target
from bot.domain.timetable import Timetable
from bot.services.testing_plan import PAPERS, TODAY, A, PlanStage, at, keys_of
from bot.store.memory import MemoryStore

ONE, TWO, THREE, FOUR = PAPERS[:4]
DAILY = Timetable((time(8, 30),))


class World(PlanStage):
    """The stage, in memory."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())


async def _papers(world: World, target: Target, *states: State) -> list[str]:
    """The papers that are to be sent as messages of their own, in order."""
    wanted = states or (State.PENDING,)
    rows = [row for row in await world.rows(target) if row.state in wanted]
    rows.sort(key=lambda row: (row.due_at, row.created_at))
    return [row.post_key for row in rows]


async def test_of_too_many_papers_in_a_day_the_first_come_and_the_others_never() -> None:
    world = World()
    await world.chat(A, at(-99), filters=Filters(most_a_day=2))
    await world.listed(THREE, at=at(0))
    await world.plan_at(at(0))
    await world.listed(THREE, ONE, TWO, at=at(1))
    await world.plan_at(at(1))
    assert await _papers(world, A) == keys_of(THREE, ONE)
    assert await _papers(world, A, State.PASSED) == keys_of(TWO)
    for planner in (world.planner, world.new_planner()):  # as it is, and after a restart
        world.planner = planner
        assert await world.plan_at(at(20)) == 0, "tomorrow they do not come either"
    await world.listed(FOUR, at=at(21), day=TODAY + timedelta(days=1))
    await world.plan_at(at(21))
    assert await _papers(world, A) == keys_of(THREE, ONE, FOUR)


async def test_on_the_day_of_a_second_language_a_paper_counts_once() -> None:
    world = World()
    await world.chat(A, at(-99), filters=Filters(most_a_day=3))
    await world.listed(ONE, TWO, at=at(0))
    await world.plan_at(at(0))
    await world.chat(A, at(1), filters=Filters(most_a_day=3), second_language="en")
    await world.listed(ONE, TWO, THREE, FOUR, at=at(2))
    await world.plan_at(at(2))
    assert await _papers(world, A, State.PASSED) == [
        *keys_of(FOUR),
        *keys_of(FOUR, language="en"),
    ]


async def test_f13_a_paper_that_is_not_posted_at_all_takes_nobody_s_room() -> None:
    world = World()
    await world.chat(A, at(-99), filters=Filters(most_a_day=2))
    withdrawn = replace(ONE, withdrawn=True)
    await world.listed(withdrawn, TWO, at=at(0))
    await world.plan_at(at(0) + timedelta(hours=1))
    await world.listed(withdrawn, TWO, THREE, FOUR, at=at(2))
    await world.plan_at(at(2))
    assert await _papers(world, A, State.FAILED) == keys_of(ONE)
    assert await _papers(world, A) == keys_of(TWO, THREE)


async def test_a_restart_in_mid_day_neither_widens_nor_narrows_the_limit() -> None:
    world = World()
    await world.chat(A, at(-99), filters=Filters(most_a_day=3))
    await world.listed(ONE, TWO, at=at(0))
    await world.plan_at(at(0))
    world.planner = world.new_planner()
    await world.listed(FOUR, ONE, TWO, THREE, at=at(1))
    await world.plan_at(at(1))
    assert await _papers(world, A) == keys_of(ONE, TWO, FOUR)
    assert await _papers(world, A, State.PASSED) == keys_of(THREE)


async def test_the_day_of_a_limit_is_the_chat_s_own() -> None:
    world = World()
    await world.chat(A, at(-99), filters=Filters(most_a_day=1), zone="Asia/Shanghai")
    await world.listed(ONE, at=at(0))  # 17:00 there
    await world.plan_at(at(0))
    await world.listed(ONE, TWO, at=at(6.9))  # 23:54
    await world.plan_at(at(6.9))
    await world.listed(ONE, TWO, THREE, at=at(7.1))  # the next day
    await world.plan_at(at(7.1))
    assert await _papers(world, A) == keys_of(ONE, THREE)


async def test_two_languages_of_a_paper_count_as_one() -> None:
    world = World()
    await world.chat(A, at(-99), second_language="en", filters=Filters(most_a_day=2))
    await world.listed(ONE, at=at(0))
    await world.plan_at(at(0))
    await world.listed(ONE, TWO, THREE, at=at(1))
    await world.plan_at(at(1))
    assert len(await _papers(world, A)) == 4
    assert await _papers(world, A, State.PASSED) == [
        *keys_of(THREE),
        *keys_of(THREE, language="en"),
    ]


async def test_at_a_slot_the_best_come() -> None:
    world = World()
    await world.chat(A, at(-99), timetable=DAILY, filters=Filters(most_a_day=2))
    for paper, score, upvotes in ((ONE, 3, 90), (TWO, 4.5, 1), (THREE, None, 99), (FOUR, 3, 91)):
        await world.store.papers.save([replace(paper, upvotes=upvotes)])
        await world.summarised(paper, "zh", score=score)
    await world.listed(ONE, TWO, THREE, FOUR, at=at(5), languages=())
    await world.plan_at(at(23.5))
    assert await _papers(world, A) == keys_of(TWO, FOUR)
    assert sorted(await _papers(world, A, State.PASSED)) == keys_of(ONE, THREE)


async def test_a_round_reads_what_a_limited_chat_has_in_a_few_queries() -> None:
    world = World()
    for n in range(300):
        style = Style.DIGEST if n % 2 else Style.EACH
        await world.chat(
            Target("telegram", str(n)), at(-99), style=style, filters=Filters(most_a_day=5)
        )
    asked: list[str] = []
    backlog = world.store.backlog

    class Counted:
        def __getattr__(self, name: str) -> object:
            asked.append(name)
            return getattr(backlog, name)

    world.store.backlog = Counted()  # pyright: ignore[reportAttributeAccessIssue] - counts
    await world.listed(ONE, at=at(0))
    assert await world.plan_at(at(0)) == 450
    assert len(asked) <= 4

"""Collecting keeps what a source lists, whole or not at all."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from bot.domain.errors import SourceBroken, SourceError, SourceUnreachable
from bot.domain.listing import Listing, Quarantined
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.services.collect import collect_day
from bot.services.digest import papers_of_day
from bot.services.reading import read_day
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

DAY = date(2026, 8, 20)
MORNING = datetime(2026, 8, 20, 5, tzinfo=UTC)


def papers(count: int) -> tuple[Paper, ...]:
    return tuple(Paper(PaperId(f"2608.{n:05}"), f"Paper {n}") for n in range(1, count + 1))


@dataclass
class Scripted:
    """Answers each look with the next of ``answers``."""

    answers: list[Listing | SourceError]
    key: str = "hf"
    asked: list[date] = field(default_factory=list[date])

    async def list_day(self, day: date) -> Listing:
        self.asked.append(day)
        answer = self.answers.pop(0)
        if isinstance(answer, SourceError):
            raise answer
        return answer


def listing(count: int, *, day: date = DAY) -> Listing:
    return Listing("hf", day, papers(count))


async def test_f5_late_arrivals_are_new_once_and_the_others_stay() -> None:
    store, clock = MemoryStore(), VirtualClock(MORNING)
    source = Scripted([listing(4), listing(6), listing(6)])
    news: list[int] = []
    for _ in range(3):
        news.append(len((await collect_day(source, DAY, store=store, clock=clock)).new))
        clock.advance(600)
    assert news == [4, 2, 0]
    assert len(await papers_of_day(store, "hf", DAY)) == 6


async def test_f5_a_list_seen_closed_is_not_asked_for_again() -> None:
    store, clock = MemoryStore(), VirtualClock(MORNING)
    source = Scripted([listing(4), listing(6)])
    await collect_day(source, DAY, store=store, clock=clock)
    clock.advance(40 * 3600)
    assert (await collect_day(source, DAY, store=store, clock=clock)).asked
    clock.advance(40 * 3600)
    assert not (await collect_day(source, DAY, store=store, clock=clock)).asked


async def test_f2_two_looks_in_a_minute_are_one() -> None:
    store, clock = MemoryStore(), VirtualClock(MORNING)
    source = Scripted([listing(4)])
    await collect_day(source, DAY, store=store, clock=clock)
    clock.advance(59)
    assert not (await collect_day(source, DAY, store=store, clock=clock)).asked


async def test_f6_a_paper_that_left_the_list_stays_on_ours() -> None:
    store, clock = MemoryStore(), VirtualClock(MORNING)
    source = Scripted([listing(4), listing(3)])
    await collect_day(source, DAY, store=store, clock=clock)
    clock.advance(600)
    await collect_day(source, DAY, store=store, clock=clock)
    assert len(await papers_of_day(store, "hf", DAY)) == 4


async def test_f8_a_quarantined_entry_is_reported_and_the_others_kept() -> None:
    bad = Quarantined("2608.09999", "it has no title")
    source = Scripted([Listing("hf", DAY, papers(2), (bad,))])
    store = MemoryStore()
    got = await collect_day(source, DAY, store=store, clock=VirtualClock(MORNING))
    assert (got.quarantined, len(got.new)) == ((bad,), 2)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(SourceUnreachable("Hugging Face cannot be reached."), id="unreachable"),
        pytest.param(SourceBroken("Hugging Face sent an HTML page."), id="F9: broken"),
    ],
)
async def test_f1_a_failure_keeps_the_last_good_list_f9(error: SourceError) -> None:
    store, clock = MemoryStore(), VirtualClock(MORNING)
    source = Scripted([listing(4), error])
    await collect_day(source, DAY, store=store, clock=clock)
    clock.advance(600)
    reading = await read_day(source, DAY, store=store, clock=clock)
    assert (len(reading.papers), reading.day, reading.problem) == (4, DAY, error)


async def test_f1_with_nothing_of_the_day_the_newest_stored_list_is_shown() -> None:
    store, clock = MemoryStore(), VirtualClock(MORNING)
    source = Scripted([listing(4), SourceUnreachable("no network")])
    await collect_day(source, DAY, store=store, clock=clock)
    clock.advance(86400)
    reading = await read_day(source, date(2026, 8, 21), store=store, clock=clock)
    assert (len(reading.papers), reading.day, reading.asked_for) == (4, DAY, date(2026, 8, 21))


async def test_f9_a_failure_is_never_an_empty_day() -> None:
    source = Scripted([SourceBroken("an HTML page")])
    reading = await read_day(source, DAY, store=MemoryStore(), clock=VirtualClock(MORNING))
    assert (reading.papers, type(reading.problem)) == ((), SourceBroken)

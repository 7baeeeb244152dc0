"""Looking at lists on the clock: which days, how often, and what is said of a failure."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import (
    SourceError,
    SourceHasNoArchive,
    SourceLimited,
    SourceUnreachable,
)
from bot.domain.listing import Listing
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.services.health import Health
from bot.services.rounds.collecting import Collecting, Upstreams
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

# A Thursday.
_MORNING = datetime(2026, 8, 20, 5, tzinfo=UTC)
_TODAY, _YESTERDAY = date(2026, 8, 20), date(2026, 8, 19)


@dataclass
class Scripted:
    """Lists so many papers for each day, or raises."""

    counts: dict[date, int]
    error: SourceError | None = None
    without_archive: bool = False
    key: str = "hf"
    asked: list[date] = field(default_factory=list[date])

    async def list_day(self, day: date) -> Listing:
        self.asked.append(day)
        if self.error is not None:
            raise self.error
        if self.without_archive and day != _TODAY:
            raise SourceHasNoArchive("only today's")
        number = f"{day:%y%m}.{day.day:02}"
        papers = [Paper(PaperId(f"{number}{n:03}"), f"P {n}") for n in range(self.counts[day])]
        return Listing("hf", day, tuple(papers))


@dataclass
class Round:
    """Collecting from one scripted source."""

    source: Scripted
    often: bool = False
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(_MORNING))
    store: MemoryStore = field(default_factory=MemoryStore)
    health: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        upstreams = Upstreams(lambda _: self.source, often=self.often)
        self.collecting = Collecting(
            upstreams, store=self.store, clock=self.clock, health=self.health
        )

    async def look(self) -> list[date]:
        """One look; the days that were asked for in it."""
        before = len(self.source.asked)
        await self.collecting.collect("hf")
        return self.source.asked[before:]


def _round(**counts: int) -> Round:
    days = {_TODAY: counts.get("today", 0), _YESTERDAY: counts.get("yesterday", 0)}
    return Round(Scripted(days))


async def test_yesterday_is_looked_at_while_it_may_still_grow_f5() -> None:
    one = _round(today=2, yesterday=2)
    assert await one.look() == [_TODAY, _YESTERDAY]
    assert await one.look() == []
    one.clock.advance(600)
    assert await one.look() == [_TODAY, _YESTERDAY]


async def test_a_program_that_begins_in_the_afternoon_leaves_yesterdays_closed_list_alone_f69() -> (
    None
):
    one = _round(today=2, yesterday=2)
    one.clock.advance(8 * 3600)
    assert await one.look() == [_TODAY]


async def test_a_program_that_slept_for_three_days_looks_at_two_lists_f61() -> None:
    one = _round(today=2, yesterday=2)
    await one.look()
    one.source.counts |= {date(2026, 8, 23): 1, date(2026, 8, 22): 1}
    one.clock.advance(3 * 86_400 + 8 * 3600)
    assert await one.look() == [date(2026, 8, 23), date(2026, 8, 22)]


async def test_upstreams_on_this_machine_may_be_asked_more_often() -> None:
    one = _round(today=2)
    one = Round(one.source, often=True)
    assert await one.look() == [_TODAY, _YESTERDAY]
    assert await one.look() == [_TODAY, _YESTERDAY]


async def test_a_source_without_an_archive_does_not_fail_for_it() -> None:
    one = _round(today=2)
    one.source.without_archive = True
    assert await one.collecting.collect("hf")
    assert one.health.of("source:hf").failing_since is None


async def test_what_is_new_is_told_and_what_is_known_is_not() -> None:
    one = _round(today=2)
    assert await one.collecting.collect("hf")
    one.clock.advance(600)
    assert not await one.collecting.collect("hf")
    one.source.counts[_TODAY] = 3
    one.clock.advance(600)
    assert await one.collecting.collect("hf")


async def test_an_upstream_that_asks_for_peace_gets_it_f2() -> None:
    one = _round(today=2)
    one.source.error = SourceLimited("429", retry_after=900)
    assert await one.look() == [_TODAY]
    one.source.error = None
    one.clock.advance(600)
    assert await one.look() == []
    one.clock.advance(301)
    assert await one.look() == [_TODAY, _YESTERDAY]


async def test_an_outage_is_told_once_after_three_hours_and_its_end_too_f1(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = _round(today=2)
    await one.look()
    one.source.error = SourceUnreachable("no connection")
    for _ in range(30):
        one.clock.advance(600)
        assert not await one.collecting.collect("hf")
    standing = one.health.of("source:hf")
    assert standing.failing_since == _MORNING + timedelta(seconds=600)
    assert standing.reason == "no connection"
    one.source.error = None
    for _ in range(3):
        one.clock.advance(600)
        await one.collecting.collect("hf")
    told = [record.message for record in caplog.records if record.levelname != "INFO"]
    assert told == ["a source has failed for hours", "a source answers again"]
    assert one.health.of("source:hf").failing_since is None


_WEEKDAYS = {
    "a weekday's noon": (7 * 3600, 1),
    "a weekday's morning": (0, 0),
    "a Saturday": (2 * 86_400 + 8 * 3600, 0),
}


@pytest.mark.parametrize(("seconds", "told"), list(_WEEKDAYS.values()), ids=list(_WEEKDAYS))
async def test_a_weekday_without_a_list_by_noon_is_worth_one_word_f4(
    caplog: pytest.LogCaptureFixture, seconds: int, told: int
) -> None:
    one = _round()
    one.source.counts |= {date(2026, 8, 22): 0, date(2026, 8, 21): 0}
    one.clock.advance(seconds)
    for _ in range(3):
        await one.look()
        one.clock.advance(600)
    assert len([r for r in caplog.records if r.message == "a source lists nothing today"]) == told


async def test_one_look_at_a_time() -> None:
    one = _round(today=2)

    class Slow(Scripted):
        async def list_day(self, day: date) -> Listing:
            assert not await one.collecting.collect("hf"), "a second look began"
            return await super().list_day(day)

    one.source = Slow(one.source.counts)
    assert await one.look() == [_TODAY, _YESTERDAY]


async def test_who_asks_for_a_day_gets_the_failure_and_it_stands_on_the_board() -> None:
    one = _round(today=2)
    one.source.error = SourceUnreachable("no connection")
    with pytest.raises(SourceUnreachable):
        await one.collecting.collect_day("hf", _TODAY)
    assert one.health.of("source:hf").reason == "no connection"
    one.source.error = None
    assert len((await one.collecting.collect_day("hf", _TODAY)).new) == 2
    assert one.health.of("source:hf").failing_since is None

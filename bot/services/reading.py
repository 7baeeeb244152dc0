"""A day's papers for a reader: fresh where the source answers, else what the store has."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.errors import SourceError
from bot.domain.paper import Paper
from bot.ports import Clock, Source, Store
from bot.services.collect import Collected, collect_day
from bot.services.digest import papers_of_day

# Lists have been seen from 02:25 to 07:12 UTC; a weekday without one by noon is worth a word (F4).
_UP_BY = time(12)


@dataclass(frozen=True, slots=True)
class Reading:
    """What there is to read.

    ``day`` is the list's day: the one asked for, or the newest in the store where the source could
    not be asked and the store has nothing for it. ``problem`` is why the source gave nothing.
    """

    source: str
    asked_for: date
    day: date
    papers: tuple[Paper, ...]
    collected: Collected | None = None
    problem: SourceError | None = None


class Quiet(StrEnum):
    """Why there are no papers."""

    WEEKEND = "weekend"
    NOT_YET = "not_yet"
    EMPTY = "empty"
    LATE = "late"


async def read_day(source: Source, day: date, *, store: Store, clock: Clock) -> Reading:
    """The papers of a day. A source's failure costs freshness, not the stored list (F1).

    Raises:
        StoreError: the store cannot be used.
    """
    collected, problem = None, None
    try:
        collected = await collect_day(source, day, store=store, clock=clock)
        shown = collected.day
    except SourceError as error:
        problem, shown = error, day
    papers = await papers_of_day(store, source.key, shown)
    if problem is not None and not papers:
        shown = await store.listings.latest_day(source.key) or day
        papers = await papers_of_day(store, source.key, shown)
    return Reading(source.key, day, shown, papers, collected, problem)


def why_quiet(day: date, now: datetime) -> Quiet:
    """Why an answered list is empty. Both upstreams publish on weekdays only."""
    if day.weekday() >= 5:
        return Quiet.WEEKEND
    if now < datetime.combine(day, _UP_BY, UTC):
        return Quiet.NOT_YET
    day_over = datetime.combine(day, time(), UTC) + timedelta(days=1)
    return Quiet.LATE if now < day_over else Quiet.EMPTY

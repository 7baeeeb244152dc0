"""Collecting a day's list: when to look, what is new, and what only repeats itself."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.listing import Listed, Listing, Quarantined
from bot.domain.paper_id import PaperId
from bot.ports import Clock, Source, Store

_log = logging.getLogger(__name__)

# Hugging Face's lists grow for more than a day: 15 papers at 04:08 UTC became 38 by +37 h.
GROWS_FOR = timedelta(hours=36)
# One look a minute at one list is the most that an upstream should see from us (F2).
LEAST_GAP = timedelta(seconds=60)
# A kept answer only saves a download while its list may still change.
_KEEP_ANSWERS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Collected:
    """What a look at a list brought. ``asked`` is false where the store already knew it all."""

    source: str
    day: date
    asked: bool
    new: tuple[PaperId, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()


def still_grows(day: date, now: datetime) -> bool:
    """Whether a list may still get longer (or has yet to come)."""
    return now < datetime.combine(day, time(), UTC) + GROWS_FOR


def worth_asking(day: date, checked_at: datetime | None, now: datetime) -> bool:
    """Whether another look at a day's list can bring anything.

    A list is done once it was looked at after it stopped growing. A look that is yet to come was
    by a clock that has been put back since (F62).
    """
    if checked_at is None or checked_at - now >= LEAST_GAP:
        return True
    return still_grows(day, checked_at) and now - checked_at >= LEAST_GAP


def without_repeats(listing: Listing, earlier: Mapping[PaperId, Listed]) -> Listing:
    """The listing without the papers of an earlier day, if it is mostly those.

    A feed may serve its last announcement, and a stale cache yesterday's list, under today's date
    (F18). A few papers that moved to another day are no such repeat and stay (F6).
    """
    repeats = {
        paper.id
        for paper in listing.papers
        if paper.id in earlier and earlier[paper.id].version >= paper.version
    }
    if len(repeats) < 3 or 2 * len(repeats) <= len(listing.papers):
        return listing
    return replace(listing, papers=tuple(p for p in listing.papers if p.id not in repeats))


async def collect_day(
    source: Source, day: date, *, store: Store, clock: Clock, force: bool = False
) -> Collected:
    """Look at a source's list of a day and keep what is there.

    Nothing is stored unless the whole list was read. ``force`` looks even where nothing new can
    be expected.

    Raises:
        SourceError: the source gave no usable list.
        StoreError: the store cannot be written.
    """
    now = clock.now()
    if not force and not worth_asking(day, await store.listings.checked_at(source.key, day), now):
        return Collected(source.key, day, asked=False)
    listing = await source.list_day(day)
    ids = {paper.id for paper in listing.papers}
    earlier = await store.listings.earlier(source.key, ids, before=listing.day)
    listing = without_repeats(listing, earlier)
    await store.papers.save(listing.papers)
    new = await store.listings.record(
        listing.source, listing.day, listing.papers, seen_at=clock.now()
    )
    await store.http_cache.prune(before=now - _KEEP_ANSWERS)
    for entry in listing.quarantined:
        _log.warning("entry quarantined", extra={"where": entry.where, "reason": entry.reason})
    return Collected(listing.source, listing.day, True, tuple(new), listing.quarantined)

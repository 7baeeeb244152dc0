"""Which papers are news, and for whom: decisions only."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from bot.domain.delivery import MAX_AGE
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId

# What joins a list after its day is a handful at a time (FACTS §3). More of them at once have been
# missed, and are caught up with in one message.
MOST_LATE_ONES = 10

# Each source's places of the last days, each paper once, in the order of days and lists.
Lists: TypeAlias = Mapping[str, Sequence[Listed]]
# Whether a paper that was first seen then is due (``bot.domain.due.Window.holds``).
IsDue: TypeAlias = Callable[[datetime], bool]


@dataclass(frozen=True, slots=True)
class Place:
    """A paper's place on a source's list; ``first_look`` is when that day's list was seen first.

    ``late_with`` is how many papers of the list were first seen along with this one, itself
    included, where the list's day (UTC) was over by then; else 0.
    """

    source: str
    listed: Listed
    first_look: datetime
    late_with: int = 0

    @property
    def caught_up(self) -> bool:
        """Whether it came with so many others, after their day, that nobody wants each by itself:
        nobody looked for long, or the upstream was away (F61)."""
        return self.late_with > MOST_LATE_ONES


# A paper's places, by source.
Places: TypeAlias = Mapping[str, Place]


def recent_days(now: datetime, *, after: datetime | None = None) -> tuple[date, ...]:
    """The days whose lists may hold news, oldest first: an older day's is not posted unasked,
    whenever it was looked at (F58, F61).

    ``after`` reaches back further, for who waits for papers until a slot: to lists that were news
    then.
    """
    oldest = now if after is None else min(now, after)
    first, last = (oldest - MAX_AGE).date(), now.date()
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def first_places(places: Iterable[Listed], known: Iterable[PaperId]) -> tuple[Listed, ...]:
    """The places of papers that were not on a list before (``known``), each paper's earliest: one
    that moves to another day is no news there (F6, F18)."""
    earliest: dict[PaperId, Listed] = {}
    for place in sorted(places, key=lambda place: (place.first_seen, place.day)):
        earliest.setdefault(place.paper_id, place)
    before = set(known)
    news = (place for place in earliest.values() if place.paper_id not in before)
    return tuple(sorted(news, key=lambda place: (place.day, place.position)))


def places_of(lists: Lists) -> dict[PaperId, Places]:
    """Where each paper stands; those that were no news even when they were first seen are left out:
    somebody looked up an old list (F58)."""
    found: dict[PaperId, dict[str, Place]] = {}
    for source, listed in lists.items():
        first_looks, looks = _first_looks(listed), Counter((p.day, p.first_seen) for p in listed)
        for place in listed:
            if place.day >= (place.first_seen - MAX_AGE).date():
                is_late = place.first_seen.date() > place.day
                late_with = looks[place.day, place.first_seen] if is_late else 0
                here = Place(source, place, first_looks[place.day], late_with)
                found.setdefault(place.paper_id, {})[source] = here
    return dict(found)


def first_seen(places: Places) -> datetime:
    """When a paper came up first, anywhere."""
    return min(place.listed.first_seen for place in places.values())


def last_seen(places: Places) -> datetime:
    """When a paper came up on the last of its lists."""
    return max(place.listed.first_seen for place in places.values())


def news_at(
    sources: Iterable[str], since: datetime | None, places: Places, is_due: IsDue
) -> Place | None:
    """Where a paper is news to who reads these sources, in their order, since then; ``None`` for
    ever is no matter. ``None`` where it is not."""
    for source in sources:
        place = places.get(source)
        if place is not None and is_due(place.listed.first_seen) and _is_since(place, since):
            return place
    return None


def why_never(paper: Paper) -> str:
    """Why a paper is not posted at all (F13); "" where nothing speaks against it."""
    if paper.withdrawn:
        return "withdrawn"
    return "" if paper.abstract else "no abstract"


def _first_looks(places: Sequence[Listed]) -> Mapping[date, datetime]:
    looks: dict[date, datetime] = {}
    for place in places:
        looks[place.day] = min(place.first_seen, looks.get(place.day, place.first_seen))
    return looks


def _is_since(place: Place, since: datetime | None) -> bool:
    if since is None:
        return True
    listed = place.listed
    if listed.first_seen < since:
        return False
    # The first look at a list from before the chat's time finds what stood there all along (F69).
    return listed.day >= since.date() or listed.first_seen > place.first_look

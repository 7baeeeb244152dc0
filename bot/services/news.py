"""Which papers are news, and for whom: decisions only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from bot.domain.chat import Chat
from bot.domain.delivery import MAX_AGE
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Language

# Each source's places of the last days, each paper once, in the order of days and lists.
Lists: TypeAlias = Mapping[str, Sequence[Listed]]


@dataclass(frozen=True, slots=True)
class Audience:
    """Chats that get the same. ``since`` is ``None`` where it is too long ago to matter."""

    language: Language
    sources: tuple[str, ...]
    since: datetime | None


def recent_days(now: datetime) -> tuple[date, ...]:
    """The days whose lists may hold news, oldest first: an older day's is not posted unasked,
    whenever it was looked at (F58, F61)."""
    first, last = (now - MAX_AGE).date(), now.date()
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def audience_of(chat: Chat, now: datetime) -> Audience:
    """The audience that a chat belongs to."""
    since = chat.since or now
    oldest = now - MAX_AGE - timedelta(days=1)
    return Audience(chat.language, chat.sources, since if since > oldest else None)


def first_places(places: Iterable[Listed], known: Iterable[PaperId]) -> tuple[Listed, ...]:
    """The places of papers that were not on a list before (``known``), each paper's earliest: one
    that moves to another day is no news there (F6, F18)."""
    earliest: dict[PaperId, Listed] = {}
    for place in sorted(places, key=lambda place: (place.first_seen, place.day)):
        earliest.setdefault(place.paper_id, place)
    before = set(known)
    news = (place for place in earliest.values() if place.paper_id not in before)
    return tuple(sorted(news, key=lambda place: (place.day, place.position)))


def news_for(audience: Audience, lists: Lists, now: datetime) -> tuple[Listed, ...]:
    """What an audience should get, in the order of its sources and their lists, each paper once."""
    chosen: dict[PaperId, Listed] = {}
    for source in audience.sources:
        first_looks = _first_looks(lists.get(source, ()))
        for place in lists.get(source, ()):
            if _is_news(place, audience.since, first_looks[place.day], now):
                chosen.setdefault(place.paper_id, place)
    return tuple(chosen.values())


def why_never(paper: Paper) -> str:
    """Why a paper is not posted at all (F13); "" where nothing speaks against it."""
    if paper.withdrawn:
        return "withdrawn"
    return "" if paper.abstract else "no abstract"


def overdue(place: Listed, patience: timedelta, now: datetime) -> bool:
    """Whether a paper has waited for its summary long enough (F23)."""
    return now - place.first_seen >= patience


def _first_looks(places: Sequence[Listed]) -> Mapping[date, datetime]:
    looks: dict[date, datetime] = {}
    for place in places:
        looks[place.day] = min(place.first_seen, looks.get(place.day, place.first_seen))
    return looks


def _is_news(place: Listed, since: datetime | None, first_look: datetime, now: datetime) -> bool:
    if now - place.first_seen >= MAX_AGE:
        return False
    if since is None:
        return True
    if place.first_seen < since:
        return False
    # The first look at a list from before the chat's time finds what stood there all along (F69).
    return place.day >= since.date() or place.first_seen > first_look

"""Chats grouped by what they are to get: those of one audience are decided about once."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain

from bot.domain.chat import Chat, Style
from bot.domain.filters import Filters
from bot.domain.selection import goes_by_summary
from bot.domain.summary import Language
from bot.domain.target import Target
from bot.domain.timetable import QuietHours, Timetable
from bot.ports import Clock
from bot.services.chat_roll import ChatRoll
from bot.services.long_lived import LongLived

# From then on a chat is as old as any: slots are at most a week and some days apart, and what they
# look back at was listed up to two days before.
_OLD = timedelta(days=14)
# Chats that are sorted in before others have a turn.
_SLICE = 500
# From so many on their groups are kept out of the garbage collector's way.
_MANY = 5000


@dataclass(frozen=True, slots=True)
class Audience:
    """What the chats of a group have in common: all that decides which papers they get, and when.

    ``since`` is ``None`` where it is too long ago to matter, ``zone`` is "UTC" where no hour does.
    """

    languages: tuple[Language, ...]
    sources: tuple[str, ...]
    since: datetime | None = None
    filters: Filters = Filters()
    digest: bool = False
    timetable: Timetable | None = None
    quiet_hours: QuietHours | None = None
    zone: str = "UTC"

    @property
    def limited(self) -> bool:
        """Whether the store must be asked what a chat got already."""
        return self.digest or self.filters.most_a_day is not None


def audience_of(chat: Chat, now: datetime) -> Audience:
    """The audience that a chat belongs to."""
    since = chat.since or now
    local = chat.timetable or chat.quiet_hours or chat.filters.most_a_day is not None
    return Audience(
        chat.languages,
        chat.sources,
        since if since > now - _OLD else None,
        chat.filters,
        chat.style is Style.DIGEST,
        chat.timetable,
        chat.quiet_hours,
        chat.zone if local else "UTC",
    )


@dataclass(slots=True, eq=False)
class Group:
    """An audience's chats: those that have had all of its papers planned, and ``new`` ones.

    ``turn`` is when its next slot comes, ``None`` where it has not been looked at yet.
    """

    audience: Audience
    served: tuple[Target, ...] = ()
    new: tuple[Target, ...] = ()
    turn: datetime | None = None

    def serve(self) -> None:
        """The new ones are new no more."""
        self.served, self.new = self.served + self.new, ()


@dataclass(frozen=True, slots=True)
class Taste:
    """What of an audience decides whether a paper pleases it."""

    filters: Filters
    languages: tuple[Language, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """All groups, by audience and by taste; ``slotted`` are those that wait for slots.

    ``sources`` and ``languages`` are all that anybody reads, the latter in the combinations in
    which they are read; ``by_summary`` is whether anybody goes by what a better summary may tell.
    """

    by_audience: Mapping[Audience, Group] = field(default_factory=dict[Audience, Group])
    by_taste: Mapping[Taste, Sequence[Group]] = field(default_factory=dict[Taste, list[Group]])
    slotted: Sequence[Group] = ()
    sources: frozenset[str] = frozenset()
    languages: frozenset[tuple[Language, ...]] = frozenset()
    by_summary: bool = False


class Audiences:
    """The groups as of now, made anew when a chat has changed."""

    def __init__(self, roll: ChatRoll, clock: Clock) -> None:
        self._roll = roll
        self._clock = clock
        self._chats: Sequence[Chat] | None = None
        self._groups = Groups()
        self._lock = asyncio.Lock()
        self._memory = LongLived()

    async def now(self) -> Groups:
        """All groups of open chats; the same object while no chat has changed.

        Raises:
            StoreError: the chats cannot be read.
        """
        async with self._lock:
            chats = await self._roll.all()
            if chats is not self._chats:
                with self._memory.building():
                    now = self._clock.now()
                    self._groups = await grouped(chats, now, before=self._groups)
                self._chats = chats
                if len(chats) >= _MANY:
                    self._memory.set_aside()
        return self._groups


async def grouped(chats: Iterable[Chat], now: datetime, *, before: Groups) -> Groups:
    """The open chats' groups. Those that were in the same group ``before`` and were served there
    need not be again."""
    members: dict[Audience, list[Target]] = {}
    for number, chat in enumerate(chats):
        if chat.open and chat.sources:
            members.setdefault(audience_of(chat, now), []).append(chat.target)
        if number % _SLICE == 0:
            await asyncio.sleep(0)
    by_audience: dict[Audience, Group] = {}
    by_taste: dict[Taste, list[Group]] = {}
    slotted: list[Group] = []
    sources: set[tuple[str, ...]] = set()
    by_summary = False
    earlier = await _earlier(before, now)
    for number, (audience, targets) in enumerate(members.items()):
        group = by_audience[audience] = _group(audience, targets, earlier.get(audience, ()))
        by_taste.setdefault(Taste(audience.filters, audience.languages), []).append(group)
        sources.add(audience.sources)
        by_summary = by_summary or goes_by_summary(audience.filters)
        if audience.timetable is not None:
            slotted.append(group)
        if number % _SLICE == 0:
            await asyncio.sleep(0)
    languages = frozenset(taste.languages for taste in by_taste)
    every = frozenset(chain.from_iterable(sources))
    return Groups(by_audience, by_taste, slotted, every, languages, by_summary)


async def _earlier(before: Groups, now: datetime) -> Mapping[Audience, Sequence[Group]]:
    """The groups from which each audience's chats may come: its own, and those that have become as
    old as any since. Age alone is no reason to ask a chat about everything again."""
    found: dict[Audience, list[Group]] = {}
    for number, (audience, group) in enumerate(before.by_audience.items()):
        is_old = audience.since is not None and audience.since <= now - _OLD
        grown = replace(audience, since=None) if is_old else audience
        found.setdefault(grown, []).append(group)
        if number % _SLICE == 0:
            await asyncio.sleep(0)
    return found


def _group(audience: Audience, targets: Sequence[Target], earlier: Sequence[Group]) -> Group:
    served = frozenset(chain.from_iterable(group.served for group in earlier))
    turns = [group.turn for group in earlier if group.turn is not None]
    if not served:
        return Group(audience, new=tuple(targets), turn=min(turns, default=None))
    return Group(
        audience,
        served=tuple(target for target in targets if target in served),
        new=tuple(target for target in targets if target not in served),
        turn=min(turns, default=None),
    )

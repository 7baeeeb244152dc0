"""The heartbeat: a chat that expects papers and got none is told why, once a day."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.post import Post, Section
from bot.domain.summary import Language
from bot.domain.target import Target
from bot.domain.timetable import instant, zone_of
from bot.domain.wording import Wording
from bot.ports import Clock, DeliveryQuery, Store
from bot.services.chat_roll import ChatRoll
from bot.services.health import Health
from bot.services.post_keys import QuietPost
from bot.services.reading import Quiet, why_quiet

# A regular day's papers come within so long before the chat's hour, whichever hour that is.
_EXPECTED_WITHIN = timedelta(hours=24)
# Lists have been seen from 02:25 to 07:12 UTC: before that a day's list is nobody's business.
_LIST_EXPECTED = timedelta(hours=7, minutes=15)
_NO_NEWS = frozenset({State.FAILED, State.EXPIRED})
# Chats that are asked before others have a turn.
_SLICE = 500

# A time of day in a zone.
_Hour: TypeAlias = tuple[time, str]


def hour_on(chat: Chat, day: date) -> datetime | None:
    """The chat's hour on a day of its own, in UTC; ``None`` where it wants no heartbeat.

    An hour that does not exist that day moves forward, one that exists twice is the first.
    """
    if chat.heartbeat is None:
        return None
    return _moment(chat.heartbeat, chat.zone, day)


def heartbeat_due(chat: Chat, now: datetime) -> date | None:
    """The chat's own day for which it is to be told, if it got no papers; ``None`` for not now.

    A chat that came after its hour is first told the next day; a day that passed while nobody
    looked is told of no more.
    """
    if chat.heartbeat is None or not chat.open or not chat.sources:
        return None
    day = now.astimezone(zone_of(chat.zone)).date()
    hour = hour_on(chat, day)
    if hour is None or now < hour or chat.since is None or chat.since > hour:
        return None
    return day


def expected_list(chat: Chat, day: date) -> date | None:
    """The newest list that should have been up by the chat's hour on a day of its own."""
    hour = hour_on(chat, day)
    return None if hour is None else (hour - _LIST_EXPECTED).date()


class Heartbeats:
    """Plans heartbeats; a chat that is found to have papers is not asked about again that day.

    ``roll`` is the process's; its own where none is given.
    """

    def __init__(self, store: Store, clock: Clock, *, roll: ChatRoll | None = None) -> None:
        self._store = store
        self._clock = clock
        self._roll = roll or ChatRoll(store, clock)
        self._chats: Sequence[Chat] | None = None
        self._by_hour: dict[_Hour, list[Chat]] = {}
        self._over: dict[_Hour, date] = {}
        self._done: dict[Target, date] = {}
        self._today: date | None = None

    async def plan(self) -> int:
        """Write a row for each chat that is to be told; returns how many are new.

        Raises:
            StoreError: the store cannot be used; the next round makes up for it.
        """
        await self._read()
        now, added = self._clock.now(), 0
        self._forget_days_before(now.date())
        for hour, chats in self._by_hour.items():
            day = now.astimezone(zone_of(hour[1])).date()
            if self._over.get(hour) == day or now < _moment(*hour, day):
                continue
            for number, chat in enumerate(chats):
                if self._done.get(chat.target) != day and heartbeat_due(chat, now) == day:
                    added += await self._tell(chat, day)
                if number % _SLICE == 0:
                    await asyncio.sleep(0)
            self._over[hour] = day
        return added

    async def _read(self) -> None:
        """Sort the chats by their hours, if any has changed."""
        chats = await self._roll.all()
        if chats is self._chats:
            return
        self._by_hour, self._over = {}, {}
        for chat in chats:
            if chat.heartbeat is not None and chat.open:
                self._by_hour.setdefault((chat.heartbeat, chat.zone), []).append(chat)
        self._chats = chats

    def _forget_days_before(self, today: date) -> None:
        """Once a day. Somewhere on Earth it is still yesterday."""
        if today != self._today:
            self._today, oldest = today, today - timedelta(days=1)
            self._done = {target: day for target, day in self._done.items() if day >= oldest}

    @property
    def remembered(self) -> int:
        """How many chats need not be asked about again for the time being."""
        return len(self._done)

    async def _tell(self, chat: Chat, day: date) -> int:
        added, now = 0, self._clock.now()
        if not await self._got_papers(chat, day):
            key = QuietPost(chat.sources[0], day).key
            added = await self._store.outbox.add([Delivery(chat.target, key, now, now)])
        self._done[chat.target] = day
        return added

    async def _got_papers(self, chat: Chat, day: date) -> bool:
        """Whether papers were sent, or are on their way, lately before the chat's hour."""
        hour = hour_on(chat, day) or self._clock.now()
        query = DeliveryQuery(target=chat.target, since=hour - _EXPECTED_WITHIN)
        rows = await self._store.outbox.find(query)
        return any(r.post_key.startswith("paper:") and r.state not in _NO_NEWS for r in rows)


class QuietWords:
    """Says why there are no papers, as things stand when it is said."""

    def __init__(
        self, store: Store, clock: Clock, *, health: Health, wording: Callable[[Language], Wording]
    ) -> None:
        self._store = store
        self._clock = clock
        self._health = health
        self._wording = wording

    async def post(self, chat: Chat, quiet: QuietPost) -> Post | None:
        """The notice; ``None`` where the lists have something after all.

        Raises:
            StoreError: the store cannot be read.
        """
        lines = await self._lines(chat, expected_list(chat, quiet.day))
        if not lines:
            return None
        sections = (Section("", tuple(lines[1:])),) if lines[1:] else ()
        return Post(chat.language, lines[0], "", sections=sections)

    async def _lines(self, chat: Chat, listed: date | None) -> Sequence[str]:
        if listed is None:  # the heartbeat was switched off meanwhile
            return ()
        lines: list[str] = []
        for source in chat.sources:
            if await self._store.listings.of_day(source, listed):
                return ()
            lines.append(self._reason(source, listed, self._wording(chat.language)))
        return lines

    def _reason(self, source: str, day: date, wording: Wording) -> str:
        now, name = self._clock.now(), wording.commands.source_name(source)
        why, failing_since = why_quiet(day, now), self._health.of(f"source:{source}").failing_since
        if failing_since is None or why is Quiet.WEEKEND:
            return wording.quiet[why].format(day=day, source=name)
        since = failing_since.astimezone(UTC).strftime("%m-%d %H:%M")
        return wording.quiet["failing"].format(day=day, source=name, since=since)


def _moment(hour: time, zone: str, day: date) -> datetime:
    return instant(day, hour, zone_of(zone))

"""What nobody notices by doing their work: queues, roles, chats and room."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.role import Role
from bot.domain.standing import Standing
from bot.domain.target import Target, name_of
from bot.ports import Clock, DeliveryQuery, Store, Waiting
from bot.services.chat_roll import ChatRoll
from bot.services.health import Health
from bot.services.rounds.membership import counted, living
from bot.services.watching.concerns import LATE
from bot.services.watching.words import moment

# Why a role that nobody has fails.
UNMANNED = "no process does it; start one with --roles {role}"
# Room below which a day's papers, or the log of a large transaction, may not fit any more.
LEAST_FREE = 200_000_000
# So many chats of a platform, and such a part of them, close at once for one reason of ours.
_BULK, _BULK_PART = 5, 0.1
_LATELY = timedelta(days=1)
_MOST_ROWS = 2000
# Counting hundreds of thousands that wait takes a second: it is not done again before so many times
# as long have passed.
_REST = 30.0
# Chats that are looked through before others have a turn.
_SLICE = 2000


@dataclass(frozen=True, slots=True)
class Watched:
    """Where to look. ``free`` is the room for the store in bytes, ``None`` where it is not ours."""

    store: Store
    clock: Clock
    roll: ChatRoll
    health: Health
    free: Callable[[], int | None]


class Lookouts:
    """Puts on the board what it finds; what is well again is noted there only where it failed."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._waiting: Sequence[Waiting] = ()
        self._not_before = float("-inf")
        self._seen: Sequence[Chat] = ()
        self._listed: Mapping[str, str] = {}
        self._counts: Mapping[str, int] = {}

    async def look(self, known: Mapping[str, Standing], now: datetime) -> None:
        """Look once. ``known`` is how all parts stand so far.

        Raises:
            StoreError: the store cannot be read.
        """
        found = await self._queues(now)
        found |= await self._roles(now)
        found |= await self._chats(now)
        free = self._watched.free()
        if free is not None and free < LEAST_FREE:
            found["disk:store"] = f"{free // 1_000_000} MB"
        health = self._watched.health
        for part, reason in found.items():
            health.found_failing(part, reason, at=now)
        for part, standing in {**known, **health.all()}.items():
            looked_at = part.partition(":")[0] in ("queue", "role", "chat", "chats", "disk")
            if looked_at and part not in found and standing.failing_since is not None:
                health.worked(part, at=now)

    async def _queues(self, now: datetime) -> dict[str, str]:
        began = self._watched.clock.monotonic()
        if began >= self._not_before:
            self._waiting = await self._watched.store.backlog.waiting()
            ended = self._watched.clock.monotonic()
            self._not_before = ended + _REST * (ended - began)
        return {
            f"queue:{queue.platform}": f"{queue.count} × ({moment(queue.oldest_due)})"
            for queue in self._waiting
            if now - queue.oldest_due >= LATE
        }

    async def _roles(self, now: datetime) -> dict[str, str]:
        """Roles that nobody has; the web server is there for who wants it."""
        there = counted(await living(self._watched.store.leases, now=now))
        return {
            f"role:{role}": UNMANNED.format(role=role)
            for role, count in there.items()
            if not count and role is not Role.WEB
        }

    async def _chats(self, now: datetime) -> dict[str, str]:
        await self._read_chats()
        return {**self._listed, **await self._closed_in_bulk(now)}

    async def _read_chats(self) -> None:
        """Sort through the chats, if any has changed."""
        chats = await self._watched.roll.all()
        if chats is self._seen:
            return
        listed: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for number, chat in enumerate(chats):
            counts[chat.target.platform] += 1
            if chat.listed and chat.suspended and not chat.held:
                listed[f"chat:{name_of(chat.target)}"] = chat.suspended
            if number % _SLICE == 0:
                await asyncio.sleep(0)
        self._seen, self._listed, self._counts = chats, listed, counts

    async def _closed_in_bulk(self, now: datetime) -> dict[str, str]:
        """Platforms of which many chats have refused a message since yesterday, and are closed."""
        lately = DeliveryQuery(
            states=frozenset({State.FAILED}), since=now - _LATELY, limit=_MOST_ROWS
        )
        rows = await self._watched.store.outbox.find(lately)
        reasons: dict[str, dict[Target, str]] = {}
        for target in {row.target for row in rows}:
            chat = await self._watched.roll.at(target)
            if chat is not None and chat.suspended and not chat.held:
                reasons.setdefault(target.platform, {})[target] = chat.suspended
        return {
            f"chats:{platform}": f"{len(closed)} × {Counter(closed.values()).most_common(1)[0][0]}"
            for platform, closed in reasons.items()
            if len(closed) >= max(_BULK, _BULK_PART * self._counts.get(platform, 0))
        }

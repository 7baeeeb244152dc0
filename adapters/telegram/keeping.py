"""Keeping updates, so that a kill loses none: before Telegram is told that they have arrived."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from adapters.base import Desk
from adapters.telegram.chat_events import read_reaction
from adapters.telegram.origin import Json
from adapters.telegram.updates import Heard, read_update
from bot.ports import Kept

# Nobody waits for an answer any longer; Telegram itself keeps what was asked for so long (FACTS
# §1.5).
_ANSWERED_WITHIN = timedelta(hours=24)


class Keeper:
    """The inbox of one bot, whose name in the settings is ``platform``."""

    def __init__(self, desk: Desk, *, platform: str, username: str) -> None:
        self._desk = desk
        self._platform = platform
        self._username = username

    async def keep(self, updates: Sequence[Json]) -> Mapping[str, Json]:
        """Store the updates that concern us; returns those that are new, by their keys. What people
        say to each other, which an administrator hears too, is written down nowhere (T12).

        Raises:
            StoreError: they could not be kept, and must not be confirmed.
        """
        by_key = {
            self._key(int(update["update_id"])): update
            for update in updates
            if self._concerns_us(update)
        }
        if not by_key:
            return {}
        texts = {key: json.dumps(update) for key, update in by_key.items()}
        new = await self._desk.inbox.keep(texts, now=self._desk.clock.now())
        return {key: by_key[key] for key in new}

    async def waiting(self, *, limit: int, after: int = 0) -> Sequence[Kept]:
        """What was kept and is not done yet, oldest first; only what has a number above ``after``.

        Raises:
            StoreError: the store cannot be read.
        """
        return await self._desk.inbox.open(self._key(""), limit=limit, after=after)

    async def newest(self) -> int:
        """The highest number of what was kept and is not done yet, 0 where there is nothing.

        Raises:
            StoreError: the store cannot be read.
        """
        return await self._desk.inbox.newest(self._key(""))

    def comes_too_late(self, kept: Kept, update: Json) -> bool:
        """Whether somebody asks something there to which no answer is expected any more. What chats
        and reactions have become is no question: it is taken in however late."""
        age = self._desk.clock.now() - kept.kept_at
        return age > _ANSWERED_WITHIN and self.heard(update) is not None

    async def done(self, key: str) -> None:
        """It has been handled.

        Raises:
            StoreError: that could not be noted.
        """
        await self._desk.inbox.done(key, now=self._desk.clock.now())

    def heard(self, update: Json) -> Heard | None:
        """What somebody asks of us."""
        return read_update(update, username=self._username, platform=self._platform)

    def _concerns_us(self, update: Json) -> bool:
        return (
            "my_chat_member" in update
            or read_reaction(update, self._platform) is not None
            or self.heard(update) is not None
        )

    def _key(self, number: int | str) -> str:
        return f"{self._platform}:{number}"

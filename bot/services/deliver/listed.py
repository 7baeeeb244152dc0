"""The chats, as deliveries need them: by exact target, read seldom."""

import asyncio
from collections.abc import Mapping

from bot.domain.chat import Chat
from bot.domain.target import Target
from bot.ports import ChatStore, Clock

# Seconds after which the list is read anew; 10,000 chats take some 100 ms. A suspension need not be
# seen here: the outbox checks it in the very transaction before a send (F70).
_FRESH_FOR = 60.0


class ListedChats:
    """Knows chats as of a minute ago at most. That a chat is not listed is never taken from a list
    read earlier: it may be new, or have moved."""

    def __init__(self, chats: ChatStore, clock: Clock) -> None:
        self._chats = chats
        self._clock = clock
        self._by_target: Mapping[Target, Chat] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._readings = 0

    async def at(self, target: Target) -> Chat | None:
        """The chat at exactly this target.

        Raises:
            StoreError: the list had to be read and could not be.
        """
        place, readings = _written_alike(target), self._readings
        if self._is_stale() or place not in self._by_target:
            async with self._reading:
                unread = self._readings == readings  # nobody has begun to since we were asked
                if self._is_stale() or (unread and place not in self._by_target):
                    await self._read()
        return self._by_target.get(place)

    def _is_stale(self) -> bool:
        return self._clock.monotonic() - self._read_at >= _FRESH_FOR

    async def _read(self) -> None:
        self._readings += 1
        chats = await self._chats.all()
        self._by_target = {_written_alike(chat.target): chat for chat in chats}
        self._read_at = self._clock.monotonic()


def _written_alike(target: Target) -> Target:
    """Some platforms write no thread as ""."""
    return target if target.thread != "" else Target(target.platform, target.chat)

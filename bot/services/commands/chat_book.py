"""The listed chats by where a command comes from, without a query for each command."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from bot.domain.chat import Chat
from bot.domain.errors import StoreError
from bot.domain.target import Target
from bot.ports import ChatStore, Clock

_log = logging.getLogger(__name__)

# Seconds after which the list is read anew; 10,000 chats take some 100 ms. The operator's list
# changes at a start; only suspensions and moves come in between, and no answer depends on those
# to the minute.
_FRESH_FOR = 300.0

_Place: TypeAlias = tuple[str, str, str | None]


class ChatBook:
    """Knows the chats as of some minutes ago; a look never waits for the store but once."""

    def __init__(self, chats: ChatStore, clock: Clock) -> None:
        self._chats = chats
        self._clock = clock
        self._by_place: Mapping[_Place, Chat] | None = None
        self._read_at = 0.0
        self._reading: asyncio.Task[None] | None = None

    async def find(self, target: Target) -> Chat | None:
        """The chat listed under a target; for an unlisted thread, another part of its chat.

        Raises:
            StoreError: the first look found no store.
        """
        if self._by_place is None:
            await self.read()
        elif self._clock.monotonic() - self._read_at >= _FRESH_FOR:
            self._read_soon()
        places = self._by_place or {}
        return places.get(_exactly(target)) or places.get(_somewhere_in(target))

    async def read(self) -> None:
        """Read the list now.

        Raises:
            StoreError: it cannot be read.
        """
        self._by_place = _by_place(await self._chats.all())
        self._read_at = self._clock.monotonic()

    async def close(self) -> None:
        """End a reading that is under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def _read_soon(self) -> None:
        if self._reading is None or self._reading.done():
            self._reading = asyncio.ensure_future(self._read_quietly())

    async def _read_quietly(self) -> None:
        try:
            await self.read()
        except StoreError as error:
            _log.warning("chats not read anew", extra={"reason": str(error)})


def _by_place(chats: Sequence[Chat]) -> dict[_Place, Chat]:
    """Each chat under its own place; the first of each chat's threads also under the whole."""
    places: dict[_Place, Chat] = {}
    for chat in chats:
        places.setdefault(_somewhere_in(chat.target), chat)
        places[_exactly(chat.target)] = chat
    return places


def _exactly(target: Target) -> _Place:
    return (target.platform, target.chat, target.thread or "")


def _somewhere_in(target: Target) -> _Place:
    return (target.platform, target.chat, None)

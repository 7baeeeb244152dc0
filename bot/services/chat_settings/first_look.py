"""A look at lists that nobody has read yet, before a chat begins to get them.

What stands on a list when a chat chooses it is no news to the chat (F69). Where other chats get the
list, the store knows what stood there; where nobody does, the next look would find all of it new.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import date

from bot.domain.errors import SourceError
from bot.ports import Clock, Store

_log = logging.getLogger(__name__)

# An answer is waited for; a person who subscribes is not kept waiting longer than that, in seconds.
_PATIENCE_S = 8.0


class FirstLook:
    """Reads today's lists (UTC) that were never looked at. ``collect`` stores a source's list."""

    def __init__(
        self, store: Store, clock: Clock, collect: Callable[[str, date], Awaitable[object]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._collect = collect

    async def at(self, sources: Iterable[str]) -> bool:
        """Whether there was one to look at. An upstream that does not answer is no hindrance.

        Raises:
            StoreError: the store cannot be used.
        """
        today = self._clock.now().date()
        unread = [
            source
            for source in sources
            if await self._store.listings.checked_at(source, today) is None
        ]
        if unread:
            await asyncio.gather(*(self._look(source, today) for source in unread))
        return bool(unread)

    async def _look(self, source: str, day: date) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._collect(source, day)
        except (SourceError, TimeoutError) as error:
            said = {"source": source, "reason": str(error) or type(error).__name__}
            _log.info("a list is not read yet by who chooses it", extra=said)

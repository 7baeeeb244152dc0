"""All chats with their settings, read once for everybody in this process."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.chat import Chat
from bot.domain.errors import StoreError
from bot.domain.target import Target
from bot.ports import Clock, Store
from bot.services.long_lived import LongLived

_log = logging.getLogger(__name__)

# Seconds within which nobody asks the store again whether anything has changed.
_LOOK_EVERY = 1.0
# Seconds that anybody waits for a reading: some thousands of chats. A longer one is left to those
# who need all chats.
_SHORT = 0.05
# A long reading is not begun again before so many times its length: however often chats change, no
# more than a tenth of the time goes into it.
_REST = 10.0
# Chats that are sorted in before others have a turn.
_SLICE = 1000
# From so many on they are kept out of the garbage collector's way.
_MANY = 5000


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read. ``in_threads`` has one chat of each place that has chats in its threads."""

    revision: int = -1
    chats: Sequence[Chat] = ()
    by_target: Mapping[Target, Chat] = field(default_factory=dict[Target, Chat])
    in_threads: Mapping[tuple[str, str], Chat] = field(default_factory=dict[tuple[str, str], Chat])


class ChatRoll:
    """Knows all chats as of a second ago, and reads them anew only after one has changed, by
    whomever (``ChatRegister.revision``).

    Where there are so many that this takes long, single ones are looked up meanwhile.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._reading: _Reading = _Reading()
        self._revision = -1
        self._looked_at = float("-inf")
        self._read_at = float("-inf")
        self._cost = 0.0
        self._lock = asyncio.Lock()
        self._memory = LongLived()

    async def all(self) -> Sequence[Chat]:
        """Every chat, closed ones too; the same object while nothing has changed.

        Raises:
            StoreError: the store cannot be read.
        """
        async with self._lock:
            await self._look()
            if self._clock.monotonic() - self._read_at >= _REST * self._cost:
                await self._read()
        return self._reading.chats

    async def at(self, target: Target) -> Chat | None:
        """The chat at exactly this target. That there is none is never taken from memory.

        Raises:
            StoreError: the store had to be read and could not be.
        """
        target = _written_alike(target)
        if await self._is_current() and (chat := self._reading.by_target.get(target)) is not None:
            return chat
        found = await self._store.register.at(target)
        return found if found is not None and found.target == target else None

    async def find(self, target: Target) -> Chat | None:
        """The chat at a target; for a thread without settings of its own, another part of its chat.

        Raises:
            StoreError: the chats were never read and cannot be.
        """
        target = _written_alike(target)
        if await self._is_current_or_known():
            return self._somewhere(target)
        return await self._store.register.at(target) or self._somewhere(target)

    def look_again(self) -> None:
        """A chat has just been changed here: nobody is to wait a second to see it."""
        self._looked_at = float("-inf")

    def _somewhere(self, target: Target) -> Chat | None:
        place, by_target = (target.platform, target.chat), self._reading.by_target
        return (
            by_target.get(target)
            or by_target.get(Target(*place))
            or self._reading.in_threads.get(place)
        )

    async def _is_current_or_known(self) -> bool:
        try:
            return await self._is_current()
        except StoreError as error:
            if not self._was_read:
                raise
            _log.warning("chats not read anew", extra={"reason": str(error)})
            return True

    async def _is_current(self) -> bool:
        """Whether memory has what the store has, after a look if the last was long ago."""
        if self._was_read and self._lock.locked():
            return False  # somebody reads just now, which may take long
        async with self._lock:
            if not self._looked_lately():
                await self._look()
                if not self._was_read or self._cost < _SHORT:
                    await self._read()
        return self._revision == self._reading.revision

    @property
    def _was_read(self) -> bool:
        return self._reading.revision >= 0

    def _looked_lately(self) -> bool:
        return self._clock.monotonic() - self._looked_at < _LOOK_EVERY

    async def _look(self) -> None:
        self._revision = await self._store.register.revision()
        self._looked_at = self._clock.monotonic()

    async def _read(self) -> None:
        """Read everything, if it has changed since."""
        if self._revision == self._reading.revision:
            return
        began = self._clock.monotonic()
        with self._memory.building():
            self._reading = await self._read_all(self._revision)
        if len(self._reading.chats) >= _MANY:
            self._memory.set_aside()
        self._read_at = self._clock.monotonic()
        self._cost = self._read_at - began

    async def _read_all(self, revision: int) -> _Reading:
        chats = await self._store.chats.all()
        by_target: dict[Target, Chat] = {}
        in_threads: dict[tuple[str, str], Chat] = {}
        for first in range(0, len(chats), _SLICE):
            for chat in chats[first : first + _SLICE]:
                target = _written_alike(chat.target)
                by_target[target] = chat
                if target.thread is not None:
                    in_threads.setdefault((target.platform, target.chat), chat)
            await asyncio.sleep(0)
        return _Reading(revision, chats, by_target, in_threads)


def _written_alike(target: Target) -> Target:
    """Some platforms write no thread as ""."""
    return target if target.thread != "" else Target(target.platform, target.chat)

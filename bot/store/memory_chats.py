"""The in-memory fake of the chats."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from bot.domain.chat import Chat
from bot.domain.target import Target
from bot.store.addresses import SUSPENDED, readdressed, require_one_platform, settled
from bot.store.memory_outbox import MemoryOutbox
from bot.store.memory_people import MemoryVotes

Value = TypeVar("Value")


class MemoryChats:
    """``bot.ports.ChatStore``. ``suspended`` is shared with the outbox, ``revision`` and the chats
    themselves with the register."""

    def __init__(
        self, suspended: dict[Target, str], outbox: MemoryOutbox, votes: MemoryVotes
    ) -> None:
        self._suspended = suspended
        self._outbox = outbox
        self._votes = votes
        self.revision = 1
        self._chats: dict[Target, Chat] = {}
        self._moved: dict[tuple[str, str], str] = {}

    async def save(self, chats: Sequence[Chat], *, now: datetime) -> Sequence[Target]:
        """See the port."""
        for chat in chats:
            target = self._at_home(chat.target)
            known = self._chats.get(target)
            if known is None and chat.suspended:
                self._suspended.setdefault(target, chat.suspended)
            start = known.since if known else chat.since or now
            paused = known.paused if known else chat.paused
            self._keep(replace(chat, target=target, since=start, paused=paused))
        return [self._at_home(chat.target) for chat in chats]

    async def all(self) -> Sequence[Chat]:
        """See the port."""
        return [self._whole(target) for target in sorted(self._chats, key=_address)]

    async def suspend(self, target: Target, reason: str) -> None:
        """See the port."""
        self._suspended[settled(target)] = reason
        self.revision += 1

    async def resume(self, target: Target, *, now: datetime) -> None:
        """See the port."""
        target = settled(target)
        if self._suspended.pop(target, None) is None:
            return
        self._outbox.expire(target, SUSPENDED)
        self.revision += 1
        if target in self._chats:
            self._chats[target] = replace(self._chats[target], since=now)

    async def move(self, old: Target, new: Target) -> None:
        """See the port."""
        require_one_platform(old, new)
        if old.chat == new.chat:
            return
        _readdress(self._suspended, old, new.chat)
        _readdress(self._chats, old, new.chat)
        self._outbox.move(old, new)
        self._votes.move(old, new.chat)
        self.revision += 1
        self._moved = {
            left: new.chat if (left[0], home) == (old.platform, old.chat) else home
            for left, home in self._moved.items()
        }
        self._moved[old.platform, old.chat] = new.chat

    def put(self, chat: Chat) -> None:
        """Keep a chat as it is given, at its target or where that has moved to."""
        self._keep(replace(chat, target=self._at_home(chat.target)))

    def at(self, target: Target) -> Chat | None:
        """The chat at a target, or where that has moved to."""
        target = settled(target)
        place = target if target in self._chats else self._at_home(target)
        return self._whole(place) if place in self._chats else None

    def forget(self, target: Target) -> None:
        """Remove a chat and its suspension; with the last part of it, where it was before."""
        self._chats.pop(target, None)
        self._suspended.pop(target, None)
        place = (target.platform, target.chat)
        if all((known.platform, known.chat) != place for known in self._chats):
            left = self._moved.items()
            self._moved = {old: home for old, home in left if (old[0], home) != place}
        self.revision += 1

    def _whole(self, target: Target) -> Chat:
        return replace(
            self._chats[target], target=target, suspended=self._suspended.get(target, "")
        )

    def _keep(self, chat: Chat) -> None:
        kept = replace(chat, suspended="")
        if self._chats.get(chat.target) != kept:
            self._chats[chat.target] = kept
            self.revision += 1

    def _at_home(self, target: Target) -> Target:
        home = self._moved.get((target.platform, target.chat), target.chat)
        return readdressed(target, home)


def _address(target: Target) -> tuple[str, str, str]:
    return target.platform, target.chat, target.thread or ""


def _readdress(values: dict[Target, Value], old: Target, chat: str) -> None:
    """Move what is kept under a chat's targets; what its new address has already stays."""
    for target in [t for t in values if (t.platform, t.chat) == (old.platform, old.chat)]:
        values.setdefault(readdressed(target, chat), values.pop(target))

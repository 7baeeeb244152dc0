"""The chats, as the operator, the platforms and they themselves have them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.chat import Chat
from bot.domain.target import Target


class ChatRegister(Protocol):
    """Chats as they change themselves, beside the operator's list (``ChatStore``)."""

    async def put(self, chat: Chat) -> None:
        """Insert or replace a chat as it is given, ``since``, ``paused`` and all; an address that
        was left means the chat at its new one. ``suspended`` is not written.

        Raises:
            ValueError: it has no ``since``.
        """
        ...

    async def at(self, target: Target) -> Chat | None:
        """The chat at exactly this target, or at the one that it moved to."""
        ...

    async def parts(self, target: Target) -> Sequence[Chat]:
        """What is known at a target's address: the chat itself and its threads, suspended too."""
        ...

    async def forget(self, target: Target) -> None:
        """Remove everything about exactly this target: its settings, suspension, deliveries, votes;
        with the last part of a chat, the addresses that led to it (T12). What was never known is no
        error."""
        ...

    async def revision(self) -> int:
        """A number that grows whenever any chat changes, by whichever process and method."""
        ...


class ChatStore(Protocol):
    """Chats and what each gets, as the operator and the platforms have it."""

    async def save(self, chats: Sequence[Chat], *, now: datetime) -> Sequence[Target]:
        """Insert or update by target. A known chat keeps its ``since``, ``suspended`` and
        ``paused``; a new one without ``since`` gets ``now``. Under an address that was left
        (``move``), the chat at its new one is meant. Returns where each of them is."""
        ...

    async def all(self) -> Sequence[Chat]:
        """Every chat, suspended ones too."""
        ...

    async def suspend(self, target: Target, reason: str) -> None:
        """Stop sending to exactly this target, known or not, at once; its settings stay.

        Other threads of the chat go on: one topic may be closed while others are open.
        """
        ...

    async def resume(self, target: Target, *, now: datetime) -> None:
        """Send again, what is listed from ``now`` on: what waited has expired.

        For a target that is not suspended nothing changes.
        """
        ...

    async def move(self, old: Target, new: Target) -> None:
        """Give a chat its new address, with its deliveries, in one transaction (F33).

        Its threads, spacing and suspension move along, as do finished deliveries: a post sent at
        the old address must not be planned again for the new one. Ids of deliveries follow their
        targets; what stands at the new address already stays, its twin is dropped. A delivery in
        flight is afterwards saved with its new target. Moving twice is no error.

        Raises:
            ValueError: the two are on different platforms.
        """
        ...

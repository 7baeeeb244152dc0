"""Changes to a stored chat: each is made to the chat as it is then, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.domain.chat import Chat
from bot.domain.command import Command
from bot.domain.delivery import Delivery, State, close
from bot.domain.errors import StoreError
from bot.domain.target import Target
from bot.ports import Clock, DeliveryQuery, Store

# A change takes milliseconds, but a write may wait 30 s for another process's (the store's busy
# timeout), and must not lose its turn meanwhile. Who died in the middle holds up the next so long.
_LEASE = timedelta(seconds=40)
_AGAIN_S = 0.05
_PATIENCE_S = 8.0
# Rows of one chat that wait: far more than any chat has.
_MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Changed:
    """A chat before (``None`` where nothing was known of it) and after a change."""

    before: Chat | None
    after: Chat


class ChatLedger:
    """Reads and changes what the store has of chats.

    A lease in the store keeps two changes to one chat apart, also in two processes: of two people
    who press at once neither undoes what the other changed, and of one setting the last one counts.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def find(self, command: Command) -> Chat | None:
        """The chat at the very place of a command, under either of its names.

        Raises:
            StoreError: the store cannot be read.
        """
        for place in command.places:
            if (chat := await self._store.register.at(place)) is not None:
                return chat
        return None

    async def change(
        self, command: Command, change: Callable[[Chat | None], Chat | None]
    ) -> Changed | None:
        """Put a change to the chat of a command; ``None`` where ``change`` gives none.

        Raises:
            Misread: ``change`` finds fault.
            StoreError: the store cannot be used, or somebody else's change does not end.
        """
        lease, owner = _lease(command.target), uuid4().hex
        await self._acquire(lease, owner)
        try:
            before = await self.find(command)
            after = change(before)
            if after is None:
                return None
            if after != before:
                await self._store.register.put(after)
            return Changed(before, after)
        finally:
            await self._store.leases.release(lease, owner)

    async def drop_waiting(self, target: Target, reason: str) -> None:
        """Let nothing come that was planned and not sent yet (F70)."""
        rows = await self._store.outbox.find(
            DeliveryQuery(target=target, states=frozenset({State.PENDING}), limit=_MOST_ROWS)
        )
        if rows:
            await self._store.outbox.save([close(row, State.EXPIRED, reason) for row in rows])

    async def last_sent(self, target: Target) -> datetime | None:
        """When the chat got something last."""
        query = DeliveryQuery(target=target, states=frozenset({State.SENT}), limit=1)
        found: list[Delivery] = list(await self._store.outbox.find(query))
        return found[0].sent_at if found else None

    async def _acquire(self, lease: str, owner: str) -> None:
        give_up = self._clock.monotonic() + _PATIENCE_S
        while True:
            now = self._clock.now()
            if await self._store.leases.acquire(lease, owner, now=now, until=now + _LEASE):
                return
            if self._clock.monotonic() >= give_up:
                raise StoreError("Another change to the same chat does not end; try again.")
            await self._clock.sleep(_AGAIN_S)


def returned(chat: Chat, now: datetime) -> Chat:
    """The chat open again: what was listed before does not count (F69)."""
    return replace(chat, paused=False, since=now)


def _lease(target: Target) -> str:
    return f"settings:{target.platform}:{target.chat}:{target.thread or ''}"

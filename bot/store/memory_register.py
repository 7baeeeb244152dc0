"""The in-memory fake of the register of chats."""

from collections.abc import Sequence

from bot.domain.chat import Chat
from bot.domain.target import Target
from bot.store.addresses import require_start, settled
from bot.store.memory_chats import MemoryChats
from bot.store.memory_outbox import MemoryOutbox
from bot.store.memory_people import MemoryVotes


class MemoryRegister:
    """``bot.ports.ChatRegister``."""

    def __init__(self, chats: MemoryChats, outbox: MemoryOutbox, votes: MemoryVotes) -> None:
        self._chats = chats
        self._outbox = outbox
        self._votes = votes

    async def put(self, chat: Chat) -> None:
        """See the port."""
        require_start(chat)
        self._chats.put(chat)

    async def at(self, target: Target) -> Chat | None:
        """See the port."""
        return self._chats.at(target)

    async def parts(self, target: Target) -> Sequence[Chat]:
        """See the port."""
        here = (target.platform, target.chat)
        every = await self._chats.all()
        return [chat for chat in every if (chat.target.platform, chat.target.chat) == here]

    async def forget(self, target: Target) -> None:
        """See the port."""
        target = settled(target)
        self._chats.forget(target)
        self._outbox.forget(target)
        self._votes.forget_place(target)

    async def revision(self) -> int:
        """See the port."""
        return self._chats.revision

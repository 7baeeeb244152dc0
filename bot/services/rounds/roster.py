"""The operator's list of chats, and what the store remembers of them."""

from collections.abc import Sequence

from bot.domain.chat import Chat
from bot.ports import ChatStore, Clock

# Why a chat that is no longer listed gets nothing; also how it is known when it is listed again.
UNLISTED = "no longer listed in the settings"


async def enrol(listed: Sequence[Chat], chats: ChatStore, clock: Clock) -> None:
    """Make the store's chats those of the settings.

    One that is gone from the list gets nothing any more, one that came back gets what is new from
    now on; what a platform closed to us stays closed.

    Raises:
        StoreError: the store cannot be used.
    """
    homes = set(await chats.save(listed, now=clock.now()))
    for chat in await chats.all():
        if chat.target not in homes and not chat.suspended:
            await chats.suspend(chat.target, UNLISTED)
        elif chat.target in homes and chat.suspended == UNLISTED:
            await chats.resume(chat.target, now=clock.now())

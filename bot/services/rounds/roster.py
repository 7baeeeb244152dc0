"""The operator's list of chats, and what the store remembers of them."""

from collections.abc import Sequence

from bot.domain.chat import UNLISTED, Chat
from bot.domain.target import Target
from bot.ports import Clock, Store


async def enrol(listed: Sequence[Chat], store: Store, clock: Clock) -> None:
    """Make the operator's chats those of the settings.

    An entry is applied once, and again when it has changed (``Chat.listed``): what a chat chose for
    itself since then stays. One that is gone from the list gets nothing any more, one that came
    back gets what is new from now on; what a platform closed to us stays closed. Chats that
    subscribed by themselves are not touched.

    Raises:
        StoreError: the store cannot be used.
    """
    homes: set[Target] = set()
    changed: list[Chat] = []
    for chat in listed:
        known = await store.register.at(chat.target)
        if known is not None and known.listed == chat.listed:
            homes.add(known.target)
        else:
            changed.append(chat)
    homes.update(await store.chats.save(changed, now=clock.now()))
    for chat in await store.chats.all():
        if chat.listed and chat.target not in homes and not chat.suspended:
            await store.chats.suspend(chat.target, UNLISTED)
        elif chat.target in homes and chat.suspended == UNLISTED:
            await store.chats.resume(chat.target, now=clock.now())

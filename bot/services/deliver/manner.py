"""How messages arrive: as large and as loud as the chat likes, and a batch with one sound."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.chat import Looks
from bot.domain.post import Post
from bot.domain.target import Target

# What follows within so long belongs to the same batch. A hundred papers in a Telegram group, one
# every 3.1 s, take five minutes.
BATCH = timedelta(minutes=5)
# Chats that are remembered before those of older batches are forgotten.
_MANY = 10_000


def as_liked(post: Post, looks: Looks, *, quietly: bool = False) -> Post:
    """The post as a chat wants it: without previews, pictures or a sound where it says so."""
    return replace(
        post,
        previews=post.previews and looks.previews,
        image_url=post.image_url if looks.pictures else None,
        silent=post.silent or quietly or not looks.sound,
    )


class Batches:
    """When chats last got a message, as far as this process knows; all threads of a chat share it.

    After a restart a batch may sound once more.
    """

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}

    def goes_on(self, target: Target, now: datetime) -> bool:
        """Whether a message now would follow another of the same batch, and need not sound."""
        last = self._last.get(target.chat)
        return last is not None and now - last < BATCH

    def arrived(self, target: Target, now: datetime) -> None:
        """Note a message."""
        if len(self._last) >= _MANY:
            self._last = {chat: at for chat, at in self._last.items() if now - at < BATCH}
        self._last[target.chat] = now

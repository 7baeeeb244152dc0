"""From a row to the message that is to be sent: composed and rendered anew from the store."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeAlias

from adapters.base import Adapter, Editor, Message, Pace
from bot.domain.chat import Chat
from bot.domain.delivery import Broken, Delivery, State, close, expired, settle
from bot.domain.errors import StoreError
from bot.domain.post import Post
from bot.domain.timetable import quiet_until
from bot.ports import Clock, Outbox
from bot.services.deliver.addressee import addressee, barred
from bot.services.deliver.courses import Show
from bot.services.deliver.digest_rows import DigestRows
from bot.services.deliver.manner import Batches, as_liked
from bot.services.deliver.poison import rendered

_log = logging.getLogger(__name__)

# The post that a delivery's key names, or several for one that is long by nature; ``None`` where
# there is no more reason to send it. Raises StoreError where the store cannot be read; any other
# error makes the delivery a broken one.
Compose: TypeAlias = Callable[[Delivery, Chat], Awaitable[Post | Sequence[Post] | None]]


@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery with its message, and how fast its chat may be written to. Where ``replaces``
    names a message, that one is changed instead of another being sent; ``paid`` is whether its slot
    costs money."""

    delivery: Delivery
    chat: Chat
    message: Message
    pace: Pace
    replaces: str | None = None
    paid: bool = False


class Preparer:
    """Makes messages for one adapter."""

    def __init__(
        self, adapter: Adapter, compose: Compose, *, outbox: Outbox, clock: Clock, batches: Batches
    ) -> None:
        self._adapter = adapter
        self._compose = compose
        self._outbox = outbox
        self._clock = clock
        self._batches = batches
        self._digests = DigestRows(outbox, edits=isinstance(adapter, Editor))

    async def prepare(self, delivery: Delivery, chat: Chat | None) -> Ready | Delivery:
        """The delivery with its message, or, where none is to be sent, or not yet, what became of
        it.

        Further parts of a long post become rows of their own before the first is sent.

        Raises:
            StoreError: the store cannot be used; nothing has become of the delivery.
        """
        now, chat = self._clock.now(), addressee(delivery, chat)
        if expired(delivery, now):
            return close(delivery, State.EXPIRED, delivery.reason or "too old to be news")
        if chat is None or barred(chat):
            return close(delivery, State.EXPIRED, barred(chat))
        if (later := quiet_until(chat.quiet_hours, chat.zone, now)) is not None:
            return replace(delivery, state=State.PENDING, lease_until=None, due_at=later)
        course = await self._digests.course(delivery, now)
        if isinstance(course, Delivery):
            return course
        return await self._made(delivery, chat, course)

    async def replaces(self, delivery: Delivery) -> bool:
        """Whether a delivery's call changes a message that stands (``Ready.replaces``).

        Raises:
            StoreError: the store cannot be read.
        """
        return await self._digests.replaces(delivery, self._clock.now())

    async def _made(self, delivery: Delivery, chat: Chat, course: Show) -> Ready | Delivery:
        try:
            messages = await self._messages(delivery, chat, course)
            pace = self._adapter.pace(delivery.target)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - F63: a poison post costs only itself
            _log.exception("a post cannot be rendered", extra={"post": delivery.post_key})
            broken = Broken(f"cannot be rendered: {type(error).__name__}")
            return settle(delivery, broken, self._clock.now())
        if delivery.part >= len(messages):
            return close(delivery, State.EXPIRED, "there is nothing to say any more")
        if delivery.part == 0 and len(messages) > 1:
            await self._outbox.add([_part(delivery, n) for n in range(1, len(messages))])
        return Ready(delivery, chat, messages[delivery.part], pace, course.replaces)

    async def _messages(self, delivery: Delivery, chat: Chat, course: Show) -> tuple[Message, ...]:
        composed = await self._compose(replace(delivery, post_key=course.key), chat)
        posts = () if composed is None else (composed,) if isinstance(composed, Post) else composed
        quietly = self._batches.goes_on(delivery.target, self._clock.now())
        liked = (as_liked(post, chat.looks, quietly=quietly) for post in posts)
        if course.replaces is not None:
            # An edit makes no sound by itself, and Discord takes no such wish with one.
            liked = (replace(post, silent=False) for post in liked)
        messages = (rendered(self._adapter, post, plain=delivery.plain) for post in liked)
        return tuple(chain.from_iterable(messages))


def _part(first: Delivery, number: int) -> Delivery:
    return replace(
        Delivery(first.target, first.post_key, first.created_at, first.due_at), part=number
    )

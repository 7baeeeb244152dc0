"""Discord as a platform: text channels, threads, forums, announcement channels, under a bot."""

import hashlib
from collections.abc import Collection, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

from adapters.base import Message, Pace
from adapters.discord.client import Connection
from adapters.discord.crosspost import Crossposter
from adapters.discord.errors import NO_MESSAGES, UNKNOWN_MESSAGE, refusal_code
from adapters.discord.forum import Forums
from adapters.discord.gather import Gatherings
from adapters.discord.history import History
from adapters.discord.marks import has_place, marked
from adapters.discord.message import THREAD_NAME, DiscordMessage
from adapters.discord.options import ChannelOptions, DiscordOptions, ForumStyle
from adapters.discord.places import Holds, Places
from adapters.discord.render import RENDERED, render
from adapters.discord.rest import BotRest
from bot.domain.delivery_errors import ChatGone, ContentRejected, OutcomeUnknown
from bot.domain.post import Post
from bot.domain.target import Receipt, Target
from bot.ports import Clock

# Discord API v10, "Global Rate Limit": 50 a second, answers to interactions not counted. As near to
# it as no answer of 429 allows: with this, the worst second has 49 (benchmarks/broadcast.py).
PER_SECOND = 48.7
# While sends take many calls besides (a thread's start takes four), for there is no more room; from
# this backlog of theirs on, in seconds.
PER_SECOND_CROWDED = 9.0
_CROWDED = 1.0
# About five messages in five seconds to a channel (not documented; headers rule, and discord.py
# obeys them): at once, with a hundredth for what one message takes longer to arrive than another,
# and for machines whose clocks differ.
CHAT_GAP = 1.01
BURST = 5
# A nonce holds "for a few minutes" (Discord API v10, "Create Message"); two are surely a few.
REPEAT_WINDOW = 120.0
# Longer than what is not looked up may take to be repeated.
_JUST_AFTER = timedelta(seconds=REPEAT_WINDOW)
# The longest nonce.
_NONCE = 25
_PLAIN_TEXT = ChannelOptions()
# A day's thread that somebody deleted is followed by another.
_THREADS_TRIED = 2


class DiscordAdapter:
    """Implements Adapter, Identified, Editor and Repeatable; an async context manager.

    A target's ``chat`` is a channel's id and its ``thread`` a thread's, if any. In a forum, and
    where a day is gathered in a thread, the receipt names thread and message, ``THREAD/MESSAGE``;
    elsewhere the message alone, "" where it was taken earlier and has been deleted since.
    """

    def __init__(
        self, options: DiscordOptions, clock: Clock, *, connection: Connection | None = None
    ) -> None:
        self._options = options
        self.name = options.name
        self._stack = AsyncExitStack()
        self._render = lru_cache(maxsize=RENDERED)(render)
        self.connection = connection or Connection(options)
        self.rest = BotRest(self.connection, clock, timeout=options.timeout)
        self._history = History(self.rest, clock)
        self._clock = clock
        self._places = Places(self.rest)
        self._forums = Forums(self.rest, self._history, self._places)
        self._gatherings = Gatherings(self.rest, self._history, self._places)
        self._crossposter = Crossposter(self.rest, self._history, clock)

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.connection)
        self._stack.push_async_callback(self.rest.close)
        self._stack.push_async_callback(self._crossposter.close)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    @property
    def identities(self) -> Collection[str]:
        """See ``Identified``: a token begins with its bot's id."""
        return (identity(self._options.token),)

    def pace(self, target: Target) -> Pace:
        """A forum's posts come evenly: starting one is another route, of which nobody says more."""
        channel = target.thread or target.chat
        forum = self._of(channel).forum or self._places.is_known_forum(channel)
        crowded = self.rest.backlog > _CROWDED
        return Pace(
            per_second=PER_SECOND_CROWDED if crowded else PER_SECOND,
            chat_gap=CHAT_GAP,
            burst=1 if forum else BURST,
        )

    def render(self, post: Post, *, plain: bool = False) -> Sequence[DiscordMessage]:
        return self._render(post, plain=plain)

    def repeat_window(self, target: Target) -> float:  # noqa: ARG002 - one for all
        """A forum takes no nonce, but its posts are looked for before they are started."""
        return REPEAT_WINDOW

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        shown: DiscordMessage = message
        channel = target.thread or target.chat
        options = self._of(channel)
        gathers = bool(shown.gather) and not target.thread
        if options.forum is ForumStyle.DAY or (gathers and await self._is_forum(channel)):
            return await self._send_to_day(channel, shown, key=key, options=options)
        if options.forum is ForumStyle.PAPER or self._places.is_known_forum(channel):
            return await self._send_to_forum(channel, shown, key=key, options=options)
        if gathers and (receipt := await self._send_gathered(channel, shown, key)):
            return receipt
        try:
            message_id = await self._post(channel, shown, key)
        except ChatGone as error:
            if refusal_code(error) != NO_MESSAGES or not await self._is_forum(channel):
                raise
            # A forum of which the settings do not say so: from now on it is known as one.
            return await self._send_to_forum(channel, shown, key=key, options=options)
        if options.crosspost and message_id:
            self._crossposter.publish(channel, message_id)
        return Receipt(message_id)

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        thread, _, own_id = message_id.rpartition("/")
        if not own_id:
            raise ContentRejected("the message to edit has been deleted")
        shown: DiscordMessage = message
        try:
            await self.rest.call(
                "PATCH",
                "/channels/{channel_id}/messages/{message_id}",
                json=shown.payload(),
                channel_id=thread or target.thread or target.chat,
                message_id=own_id,
            )
        except ChatGone as error:
            if not thread:
                raise
            # The post or thread is gone, or closed: that says nothing about the channel.
            raise ContentRejected(f"the message's thread takes no edit: {error}") from error

    def traces(self, message: Message) -> bool:
        shown: DiscordMessage = message
        return has_place(shown.new(), address=shown.address)

    async def find(self, target: Target, key: str) -> Receipt | None:
        channel = target.thread or target.chat
        if self._of(channel).forum or await self._is_forum(channel):
            found = await self._forums.find(channel, key)
            return Receipt("/".join(found)) if found else None
        if message := await self._history.find(channel, key):
            return Receipt(message["id"])
        found = None if target.thread else await self._gatherings.find(channel, key)
        return Receipt("/".join(found)) if found else None

    def _of(self, channel: str) -> ChannelOptions:
        return self._options.channels.get(channel, _PLAIN_TEXT)

    async def _is_forum(self, channel: str) -> bool:
        return (await self._places.look_up(channel)).holds is Holds.THREADS

    async def _send_gathered(
        self, channel: str, message: DiscordMessage, key: str
    ) -> Receipt | None:
        """Into the day's thread; ``None`` where the channel itself is to take it."""
        for _ in range(_THREADS_TRIED):
            thread = await self._gatherings.thread(channel, message.gather)
            if thread is None:
                break
            try:
                return Receipt(f"{thread}/{await self._post(thread, message, key)}")
            except ChatGone as error:
                # The thread is gone, or closed: that says nothing about the channel.
                self._gatherings.refused(channel, message.gather, error)
        return None

    async def _send_to_forum(
        self, forum: str, message: DiscordMessage, *, key: str, options: ChannelOptions
    ) -> Receipt:
        thread = await self._forums.paper_thread(forum, message) if message.part else None
        if thread:
            return Receipt(f"{thread}/{await self._post(thread, message, key)}")
        return Receipt("/".join(await self._forums.start(forum, message, key=key, options=options)))

    async def _send_to_day(
        self, forum: str, message: DiscordMessage, *, key: str, options: ChannelOptions
    ) -> Receipt:
        today = self._options.day_title.replace("{day}", f"{self._clock.now():%Y-%m-%d}")
        name = (message.gather or today)[:THREAD_NAME]
        if not message.gather and (found := await self._before_midnight(forum, key)):
            return found
        async with self._forums.lock(forum):
            thread = await self._forums.day_thread(forum, name)
            if not thread:
                started = await self._forums.start_day(
                    forum, message, name=name, key=key, options=options
                )
                return Receipt("/".join(started))
        found = await self._forums.first_if_same(thread, message, key)
        return Receipt(f"{thread}/{found or await self._post(thread, message, key)}")

    async def _before_midnight(self, forum: str, key: str) -> Receipt | None:
        """What is repeated just after midnight may stand in the post of the day before."""
        now = self._clock.now()
        if now - now.replace(hour=0, minute=0, second=0, microsecond=0) > _JUST_AFTER:
            return None
        found = await self._forums.find(forum, key)
        return Receipt("/".join(found)) if found else None

    async def _post(self, channel: str, message: DiscordMessage, key: str) -> str:
        """Create a message, at most once for a key within the window; gives its id."""
        payload: dict[str, Any] = marked(message.new(), key, address=message.address)
        payload |= {"nonce": nonce(key), "enforce_nonce": True}
        try:
            answer = await self.rest.call(
                "POST", "/channels/{channel_id}/messages", json=payload, channel_id=channel
            )
        except ContentRejected as error:
            if refusal_code(error) == UNKNOWN_MESSAGE:
                # By design, for a nonce whose message was deleted meanwhile.
                return ""
            raise
        try:
            return str(answer["id"])
        except (KeyError, TypeError) as error:
            raise OutcomeUnknown("Discord's answer names no message") from error


def identity(token: str) -> str:
    """What tells a bot from others and gives nothing of its secret away."""
    head, dot, _ = token.partition(".")
    return head if dot else hashlib.blake2b(token.encode(), digest_size=_NONCE // 2).hexdigest()


def nonce(key: str) -> str:
    """A delivery's id, which fits (24 digits); anything longer as a digest of it."""
    if len(key) <= _NONCE:
        return key
    return hashlib.blake2b(key.encode(), digest_size=_NONCE // 2).hexdigest()

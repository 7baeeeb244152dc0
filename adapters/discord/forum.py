"""Forums: a post is a thread, for each paper or for each day.

Starting a thread takes no nonce, so that repeating it blindly could double a post (F48). Instead a
post is looked for before it is started: among the forum's active threads one of ours with this name
whose first message carries the delivery's mark. That is one more call for each post of a forum.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

from adapters.discord.history import History
from adapters.discord.marks import has_mark, has_place, marked
from adapters.discord.message import THREAD_NAME, DiscordMessage
from adapters.discord.options import ChannelOptions
from adapters.discord.places import Places
from adapters.discord.recent import Turns
from adapters.discord.rest import BotRest
from bot.domain.delivery_errors import ContentRejected, OutcomeUnknown

JsonObject = Mapping[str, Any]
# Threads whose first message is looked at when a post is looked for by its mark alone.
_LATEST = 25
# A delivery is at most two days old (bot.domain.delivery.MAX_AGE), and so is its day's post.
_DAYS = 3


class Forums:
    """Starts and finds posts."""

    def __init__(self, rest: BotRest, history: History, places: Places) -> None:
        self._rest = rest
        self._history = history
        self._places = places
        self._turns = Turns()

    async def start(
        self, forum: str, message: DiscordMessage, *, key: str, options: ChannelOptions
    ) -> tuple[str, str]:
        """Make sure there is a post with this message; gives the ids of its thread and message.

        Raises:
            DeliveryError: as any call.
        """
        name = thread_name(message)
        async with self._turns.of(forum):
            for thread in await self._named(forum, name):
                if first := await self.first_if_same(thread["id"], message, key):
                    return thread["id"], first
            payload = marked(message.new(), key, address=message.address)
            return await self._create(forum, name, payload, options)

    async def day_thread(self, forum: str, name: str) -> str | None:
        """The thread of a day's post, where there is one."""
        threads = await self._named(forum, name)
        return min((thread["id"] for thread in threads), key=int, default=None)

    async def start_day(
        self,
        forum: str,
        message: DiscordMessage,
        *,
        name: str,
        key: str,
        options: ChannelOptions,
    ) -> tuple[str, str]:
        """Start a day's post with this message as its first."""
        payload = marked(message.new(), key, address=message.address)
        return await self._create(forum, name, payload, options)

    def lock(self, forum: str) -> asyncio.Lock:
        """Held from looking for a day's post until it is there."""
        return self._turns.of(forum)

    async def paper_thread(self, forum: str, message: DiscordMessage) -> str | None:
        """The newest thread of ours with this post's name, for its further parts."""
        threads = await self._named(forum, thread_name(message))
        return max((thread["id"] for thread in threads), key=int, default=None)

    async def first_if_same(self, thread: str, message: DiscordMessage, key: str) -> str | None:
        """The id of a thread's first message, where it is this one."""
        first = await self._first_message(thread)
        if first is None:
            return None
        is_new = self._history.is_new(thread)
        return first["id"] if has_mark(first, key) or (is_new and _reads(first, message)) else None

    async def find(self, forum: str, key: str) -> tuple[str, str] | None:
        """The thread and message with a delivery's mark, in one of our latest posts. In those
        before the newest three only the first message is looked at, unless there are others."""
        latest = await self._places.latest_threads(forum)
        for number, thread in enumerate(latest[:_LATEST]):
            first = await self._first_message(thread["id"])
            if first and has_mark(first, key):
                return thread["id"], first["id"]
            if number >= _DAYS and not thread.get("message_count"):
                continue
            if reply := await self._history.find(thread["id"], key):
                return thread["id"], reply["id"]
        return None

    async def _create(
        self, forum: str, name: str, payload: JsonObject, options: ChannelOptions
    ) -> tuple[str, str]:
        body = {
            "name": name,
            "auto_archive_duration": options.archive_minutes,
            "message": payload,
            **({"applied_tags": list(options.tags)} if options.tags else {}),
        }
        thread = await self._rest.call(
            "POST", "/channels/{channel_id}/threads", json=body, channel_id=forum
        )
        return _id(thread), _id(thread)

    async def _named(self, forum: str, name: str) -> list[JsonObject]:
        own = await self._places.own_threads(forum)
        return [thread for thread in own if thread["name"] == name]

    async def _first_message(self, thread: str) -> JsonObject | None:
        """A post's first message has the id of its thread."""
        try:
            return await self._rest.call(
                "GET",
                "/channels/{channel_id}/messages/{message_id}",
                channel_id=thread,
                message_id=thread,
            )
        except ContentRejected:  # it was deleted
            return None


def thread_name(message: DiscordMessage) -> str:
    """A post's name: its title, with an ellipsis where a thread's name cannot hold it."""
    title = message.title or "…"
    return title if len(title) <= THREAD_NAME else f"{title[: THREAD_NAME - 1].rstrip()}…"


def _reads(first: JsonObject, message: DiscordMessage) -> bool:
    """Whether a message that carries no mark has this one's text."""
    if message.content:
        return bool(first["content"] == message.content)
    if message.embed is None or has_place(message.new(), address=message.address):
        return False
    embed = message.embed.json()
    standing = [(e.get("title"), e.get("description")) for e in first["embeds"]]
    return standing == [(embed.get("title"), embed.get("description"))]


def _id(thread: JsonObject) -> str:
    try:
        return str(int(cast("Any", thread)["id"]))
    except (KeyError, TypeError, ValueError) as error:
        raise OutcomeUnknown("the forum's answer names no thread") from error

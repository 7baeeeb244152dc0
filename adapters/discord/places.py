"""What kinds of places channels are, and which threads of ours stand in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from adapters.discord.recent import Recent
from adapters.discord.rest import BotRest
from bot.domain.delivery_errors import ChatGone

JsonObject = Mapping[str, Any]
# "Channel Types": announcement channels and text channels have threads, forums and media channels
# nothing else.
_TEXT, _ANNOUNCEMENT = 0, 5
_FORUMS = frozenset({15, 16})
_ANNOUNCEMENT_THREAD, _PUBLIC_THREAD = 10, 11
# Channels that are remembered, some 500 bytes each; any other is looked up again.
_REMEMBERED = 10_000
# Most that one call gives ("List Public Archived Threads"), the lately archived first.
_PAGE = 100


class Holds(Enum):
    """What a place takes: messages alone, also threads, or threads alone."""

    MESSAGES = "messages"
    THREADS_TOO = "threads too"
    THREADS = "threads"


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as it was at first sight. ``guild`` is "" outside servers; ``thread_type`` is what
    a thread in it is."""

    id: str
    guild: str
    holds: Holds
    thread_type: int = _PUBLIC_THREAD


class Places:
    """Looks channels up, seldom more than once, and threads whenever it is asked."""

    def __init__(self, rest: BotRest) -> None:
        self._rest = rest
        self._known: Recent[str, Place] = Recent(_REMEMBERED)

    async def look_up(self, channel: str) -> Place:
        """Raises DeliveryError as any call."""
        known = self._known.get(channel)
        if known is None:
            told = await self._rest.call("GET", "/channels/{channel_id}", channel_id=channel)
            known = _place(channel, told)
            self._known.put(channel, known)
        return known

    def is_known_forum(self, channel: str) -> bool:
        """Whether a channel was looked up lately and is a forum."""
        known = self._known.get(channel)
        return known is not None and known.holds is Holds.THREADS

    async def own_threads(self, channel: str) -> list[JsonObject]:
        """The active threads in a server's channel that we started.

        Raises:
            DeliveryError: as any call.
        """
        guild = (await self.look_up(channel)).guild
        active = await self._rest.call("GET", "/guilds/{guild_id}/threads/active", guild_id=guild)
        return await self._own(channel, active["threads"])

    async def latest_threads(self, channel: str) -> list[JsonObject]:
        """Those that we started, active or archived, the newest first. Raises as above."""
        both = [await threads(channel) for threads in (self.own_threads, self.archived_threads)]
        return sorted((each for some in both for each in some), key=_number, reverse=True)

    async def archived_threads(self, channel: str) -> list[JsonObject]:
        """The latest of ours that somebody has archived, or that fell silent; none where we may not
        see them (Read Message History). Raises as above."""
        try:
            archived = await self._rest.call(
                "GET",
                "/channels/{channel_id}/threads/archived/public",
                query={"limit": _PAGE},
                channel_id=channel,
            )
        except ChatGone:
            return []
        return await self._own(channel, archived["threads"])

    async def _own(self, channel: str, threads: list[JsonObject]) -> list[JsonObject]:
        own = await self._rest.user_id()
        return [
            thread
            for thread in threads
            if thread.get("parent_id") == channel and thread.get("owner_id") == own
        ]


def _number(thread: JsonObject) -> int:
    return int(thread["id"])


def _place(channel: str, told: JsonObject) -> Place:
    kind, guild = told.get("type"), str(told.get("guild_id") or "")
    if guild and kind in _FORUMS:
        return Place(channel, guild, Holds.THREADS)
    if guild and kind == _TEXT:
        return Place(channel, guild, Holds.THREADS_TOO)
    if guild and kind == _ANNOUNCEMENT:
        return Place(channel, guild, Holds.THREADS_TOO, _ANNOUNCEMENT_THREAD)
    return Place(channel, guild, Holds.MESSAGES)

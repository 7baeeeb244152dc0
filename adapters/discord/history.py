"""Finding a message of ours again, by its delivery's mark, in a channel's or a forum's history."""

from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.discord.marks import has_mark
from adapters.discord.rest import BotRest
from bot.domain.delivery_errors import OutcomeUnknown
from bot.ports import Clock

# Most that one call gives (Discord API v10, "Get Channel Messages").
_PAGE = 100
# What is older than two days is no delivery's any more (bot.domain.delivery.MAX_AGE).
_FAR_ENOUGH = timedelta(hours=48)
_PAGES = 20
# Longer than a send is repeated without looking for the message (two minutes: REPEAT_WINDOW).
_REPEATED_WITHIN = timedelta(minutes=10)
_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)

JsonObject = Mapping[str, Any]


def created_at(snowflake: str) -> datetime:
    """When an id was given out (Discord API v10, "Snowflakes")."""
    return _EPOCH + timedelta(milliseconds=int(snowflake) >> 22)


class History:
    """Reads what stands in channels. Finds only what a bot of ours wrote."""

    def __init__(self, rest: BotRest, clock: Clock) -> None:
        self._rest = rest
        self._clock = clock

    async def find(self, channel: str, key: str) -> JsonObject | None:
        """The message with a delivery's mark among those of the last two days.

        Raises:
            OutcomeUnknown: the history cannot be read, or not far enough back.
            DeliveryError: as any call.
        """
        async for message in self._messages(channel):
            if has_mark(message, key):
                return message
        return None

    async def own_since(self, channel: str, since: datetime) -> list[JsonObject]:
        """Our messages in one page of history, the newest first, none older than ``since``."""
        page = await self._page(channel, None)
        own = await self.own_id()
        return [
            message
            for message in page
            if message["author"]["id"] == own and created_at(message["id"]) >= since
        ]

    def is_new(self, snowflake: str) -> bool:
        """Whether what has this id was made within the time in which sends are repeated."""
        return self._clock.now() - created_at(snowflake) < _REPEATED_WITHIN

    async def own_id(self) -> str:
        """Our user's id."""
        return await self._rest.user_id()

    async def _messages(self, channel: str) -> AsyncGenerator[JsonObject]:
        before: str | None = None
        oldest = self._clock.now() - _FAR_ENOUGH
        for number in range(_PAGES):
            page = await self._page(channel, before)
            if not page and not number and await self._holds_messages(channel):
                # Discord's answer where the permission is missing: nothing, and no error.
                raise OutcomeUnknown("the history is hidden; let the bot Read Message History")
            for message in page:
                yield message
            if len(page) < _PAGE or created_at(page[-1]["id"]) < oldest:
                return
            before = page[-1]["id"]
        raise OutcomeUnknown("too much has been written since; the message was not looked for")

    async def _holds_messages(self, channel: str) -> bool:
        known = await self._rest.call("GET", "/channels/{channel_id}", channel_id=channel)
        return bool(known.get("last_message_id"))

    async def _page(self, channel: str, before: str | None) -> list[JsonObject]:
        query = {"limit": _PAGE, **({"before": before} if before else {})}
        return await self._rest.call(
            "GET", "/channels/{channel_id}/messages", query=query, channel_id=channel
        )

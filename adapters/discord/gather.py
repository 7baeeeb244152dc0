"""Days gathered in threads of text channels: a thread for each name, started once.

A thread is looked for by its name before it is started, so that neither a restart nor a lost answer
makes a second one. Starting one sends nothing: whatever came of it, the message itself has not been
sent then, and is safe to send again.
"""

from collections.abc import Mapping
from typing import Any

from adapters.discord.errors import refusal_code
from adapters.discord.history import History
from adapters.discord.message import THREAD_NAME
from adapters.discord.places import Holds, Places
from adapters.discord.recent import Recent, Turns
from adapters.discord.rest import BotRest
from bot.domain.delivery_errors import ChatGone, DeliveryError, NotDelivered, OutcomeUnknown

JsonObject = Mapping[str, Any]
# Minutes without a message until Discord puts a thread away; a week is the longest.
_ARCHIVE_MINUTES = 10080
# A delivery is at most two days old (bot.domain.delivery.MAX_AGE), and so is its thread.
_DAYS = 3
# "Maximum number of active threads reached", "Unknown Channel".
_TOO_MANY = 160006
_UNKNOWN = 10003
# Names that are remembered; a channel has a new one each day.
_REMEMBERED = 10_000


class Gatherings:
    """Finds and starts the threads, and finds messages in them again."""

    def __init__(self, rest: BotRest, history: History, places: Places) -> None:
        self._rest = rest
        self._history = history
        self._places = places
        # "" is that a channel's day has no thread, and is to have none.
        self._threads: Recent[tuple[str, str], str] = Recent(_REMEMBERED)
        self._turns = Turns()

    async def thread(self, channel: str, name: str) -> str | None:
        """The thread of this name; ``None`` where the channel can have none, or none may be started
        there: what was to stand in it belongs into the channel itself.

        Raises:
            DeliveryError: as any call; never ``OutcomeUnknown``.
        """
        place = await self._places.look_up(channel)
        if place.holds is not Holds.THREADS_TOO:
            return None
        shown = name[:THREAD_NAME]
        async with self._turns.of(channel):
            thread = self._threads.get((channel, shown))
            if thread is None:
                thread = await self._found_or_started(channel, shown)
                self._threads.put((channel, shown), thread)
            return thread or None

    def refused(self, channel: str, name: str, error: ChatGone) -> None:
        """Note that a thread took no message. One that is gone may be followed by another; in place
        of one that is closed, the channel itself gets what is left of the day."""
        if refusal_code(error) == _UNKNOWN:
            self._threads.drop((channel, name[:THREAD_NAME]))
        else:
            self._threads.put((channel, name[:THREAD_NAME]), "")

    async def find(self, channel: str, key: str) -> tuple[str, str] | None:
        """The thread and message with a delivery's mark, in the newest of our threads there.

        Raises:
            DeliveryError: as any call.
        """
        if (await self._places.look_up(channel)).holds is not Holds.THREADS_TOO:
            return None
        for thread in (await self._places.latest_threads(channel))[:_DAYS]:
            if message := await self._history.find(thread["id"], key):
                return thread["id"], message["id"]
        return None

    async def _found_or_started(self, channel: str, name: str) -> str:
        """The thread's id, "" where there is none and none may be started."""
        try:
            for threads in (self._places.own_threads, self._places.archived_threads):
                named = [each["id"] for each in await threads(channel) if each["name"] == name]
                if named:
                    return min(named, key=int)
            return await self._start(channel, name)
        except OutcomeUnknown as error:
            raise NotDelivered(f"the day's thread may not be there yet: {error}") from error
        except ChatGone:
            return ""
        except DeliveryError as error:
            if refusal_code(error) == _TOO_MANY:
                return ""
            raise

    async def _start(self, channel: str, name: str) -> str:
        place = await self._places.look_up(channel)
        body = {
            "name": name,
            "type": place.thread_type,
            "auto_archive_duration": _ARCHIVE_MINUTES,
        }
        thread = await self._rest.call(
            "POST", "/channels/{channel_id}/threads", json=body, channel_id=channel
        )
        try:
            return str(int(thread["id"]))
        except (KeyError, TypeError, ValueError) as error:
            raise OutcomeUnknown("the answer names no thread") from error

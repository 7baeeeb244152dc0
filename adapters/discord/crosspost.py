"""Publishing to the followers of announcement channels, apart from posting (F53).

Ten an hour for each channel (community knowledge; Discord's own pages are silent). What has to wait
does so here and holds nothing up. The queue needs no store: after a restart it is read back from
the channel, where what was not published yet lacks a flag.
"""

import asyncio
import logging
from collections import deque
from datetime import timedelta

from adapters.discord.errors import ALREADY_CROSSPOSTED, refusal_code
from adapters.discord.history import History
from adapters.discord.recent import Recent
from adapters.discord.rest import BotRest
from bot.domain.delivery_errors import DeliveryError, NotDelivered, OutcomeUnknown, RateLimited
from bot.ports import Clock

PER_HOUR = 10
_HOUR = 3600.0
_AFTER_A_FAULT = 60.0
_ATTEMPTS = 5
# Older ones are no news; the same bound as for posting (bot.domain.delivery.MAX_AGE).
_CATCH_UP = timedelta(hours=48)
_CROSSPOSTED = 1 << 0
# More than a channel gets in those 48 hours: what is read back was not queued already.
_REMEMBERED = 1000
# As many as can be published before the first of them is no news any more.
_WAITING = PER_HOUR * int(_CATCH_UP.total_seconds() // _HOUR)

_log = logging.getLogger(__name__)


class Crossposter:
    """One queue for each channel, worked off in the background until closed."""

    def __init__(self, rest: BotRest, history: History, clock: Clock) -> None:
        self._rest = rest
        self._history = history
        self._clock = clock
        self._queues: dict[str, asyncio.Queue[str]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}

    def publish(self, channel: str, message_id: str) -> None:
        """Queue a message; returns at once. Where it could not be published before it is old (F64),
        the oldest that waits gives way."""
        if channel not in self._queues:
            self._queues[channel] = asyncio.Queue(_WAITING)
            self._workers[channel] = asyncio.create_task(self._work(channel))
        queue = self._queues[channel]
        if queue.full():
            _log.warning("crosspost_queue_full", extra={"channel": channel})
            queue.get_nowait()
        queue.put_nowait(message_id)

    async def close(self) -> None:
        """Stop. What waits is found again at the next start."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._workers.clear()
        self._queues.clear()

    async def _work(self, channel: str) -> None:
        done: Recent[str, bool] = Recent(_REMEMBERED)
        recent: deque[float] = deque(maxlen=PER_HOUR)
        backlog = await self._backlog(channel)
        while True:
            message_id = backlog.pop(0) if backlog else await self._queues[channel].get()
            if done.get(message_id):
                continue
            done.put(message_id, True)
            if len(recent) == PER_HOUR:
                await self._clock.sleep(recent[0] + _HOUR - self._clock.monotonic())
            recent.append(self._clock.monotonic())
            await self._publish(channel, message_id)

    async def _backlog(self, channel: str) -> list[str]:
        """What an earlier run posted and did not publish, oldest first."""
        try:
            since = self._clock.now() - _CATCH_UP
            own = await self._history.own_since(channel, since)
        except DeliveryError as error:
            _log.warning("crosspost_backlog_unread", extra={"reason": str(error)})
            return []
        return [m["id"] for m in reversed(own) if not m.get("flags", 0) & _CROSSPOSTED]

    async def _publish(self, channel: str, message_id: str) -> None:
        for _ in range(_ATTEMPTS):
            try:
                await self._rest.call(
                    "POST",
                    "/channels/{channel_id}/messages/{message_id}/crosspost",
                    channel_id=channel,
                    message_id=message_id,
                )
            except RateLimited as limit:
                await self._clock.sleep(limit.retry_after)
            except (NotDelivered, OutcomeUnknown):
                # A second crosspost of one message does nothing, so this one may be repeated.
                await self._clock.sleep(_AFTER_A_FAULT)
            except DeliveryError as error:
                if refusal_code(error) != ALREADY_CROSSPOSTED:
                    _log.warning("crosspost_refused", extra={"reason": str(error)})
                return
            else:
                return
        _log.warning("crosspost_given_up", extra={"reason": "no success in five attempts"})

"""Introducing ourselves to the gateway (IDENTIFY): one at a time, and never in a storm (F51)."""

import logging
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import discord

from adapters.base import Desk
from adapters.discord.rest import BotRest
from bot.domain.delivery_errors import AccessRevoked, DeliveryError
from bot.domain.errors import StoreError

_log = logging.getLogger(__name__)

# One IDENTIFY in 5 s for each of the ``max_concurrency`` buckets ("Sharding"), all processes
# together, with a little for clocks that differ. More than 1,000 a day reset the token, and 20 an
# hour are half of that.
_GAP_S = 5.25
_MOST, _HOUR_S = 20, 3600.0
# What is kept of the day's 1,000, whoever else has used them up: an earlier run, say.
_SPARED = 50
# The longest turn: a connection, its HELLO, and the answer to our introduction.
_TURN_S = 90.0
_LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """What ``GET /gateway/bot`` says: how many shards Discord recommends, how many of them may be
    introduced at once, and how many seconds to wait first, where little is left for today."""

    shards: int = 1
    at_once: int = 1
    wait_s: float = 0.0


async def ask_limits(rest: BotRest) -> Limits:
    """Ask Discord; what it says in no usable way is as for a small bot.

    Raises:
        DeliveryError: it did not answer, or does not accept the token.
    """
    answer = await rest.call("GET", "/gateway/bot")
    try:
        starts = answer["session_start_limit"]
        left = starts["remaining"] > _SPARED
        wait_s = 0.0 if left else starts["reset_after"] / 1000
        return Limits(max(1, answer["shards"]), max(1, starts["max_concurrency"]), wait_s)
    except (LookupError, TypeError):
        return Limits()


class Introductions:
    """Gives each shard of this process its turn. ``name`` is the bot's in the settings."""

    def __init__(self, rest: BotRest, desk: Desk, *, name: str) -> None:
        self._rest = rest
        self._desk = desk
        self._name = name
        self._turns: dict[int, str] = {}
        self._sent: set[int] = set()
        self._times: defaultdict[int, deque[float]] = defaultdict(lambda: deque(maxlen=_MOST))

    def open(self, client: discord.Client) -> None:
        """Take note of this client's introductions from now on."""

        async def note(shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG001 - the hook's form
            self._note(shard_id or 0)

        # discord.py's own hook sleeps 5 s from the second time on, by the real clock.
        client.before_identify_hook = note

    async def turn(self, shard: int) -> None:
        """Wait until a shard's introduction is in order.

        Raises:
            AccessRevoked: the token is not accepted.
        """
        clock, limits = self._desk.clock, await self._limits()
        if pause := max(self._pause(shard), limits.wait_s):
            await clock.sleep(pause)
        lease = f"{self._name}:identify:{shard % limits.at_once}"
        while not await self._acquire(shard, lease, _TURN_S):
            await clock.sleep(_LOOK_S)
        self._turns[shard] = lease

    async def end(self, shard: int) -> None:
        """Discord has answered, or the connection has ended: soon it is another shard's turn, and
        at once where nothing was sent.

        The seconds count from here: Discord counts them from when it gets the introduction,
        which is later than when that was sent.
        """
        if (lease := self._turns.pop(shard, None)) is None:
            return
        if shard in self._sent:
            self._sent.discard(shard)
            await self._acquire(shard, lease, _GAP_S)
            return
        with suppress(StoreError):
            await self._desk.leases.release(lease, self._owner(shard))

    def _note(self, shard: int) -> None:
        self._times[shard].append(self._desk.clock.monotonic())
        self._sent.add(shard)

    async def _acquire(self, shard: int, lease: str, seconds: float) -> bool:
        desk, now = self._desk, self._desk.clock.now()
        until = now + timedelta(seconds=seconds)
        try:
            return await desk.leases.acquire(lease, self._owner(shard), now=now, until=until)
        except StoreError as error:
            _log.warning("no turn at the gateway", extra={"reason": str(error)})
            return False

    def _owner(self, shard: int) -> str:
        return f"{self._desk.owner}/{shard}"

    def _pause(self, shard: int) -> float:
        times = self._times[shard]
        if not times:
            return 0.0
        left = times[0] + _HOUR_S - self._desk.clock.monotonic()
        if len(times) < _MOST or left <= 0:
            return _GAP_S
        _log.error("introduced too often; something ends our sessions", extra={"wait_s": left})
        return max(_GAP_S, left)

    async def _limits(self) -> Limits:
        try:
            limits = await ask_limits(self._rest)
        except AccessRevoked:
            raise
        except DeliveryError:
            return Limits()
        if limits.wait_s:
            _log.error("few introductions are left for today", extra={"wait_s": limits.wait_s})
        return limits

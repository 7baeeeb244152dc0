"""What the web server shows: gathered from the store, the engine and the board of health."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.errors import InvalidInput, StoreError
from bot.domain.paper_id import PaperId
from bot.domain.role import Role
from bot.domain.standing import Standing, merged
from bot.engine_port import Engine
from bot.ports import Clock, Store
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.tools import Settled
from bot.services.health import Health
from bot.services.post_keys import PaperPost, read_post_key
from bot.services.rounds.membership import counted, living
from bot.services.watching.concerns import FORGOTTEN, Kind, concerns
from bot.services.watching.lookouts import UNMANNED
from bot.web.gathered import Gathered
from bot.web.metrics import Metrics
from bot.web.readiness import Report, report

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_PROBE = "probe"
# Chats that are counted before others have a turn.
_SLICE = 2000
_ENDED = frozenset({State.SENT, State.FAILED, State.UNKNOWN, State.EXPIRED})


def part_of(role: Role) -> str:
    """A role's name on the board."""
    return f"role:{role}"


@dataclass(frozen=True, slots=True)
class Extras:
    """What is looked at where it is there: the chats, the room for the store's file in bytes, the
    doors of platforms. ``None`` is no limit of the model's budget."""

    roll: ChatRoll | None = None
    free: Callable[[], int | None] = lambda: None
    answered: Callable[[], Mapping[tuple[str, int], int]] = dict[tuple[str, int], int]
    daily_tokens: int | None = None
    daily_usd: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """What is looked at. ``parts`` are those that must work: ``store``, ``source:hf`` …"""

    store: Store
    clock: Clock
    health: Health
    engine: Engine | None
    parts: Sequence[str]
    first_seen: Callable[[], Mapping[PaperId, datetime]]
    owner: str
    extras: Extras = field(default_factory=Extras)


class Observer:
    """Feeds the metrics and answers the readiness page."""

    def __init__(self, observed: Observed, metrics: Metrics) -> None:
        self._seen = observed
        self._counted: Sequence[Chat] | None = None
        self._counts: Mapping[tuple[str, str], int] = {}
        self.metrics = metrics

    @property
    def health(self) -> Health:
        """The board."""
        return self._seen.health

    def settled(self, settled: Settled) -> None:
        """A delivery came to an outcome (``bot.services.deliver.tools.Watch``)."""
        delivery = settled.delivery
        outcome = settled.answer.lower() or delivery.state.value
        self.metrics.delivered(delivery.target.platform, outcome)
        if delivery.state in _ENDED:
            self.metrics.ended(delivery.target.platform, delivery.state.value)
        if delivery.state is State.SENT and delivery.sent_at is not None and delivery.part == 0:
            first = self._first_seen(delivery)
            if first is not None:
                waited = (delivery.sent_at - first).total_seconds()
                self.metrics.arrived(delivery.target.platform, waited)

    async def report(self) -> Report:
        """Whether everything works; tries the store."""
        await self._probe()
        await self._look_at_roles()
        return report(await self._standings(), self._seen.parts, now=self._seen.clock.now())

    async def text(self) -> bytes:
        """The metrics, as Prometheus reads them.

        Raises:
            StoreError: the store cannot be read.
        """
        seen, now = self._seen, self._seen.clock.now()
        roles, standings = await self._look_at_roles(), await self._standings()
        needs = Counter(one.kind for one in concerns(standings, now))
        gathered = Gathered(
            queues=await seen.store.backlog.waiting(),
            jobs=await seen.engine.unfinished() if seen.engine is not None else None,
            spending=await seen.store.ledger.spent(since=_EVER),
            standings=standings,
            roles=roles,
            needs={kind: needs[kind] for kind in Kind},
            chats=await self._chats(),
            tallies=seen.health.tallies(),
            hooks=seen.extras.answered(),
            free=seen.extras.free(),
            budget=await self._budget(),
        )
        return self.metrics.text(gathered, now=now)

    async def _standings(self) -> Mapping[str, Standing]:
        """Our board, and what other processes have on theirs."""
        board, since = self._seen.health.all(), self._seen.clock.now() - FORGOTTEN
        try:
            known = await self._seen.store.standings.all(seen_since=since)
        except StoreError:
            return board  # which says so of the store
        both = {part: merged(known.get(part, Standing()), ours) for part, ours in board.items()}
        # Whether the store works for us nobody knows better.
        return {**known, **both, "store": board.get("store", Standing())}

    async def _chats(self) -> Mapping[tuple[str, str], int]:
        """Chats by platform and state, counted anew only after one has changed."""
        if self._seen.extras.roll is None:
            return {}
        chats = await self._seen.extras.roll.all()
        if chats is not self._counted:
            counts: Counter[tuple[str, str]] = Counter()
            for first in range(0, len(chats), _SLICE):
                some = chats[first : first + _SLICE]
                counts.update((chat.target.platform, _state_of(chat)) for chat in some)
                await asyncio.sleep(0)
            self._counted, self._counts = chats, counts
        return self._counts

    async def _budget(self) -> float | None:
        """The part of today's budget that is used, by whichever limit is nearer."""
        extras, today = self._seen.extras, self._seen.clock.now().date()
        midnight = datetime.combine(today, time(), UTC)
        spent = await self._seen.store.ledger.spent(since=midnight)
        used: list[float] = []
        if extras.daily_tokens:
            used.append(spent.tokens / extras.daily_tokens)
        if extras.daily_usd:
            used.append(float(spent.cost_usd / extras.daily_usd))
        return max(used, default=None)

    async def _look_at_roles(self) -> Mapping[Role, int]:
        """How many processes have each role; one that nobody has stands on the board as failing."""
        now, health = self._seen.clock.now(), self._seen.health
        try:
            counts = counted(await living(self._seen.store.leases, now=now))
        except StoreError:
            return {}  # which the board says of the store
        for role, count in counts.items():
            if count:
                health.worked(part_of(role), at=now)
            else:
                health.found_failing(part_of(role), UNMANNED.format(role=role), at=now)
        return counts

    async def _probe(self) -> None:
        now = self._seen.clock.now()
        try:
            await self._seen.store.leases.acquire(
                _PROBE, self._seen.owner, now=now, until=now + timedelta(seconds=1)
            )
        except StoreError as error:
            self._seen.health.found_failing("store", str(error), at=now)
        else:
            self._seen.health.worked("store", at=now)

    def _first_seen(self, delivery: Delivery) -> datetime | None:
        try:
            name = read_post_key(delivery.post_key)
        except InvalidInput:
            return None
        if not isinstance(name, PaperPost):
            return None
        return self._seen.first_seen().get(name.paper_id)


def _state_of(chat: Chat) -> str:
    return "suspended" if chat.suspended else "paused" if chat.paused else "open"

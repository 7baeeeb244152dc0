"""What the web server shows: gathered from the store, the engine and the board of health."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.delivery import Delivery, State
from bot.domain.errors import InvalidInput, StoreError
from bot.domain.paper_id import PaperId
from bot.domain.role import Role
from bot.engine_port import Engine
from bot.ports import Clock, Store
from bot.services.deliver.tools import Settled
from bot.services.health import Health
from bot.services.post_keys import PaperPost, read_post_key
from bot.services.rounds.membership import counted, living
from bot.web.gathered import Gathered
from bot.web.metrics import Metrics
from bot.web.readiness import Report, report

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_PROBE = "probe"
UNMANNED = "no process does it; start one with --roles {role}"


def part_of(role: Role) -> str:
    """A role's name on the board."""
    return f"role:{role}"


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


class Observer:
    """Feeds the metrics and answers the readiness page."""

    def __init__(self, observed: Observed, metrics: Metrics) -> None:
        self._seen = observed
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
        if delivery.state is State.SENT and delivery.sent_at is not None and delivery.part == 0:
            first = self._first_seen(delivery)
            if first is not None:
                waited = (delivery.sent_at - first).total_seconds()
                self.metrics.arrived(delivery.target.platform, waited)

    async def report(self) -> Report:
        """Whether everything works; tries the store."""
        await self._probe()
        await self._look_at_roles()
        return report(self._seen.health.all(), self._seen.parts, now=self._seen.clock.now())

    async def text(self) -> bytes:
        """The metrics, as Prometheus reads them.

        Raises:
            StoreError: the store cannot be read.
        """
        seen = self._seen
        gathered = Gathered(
            queues=await seen.store.backlog.waiting(),
            jobs=await seen.engine.unfinished() if seen.engine is not None else None,
            spending=await seen.store.ledger.spent(since=_EVER),
            standings=seen.health.all(),
            roles=await self._look_at_roles(),
        )
        return self.metrics.text(gathered, now=seen.clock.now())

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
                health.failed(part_of(role), UNMANNED.format(role=role), at=now)
        return counts

    async def _probe(self) -> None:
        now = self._seen.clock.now()
        try:
            await self._seen.store.leases.acquire(
                _PROBE, self._seen.owner, now=now, until=now + timedelta(seconds=1)
            )
        except StoreError as error:
            self._seen.health.failed("store", str(error), at=now)
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

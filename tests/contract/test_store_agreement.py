"""The database and the fake give the same answers, whatever is asked in whatever order."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from bot.domain.burst import Burst
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Store
from bot.store.memory import MemoryStore
from bot.store.sql_store import SqlStore
from bot.store.tables import CHAT_MOVES, CHATS, DELIVERIES, LANES, SUSPENSIONS

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)


@dataclass
class Run:
    """One store with its time, what was claimed of it, and what it said."""

    store: Store
    now: datetime = NOON
    held: list[Delivery] = field(default_factory=list[Delivery])
    said: list[object] = field(default_factory=list[object])
    names: "count[int]" = field(default_factory=count)
    added: set[str] = field(default_factory=set[str])
    moves: int = 0

    async def add(self, rows: Sequence[tuple[Target, str, int, timedelta]]) -> None:
        """Further parts come with the first one, and nothing that is there already, under whatever
        address: it may wake its queue for nothing, until a claim finds that out."""
        new: dict[str, Delivery] = {}
        for target, key, part, later in rows:
            for n in (0, part):
                row = Delivery(target, f"{key}{self.moves}", self.now, self.now + later, n)
                if row.id not in self.added:
                    new.setdefault(row.id, row)
        self.added.update(new)
        self.said.append(await self.store.outbox.add(list(new.values())))

    async def claim(self, limit: int, platform: str | None) -> None:
        outbox, now = self.store.outbox, self.now
        taken = await outbox.claim(limit, now=now, lease=LEASE, platform=platform)
        self.held += taken
        self.said.append(list(taken))

    async def save(self, states: Sequence[State], later: timedelta) -> None:
        pairs = zip(self.held, states, strict=False)
        changed = [_as(d, state, self.now + later, f"m{next(self.names)}") for d, state in pairs]
        self.said.append([d.id for d in await self.store.outbox.save(changed)])
        self.held = self.held[1:]

    async def hold_back(self, target: Target, later: timedelta) -> None:
        await self.store.outbox.space(target, until=self.now + later)

    async def burst(self, target: Target, most: int) -> None:
        await self.store.outbox.save([], bursts=[Burst(target, self.now, most, LEASE)])

    async def suspend(self, target: Target) -> None:
        await self.store.chats.suspend(target, "kicked")

    async def resume(self, target: Target) -> None:
        await self.store.chats.resume(target, now=self.now)

    async def move(self, target: Target, chat: str) -> None:
        self.moves += 1
        await self.store.chats.move(target, replace(target, chat=chat))

    async def list_chats(self, targets: Sequence[Target], reason: str) -> None:
        await self.store.chats.save([Chat(t, suspended=reason) for t in targets], now=self.now)

    async def wait(self, later: timedelta) -> None:
        self.now += later

    async def end(self) -> list[object]:
        """Everything said, and all that the store holds."""
        self.said.append(list(await self.store.chats.all()))
        for _ in range(4):
            self.now += timedelta(days=1)
            await self.claim(9, None)
        self.said.append(list(await self.store.outbox.find(DeliveryQuery())))
        return self.said


def _as(delivery: Delivery, state: State, moment: datetime, name: str) -> Delivery:
    in_flight = state in {State.CLAIMED, State.SENDING}
    return replace(
        delivery,
        state=state,
        due_at=moment,
        lease_until=moment if in_flight else None,
        message_id=name if state is State.SENT else None,
    )


Step: TypeAlias = Callable[[Run], Awaitable[None]]

# Few places and posts, so that much happens to each.
PLATFORMS = st.sampled_from(["telegram", "telegram", "discord"])
CHATS_ = st.sampled_from(["1", "2"])
TARGETS = st.builds(Target, PLATFORMS, CHATS_, st.sampled_from([None, "", "7"]))
SECONDS = st.sampled_from([0, 0, 1, 5, 29, 30, 31, 60]).map(lambda n: timedelta(seconds=n))
NEW = st.tuples(TARGETS, st.sampled_from(["a", "b"]), st.integers(0, 2), SECONDS)
STATES = st.sampled_from(State)


def _step(name: str, *arguments: st.SearchStrategy[object]) -> st.SearchStrategy[Step]:
    def step(values: tuple[object, ...]) -> Step:
        return lambda run: getattr(run, name)(*values)

    return st.tuples(*arguments).map(step)


STEPS = st.one_of(
    _step("add", st.lists(NEW, min_size=1, max_size=6)),
    _step("claim", st.integers(0, 4), st.sampled_from([None, "telegram"])),
    _step("claim", st.just(9), st.none()),
    _step("save", st.lists(STATES, max_size=3), SECONDS),
    _step("hold_back", TARGETS, SECONDS),
    _step("burst", TARGETS, st.integers(2, 3)),
    _step("suspend", TARGETS),
    _step("resume", TARGETS),
    _step("move", TARGETS, st.sampled_from(["1", "2", "3"])),
    _step("list_chats", st.lists(TARGETS, min_size=1, max_size=2), st.sampled_from(["", "shut"])),
    _step("wait", SECONDS),
)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=25))
async def test_the_fake_and_the_database_agree(sql_store: SqlStore, steps: list[Step]) -> None:
    async with sql_store.database.writing() as connection:
        for table in (DELIVERIES, LANES, CHATS, SUSPENSIONS, CHAT_MOVES):
            await connection.execute(delete(table))
    answers: list[list[object]] = []
    for store in (sql_store, MemoryStore()):
        run = Run(store)
        for step in steps:
            await step(run)
        answers.append(await run.end())
    assert answers[0] == answers[1]

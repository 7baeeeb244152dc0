"""F57: a PostgreSQL that crashes in the middle of a broadcast, and comes back.

The server is real and is stopped as by a crash; only the waiting is skipped. The platforms go on
meanwhile, and what they have taken is the truth.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import pytest
from postgres_cluster import PostgresCluster

from adapters.base import Message, Pace
from adapters.testing import Call, FakeAdapter, RepeatableFake
from bot.clock import SystemClock
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.errors import StoreError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Receipt, Target
from bot.engine import DbosEngine, EngineOptions
from bot.engine_port import Job
from bot.engine_queues import Polling
from bot.services.deliver.testing import START, Stage
from bot.store.location import locate
from bot.store.sql_store import SqlStore, open_store
from bot.virtual_time import LoopClock, Threads, run_virtually

KEYS = [f"paper:2608.0000{n}:zh" for n in range(1, 4)]
# Seconds of a call, of which a crash falls into some.
_FLIGHT = 0.08


class Telegram(FakeAdapter):
    """Takes no keys: what is repeated arrives twice."""

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        await asyncio.sleep(_FLIGHT)
        return await super().send(target, message, key=key)


class Discord(RepeatableFake):
    """Knows a key again."""

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        await asyncio.sleep(_FLIGHT)
        return await super().send(target, message, key=key)


class Broadcast:
    """Three posts for each of forty chats, and a deliverer that lives through the outage."""

    def __init__(self, store: SqlStore) -> None:
        self.stage = Stage(store, LoopClock(START))
        self.telegram, self.discord = Telegram("telegram"), Discord("discord")
        self._platforms = (self.telegram, self.discord)
        self._stopping = asyncio.Event()

    @property
    def calls(self) -> int:
        return sum(len(platform.calls) for platform in self._platforms)

    async def begin(self) -> asyncio.Future[None]:
        targets = [Target(p.name, str(chat)) for chat in range(20) for p in self._platforms]
        for platform in self._platforms:
            platform.paces.update(dict.fromkeys(targets, Pace(per_second=30, chat_gap=0.1)))
        await self.stage.open([Chat(target) for target in targets])
        await self.stage.queue(targets, KEYS)
        deliverer = self.stage.deliverer(*self._platforms)
        return asyncio.ensure_future(deliverer.run(self._stopping))

    async def end(self, running: asyncio.Future[None]) -> Sequence[Delivery]:
        while not await self.stage.quiet():
            await self.stage.clock.sleep(1)
        self._stopping.set()
        await running
        return await self.stage.rows()

    def copies(self) -> Counter[str]:
        calls: list[Call] = []
        for platform in self._platforms:
            calls += [call for chat in platform.chats.values() for call in chat]
        return Counter(call.key for call in calls)


@pytest.mark.parametrize(
    "down_s",
    [
        pytest.param(4.0, id="back at once"),
        pytest.param(100.0, id="back when the leases have run out"),
        pytest.param(400.0, id="back when no key is known any more"),
    ],
)
def test_f57_a_database_that_crashes_in_mid_broadcast_costs_time_and_nothing_else(
    fragile_postgres: PostgresCluster, down_s: float
) -> None:
    threads = Threads()

    async def main() -> None:
        async with threads.opening(open_store(fragile_postgres.url)) as store:
            play = Broadcast(store)
            running = await play.begin()
            await asyncio.sleep(1.03)
            fragile_postgres.stop(at_once=True)
            before = play.calls
            await asyncio.sleep(down_s)
            assert 0 < before < 120
            # What was marked before the crash may be sent; nothing that could not be recorded.
            assert play.calls - before <= 40
            standing = play.stage.health.of("store")
            assert standing.failing_since is not None
            assert "cannot be used" in standing.reason
            with pytest.raises(StoreError, match="cannot be used"):
                await play.stage.quiet()
            fragile_postgres.start()
            rows = await play.end(running)
        assert {row.state for row in rows} == {State.SENT}
        assert play.copies() == Counter({row.id: 1 for row in rows})
        assert len(rows) == 120

    run_virtually(main, threads=threads)


async def test_f57_connections_are_made_again_and_an_open_one_that_died_is_not_used(
    fragile_postgres: PostgresCluster,
) -> None:
    paper = Paper(PaperId("2608.00001"), "Before", "Text.")
    async with open_store(fragile_postgres.url) as store:
        await store.papers.save([paper])
        await asyncio.gather(*(store.papers.get([paper.id]) for _ in range(4)))
        fragile_postgres.stop(at_once=True)
        for _ in range(2):
            with pytest.raises(StoreError, match=r"127\.0\.0\.1.* cannot be used"):
                await store.papers.get([paper.id])
            with pytest.raises(StoreError):
                await store.papers.save([paper])
        fragile_postgres.start()
        assert await store.papers.get([paper.id]) == {paper.id: paper}
        # Crashed and back between two uses: whoever asks next notices nothing.
        fragile_postgres.stop(at_once=True)
        fragile_postgres.start()
        found = await asyncio.gather(*(store.papers.get([paper.id]) for _ in range(4)))
        assert found == [{paper.id: paper}] * 4
        await store.papers.save([paper])


async def test_f57_each_connection_knows_how_long_to_wait(
    new_postgres_store: Callable[[], str],
) -> None:
    async with (
        open_store(new_postgres_store()) as store,
        store.database.reading() as connection,
    ):
        raw = await connection.get_raw_connection()
        given = raw.driver_connection.info.get_parameters()  # pyright: ignore[reportOptionalMemberAccess] - it is open
        assert given["tcp_user_timeout"] == "30000"


async def test_f57_the_engine_outlives_its_database(fragile_postgres: PostgresCluster) -> None:
    done: list[str] = []
    gate = asyncio.Event()

    async def note(arguments: Sequence[str]) -> bool:
        await gate.wait()
        done.extend(arguments)
        return True

    url = locate(fragile_postgres.url).url.render_as_string(hide_password=False)
    engine = DbosEngine(EngineOptions(url, "postgres", "one", polling=Polling(0.05), answer_s=1))
    engine.register("kind", note, at_once=2)
    await engine.start()
    try:
        await engine.enqueue([Job("kind", key, (key,)) for key in ("a", "b", "c", "d")])
        await _until(engine.unfinished, 4)
        fragile_postgres.stop(at_once=True)
        gate.set()
        with pytest.raises(StoreError, match="does not answer; jobs wait for it"):
            await engine.enqueue([Job("kind", "e", ("e",))])
        fragile_postgres.start()
        await _until(lambda: _enqueued(engine, Job("kind", "e", ("e",))), 0)
        await _until(engine.unfinished, 0)
    finally:
        await engine.stop(1)
    assert set(done) == {"a", "b", "c", "d", "e"}


async def _enqueued(engine: DbosEngine, job: Job) -> int:
    """Ask until it is known, as every tick does."""
    try:
        return await engine.enqueue([job])
    except StoreError:
        return -1


async def _until(count: Callable[[], Awaitable[int]], wanted: int) -> None:
    async with asyncio.timeout(60):
        while await count() != wanted:
            await SystemClock().sleep(0.05)

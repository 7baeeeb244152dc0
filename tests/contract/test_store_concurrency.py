"""Many at once over one database, and callers that go away in the middle."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.store.sql_store import SqlStore

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
TODAY = date(2026, 8, 10)
PAPERS = [Paper(id=PaperId(f"2608.{n:05}"), title=f"Paper {n}") for n in range(1, 41)]


async def test_writers_at_once_lose_nothing_of_each_other(sql_store: SqlStore) -> None:
    told = [
        {"upvotes": 5},
        {"authors": ("Ann",)},
        {"code_url": "https://github.com/o/r"},
        {"abstract": "Text."},
        {"comments": 2},
    ]
    # In turns forwards and backwards, which locks up writers that take rows as they come.
    await asyncio.gather(
        *(
            sql_store.papers.save([replace(p, **facts) for p in PAPERS[:: 1 if n % 2 else -1]])
            for n, facts in enumerate(told * 2)
        )
    )
    everything = {name: value for facts in told for name, value in facts.items()}
    found = await sql_store.papers.get([p.id for p in PAPERS])
    assert found == {p.id: replace(p, **everything) for p in PAPERS}


async def test_f5_of_looks_at_once_each_paper_is_new_to_one(sql_store: SqlStore) -> None:
    await sql_store.papers.save(PAPERS)
    new = await asyncio.gather(
        *(
            sql_store.listings.record("hf", TODAY, PAPERS[n : n + 30], seen_at=NOON)
            for n in (0, 10, 5, 3, 10, 0)
        )
    )
    assert sorted(i for ids in new for i in ids) == [p.id for p in PAPERS]
    places = await sql_store.listings.of_day("hf", TODAY)
    assert [place.position for place in places] == list(range(40))


async def test_readers_do_not_wait_for_a_writer(sql_store: SqlStore) -> None:
    await sql_store.papers.save(PAPERS[:1])
    async with sql_store.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE papers SET title = 'unfinished'")
        found = await sql_store.papers.get([PAPERS[0].id])
    assert found == {PAPERS[0].id: PAPERS[0]}


async def test_a_caller_that_goes_away_leaves_nothing_half_done(sql_store: SqlStore) -> None:
    started = asyncio.Event()

    async def write_and_hang() -> None:
        async with sql_store.database.writing() as connection:
            await connection.exec_driver_sql("DELETE FROM papers")
            started.set()
            await asyncio.Event().wait()

    await sql_store.papers.save(PAPERS)
    task = asyncio.create_task(write_and_hang())
    await started.wait()
    waiting = asyncio.create_task(sql_store.papers.save(PAPERS[:1]))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await waiting
    assert len(await sql_store.papers.get([p.id for p in PAPERS])) == len(PAPERS)


async def test_callers_that_go_away_at_any_step_do_no_harm(sql_store: SqlStore) -> None:
    for steps in range(0, 60, 3):
        task = asyncio.create_task(sql_store.papers.save(PAPERS))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert len(await sql_store.papers.get([p.id for p in PAPERS])) in {0, len(PAPERS)}
    await sql_store.papers.save(PAPERS)
    assert len(await sql_store.papers.get([p.id for p in PAPERS])) == len(PAPERS)


async def test_f55_claims_at_once_never_overlap_while_rows_are_added(sql_store: SqlStore) -> None:
    outbox = sql_store.outbox
    rows = [
        Delivery(Target("telegram", str(chat)), f"paper:{post}:zh", NOON, NOON)
        for chat in range(12)
        for post in range(3)
    ]
    sent: list[str] = []
    in_flight: set[Target] = set()

    async def work() -> None:
        while len(sent) < len(rows):
            claimed = await outbox.claim(5, now=NOON, lease=timedelta(minutes=1))
            targets = {row.target for row in claimed}
            assert len(targets) == len(claimed)
            assert not targets & in_flight, "two in flight to one chat"
            in_flight.update(targets)
            await asyncio.sleep(0)
            in_flight.difference_update(targets)
            sent.extend(row.id for row in claimed)
            done = [replace(r, state=State.SENT, lease_until=None) for r in claimed]
            await outbox.save(done)

    adding = (outbox.add(rows[start::6]) for start in (0, 3, 1, 5, 2, 4, 0))
    async with asyncio.timeout(60):
        await asyncio.gather(*adding, work(), work(), work())
    assert sorted(sent) == sorted(row.id for row in rows)


async def test_others_have_their_turn_while_many_chats_are_read(sql_store: SqlStore) -> None:
    chats = [Chat(Target("telegram", str(number))) for number in range(2_000)]
    await sql_store.chats.save(chats, now=NOON)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    assert len(await sql_store.chats.all()) == len(chats)
    counting.cancel()
    assert turns > len(chats) / 250, "a slice is made at a time"


_LONG = """
    WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 200000)
    SELECT count(*) FROM counted
"""


async def test_a_writer_that_goes_away_at_any_step_holds_up_nobody(sql_store: SqlStore) -> None:
    """What it began is undone at once, although somebody still keeps its error with all frames."""
    await sql_store.papers.save(PAPERS)
    gone: list[asyncio.Task[None]] = []
    async with asyncio.timeout(20):  # a store that is held answers after 30 s
        for step in range(6):
            begun = asyncio.Event()

            async def write(begun: asyncio.Event = begun) -> None:
                async with sql_store.database.writing() as connection:
                    await connection.exec_driver_sql("DELETE FROM papers")
                    begun.set()
                    await connection.exec_driver_sql(_LONG)

            gone.append(asyncio.create_task(write()))
            await begun.wait()
            for _ in range(step):
                await asyncio.sleep(0)
            gone[-1].cancel()
            await asyncio.gather(gone[-1], return_exceptions=True)
            await sql_store.papers.save(PAPERS[:1])
    assert len(await sql_store.papers.get([p.id for p in PAPERS])) == len(PAPERS)

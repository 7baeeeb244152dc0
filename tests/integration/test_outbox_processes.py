"""Real processes over one outbox: nothing is given to two, nothing is lost with one that dies."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.store.sql_store import SqlStore, open_store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)

_START = """
import asyncio, os, signal, sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from bot.domain.delivery import State
from bot.store.sql_store import open_store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)

async def main():
    async with open_store(sys.argv[1]) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        await work(store)
"""

# Claims and sends until nothing is left; prints what it sent.
SEND = f"""
{_START}
async def work(store):
    idle = 0
    while idle < 5:
        claimed = await store.outbox.claim(7, now=NOON, lease=LEASE)
        idle = 0 if claimed else idle + 1
        sending = [replace(row, state=State.SENDING) for row in claimed]
        assert not await store.outbox.save(sending)
        for row in sending:
            print(row.id)
        await store.outbox.save([replace(r, state=State.SENT, lease_until=None) for r in sending])

asyncio.run(main())
"""

# Takes slots of one rate; prints their microseconds.
RESERVE = f"""
{_START}
async def work(store):
    for _ in range(40):
        first = await store.rates.reserve("telegram", 3, per_second=30, now=NOON)
        for n in range(3):
            print((first - NOON) // timedelta(microseconds=1) + n * 1_000_000 // 30)

asyncio.run(main())
"""

# Claims three, marks one of them as being sent, and dies as by a power cut.
DIE = f"""
{_START}
async def work(store):
    claimed = await store.outbox.claim(3, now=NOON, lease=LEASE)
    await store.outbox.save([replace(claimed[0], state=State.SENDING, called_at=NOON)])
    print(claimed[0].id, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""

# Holds a lease on the poller, prolongs it a few times, and dies.
LEAD = f"""
{_START}
async def work(store):
    for n in range(50):
        if await store.leases.acquire("poll", sys.argv[2], now=NOON, until=NOON + LEASE):
            print(n)

asyncio.run(main())
"""


async def _run(place: str, program: str, *, processes: int) -> list[tuple[int | None, list[str]]]:
    """What each of several processes that start at one moment printed."""
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, place, f"p{n}", stdin=-1, stdout=-1, stderr=-1
        )
        for n in range(processes)
    ]
    for process in started:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    outputs = await asyncio.gather(*(process.communicate(b"go\n") for process in started))
    for process, (_, errors) in zip(started, outputs, strict=True):
        assert process.returncode in {0, -9}, errors.decode()
    return [
        (process.returncode, output.decode().split())
        for process, (output, _) in zip(started, outputs, strict=True)
    ]


@asynccontextmanager
async def _filled(place: str, rows: Sequence[Delivery]) -> AsyncGenerator[SqlStore, None]:
    async with open_store(place) as store:
        await store.outbox.add(rows)
        yield store


def _rows(chats: int, posts: int) -> list[Delivery]:
    return [
        Delivery(Target("telegram", f"-{chat}"), f"paper:{post}:zh", NOON, NOON)
        for chat in range(chats)
        for post in range(posts)
    ]


async def test_f55_processes_that_race_never_claim_the_same_delivery(place: str) -> None:
    rows = _rows(20, 24)
    async with _filled(place, rows) as store:
        outputs = [ids for _, ids in await _run(place, SEND, processes=3)]
        assert sum(map(bool, outputs)) > 1, "one process did it all: nothing was shown"
        assert sorted(i for ids in outputs for i in ids) == sorted(row.id for row in rows)
        found = await store.outbox.find(DeliveryQuery(limit=1000))
        assert {row.state for row in found} == {State.SENT}


async def test_f55_what_a_killed_process_held_comes_back_when_its_leases_run_out(
    place: str,
) -> None:
    async with _filled(place, _rows(3, 2)) as store:
        [(code, [in_flight])] = await _run(place, DIE, processes=1)
        assert code == -9
        assert not await store.outbox.claim(9, now=NOON, lease=LEASE)
        found = await store.outbox.claim(9, now=NOON + LEASE, lease=LEASE)
        assert sorted(row.state for row in found) == ["claimed", "claimed", "sending"]
        [unclear] = [row for row in found if row.state is State.SENDING]
        assert (unclear.id, unclear.called_at) == (in_flight, NOON)


async def test_f30_two_processes_share_one_rate(place: str) -> None:
    outputs = [numbers for _, numbers in await _run(place, RESERVE, processes=2)]
    slots = sorted(int(number) for numbers in outputs for number in numbers)
    assert len(slots) == 240
    for start in slots:
        assert sum(start <= slot < start + 1_000_000 for slot in slots) <= 31
    assert slots[-1] < 8_000_000, "slots were wasted"
    assert all(one < other for one, other in pairwise(slots))


async def test_f60_one_process_at_a_time_holds_the_lease(place: str) -> None:
    outputs = [turns for _, turns in await _run(place, LEAD, processes=3)]
    assert sorted(map(len, outputs)) == [0, 0, 50]


async def test_f31_a_long_wait_outlives_a_restart(place: str) -> None:
    wake = NOON + timedelta(seconds=10_072)
    async with _filled(place, _rows(1, 1)) as store:
        await store.rates.hold("telegram", until=wake)
        await store.outbox.space(Target("telegram", "-0"), until=wake)
    async with open_store(place) as store:
        assert await store.rates.reserve("telegram", 1, per_second=28, now=NOON) == wake
        just_before = wake - timedelta(microseconds=1)
        assert not await store.outbox.claim(9, now=just_before, lease=LEASE)
        assert len(await store.outbox.claim(9, now=wake, lease=LEASE)) == 1

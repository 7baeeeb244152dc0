"""One run from an empty store to its report."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psycopg

from tests.kill.books import Books
from tests.kill.migrations import Migrations
from tests.kill.programs import ROOT, Nursery, until
from tests.kill.report import Report, report
from tests.kill.siege import Crew, Siege
from tests.kill.tally import Tally
from tests.kill.work import Work
from tests.kill.world import World, surrounded

_DATA = ROOT.parent / "shared" / "data" / "hf_daily"
# In mixed runs so many kills follow one another with one crew, then with the next.
_BLOCK = 25
_APART = (("collect", "summarise", "plan"), ("deliver", "commands"), ("deliver", "summarise"))
_CREWS: dict[str, Crew] = {"1": ((),), "3": ((), (), ()), "apart": _APART}
_TELL_EVERY = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to be.

    ``database`` is an address of PostgreSQL whose tables are dropped, "" for a file in ``folder``.
    ``programs`` is "1", "3", "apart" for three that share the roles among them, or "mixed" for
    these in turn. Each so-many-th start is
    ``cold_every``; 0 for none. ``model_deadline_s`` is how long a paper waits for the model,
    ``patience_s`` how long the end may take. After so many ``minutes`` nothing more is
    killed, where that is not 0.
    """

    kills: int
    seed: int
    folder: Path
    database: str = ""
    programs: str = "mixed"
    cold_every: int = 20
    model_deadline_s: float = 1200.0
    patience_s: float = 300.0
    minutes: float = 0.0

    @property
    def store(self) -> str:
        """The store's address."""
        return self.database or str(self.folder / "sulan.sqlite3")

    def crew_at(self, number: int) -> Crew:
        """Which programs there are at a kill."""
        crews = list(_CREWS.values())
        return _CREWS.get(self.programs) or crews[number // _BLOCK % len(crews)]


async def campaign(plan: Plan, tell: Callable[[str], None]) -> Report:
    """Kill so often, let everything be finished, and compare."""
    if plan.database:
        await asyncio.to_thread(_empty, plan.database)
    sieges = list[Siege]()

    def strike(pid: int) -> None:
        for siege in sieges:
            siege.strike(pid)

    def pids() -> Sequence[int]:
        return [pid for siege in sieges for pid in siege.pids()]

    async with AsyncExitStack() as stack:
        answering = Random(f"{plan.seed} model")
        around = surrounded(_DATA, answering, strike=strike, pids=pids)
        world = await stack.enter_async_context(around)
        world.model_deadline_s = plan.model_deadline_s
        nursery = Nursery(cold_every=plan.cold_every)
        stack.push_async_callback(nursery.close)
        await nursery.open()
        migrations = Migrations(plan.store, plan.folder, world.base_settings, nursery)
        stack.callback(migrations.close)
        await migrations.open()
        log = stack.enter_context((plan.folder / "kills.jsonl").open("w", encoding="utf-8"))
        books = Books(plan.store)
        stack.callback(books.close)
        tally = Tally(log)
        world.on_message = tally.heard
        siege = Siege(world, nursery, books, migrations, tally, plan.store, plan.folder, plan.seed)
        sieges.append(siege)
        return await _lay(siege, plan, tell)


async def _lay(siege: Siege, plan: Plan, tell: Callable[[str], None]) -> Report:
    began, world = time.monotonic(), siege.world
    await siege.man(plan.crew_at(0))
    await until(lambda: world.lists.looks > 0, 60)
    stopping = asyncio.Event()
    work = Work(world, siege.books, seed=plan.seed)
    working = asyncio.ensure_future(work.bring(stopping))
    try:
        for number in range(plan.kills):
            if plan.minutes and time.monotonic() - began > 60 * plan.minutes:
                break
            await siege.man(plan.crew_at(number))
            await siege.kill_once()
            if (number + 1) % _TELL_EVERY == 0:
                tell(_progress(siege, time.monotonic() - began))
    finally:
        stopping.set()
        await working
    took = await siege.finish(work, patience_s=plan.patience_s)
    return report(siege, seconds=time.monotonic() - began, finishing_s=took)


def _progress(siege: Siege, seconds: float) -> str:
    world: World = siege.world
    return (
        f"{len(siege.tally.kills)} kills in {seconds:.0f} s: {len(world.lists.ids)} papers, "
        f"{world.messages} messages, {siege.books.waiting_rows()} rows wait; "
        f"{len(siege.tally.faults)} faults"
    )


def _empty(url: str) -> None:
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        for schema in ("public", "dbos"):
            connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())
        connection.execute(b"CREATE SCHEMA public")

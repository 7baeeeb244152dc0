"""``python -m tests.kill``: kill Sulan so many times, and compare (``make kill``)."""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random, SystemRandom

import psycopg

from tests.kill.books import Books
from tests.kill.migrations import Migrations
from tests.kill.programs import ROOT, Nursery
from tests.kill.report import report
from tests.kill.siege import Siege, until
from tests.kill.world import World, surrounded

_DATA = ROOT.parent / "shared" / "data" / "hf_daily"
# In mixed runs so many kills follow one another with one program, then with three.
_BLOCK = 25


def main() -> None:
    """The command."""
    options = _options().parse_args()
    seed = options.seed or SystemRandom().randrange(1, 1 << 32)
    folder = Path(options.folder or tempfile.mkdtemp(prefix="sulan-kill-")).resolve()
    if folder.exists() and any(folder.iterdir()):
        sys.exit(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    options.seed, options.folder = seed, folder
    print(f"{options.kills} kills, SEED={seed}, logged in {folder}", flush=True)
    # Whoever is killed hangs up in mid-answer; that is no news.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    faults = asyncio.run(_run(options))
    if not faults and not options.keep:
        shutil.rmtree(folder)
    sys.exit(1 if faults else 0)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", default="", help="postgresql+psycopg://…; a file without")
    parser.add_argument("--programs", default="mixed", help="1, 3, …, or mixed: 1 and 3 in turn")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cold-every", type=int, default=20, help="0: every start is forked")
    parser.add_argument("--folder", default="", help="where logs and the file go")
    parser.add_argument("--keep", action="store_true", help="keep them, whatever came out")
    parser.add_argument("--patience", type=float, default=300.0, help="seconds for the end")
    parser.add_argument("--short", action="store_true", help="what a change must pass")
    return parser


async def _run(options: argparse.Namespace) -> Sequence[str]:
    url = options.database or str(options.folder / "sulan.sqlite3")
    if options.database:
        _empty(url)
    random = Random(options.seed)
    sieges: list[Siege] = []
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(
            surrounded(
                _DATA,
                random,
                strike=lambda pid: sieges[0].strike(pid),
                pids=lambda: sieges[0].pids(),
            )
        )
        nursery = Nursery(cold_every=options.cold_every)
        await nursery.open()
        stack.push_async_callback(nursery.close)
        migrations = Migrations(url, options.folder, world.base_settings, nursery)
        await migrations.open()
        stack.callback(migrations.close)
        log = stack.enter_context((options.folder / "kills.jsonl").open("w", encoding="utf-8"))
        books = Books(url)
        stack.callback(books.close)
        siege = Siege(world, nursery, books, migrations, url, options.folder, random, log)
        sieges.append(siege)
        world.on_message = siege.heard
        return await _lay(siege, world, options)


async def _lay(siege: Siege, world: World, options: argparse.Namespace) -> Sequence[str]:
    began = time.monotonic()
    await siege.man(_programs(options.programs, 0))
    await until(lambda: world.lists.looks > 0, 60)
    stopping = asyncio.Event()
    feeding = asyncio.ensure_future(siege.feed(stopping))
    try:
        for number in range(options.kills):
            count = _programs(options.programs, number)
            if len(siege.programs) != count:
                await siege.man(count)
            await siege.kill_once()
            if (number + 1) % 20 == 0:
                print(_progress(siege, number + 1, time.monotonic() - began), flush=True)
    finally:
        stopping.set()
        await feeding
    took = await siege.finish(patience_s=options.patience)
    return report(siege, options, seconds=time.monotonic() - began, finishing_s=took)


def _programs(wanted: str, number: int) -> int:
    """How many programs there are at a kill."""
    if wanted == "mixed":
        return 1 if number // _BLOCK % 2 == 0 else 3
    return int(wanted)


def _progress(siege: Siege, number: int, seconds: float) -> str:
    world = siege.world
    return (
        f"{number} kills in {seconds:.0f} s: {len(world.lists.ids)} papers, {world.messages} "
        f"messages, {siege.books.waiting_rows()} rows wait; {len(siege.faults)} faults"
    )


def _empty(url: str) -> None:
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        for schema in ("public", "dbos"):
            connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())
        connection.execute(b"CREATE SCHEMA public")


if __name__ == "__main__":
    main()

"""How soon `sulan run` is ready, and what it takes while nothing happens.

    .venv/bin/python benchmarks/ready.py [--database URL] [--rounds 5] [--rest 20] [--json]

A real process in an empty folder, with an upstream on loopback that lists nothing, and a web
server: seconds from its start until ``/readyz`` answers 200, beside a bare interpreter that imports
the same libraries and does nothing else; then, after some seconds of rest, its memory and the share
of one core that it takes. The store is made at the first start; the figure is that of the later
ones. ``--database`` names a database of one's own.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from benchmarks.figure import Figure, at_most, database_of, tell
from benchmarks.startup import OURS, bare_s

_PATIENCE_S = 60.0
_GLANCE_S = 0.01
_TICKS = os.sysconf("SC_CLK_TCK")
# Each start asks the upstream, rather than know that it was asked a minute ago; and the default.
_OFTEN_S, _USUALLY_S = 1, 600
# Tells at its end which libraries it loaded.
_RUN = """
import atexit, json, sys
def tell():
    names = [name for name in list(sys.modules) if not name.startswith("_")]
    with open("modules.json", "w") as file:
        json.dump(names, file)
atexit.register(tell)
sys.argv = ["sulan", "run"]
from bot.__main__ import main
main()
"""
_TOML = """
[store]
url = "{store}"
[huggingface]
base_url = "{upstream}"
[arxiv]
api_url = "{upstream}/api/query"
rss_url = "{upstream}/rss"
[run]
collect_every_s = {often}
[web]
enabled = true
port = {port}
[[chats]]
platform = "markdown"
chat = "zh"
"""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until ready; MiB and share of a core afterwards, 0 where there was no rest."""

    ready_s: float
    rest_mib: float = 0.0
    rest_cpu: float = 0.0


async def measured(options: argparse.Namespace) -> list[Figure]:
    """Start it some times; rest at the last."""
    database = database_of(options.database)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with _upstream() as upstream:
            store = options.database or "sulan.sqlite3"
            port = _free_port()

            def settle(often: float) -> None:
                text = _TOML.format(store=store, upstream=upstream, port=port, often=often)
                (folder / "sulan.toml").write_text(text)

            settle(_OFTEN_S)
            first = await _start(folder, port)
            names: list[str] = json.loads((folder / "modules.json").read_text())
            libraries = [name for name in names if name.partition(".")[0] not in OURS]
            later, bares = list[Start](), list[float]()
            for _ in range(options.rounds):  # in turn, so that a busy moment meets both
                later.append(await _start(folder, port))
                bares.append(bare_s(libraries))
            settle(_USUALLY_S)
            rested = await _start(folder, port, rest_s=options.rest)
    bare = statistics.median(bares)
    ready = statistics.median(one.ready_s for one in later)
    basis = f"the same libraries imported bare: {bare:.2f} s"
    return [
        Figure(
            *("start", "`sulan run` to ready, over the bare imports", ready / bare),
            goal=at_most(1.3),
            basis=basis,
            database=database,
        ),
        Figure("start", "`sulan run` to ready", ready, "s", database=database),
        Figure("start", "the same, store made first", first.ready_s, "s", database=database),
        Figure(
            *("rest", "memory at rest", rested.rest_mib, "MiB"),
            goal=at_most(150),
            database=database,
        ),
        Figure(
            "rest", "processor at rest", rested.rest_cpu * 100, "% of a core", None, "", database
        ),
    ]


async def _start(folder: Path, port: int, *, rest_s: float = 0.0) -> Start:
    environ = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _RUN),
        cwd=folder,
        env={**environ, "HOME": str(folder), "NO_COLOR": "1"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=None,  # what is wrong with a start is for whoever measures
    )
    try:
        await _until_ready(f"http://127.0.0.1:{port}/readyz")
        ready_s = time.perf_counter() - began
        if not rest_s:
            return Start(ready_s)
        await asyncio.sleep(rest_s / 2)  # what a start leaves to do
        used, since = _cpu_s(process.pid), time.perf_counter()
        await asyncio.sleep(rest_s / 2)
        share = (_cpu_s(process.pid) - used) / (time.perf_counter() - since)
        return Start(ready_s, _resident_mib(process.pid), share)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _until_ready(address: str) -> None:
    async with aiohttp.ClientSession() as session:
        end, said = time.perf_counter() + _PATIENCE_S, ""
        while time.perf_counter() < end:
            try:
                async with session.get(address) as answer:
                    if answer.status == 200:
                        return
                    said = await answer.text()
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(_GLANCE_S)
    raise SystemExit(f"it did not become ready: {said}")


@asynccontextmanager
async def _upstream() -> AsyncGenerator[str, None]:
    async def nothing(_: web.Request) -> web.Response:
        return web.json_response([])

    app = web.Application()
    app.router.add_get("/api/daily_papers", nothing)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port := _free_port())
    await site.start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _resident_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no memory is told of process {pid}")


def _cpu_s(pid: int) -> float:
    """User and system time: the 14th and 15th field, counted from 1."""
    rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(rest[11]) + int(rest[12])) / _TICKS


def main() -> None:
    """Print a line a figure."""
    parser = argparse.ArgumentParser(description="Measure starting and resting.")
    parser.add_argument("--database", help="a database of one's own, postgresql+psycopg://…")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rest", type=float, default=20, help="seconds")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = asyncio.run(measured(options))
    if options.json:
        tell(figures)
        return
    for figure in figures:
        print(f"{figure.what}: {figure.value:.2f} {figure.unit} {figure.basis}")


if __name__ == "__main__":
    main()

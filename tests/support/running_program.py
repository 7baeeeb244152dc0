"""``sulan run`` as a process in a folder of its own, with upstreams that are played."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

# A day of ten papers; the smallest that is a whole day.
_DAY = "2025-04-11"
PAPER = re.compile(r"https://huggingface\.co/papers/(\d{4}\.\d{5})")
# A machine with two cores, several suites at once, and a program that begins in some seconds.
PATIENCE_S = 90.0


@dataclass
class Lists:
    """Hugging Face, with a real day's papers as today's list: the first ``shown`` of them."""

    items: list[dict[str, Any]]
    shown: int
    looks: int = 0
    down: bool = False

    @property
    def ids(self) -> list[str]:
        return [item["paper"]["id"] for item in self.items]

    async def daily(self, request: web.Request) -> web.Response:
        today = request.query["date"] == datetime.now(UTC).date().isoformat()
        self.looks += today
        if self.down:
            return web.Response(status=503)
        items = self.items[: self.shown] if today and request.query["p"] == "0" else []
        return web.json_response(items)

    async def gone(self, _: web.Request) -> web.Response:
        return web.json_response({"error": "not found"}, status=404)


@dataclass
class Sulan:
    """The program in an empty folder, with settings of its own and nobody else's."""

    folder: Path
    upstream: str
    settings: str = ""
    store: str = "sulan.sqlite3"
    arguments: tuple[str, ...] = ()
    takeover_s: float = 2.0
    process: asyncio.subprocess.Process | None = None
    starts: int = 0

    async def start(self) -> None:
        self.starts += 1
        (self.folder / "sulan.toml").write_text(self._toml())
        environ = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run", *self.arguments),
                cwd=self.folder,
                env={**environ, "HOME": str(self.folder), "COLUMNS": "100", "NO_COLOR": "1"},
                stdout=out,
                stderr=err,
            )

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        async with asyncio.timeout(20):
            return await self.process.wait()

    @property
    def out(self) -> Path:
        return self.folder / f"out{self.starts}"

    @property
    def err(self) -> Path:
        return self.folder / f"err{self.starts}"

    @property
    def printed(self) -> list[str]:
        """The papers in the terminal, each time they were printed."""
        return papers_in([self.out.read_text("utf-8")])

    def _toml(self) -> str:
        return f"""
            [store]
            url = "{self.store}"
            [huggingface]
            base_url = "{self.upstream}"
            [arxiv]
            api_url = "{self.upstream}/api/query"
            rss_url = "{self.upstream}/rss"
            interval_s = 0
            [http]
            attempts = 1
            [run]
            collect_every_s = 0.5
            plan_every_s = 0.3
            takeover_s = {self.takeover_s}
            [log]
            format = "json"
            {self.settings}
        """


def real_day(shared: Path) -> Lists:
    """Ten papers of a real day, all of them shown."""
    items = json.loads((shared / "data" / "hf_daily" / f"{_DAY}.json").read_text("utf-8"))
    return Lists(items, shown=len(items))


@asynccontextmanager
async def program(folder: Path, lists: Lists) -> AsyncGenerator[Sulan, None]:
    """The program, not yet started; whatever is left of it is killed in the end."""
    app = web.Application()
    app.router.add_get("/api/daily_papers", lists.daily)
    app.router.add_get("/{anything:.*}", lists.gone)
    async with TestServer(app, host="127.0.0.1") as server:
        one = Sulan(folder, str(server.make_url("")).rstrip("/"))
        try:
            yield one
        finally:
            if one.process is not None and one.process.returncode is None:
                one.process.kill()
                await one.process.wait()


async def until(true: Callable[[], bool], sulan: Sulan) -> None:
    """Wait for something; a program that has ended will not bring it about."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not true():
                assert sulan.process is not None
                assert sulan.process.returncode is None, sulan.err.read_text()
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"it did not come about\n{sulan.err.read_text()}")


def papers_in(texts: Iterable[str]) -> list[str]:
    """The paper of each text's title link, or of every link in a long text."""
    return [found for text in texts for found in PAPER.findall(text)]

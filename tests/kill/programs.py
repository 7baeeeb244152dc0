"""Real ``sulan run`` processes: started, forked or cold, and ended with -9."""

import asyncio
import itertools
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# A stop is given 10 s by the program itself; a machine may be busy with other things.
_END_S = 90.0

ROOT = Path(__file__).resolve().parents[2]


class Nursery:
    """Starts programs: by the fork server, or each so-many-th by itself, imports and all."""

    def __init__(self, *, cold_every: int) -> None:
        self._cold_every = cold_every
        self._orders = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[int]] = {}
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._server: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._cold: set[asyncio.Task[None]] = set()
        self.starts = 0
        self.cold_starts = 0

    async def open(self) -> None:
        """Start the fork server and wait until it has imported everything."""
        self._server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.kill.forks"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self._server.stdout
        if not await self._server.stdout.readline():
            raise RuntimeError("the fork server did not start")
        self._reader = asyncio.ensure_future(self._listen(self._server.stdout))

    async def close(self) -> None:
        """End the fork server; all that it forked ends with it."""
        if self._server is not None and self._server.stdin is not None:
            self._server.stdin.close()
            await self._server.wait()
        if self._reader is not None:
            await self._reader

    async def start(self, folder: Path, out: Path, err: Path) -> tuple[int, asyncio.Future[int]]:
        """A new program; its pid, and a future of its exit code."""
        self.starts += 1
        environment = _environment(folder)
        if self._cold_every and self.starts % self._cold_every == 0:
            self.cold_starts += 1
            return await self._start_cold(folder, out, err, environment)
        number = next(self._orders)
        order = {"order": number, "folder": str(folder), "out": str(out), "err": str(err)}
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        assert self._server
        assert self._server.stdin
        self._server.stdin.write(json.dumps({**order, "environment": environment}).encode() + b"\n")
        pid = await answer
        return pid, self._ends[pid]

    async def _start_cold(
        self, folder: Path, out: Path, err: Path, environment: dict[str, str]
    ) -> tuple[int, asyncio.Future[int]]:
        with out.open("ab") as stdout, err.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                cwd=folder,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
            )
        end: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def wait() -> None:
            end.set_result(await process.wait())

        task = asyncio.ensure_future(wait())
        self._cold.add(task)
        task.add_done_callback(self._cold.discard)
        return process.pid, end

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            said: dict[str, Any] = json.loads(line)
            if "pid" in said:
                self._ends[said["pid"]] = asyncio.get_running_loop().create_future()
                self._waiting.pop(said["order"]).set_result(said["pid"])
            elif said["ended"] in self._ends:
                self._ends.pop(said["ended"]).set_result(said["code"])


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    ours = {"HOME": str(folder), "COLUMNS": "100", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    return {**kept, **ours}


@dataclass(eq=False)
class Program:
    """One of the processes on a store, over all its lives. ``settings`` is its sulan.toml."""

    name: str
    folder: Path
    settings: str
    nursery: Nursery
    pid: int | None = None
    lives: int = 0
    began: float = 0.0
    cpu_s: float = 0.0
    end: asyncio.Future[int] | None = None
    unforeseen: list[str] = field(default_factory=list[str])

    async def start(self) -> None:
        """Begin another life."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "sulan.toml").write_text(self.settings, "utf-8")
        self.lives += 1
        self.err.unlink(missing_ok=True)
        self.began = time.monotonic()
        self.pid, self.end = await self.nursery.start(self.folder, self.folder / "out", self.err)

    @property
    def err(self) -> Path:
        """What this life says on standard error; a few lives are kept."""
        return self.folder / f"err{self.lives % 8}"

    @property
    def alive(self) -> bool:
        return self.end is not None and not self.end.done()

    def runs(self) -> bool:
        """Whether it has said that it runs."""
        return self.err.exists() and b"Sulan runs" in self.err.read_bytes()

    def kill(self) -> None:
        """SIGKILL, at once. ``cpu_s`` is what this life has computed, then."""
        if self.alive and self.pid is not None:
            self.cpu_s = _cpu_s(self.pid)
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    async def buried(self) -> int:
        """Wait for its end; returns the exit code, -9 for one that was killed."""
        assert self.end
        async with asyncio.timeout(_END_S):
            code = await asyncio.shield(self.end)
        if code not in (-signal.SIGKILL, -signal.SIGTERM, 0):
            said = self.err.read_text("utf-8", "replace")[-2000:] if self.err.exists() else ""
            self.unforeseen.append(f"life {self.lives} ended with {code}: {said}")
        return code

    async def stop(self) -> int:
        """SIGTERM, and its exit code."""
        if self.alive and self.pid is not None:
            os.kill(self.pid, signal.SIGTERM)
        return await self.buried()


async def until(true: Callable[[], bool], patience_s: float) -> None:
    """Wait for something.

    Raises:
        TimeoutError: it did not come about.
    """
    async with asyncio.timeout(patience_s):
        while not true():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


def _cpu_s(pid: int) -> float:
    """What a process has computed so far, in seconds (proc(5))."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / 100

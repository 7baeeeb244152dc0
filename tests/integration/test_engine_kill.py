"""A process that dies in the middle of a job, on the real engine."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.engine import DbosEngine, EngineOptions

_PROCESS = """
import asyncio, sys
from pathlib import Path
from bot.engine import DbosEngine, EngineOptions
from bot.engine_port import Job

async def hang(arguments):
    print("begun", *arguments, flush=True)
    await asyncio.sleep(3600)

async def main():
    path = Path(sys.argv[1])
    engine = DbosEngine(EngineOptions(f"sqlite:///{path}", "x", "one", path, poll_s=0.05))
    engine.register("kind", hang, at_once=1)
    await engine.start()
    await engine.enqueue([Job("kind", "a", ("a",)), Job("kind", "b", ("b",))])
    await asyncio.sleep(3600)

asyncio.run(main())
"""


async def test_jobs_of_a_killed_process_are_done_by_the_next_under_its_name_f55(
    tmp_path: Path,
) -> None:
    path = tmp_path / "jobs.engine.sqlite3"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROCESS, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert (await process.stdout.readline()).split() == [b"begun", b"a"]
    process.send_signal(signal.SIGKILL)
    await process.wait()
    done: list[str] = []
    both = asyncio.Event()

    async def note(arguments: Sequence[str]) -> bool:
        done.extend(arguments)
        if len(done) == 2:
            both.set()
        return True

    engine = DbosEngine(EngineOptions(f"sqlite:///{path}", "x", "one", path, poll_s=0.05))
    engine.register("kind", note, at_once=1)
    await engine.start()
    try:
        async with asyncio.timeout(30):
            await both.wait()
    finally:
        await engine.stop(1)
    assert sorted(done) == ["a", "b"]

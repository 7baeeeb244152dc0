"""A process that dies in the middle of a job, on the real engine."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.engine import DbosEngine, EngineOptions
from bot.engine_queues import Polling
from bot.store.location import locate

_PROCESS = """
import asyncio, sys
from pathlib import Path
from bot.engine import DbosEngine, EngineOptions
from bot.engine_queues import Polling
from bot.engine_port import Job

async def hang(arguments):
    print("begun", *arguments, flush=True)
    await asyncio.sleep(3600)

async def main():
    url, path = sys.argv[1], Path(sys.argv[2]) if sys.argv[2] else None
    engine = DbosEngine(EngineOptions(url, "x", "one", path, polling=Polling(0.05)))
    engine.register("kind", hang, at_once=1)
    await engine.start()
    await engine.enqueue([Job("kind", "a", ("a",)), Job("kind", "b", ("b",))])
    await asyncio.sleep(3600)

asyncio.run(main())
"""


@pytest.fixture(params=["sqlite", "postgres"])
def options(request: pytest.FixtureRequest, tmp_path: Path) -> EngineOptions:
    if request.param == "postgres":
        address = request.getfixturevalue("new_postgres")()
        url = locate(address).url.render_as_string(hide_password=False)
        return EngineOptions(url, "x", "one", polling=Polling(0.05))
    path = tmp_path / "jobs.engine.sqlite3"
    return EngineOptions(f"sqlite:///{path}", "x", "one", path, polling=Polling(0.05))


async def test_jobs_of_a_killed_process_are_done_by_the_next_under_its_name_f55(
    options: EngineOptions,
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _PROCESS,
        options.url,
        str(options.path or ""),
        stdout=asyncio.subprocess.PIPE,
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

    engine = DbosEngine(options)
    engine.register("kind", note, at_once=1)
    await engine.start()
    try:
        async with asyncio.timeout(30):
            await both.wait()
    finally:
        await engine.stop(1)
    assert sorted(done) == ["a", "b"]

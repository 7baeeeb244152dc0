"""Real processes over one database: made once, claimed once, nothing locked out."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

WORK = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.store.sql_store import open_store

NOW = datetime(2026, 8, 10, 12, tzinfo=UTC)
path, me = sys.argv[1:]

async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    async with open_store(path) as store:
        for n in range(1, 61):
            paper = PaperId(f"2608.{n:05}")
            await store.papers.save([Paper(id=paper, title="T", keywords=(me,))])
            key = SummaryKey(paper, 1, "zh", "v1", "m")
            if await store.summaries.claim(key, me, now=NOW, until=NOW + timedelta(hours=1)):
                print(n)

asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_f28_processes_that_race_claim_each_summary_once_f59(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """They also all find nothing there, and make one store between them (F59)."""
    place = str(tmp_path / "sulan.db")
    if kind == "postgres":
        new: Callable[[], str] = request.getfixturevalue("new_postgres")
        place = new()
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORK, place, f"p{n}", stdin=-1, stdout=-1, stderr=-1
        )
        for n in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    outputs = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0, 0, 0], outputs
    won = sorted(int(n) for output, _ in outputs for n in output.split())
    assert won == list(range(1, 61))

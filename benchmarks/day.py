"""A 50-paper day the whole way: collected over HTTP, summarised by quotation, stored, rendered.

Prints papers per second and the peak memory, and what the libraries alone take for the same day:
one JSON parse, and one commit of the same rows. Run: python benchmarks/day.py [FOLDER]

FOLDER holds real answers (``hf_daily/*.json``); without it the day is made up of the bundled
sample's papers under other ids.
"""

import asyncio
import io
import json
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import web
from rich.console import Console

from adapters.console import ConsoleAdapter
from bot.app import Sulan, started
from bot.domain.digest import Digest, Entry
from bot.domain.summary import Summary
from bot.sample import daily_papers
from bot.services.collect import collect_day
from bot.services.compose import compose
from bot.services.digest import papers_of_day
from config.settings import Settings
from summarizer.languages import load_wording
from summarizer.markdown import write_digest

PAPERS = 50
DAY = date(2026, 8, 20)
ROUNDS = 5


def main() -> None:
    """Run some days and print the median's figures."""
    items = _items(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    before = _peak_mb()
    rounds = [asyncio.run(_day(items)) for _ in range(ROUNDS)]
    total = sorted(sum(steps.values()) for steps in rounds)[ROUNDS // 2]
    print(f"{len(items)} papers in {total * 1000:.0f} ms: {len(items) / total:.0f} papers/s")
    for step in rounds[0]:
        seconds = sorted(steps[step] for steps in rounds)[ROUNDS // 2]
        print(f"  {step}: {seconds * 1000:.0f} ms")
    floor = _floor(items)
    print(f"  parsing the same JSON alone: {floor * 1000:.1f} ms; ratio {total / floor:.0f}")
    print(f"peak memory {_peak_mb():.0f} MB, {before:.0f} MB of it before the first day")


async def _day(items: list[Any]) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        runner = web.AppRunner(_upstream(items))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        settings = Settings.model_validate(
            {
                "store": {"url": f"{folder}/store.sqlite3"},
                "huggingface": {"base_url": f"http://127.0.0.1:{runner.addresses[0][1]}"},
            }
        )
        try:
            async with started(settings) as sulan:
                return await _steps(sulan)
        finally:
            await runner.cleanup()


async def _steps(sulan: Sulan) -> dict[str, float]:
    times: dict[str, float] = {}
    start = time.perf_counter()

    def lap(step: str) -> None:
        nonlocal start
        now = time.perf_counter()
        times[step], start = now - start, now

    await collect_day(sulan.source("hf"), DAY, store=sulan.store, clock=sulan.clock)
    papers = await papers_of_day(sulan.store, "hf", DAY)
    assert len(papers) == PAPERS
    lap("collected")
    written = {
        paper.id: result
        async for paper, result in sulan.summaries.summarise_all(papers, "zh")
        if isinstance(result, Summary)
    }
    entries = tuple(Entry(paper, written[paper.id]) for paper in papers)
    lap("summarised")
    wording = load_wording("zh")
    adapter = ConsoleAdapter(Console(file=io.StringIO(), force_terminal=True, width=100))
    for entry in entries:
        adapter.show(compose(entry, wording))
    lap("rendered for the terminal")
    write_digest(Digest("hf", DAY, "zh", entries), wording)
    lap("rendered as Markdown")
    return times


def _upstream(items: list[Any]) -> web.Application:
    async def daily(request: web.Request) -> web.Response:
        return web.json_response(items if request.query["p"] == "0" else [])

    app = web.Application()
    app.router.add_get("/api/daily_papers", daily)
    return app


def _items(folder: Path | None) -> list[Any]:
    if folder is None:
        sample: list[Any] = json.loads(daily_papers())
        return [_renamed(sample[n % len(sample)], n) for n in range(PAPERS)]
    days = [json.loads(file.read_text("utf-8")) for file in (folder / "hf_daily").glob("2*.json")]
    return list({item["paper"]["id"]: item for day in days for item in day}.values())[:PAPERS]


def _renamed(item: Any, number: int) -> Any:
    return {**item, "paper": {**item["paper"], "id": f"2608.{number + 1:05}"}}


def _floor(items: list[Any]) -> float:
    body = json.dumps(items)
    started_at = time.perf_counter()
    json.loads(body)
    return time.perf_counter() - started_at


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()

"""How long the event loop stalls while the biggest answers are parsed.

    python benchmarks/parse_stall.py [--entries 2000] [--goal-ms 50]

A ticker asks the loop for its turn every millisecond; the longest wait beyond that is the stall.
Each answer is parsed on the loop, in a thread, and in a process. The feeds are put together from
real items where ``../shared/data`` is present, else from made ones of the same size; every way gets
texts that it has not seen. The sources take the thread. Each figure is the least of some rounds:
a busy machine's pauses can only add to what parsing itself does.
"""

import argparse
import asyncio
import json
import multiprocessing
import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from bot.sources.atom_parse import parse_atom
from bot.sources.hf_parse import parse_daily
from bot.sources.rss_parse import ANNOUNCE_TYPES, parse_rss

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_DAY = date(2026, 5, 12)
_TICK = 0.001
_ABSTRACT = (
    r"We study $\alpha_{t}$-regular learners with $x^2$ losses and prove a bound of "
    r"$\tilde{O}(\varepsilon^{-2})$ queries. Results improve by 12\% over the baseline. "
) * 7


def main() -> None:
    arguments = argparse.ArgumentParser(description="The event loop's stalls while parsing")
    arguments.add_argument("--entries", type=int, default=2000, help="items of the RSS feed")
    arguments.add_argument("--goal-ms", type=float, default=50, help="longest stall allowed")
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    goal: float = options.goal_ms / 1000
    print(f"answers: {'real items' if _DATA.is_dir() else 'made items'}; goal {goal * 1e3:.0f} ms")
    print(f"{'answer':<26}{'way':<10}{'parsed in':>11}{'stall':>11}{'stall/goal':>12}")
    worst_in_thread = 0.0
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        for way in ("loop", "thread", "process"):
            rounds = [_answers(options.entries, f"{way}{n}") for n in range(options.rounds)]
            for name in rounds[0]:
                figures = [asyncio.run(_measure(answers[name], way, pool)) for answers in rounds]
                took, stall = (min(column) for column in zip(*figures, strict=True))
                print(
                    f"{name:<26}{way:<10}{took * 1e3:>8.0f} ms{stall * 1e3:>8.1f} ms"
                    f"{stall / goal:>12.2f}"
                )
                if way == "thread":
                    worst_in_thread = max(worst_in_thread, stall)
    print(f"longest stall from a thread: {worst_in_thread / goal:.2f} of the goal")


def _answers(entries: int, word: str) -> dict[str, Callable[[], object]]:
    rss, atom, daily = (
        body.replace(b" a ", f" {word} a ".encode())
        for body in (_rss(entries), _atom(entries), _daily())
    )
    return {
        f"RSS, {entries} items": partial(parse_rss, rss, announce=ANNOUNCE_TYPES),
        f"API, {entries} entries": partial(parse_atom, atom),
        "Hugging Face, 50 papers": partial(parse_daily, daily, day=_DAY),
    }


async def _measure(
    parse: Callable[[], object], way: str, pool: ProcessPoolExecutor
) -> tuple[float, float]:
    """Seconds that parsing took, and the longest that the loop kept the ticker waiting."""
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(pool, int)  # a started process, as a running program has
    waits: list[float] = []
    ticker = asyncio.create_task(_tick(waits))
    await asyncio.sleep(0.05)
    waits.clear()
    start = time.perf_counter()
    if way == "loop":
        parse()
    elif way == "thread":
        await asyncio.to_thread(parse)
    else:
        await loop.run_in_executor(pool, parse)
    took = time.perf_counter() - start
    await asyncio.sleep(0.01)
    ticker.cancel()
    return took, max(waits)


async def _tick(waits: list[float]) -> None:
    before = time.perf_counter()
    while True:
        await asyncio.sleep(_TICK)
        now = time.perf_counter()
        waits.append(now - before - _TICK)
        before = now


def _rss(entries: int) -> bytes:
    """A feed of ``entries`` items, each with an id of its own."""
    found: list[str] = []
    for path in sorted((_DATA / "arxiv_rss").glob("*rss*.xml")):
        found += re.findall(r"<item>.*?</item>", path.read_text("utf-8"), re.DOTALL)
    items = (_renumbered(_turn(found or [_made_item()], place), place) for place in range(entries))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>all</title>'
        "<pubDate>Thu, 24 Sep 2026 00:00:00 -0400</pubDate>" + "".join(items) + "</channel></rss>"
    ).encode()


def _atom(entries: int) -> bytes:
    found: list[str] = []
    for path in sorted((_DATA / "arxiv_atom").glob("*_q_testing_s0_m100.xml")):
        found += re.findall(r"<entry>.*?</entry>", path.read_text("utf-8"), re.DOTALL)
    made = (
        "<entry><id>http://arxiv.org/abs/2609.00001v1</id><title>A made paper</title>"
        f"<summary>{_ABSTRACT}</summary><published>2026-09-24T00:00:00Z</published></entry>"
    )
    items = (_renumbered(_turn(found or [made], place), place) for place in range(entries))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom">' + "".join(items) + "</feed>"
    ).encode()


def _turn(items: list[str], place: int) -> str:
    return items[place % len(items)]


def _renumbered(item: str, place: int) -> str:
    """The item under an id of its own, its texts made different so that no cache answers."""
    numbered = re.sub(r"\d{4}\.\d{5}(?=v)", f"2609.{place + 1:05d}", item)
    return numbered.replace("</title>", f" {place}</title>").replace(" the ", f" the {place} ", 1)


def _made_item() -> str:
    return (
        "<item><title>A made paper</title><link>https://arxiv.org/abs/2609.00001</link>"
        f"<description>arXiv:2609.00001v1 Announce Type: new \nAbstract: {_ABSTRACT}</description>"
        '<guid isPermaLink="false">oai:arXiv.org:2609.00001v1</guid><category>cs.LG</category>'
        "<pubDate>Thu, 24 Sep 2026 00:00:00 -0400</pubDate>"
        "<arxiv:announce_type>new</arxiv:announce_type>"
        "<dc:creator>Ann Lee, Bo Ray</dc:creator></item>"
    )


def _daily() -> bytes:
    path = _DATA / "hf_daily" / f"{_DAY}.json"
    if path.is_file():
        return path.read_bytes()
    authors = [{"name": f"Author {number}", "hidden": False} for number in range(30)]
    papers: list[dict[str, Any]] = [
        {"paper": {"id": f"2605.{n:05d}", "title": f"Paper {n}", "summary": f"{n} {_ABSTRACT}"}}
        for n in range(1, 51)
    ]
    for item in papers:
        item["paper"]["authors"] = authors
    return json.dumps(papers).encode()


if __name__ == "__main__":
    main()

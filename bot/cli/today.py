"""``sulan today``: a day's papers, collected, summarised and shown."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from cyclopts import Parameter

from bot.app import Sulan, load, started
from bot.cli.arguments import DayOption, JsonOption, LangOption, LimitOption, read_count, read_day
from bot.cli.documents import digest_document, dumps
from bot.cli.failures import FAILED
from bot.cli.screen import Screen
from bot.cli.summaries import summarise
from bot.domain.digest import Digest
from bot.domain.paper_id import PaperId
from bot.domain.wording import Wording
from bot.services import reading
from bot.services.compose import compose, day_title
from bot.services.reading import Reading

SourceOption = Annotated[
    list[str] | None,
    Parameter(
        name=["--source", "-s"],
        negative="",
        help="hf, or arxiv:cs.CL (several: arxiv:cs.CL+cs.LG). May be repeated.",
    ),
]


async def today(
    *,
    date: DayOption = None,
    source: SourceOption = None,
    lang: LangOption = None,
    limit: LimitOption = None,
    json: JsonOption = False,
) -> int:
    """Collect a day's papers, write each up in four parts, keep them, and show them.

    What was summarised before is not summarised again. With no network, shows what is stored.
    """
    screen = Screen()
    settings = load()
    async with started(settings) as sulan:
        day = read_day(date, today=sulan.clock.now().date())
        count = read_count(limit)
        wording = sulan.wording(lang)
        sources = [sulan.source(name) for name in source or settings.sources]
        readings = [
            await reading.read_day(one, day, store=sulan.store, clock=sulan.clock)
            for one in sources
        ]
        for one in readings:
            _explain(one, sulan, wording, screen)
        digests = [await _summarised(one, sulan, wording, screen) for one in _once(readings, count)]
    if json:
        screen.raw(dumps([digest_document(digest) for digest in digests]))
    else:
        _print(digests, wording, screen)
    return FAILED if not any(d.entries for d in digests) and _all_failed(readings) else 0


def _explain(one: Reading, sulan: Sulan, wording: Wording, screen: Screen) -> None:
    """Say what a reader would otherwise wonder about: failures, other days, quiet days."""
    if one.problem is not None:
        shown = f"Showing the stored list of {one.day}." if one.papers else "Nothing is stored yet."
        screen.warn(f"{one.problem} {shown}")
    elif not one.papers:
        quiet = reading.why_quiet(one.day, sulan.clock.now())
        screen.note(wording.quiet[quiet].format(day=one.day, source=one.source))
    elif one.day != one.asked_for:
        screen.note(f"{one.source}: the list of {one.day}.")
    for entry in one.collected.quarantined if one.collected else ():
        screen.warn(f"{one.source}: left out {entry.where}: {entry.reason}")


def _once(readings: Sequence[Reading], limit: int | None) -> list[Reading]:
    """Each paper under the first source that lists it; at most ``limit`` papers in all."""
    seen: set[PaperId] = set()
    kept: list[Reading] = []
    for one in readings:
        fresh = tuple(paper for paper in one.papers if paper.id not in seen)
        if limit is not None:
            fresh = fresh[: max(0, limit - len(seen))]
        seen.update(paper.id for paper in fresh)
        kept.append(replace(one, papers=fresh))
    return kept


async def _summarised(one: Reading, sulan: Sulan, wording: Wording, screen: Screen) -> Digest:
    entries = await summarise(one.papers, sulan, wording, screen)
    return Digest(one.source, one.day, wording.language, tuple(entries))


def _print(digests: Sequence[Digest], wording: Wording, screen: Screen) -> None:
    adapter = screen.adapter()
    for digest in digests:
        if digest.entries:
            screen.heading(day_title(digest, wording))
        for entry in digest.entries:
            adapter.show(compose(entry, wording))


def _all_failed(readings: Sequence[Reading]) -> bool:
    return all(one.problem is not None for one in readings)

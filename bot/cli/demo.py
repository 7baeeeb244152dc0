"""``sulan demo``: the whole way on the bundled sample day."""

import tempfile
from pathlib import Path

from bot.app import Sulan, demonstration
from bot.cli.arguments import JsonOption, LangOption
from bot.cli.documents import digest_document, dumps
from bot.cli.screen import Screen
from bot.cli.summaries import summarise
from bot.domain.digest import Digest
from bot.domain.wording import Wording
from bot.sample import DAY, digest
from bot.services.collect import collect_day
from bot.services.compose import compose, day_title
from bot.services.digest import assemble, keep_imported, papers_of_day
from bot.sources.sample_day import SampleDay
from summarizer.markdown import read_digest

_GO_LIVE = """
That was the sample. To read today's papers:

    sulan today               Hugging Face's list, quoted from the abstracts; no key needed
    sulan paper 2309.12307    any arXiv paper

To have a model write the summaries, set its name and key, then look whether all is well:

    export SULAN_MODEL__NAME=gpt-6-luna  SULAN_MODEL__API_KEY=...
    sulan check

Any OpenAI-compatible server will do: SULAN_MODEL__BASE_URL. All settings: docs/settings.md."""


async def demo(*, lang: LangOption = None, json: JsonOption = False) -> int:
    """Collect, summarise, keep and show a bundled day of papers. Asks nobody for anything.

    Some entries were written by hand for the sample, the others are quoted from the abstracts by
    the same summariser that works where no model is set. Nothing is left behind.
    """
    screen = Screen()
    screen.note(f"Sulan's sample day, {DAY}: no token, no network.")
    with tempfile.TemporaryDirectory(prefix="sulan-demo-") as folder:
        async with demonstration(Path(folder)) as sulan:
            wording = sulan.wording(lang)
            day = await _whole_way(sulan, wording, screen)
    if json:
        screen.raw(dumps(digest_document(day)))
        return 0
    screen.heading(day_title(day, wording))
    adapter = screen.adapter()
    for entry in day.entries:
        adapter.show(compose(entry, wording))
    screen.note(_GO_LIVE)
    return 0


async def _whole_way(sulan: Sulan, wording: Wording, screen: Screen) -> Digest:
    """Collect, import, summarise, assemble: what a live day does, on the sample."""
    collected = await collect_day(SampleDay(), DAY, store=sulan.store, clock=sulan.clock)
    written = read_digest(digest(wording.language), source_name="the sample").digest
    await keep_imported(sulan.store, written)
    papers = await papers_of_day(sulan.store, collected.source, DAY)
    await summarise(papers, sulan, wording, screen)
    assembled = await assemble(sulan.store, collected.source, DAY, wording.language)
    screen.note(f"Collected {len(papers)} papers, {len(written.entries)} of them written by hand.")
    return assembled.digest

"""``sulan export``: a stored day as canonical four-part Markdown."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from bot.app import load, started
from bot.cli.arguments import DayOption, LangOption, read_day
from bot.cli.failures import FAILED
from bot.cli.files import write_text
from bot.cli.screen import Screen
from bot.services.digest import assemble
from summarizer.markdown import write_digest


async def export(
    *,
    date: DayOption = None,
    lang: LangOption = None,
    source: Annotated[str, Parameter(name=["--source", "-s"])] = "hf",
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
) -> int:
    """Write a day from the store as four-part Markdown. Asks no upstream and no model.

    Parameters
    ----------
    source
        hf, or arxiv:cs.CL.
    output
        The file to write; standard output if left out.
    """
    screen = Screen()
    async with started(load()) as sulan:
        day = read_day(date, today=sulan.clock.now().date())
        wording = sulan.wording(lang)
        assembled = await assemble(sulan.store, sulan.source(source).key, day, wording.language)
    command = f"sulan today --date {day} --source {source} --lang {wording.language}"
    if not assembled.digest.entries:
        screen.warn(
            f"The store has no summaries of {source} {day} in {wording.name}. Run: {command}"
        )
        return FAILED
    if assembled.without_summary:
        screen.warn(f"{len(assembled.without_summary)} papers have no summary yet. Run: {command}")
    text = write_digest(assembled.digest, wording)
    if output is None:
        screen.raw(text)
    else:
        write_text(output, text)
        screen.note(f"{len(assembled.digest.entries)} papers written to {output}")
    return 0

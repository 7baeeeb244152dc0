"""Summarising for a command: with progress, in the list's order, naming what did not come."""

from collections.abc import Sequence

from bot.app import Sulan
from bot.cli.screen import Screen
from bot.domain.digest import Entry
from bot.domain.errors import SummaryError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Summary
from bot.domain.wording import Wording


async def summarise(
    papers: Sequence[Paper], sulan: Sulan, wording: Wording, screen: Screen
) -> list[Entry]:
    """The papers that have a summary now, in their order. The others are named on stderr."""
    ready: dict[PaperId, Summary] = {}
    with screen.progress("Summarising", len(papers)) as step:
        async for paper, result in sulan.summaries.summarise_all(papers, wording.language):
            step()
            if isinstance(result, SummaryError):
                screen.warn(f"{paper.id} {paper.title}: {result}")
            else:
                ready[paper.id] = result
    return [Entry(paper, ready[paper.id]) for paper in papers if paper.id in ready]

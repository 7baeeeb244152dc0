"""Summarising for a command: with progress, in the list's order, naming what did not come."""

from collections import Counter
from collections.abc import Sequence

from bot.app import Sulan
from bot.cli.screen import Screen
from bot.domain.digest import Entry
from bot.domain.errors import SummaryError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import FindingKind, Summary
from bot.domain.wording import Wording
from summarizer.languages import load_wording


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
    entries = [Entry(paper, ready[paper.id]) for paper in papers if paper.id in ready]
    _tell_of_fallbacks(entries, screen)
    return entries


def _tell_of_fallbacks(entries: Sequence[Entry], screen: Screen) -> None:
    """Once for all papers, why a model was set and did not write."""
    reasons = Counter(
        finding.detail
        for entry in entries
        for finding in entry.summary.findings
        if finding.kind is FindingKind.FALLBACK
    )
    if reasons:
        words = load_wording("en").reasons  # the language of everything about a run
        why = "; ".join(f"{words.get(r, r)} ({count})" for r, count in reasons.items())
        screen.warn(
            f"{reasons.total()} of {len(entries)} papers are quoted, not summarised by the model: "
            f"{why}. See `sulan check`."
        )

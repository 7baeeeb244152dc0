"""The in-memory fake of the index of papers."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.domain.command import Suggestion
from bot.domain.paper import Paper
from bot.store.folding import folded
from bot.store.memory_papers import MemoryPapers


class MemoryPaperIndex:
    """``bot.ports.PaperIndex``."""

    def __init__(self, papers: MemoryPapers) -> None:
        self._papers = papers

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        """See the port."""
        typed = folded(text)
        papers = sorted(self._papers.known.values(), key=_age, reverse=True)
        found = (p for p in papers if p.id.value.startswith(typed) or typed in folded(p.title))
        return [Suggestion(p.id.value, p.title) for p, _ in zip(found, range(limit), strict=False)]


def _age(paper: Paper) -> tuple[datetime, str]:
    return paper.published_at or datetime.min.replace(tzinfo=UTC), paper.id.value

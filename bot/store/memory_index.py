"""The in-memory fake of the index of papers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from bot.domain.command import Suggestion
from bot.domain.paper import Paper
from bot.ports import Found
from bot.store.folding import folded
from bot.store.memory_papers import MemoryPapers, MemorySummaries
from bot.store.search_text import Phrase, read, telling
from bot.store.searchable import searchable

_MOST_FOUND = 1_000
# Every search reads every paper.
_searchable = lru_cache(maxsize=4096)(searchable)


class MemoryPaperIndex:
    """``bot.ports.PaperIndex``. What is found comes as title hits first, each the newest first."""

    def __init__(self, papers: MemoryPapers, summaries: MemorySummaries) -> None:
        self._papers = papers
        self._summaries = summaries

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        """See the port."""
        typed = folded(text)
        papers = self._newest_first()
        found = [p for p in papers if p.id.value.startswith(typed) or typed in folded(p.title)]
        phrases = read(text)
        if telling(phrases) and not any(p.id.value.startswith(typed) for p in found):
            found += [paper for paper in self._find(phrases) if paper not in found]
        return [Suggestion(p.id.value, p.title) for p in found[: max(0, limit)]]

    async def search(self, text: str, *, limit: int, offset: int = 0) -> Found:
        """See the port."""
        phrases = read(text)
        found = self._find(phrases)[:_MOST_FOUND] if phrases else []
        start = max(0, offset)
        return Found([paper.id for paper in found[start : start + max(0, limit)]], len(found))

    def _find(self, phrases: Sequence[Phrase]) -> list[Paper]:
        titled: list[Paper] = []
        others: list[Paper] = []
        for paper in self._newest_first():
            summaries = tuple(self._summaries.of_paper(paper.id))
            text = _searchable(paper.title, paper.abstract, summaries)
            if all(_stands_in(text.title, phrase) for phrase in phrases):
                titled.append(paper)
            elif all(
                _stands_in(text.title, phrase) or _stands_in(text.rest, phrase)
                for phrase in phrases
            ):
                others.append(paper)
        return titled + others

    def _newest_first(self) -> list[Paper]:
        return sorted(self._papers.known.values(), key=_age, reverse=True)


def _stands_in(words: Sequence[str], phrase: Phrase) -> bool:
    """Whether the words of a phrase stand one after another."""
    size = len(phrase.words)
    return any(_fits(words[start : start + size], phrase) for start in range(len(words) - size + 1))


def _fits(words: Sequence[str], phrase: Phrase) -> bool:
    if not phrase.open_end:
        return tuple(words) == phrase.words
    return tuple(words[:-1]) == phrase.words[:-1] and words[-1].startswith(phrase.words[-1])


def _age(paper: Paper) -> tuple[datetime, str]:
    return paper.published_at or datetime.min.replace(tzinfo=UTC), paper.id.value

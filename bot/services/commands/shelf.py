"""What the store can answer at once about a paper."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperRef
from bot.domain.summary import Language, Origin, Summary, SummaryKey
from bot.ports import Store
from bot.services.summarise import SummariseService, best


@dataclass(frozen=True, slots=True)
class Shelved:
    """A paper as stored, and the best summary of it that there is.

    ``final`` is false for a quotation that stands in for a model (F23): one may ask it now.
    """

    paper: Paper | None = None
    summary: Summary | None = None
    final: bool = True

    @property
    def readable(self) -> bool:
        """Whether the paper can be summarised without asking an upstream."""
        return self.paper is not None and bool(self.paper.abstract)


class Shelf:
    """Reads papers with their summaries; two short queries, and nothing that waits for a writer."""

    def __init__(self, store: Store, summaries: SummariseService) -> None:
        self._store = store
        self._summaries = summaries

    async def look(self, ref: PaperRef, language: Language) -> Shelved:
        """What there is of a paper, or of the version that was named.

        Raises:
            StoreError: the store cannot be read.
        """
        # Side by side: on a busy machine the wait for a reader's turn is most of it.
        papers, stored = await asyncio.gather(
            self._store.papers.get([ref.id]), self._store.summaries.of_papers([ref.id], language)
        )
        paper = papers.get(ref.id)
        if paper is None:
            return Shelved()
        key = self._summaries.key_of(paper, language)
        fitting = of_version(stored, ref, key)
        summary = best(fitting)
        if ref.version not in (None, paper.version) and summary is None:
            return Shelved()
        return Shelved(paper, summary, any(stands(at, kept, key) for at, kept in fitting))


def stands(at: SummaryKey, summary: Summary, key: SummaryKey) -> bool:
    """Whether a stored summary need not be written again.

    A quotation stands only where writing would give the same: under the very key.
    """
    return summary.provenance.origin is not Origin.EXTRACTIVE or at.model == key.model


def of_version(
    stored: Sequence[tuple[SummaryKey, Summary]], ref: PaperRef, key: SummaryKey
) -> Sequence[tuple[SummaryKey, Summary]]:
    """Those of the version that was named, else of the newest known (F14, T11)."""
    kept = [(at, summary) for at, summary in stored if at.paper_id == ref.id]
    if ref.version is None:
        return [(at, summary) for at, summary in kept if at.version >= key.version]
    return [(at, summary) for at, summary in kept if at.version == ref.version]

"""Which summary a chat's filters go by: the same for planning, previews, reasons and replays."""

from collections.abc import Sequence

from bot.domain.paper_id import PaperId
from bot.domain.summary import Language, Summary
from bot.ports import Store
from bot.services.digest import by_paper
from bot.services.summarise import best


def telling(summaries: Sequence[Summary]) -> Summary | None:
    """Of a paper's summaries, in the order of a chat's languages: the first that rates it, else
    the first."""
    rated = (summary for summary in summaries if summary.scores is not None)
    return next(rated, summaries[0] if summaries else None)


async def telling_of(
    store: Store, ids: Sequence[PaperId], languages: Sequence[Language]
) -> dict[PaperId, Summary]:
    """For each paper that has any the summary that goes for a chat with these languages.

    Raises:
        StoreError: the store cannot be read.
    """
    found: dict[PaperId, list[Summary]] = {}
    for language in languages:
        stored = by_paper(await store.summaries.of_papers(ids, language))
        for paper_id, rows in stored.items():
            if (summary := best(rows)) is not None:
                found.setdefault(paper_id, []).append(summary)
    told = {paper_id: telling(summaries) for paper_id, summaries in found.items()}
    return {paper_id: summary for paper_id, summary in told.items() if summary is not None}

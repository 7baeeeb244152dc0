"""One paper at once for a new subscriber, so that nobody waits a day to see one (F69)."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.selection import best, judge, prepared
from bot.domain.summary import Summary
from bot.ports import Store
from bot.services.post_keys import PaperPost
from bot.services.summarise import best as best_summary


async def sample_row(store: Store, chat: Chat, *, now: datetime) -> Delivery | None:
    """The delivery of the best paper of the newest stored list that passes the chat's filters and
    has a summary in its language; ``None`` where no such list holds one.

    It has the key that the planner would give it, so that the paper does not come again.

    Raises:
        StoreError: the store cannot be read.
    """
    newest: list[tuple[datetime, PaperId]] = []
    for source in chat.sources:
        places = await _newest_list(store, source)
        chosen = await _best_of(store, chat, [place.paper_id for place in places])
        seen = {place.paper_id: place.first_seen for place in places}
        newest += [(seen[paper_id], paper_id) for paper_id in chosen]
    if not newest:
        return None
    _, paper_id = max(newest, key=lambda each: each[0])
    return Delivery(chat.target, PaperPost(paper_id, chat.language).key, created_at=now, due_at=now)


async def _newest_list(store: Store, source: str) -> Sequence[Listed]:
    day = await store.listings.latest_day(source)
    return () if day is None else await store.listings.of_day(source, day)


async def _best_of(store: Store, chat: Chat, ids: Sequence[PaperId]) -> Sequence[PaperId]:
    """The best of the list that the chat would get, if there is one."""
    papers = await store.papers.get(ids)
    summaries = await summaries_of(store, ids, chat.language)
    passing = [
        prepared(paper, summaries[paper_id])
        for paper_id in ids
        if paper_id in summaries
        and (paper := papers.get(paper_id)) is not None
        and _wanted(chat, paper, summaries[paper_id])
    ]
    return best(passing, 1)


async def summaries_of(
    store: Store, ids: Sequence[PaperId], language: str
) -> dict[PaperId, Summary]:
    """The best stored summary of each paper that has one."""
    stored = await store.summaries.of_papers(ids, language)
    found = {
        paper_id: best_summary([pair for pair in stored if pair[0].paper_id == paper_id])
        for paper_id in {key.paper_id for key, _ in stored}
    }
    return {paper_id: summary for paper_id, summary in found.items() if summary is not None}


def _wanted(chat: Chat, paper: Paper, summary: Summary) -> bool:
    return not paper.withdrawn and judge(chat.filters, paper, summary).passes

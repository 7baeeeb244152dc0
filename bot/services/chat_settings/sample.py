"""One paper at once for a new subscriber, so that nobody waits a day to see one (F69)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.selection import best, judge_prepared, prepared
from bot.domain.summary import Summary
from bot.ports import Store
from bot.services.judging import telling_of
from bot.services.post_keys import PaperPost

# Lists further back than a week show nobody what will come.
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Sample:
    """A paper to begin with; ``written`` is whether it has a summary in the chat's language."""

    paper: Paper
    written: bool

    def row(self, chat: Chat, now: datetime) -> Delivery:
        """Its delivery, under the key that the planner would use: it does not come again."""
        key = PaperPost(self.paper.id, chat.language).key
        return Delivery(chat.target, key, created_at=now, due_at=now)


async def find_sample(store: Store, chat: Chat) -> Sample | None:
    """The best paper of the newest stored lists of a week that passes the chat's filters, rather
    one that has a summary in its language; ``None`` where they hold none.

    Raises:
        StoreError: the store cannot be read.
    """
    for day in await _days(store, chat.sources):
        ids = await listed_on(store, chat.sources, day)
        papers = await store.papers.get(ids)
        summaries = await telling_of(store, ids, chat.languages)
        ready = await telling_of(store, ids, (chat.language,))
        known = [papers[i] for i in ids if i in papers and not papers[i].withdrawn]
        for written in (True, False):
            some = [p for p in known if p.abstract and (p.id in ready) is written]
            if (chosen := _best(chat, some, summaries)) is not None:
                return Sample(papers[chosen], written)
    return None


async def listed_on(store: Store, sources: Sequence[str], day: date) -> list[PaperId]:
    """What the lists of a day hold, source by source, each paper once."""
    places = [place for s in sources for place in await store.listings.of_day(s, day)]
    return list(dict.fromkeys(place.paper_id for place in places))


async def newest_day(store: Store, sources: Sequence[str]) -> date | None:
    """The newest day with a paper of any of the sources."""
    days = [await store.listings.latest_day(source) for source in sources]
    return max((day for day in days if day is not None), default=None)


async def _days(store: Store, sources: Sequence[str]) -> Sequence[date]:
    """The newest day with a list, and those of the week before it."""
    newest = await newest_day(store, sources)
    return () if newest is None else [newest - timedelta(days=n) for n in range(_DAYS)]


def _best(chat: Chat, papers: Sequence[Paper], summaries: dict[PaperId, Summary]) -> PaperId | None:
    candidates = [prepared(paper, summaries.get(paper.id)) for paper in papers]
    passing = [c for c in candidates if judge_prepared(chat.filters, c).passes]
    return next(iter(best(passing, 1)), None)

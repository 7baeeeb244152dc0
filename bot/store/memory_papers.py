"""In-memory fakes of what is read and written up: papers, lists, summaries, costs, answers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.domain.errors import StoreError
from bot.domain.listing import Listed
from bot.domain.model_call import ModelCall, Spending
from bot.domain.paper import Paper, merge
from bot.domain.paper_id import PaperId
from bot.domain.summary import Language, Summary, SummaryKey
from bot.ports import CachedResponse
from bot.store.documents import oldest_first, require_match
from bot.store.instants import earlier
from bot.store.looks import after_look


class MemoryPapers:
    """``bot.ports.PaperStore``. ``known`` is every paper, for the index."""

    def __init__(self) -> None:
        self.known: dict[PaperId, Paper] = {}

    async def save(self, papers: Sequence[Paper]) -> None:
        """See the port."""
        for paper in papers:
            known = self.known.get(paper.id)
            self.known[paper.id] = paper if known is None else merge(known, paper)

    async def get(self, ids: Collection[PaperId]) -> Mapping[PaperId, Paper]:
        """See the port."""
        return {i: self.known[i] for i in ids if i in self.known}


class MemoryListings:
    """``bot.ports.ListingStore``."""

    def __init__(self, papers: MemoryPapers) -> None:
        self._papers = papers
        self._lists: dict[tuple[str, date], tuple[Listed, ...]] = {}
        self._days: dict[tuple[str, PaperId], set[date]] = {}
        self._checks: dict[tuple[str, date], datetime] = {}

    async def record(
        self, source: str, day: date, papers: Sequence[Paper], *, seen_at: datetime
    ) -> Sequence[PaperId]:
        """See the port."""
        saved = await self._papers.get([paper.id for paper in papers])
        if any(paper.id not in saved for paper in papers):
            raise StoreError("a list may only hold papers that are stored; save the papers first")
        before = self._lists.get((source, day), ())
        after = after_look(before, papers, day=day, seen_at=seen_at)
        self._lists[source, day] = after
        self._checks[source, day] = seen_at
        for place in after:
            self._days.setdefault((source, place.paper_id), set()).add(day)
        known = {place.paper_id for place in before}
        return [place.paper_id for place in after if place.paper_id not in known]

    async def of_day(self, source: str, day: date) -> Sequence[Listed]:
        """See the port."""
        return self._lists.get((source, day), ())

    async def checked_at(self, source: str, day: date) -> datetime | None:
        """See the port."""
        return self._checks.get((source, day))

    async def earlier(
        self, source: str, ids: Collection[PaperId], *, before: date
    ) -> Mapping[PaperId, Listed]:
        """See the port."""
        found: dict[PaperId, Listed] = {}
        for paper_id in ids:
            days = [day for day in self._days.get((source, paper_id), ()) if day < before]
            if days:
                places = self._lists[source, max(days)]
                found[paper_id] = next(p for p in places if p.paper_id == paper_id)
        return found

    async def latest_day(self, source: str) -> date | None:
        """See the port."""
        days = (day for (name, day), places in self._lists.items() if name == source and places)
        return max(days, default=None)


class MemorySummaries:
    """``bot.ports.SummaryStore``."""

    def __init__(self) -> None:
        self._summaries: dict[SummaryKey, Summary] = {}
        self._of: dict[PaperId, dict[SummaryKey, Summary]] = {}
        self._claims: dict[SummaryKey, tuple[str, datetime]] = {}

    async def get(self, key: SummaryKey) -> Summary | None:
        """See the port."""
        return self._summaries.get(key)

    async def put(self, key: SummaryKey, summary: Summary) -> None:
        """See the port."""
        require_match(key, summary)
        self._summaries[key] = summary
        self._of.setdefault(key.paper_id, {})[key] = summary
        self._claims.pop(key, None)

    async def of_papers(
        self, ids: Collection[PaperId], language: Language
    ) -> Sequence[tuple[SummaryKey, Summary]]:
        """See the port."""
        return oldest_first(
            (key, summary)
            for paper_id in set(ids)
            for key, summary in self._of.get(paper_id, {}).items()
            if key.language == language
        )

    def of_paper(self, paper_id: PaperId) -> Sequence[Summary]:
        """Every summary of a paper in every language, oldest first, for the index."""
        return [summary for _, summary in oldest_first(self._of.get(paper_id, {}).items())]

    async def claim(self, key: SummaryKey, owner: str, *, now: datetime, until: datetime) -> bool:
        """See the port. A claim has run out once ``now`` reaches its end."""
        holder, end = self._claims.get(key, (owner, now))
        if holder != owner and end > now:
            return False
        self._claims[key] = (owner, until)
        return True

    async def release(self, key: SummaryKey, owner: str) -> None:
        """See the port."""
        if self._claims.get(key, ("", None))[0] == owner:
            del self._claims[key]

    async def prune_claims(self, *, before: datetime) -> int:
        """See the port."""
        stale = [key for key, (_, end) in self._claims.items() if end < before]
        for key in stale:
            del self._claims[key]
        return len(stale)

    def clock_went_back(self, by: timedelta, now: datetime) -> None:
        """Move what ends later than now."""
        for key, (owner, end) in self._claims.items():
            self._claims[key] = owner, earlier(end, by, now)


class MemoryLedger:
    """``bot.ports.Ledger``. ``calls`` is everything that was recorded, for tests to read."""

    def __init__(self) -> None:
        self.calls: list[ModelCall] = []

    async def record(self, call: ModelCall) -> None:
        """See the port."""
        self.calls.append(call)

    async def spent(self, *, since: datetime) -> Spending:
        """See the port. Input and output tokens count alike; cached ones are part of the input."""
        calls = [call for call in self.calls if call.at >= since]
        return Spending(
            calls=len(calls),
            tokens=sum(call.input_tokens + call.output_tokens for call in calls),
            cost_usd=sum((call.cost_usd for call in calls if call.cost_usd), Spending().cost_usd),
        )


class MemoryHttpCache:
    """``bot.ports.HttpCache``."""

    def __init__(self) -> None:
        self._responses: dict[str, CachedResponse] = {}

    async def get(self, url: str) -> CachedResponse | None:
        """See the port."""
        return self._responses.get(url)

    async def put(self, response: CachedResponse) -> None:
        """See the port."""
        self._responses[response.url] = response

    async def prune(self, *, before: datetime) -> int:
        """See the port."""
        stale = [url for url, kept in self._responses.items() if kept.stored_at < before]
        for url in stale:
            del self._responses[url]
        return len(stale)

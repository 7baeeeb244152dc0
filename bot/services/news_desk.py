"""What there is to plan from: lists, papers and summaries as of now, and what was so before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from typing import TypeAlias

from bot.domain.delivery import MAX_AGE
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.selection import Prepared, prepared
from bot.domain.summary import Language, Summary, SummaryKey
from bot.ports import ListingStore, Store
from bot.services.audiences import Groups
from bot.services.cases import Case
from bot.services.judging import telling
from bot.services.news import (
    Places,
    first_places,
    first_seen,
    last_seen,
    places_of,
    recent_days,
    why_never,
)
from bot.services.summarise import best

# Longer than that a paper does not wait for its summary: it is quoted instead (F23).
PATIENCE = timedelta(minutes=20)

Languages: TypeAlias = tuple[Language, ...]
Cases: TypeAlias = Mapping[PaperId, Case]
_Wording: TypeAlias = tuple[PaperId, Language]
_Reading: TypeAlias = tuple[PaperId, Languages]


@dataclass(frozen=True, slots=True)
class News:
    """The papers as they stand ``now``, for each combination of languages: ``recent`` ones, which
    are news to who gets them as they appear, and ``older`` ones for who waits for a slot."""

    now: datetime
    recent: Mapping[Languages, Cases]
    older: Mapping[Languages, Cases]
    before: Mapping[Languages, Cases]

    def fresh(self, languages: Languages) -> list[tuple[Case, Case | None]]:
        """Recent papers about which anything has changed, with how they stood before."""
        before = self.before.get(languages, {})
        cases = self.recent[languages].values()
        return [(c, b) for c in cases if (b := before.get(c.paper_id)) is not c]

    @property
    def has_changed(self) -> bool:
        """Whether anything has."""
        return any(self.fresh(languages) for languages in self.recent)

    @property
    def waiting(self) -> frozenset[PaperId]:
        """Papers that wait for a summary."""
        cases = chain.from_iterable(cases.values() for cases in self.recent.values())
        return frozenset(case.paper_id for case in cases if not case.ripe)

    def holds(self, paper_id: PaperId) -> bool:
        """Whether a paper is still news."""
        return any(paper_id in cases for cases in self.recent.values())

    def every(self, languages: Languages) -> Iterable[Case]:
        """All papers within reach."""
        return chain(self.older[languages].values(), self.recent[languages].values())


@dataclass(slots=True)
class _Memory:
    """What need not be asked or read again."""

    cases: Mapping[Languages, Cases] = field(default_factory=dict[Languages, Cases])
    summaries: dict[_Wording, Summary] = field(default_factory=dict[_Wording, Summary])
    wanted: dict[_Reading, datetime] = field(default_factory=dict[_Reading, datetime])
    candidates: dict[_Reading, tuple[Prepared, Summary | None]] = field(
        default_factory=dict[_Reading, tuple[Prepared, Summary | None]]
    )

    def forget(self, reach: Collection[PaperId]) -> None:
        """Only these papers matter any longer."""
        self.summaries = {k: v for k, v in self.summaries.items() if k[0] in reach}
        self.wanted = {k: v for k, v in self.wanted.items() if k[0] in reach}
        self.candidates = {k: v for k, v in self.candidates.items() if k[0] in reach}


class NewsDesk:
    """Looks at what is news. ``patience`` is how long a paper waits for its summary.

    A look costs some queries for each source and language, however many chats there are.
    """

    def __init__(self, store: Store, *, patience: timedelta = PATIENCE) -> None:
        self._store = store
        self._patience = patience
        self._memory = _Memory()

    async def look(self, groups: Groups, now: datetime, *, after: datetime | None = None) -> News:
        """What is news now to any of the groups; ``after`` reaches back further than two days.

        Raises:
            StoreError: the store cannot be used.
        """
        days = recent_days(now, after=after)
        lists = {s: await places_on(self._store.listings, s, days) for s in groups.sources}
        places = places_of(lists)
        papers = await self._store.papers.get(places)
        recent = {i for i, there in places.items() if last_seen(there) > now - MAX_AGE}
        self._memory.forget(places)
        await self._read_summaries(groups, places)
        made = {
            languages: {
                i: self._case(places[i], papers.get(i), (i, languages), now) for i in places
            }
            for languages in groups.languages
        }
        return News(
            now,
            {c: {i: case for i, case in m.items() if i in recent} for c, m in made.items()},
            {c: {i: case for i, case in m.items() if i not in recent} for c, m in made.items()},
            self._memory.cases,
        )

    def note_wanted(self, case: Case, languages: Languages, now: datetime) -> None:
        """Somebody came to want a paper because it changed: from now on it waits for a summary."""
        self._memory.wanted.setdefault((case.paper_id, languages), now)

    def keep(self, news: News) -> None:
        """All that was to be done about these news has been done."""
        self._memory.cases = news.recent

    async def _read_summaries(self, groups: Groups, ids: Iterable[PaperId]) -> None:
        """The best summaries; those that a better one may follow are read again."""
        known = self._memory.summaries
        for language in {language for each in groups.languages for language in each}:
            asked = [i for i in ids if _may_improve(known.get((i, language)), groups)]
            stored: dict[PaperId, list[tuple[SummaryKey, Summary]]] = defaultdict(list)
            for key, summary in await self._store.summaries.of_papers(asked, language):
                stored[key.paper_id].append((key, summary))
            for paper_id, rows in stored.items():
                if (chosen := best(rows)) is not None:
                    known[paper_id, language] = chosen

    def _case(self, places: Places, paper: Paper | None, reading: _Reading, now: datetime) -> Case:
        """As before, the very same object, where nothing that matters has changed."""
        paper_id, languages = reading
        known = self._memory.summaries
        there = [known[paper_id, each] for each in languages if (paper_id, each) in known]
        ready = len(there) == len(languages) and paper is not None and not paper.withdrawn
        wanted = self._memory.wanted.get(reading)
        reason = "" if ready else "not stored" if paper is None else why_never(paper)
        candidate = None
        if paper is not None:
            try:
                candidate = self._candidate(paper, there, reading)
            except Exception as error:  # noqa: BLE001 - F63: it costs only itself
                reason = f"cannot be read: {type(error).__name__}"
        case = Case(
            paper_id=paper_id,
            places=places,
            candidate=candidate,
            ripe=ready or now - first_seen(places) >= self._patience,
            ripe_late=ready or (wanted is not None and now - wanted >= self._patience),
            reason=reason,
        )
        before = self._memory.cases.get(languages, {}).get(paper_id)
        return before if before is not None and before.signature == case.signature else case

    def _candidate(self, paper: Paper, there: Sequence[Summary], reading: _Reading) -> Prepared:
        """A paper as filters look at it: with the first of its summaries that rates it."""
        summary = telling(there)
        known = self._memory.candidates.get(reading)
        if known is None or known[1] is not summary or known[0].paper != paper:
            known = self._memory.candidates[reading] = (prepared(paper, summary), summary)
        return known[0]


async def places_on(
    listings: ListingStore, source: str, days: Sequence[date]
) -> tuple[Listed, ...]:
    """A source's places of some days in a row, each paper's first, without what stood on a list
    before them.

    Raises:
        StoreError: the lists cannot be read.
    """
    places = [place for day in days for place in await listings.of_day(source, day)]
    ids = {place.paper_id for place in places}
    return first_places(places, await listings.earlier(source, ids, before=days[0]))


def _may_improve(summary: Summary | None, groups: Groups) -> bool:
    return summary is None or (groups.by_summary and summary.scores is None)

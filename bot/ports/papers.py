"""What is known of papers: what they are, where they were listed, and how they are found."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.command import Suggestion
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId


class PaperStore(Protocol):
    """Papers, each once, by id."""

    async def save(self, papers: Sequence[Paper]) -> None:
        """Insert, or merge into what is known (``domain.paper.merge``), in one transaction."""
        ...

    async def get(self, ids: Collection[PaperId]) -> Mapping[PaperId, Paper]:
        """Those of the papers that are known."""
        ...


class ListingStore(Protocol):
    """Which source listed which paper on which day, and when it was first seen there."""

    async def record(
        self, source: str, day: date, papers: Sequence[Paper], *, seen_at: datetime
    ) -> Sequence[PaperId]:
        """Note a day's list, in order, and that it was looked at; returns the ids new to it.

        A paper stays on a list once it was seen there, also when the source later drops it. A
        paper already listed keeps its ``first_seen``; positions follow the newest look. Papers must
        have been saved. An empty list is recorded as looked at.
        """
        ...

    async def of_day(self, source: str, day: date) -> Sequence[Listed]:
        """A day's list: by position, then by first_seen."""
        ...

    async def checked_at(self, source: str, day: date) -> datetime | None:
        """When the list was last looked at, ``None`` for never."""
        ...

    async def earlier(
        self, source: str, ids: Collection[PaperId], *, before: date
    ) -> Mapping[PaperId, Listed]:
        """For each paper that stands on an earlier day's list of the source, its latest place."""
        ...

    async def latest_day(self, source: str) -> date | None:
        """The newest day with at least one paper."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what a search found; ``total`` counts all pages, up to 1,000."""

    papers: Sequence[PaperId]
    total: int


class PaperIndex(Protocol):
    """Stored papers by what somebody types."""

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        """Papers whose id begins with the text, or whose title holds it (case-folded), the newest
        first; where no id does, then what ``search`` finds."""
        ...

    async def search(self, text: str, *, limit: int, offset: int = 0) -> Found:
        """Papers with all of these words in title, abstract or any summary, the best match first,
        equals by the newer. In any language that is stored; "quoted words" stand together. Nothing
        that somebody types is an error (an unclosed quotation mark, operators of a database).
        """
        ...

"""Where papers come from."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from bot.domain.listing import Listing, LookUp
from bot.domain.paper_id import PaperRef


class Source(Protocol):
    """A place that lists papers by day."""

    @property
    def key(self) -> str:
        """Its stable name in settings, on the command line and in the store: ``hf``,
        ``arxiv:cs.CL``."""
        ...

    async def list_day(self, day: date) -> Listing:
        """The list of a day (UTC date). An empty list is an answer; a broken one is not.

        Raises:
            SourceUnavailable: no answer now; try later.
            SourceBroken: an answer that cannot be trusted.
            SourceHasNoArchive: the source no longer has that day.
        """
        ...


class PaperLookup(Protocol):
    """Papers by id."""

    async def look_up(self, refs: Sequence[PaperRef]) -> LookUp:
        """Ask for papers; each id is found, missing, or unanswered with a reason.

        Raises:
            SourceUnavailable: no upstream could be asked about any of them.
            SourceBroken: no upstream gave a usable answer about any of them.
        """
        ...

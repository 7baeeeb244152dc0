"""Papers as they are put to chats, and what comes of it: decisions only."""

from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.filters import Filters
from bot.domain.paper_id import PaperId
from bot.domain.selection import Prepared, before_summary_prepared, judge_prepared
from bot.services.news import Places

# What of a case may change while the paper is news.
Signature: TypeAlias = tuple[object, ...]

_NOTHING_ASKED = Filters()


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A paper as it stands for who reads in certain languages.

    ``ripe``: it may be posted, for it has a summary in all of them or has waited long enough.
    ``ripe_late`` is the same for who wants it only since it changed (``wanted_late``), whose wait
    began then. ``candidate`` is ``None`` where the paper is not stored. ``reason`` is why it is not
    posted at all, "" where it is.
    """

    paper_id: PaperId
    places: Places
    candidate: Prepared | None
    ripe: bool
    ripe_late: bool
    reason: str

    @property
    def signature(self) -> Signature:
        """What decides about it, as far as that may change."""
        candidate = self.candidate
        if candidate is None:
            return (self.ripe, self.ripe_late, self.reason, len(self.places))
        return (
            *(self.ripe, self.ripe_late, self.reason, len(self.places)),
            *(candidate.upvotes, candidate.paper.code_url is None, candidate.recommendation),
        )


def wanted_late(filters: Filters) -> bool:
    """Whether these may come to want a paper before it has a summary, which they did not when it
    was listed."""
    return filters.code or filters.least_upvotes > 0


def is_ripe(case: Case, filters: Filters) -> bool:
    """Whether a paper need not wait any longer for a summary."""
    return case.ripe_late if wanted_late(filters) else case.ripe


def outcome(case: Case, filters: Filters) -> str | None:
    """ "" to post a paper, else why it is not posted at all; ``None``: not wanted, or not yet."""
    if not is_ripe(case, filters):
        return None
    if case.candidate is None:
        return case.reason if filters == _NOTHING_ASKED else None
    return case.reason if judge_prepared(filters, case.candidate).passes else None


def worth_waiting(case: Case, filters: Filters) -> bool:
    """Whether a paper without a summary is to have one for who asks this."""
    return case.candidate is not None and before_summary_prepared(filters, case.candidate).passes

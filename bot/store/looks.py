"""What a look at a source's list does to what is remembered of it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bot.domain.listing import Listed
from bot.domain.paper import Paper


def after_look(
    before: Iterable[Listed], papers: Sequence[Paper], *, day: date, seen_at: datetime
) -> tuple[Listed, ...]:
    """A day's list after a look at it, in its new order.

    The papers seen stand first, in the order seen (a repeated one where it came first); what the
    source dropped stays, behind them, in its former order. Positions count through from 0, so that
    no two are equal. ``first_seen`` is kept; ``version`` only rises.
    """
    known = {place.paper_id: place for place in sorted(before, key=lambda place: place.position)}
    seen = {paper.id: paper for paper in papers}
    order = [*dict.fromkeys(paper.id for paper in papers), *(i for i in known if i not in seen)]
    return tuple(
        Listed(
            paper_id=paper_id,
            version=max(
                known[paper_id].version if paper_id in known else 1,
                seen[paper_id].version if paper_id in seen else 1,
            ),
            day=day,
            position=position,
            first_seen=known[paper_id].first_seen if paper_id in known else seen_at,
        )
        for position, paper_id in enumerate(order)
    )

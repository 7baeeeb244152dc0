"""arXiv's announcement feeds (rss.arxiv.org), RSS 2.0 and Atom."""

from dataclasses import dataclass
from datetime import date

from bot.domain.listing import Quarantined
from bot.domain.paper import Paper


@dataclass(frozen=True, slots=True)
class RssFeed:
    """One announcement. ``announced`` is its date in the feed's own zone (Eastern)."""

    announced: date
    papers: tuple[Paper, ...]
    quarantined: tuple[Quarantined, ...] = ()


def parse_rss(body: bytes, *, announce: frozenset[str] = frozenset({"new"})) -> RssFeed:
    raise NotImplementedError

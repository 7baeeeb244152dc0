"""Answers of arXiv's API (export.arxiv.org), which are Atom feeds."""

from dataclasses import dataclass

from bot.domain.listing import Quarantined
from bot.domain.paper import Paper


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """One answer. ``error`` is arXiv's own complaint where the answer is one (F11)."""

    papers: tuple[Paper, ...]
    error: str | None = None
    quarantined: tuple[Quarantined, ...] = ()


def parse_atom(body: bytes) -> AtomFeed:
    raise NotImplementedError

"""A source's list of one day, and the answer to a question for papers by id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.errors import SourceError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An entry that could not be read. It costs itself, not its day (F8).

    ``where`` is the entry's id or its place in the answer, ``reason`` says what was wrong.
    """

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source lists for a day, in the source's order, each paper once."""

    source: str
    day: date
    papers: tuple[Paper, ...]
    quarantined: tuple[Quarantined, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """One remembered place on a list. ``first_seen`` is UTC, ``position`` counts from 0."""

    paper_id: PaperId
    version: int
    day: date
    position: int
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class LookUp:
    """The answer to a question for papers by id: every id asked for is in one of the three.

    ``unanswered`` are ids about which no upstream gave a usable answer, with the reason.
    ``failure`` is why the first upstream could not be asked, where another stood in for it (F10).
    """

    found: Mapping[PaperId, Paper]
    missing: frozenset[PaperId] = frozenset()
    unanswered: Mapping[PaperId, str] = field(default_factory=dict[PaperId, str])
    failure: SourceError | None = field(default=None, compare=False)

"""One day's papers with their summaries."""

from dataclasses import dataclass
from datetime import date

from bot.domain.paper import Paper
from bot.domain.summary import Language, Summary


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper and what is said of it."""

    paper: Paper
    summary: Summary

    def __post_init__(self) -> None:
        if self.paper.id != self.summary.paper_id:
            raise ValueError(f"{self.summary.paper_id}'s summary stands under {self.paper.id}")


@dataclass(frozen=True, slots=True)
class Digest:
    """A source's list of a day in one language, in the list's order."""

    source: str
    day: date
    language: Language
    entries: tuple[Entry, ...]

"""What a button's key asks for. Keys come back from clients, which may send anything."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeAlias

from bot.domain.errors import InvalidPaperId
from bot.domain.paper_id import PaperRef, parse_paper_ref
from bot.domain.summary import Language

_ENTRY = re.compile(r"entry:(?P<language>[\w-]{1,20}):(?P<paper>[^:]{1,40})", re.ASCII)
_OPEN = re.compile(
    r"open:(?P<language>[\w-]{1,20}):(?P<paper>[^:]{1,40})"
    r":(?P<day>\d{4}-\d\d-\d\d):(?P<offset>\d{1,4})",
    re.ASCII,
)
_DAY = re.compile(
    r"day:(?P<language>[\w-]{1,20}):(?P<day>\d{4}-\d\d-\d\d):(?P<offset>\d{1,4})", re.ASCII
)


class WayBack(Protocol):
    """A list from which a paper is opened in place."""

    def open_key(self, language: Language, paper_id: object) -> str:
        """The key of the button that opens a paper from here, or that turns it into a language."""
        ...

    def list_key(self, language: Language) -> str:
        """The key of the button that shows the list again."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """Implements ``WayBack``: a page of a day's list, by the place of its first row."""

    day: date
    offset: int

    def open_key(self, language: Language, paper_id: object) -> str:
        return f"open:{language}:{paper_id}:{self.day}:{self.offset}"

    def list_key(self, language: Language) -> str:
        return f"day:{language}:{self.day}:{self.offset}"


@dataclass(frozen=True, slots=True)
class ShowEntry:
    """Show a paper in a language; ``back`` is the list that it was opened from."""

    language: Language
    ref: PaperRef
    back: WayBack | None = None


@dataclass(frozen=True, slots=True)
class ShowPage:
    """Show a page of a day's list in a language."""

    language: Language
    page: Page


Press: TypeAlias = ShowEntry | ShowPage


def read_key(key: str) -> Press | None:
    """What the key asks for, ``None`` for one that is not ours."""
    try:
        if match := _ENTRY.fullmatch(key):
            return ShowEntry(match["language"], parse_paper_ref(match["paper"]))
        if match := _OPEN.fullmatch(key):
            return ShowEntry(match["language"], parse_paper_ref(match["paper"]), _page(match))
        if match := _DAY.fullmatch(key):
            return ShowPage(match["language"], _page(match))
    except (InvalidPaperId, ValueError):
        return None
    return None


def entry_key(language: Language, paper_id: object) -> str:
    """The key of the button that shows a paper's entry in a language."""
    return f"entry:{language}:{paper_id}"


def save_key(paper_id: object) -> str:
    """The key of the button that keeps a paper for who presses it, or no longer."""
    return f"save:{paper_id}"


def vote_key(paper_id: object, *, up: bool) -> str:
    """The key of the button that says what one thinks of a paper, or takes it back."""
    return f"vote:{'up' if up else 'down'}:{paper_id}"


def _page(match: re.Match[str]) -> Page:
    return Page(date.fromisoformat(match["day"]), int(match["offset"]))

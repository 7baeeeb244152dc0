"""What a button's key asks for. Keys come back from clients, which may send anything."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

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


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a day's list, by the place of its first row."""

    day: date
    offset: int


@dataclass(frozen=True, slots=True)
class ShowEntry:
    """Show a paper in a language; ``back`` is the page of the list it was opened from."""

    language: Language
    ref: PaperRef
    back: Page | None = None


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


def open_key(language: Language, paper_id: object, page: Page) -> str:
    """The same from a list, with the way back to it."""
    return f"open:{language}:{paper_id}:{page.day}:{page.offset}"


def page_key(language: Language, page: Page) -> str:
    """The key of the button that shows a page of a list."""
    return f"day:{language}:{page.day}:{page.offset}"


def _page(match: re.Match[str]) -> Page:
    return Page(date.fromisoformat(match["day"]), int(match["offset"]))

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
_NAME = r"(?P<name>\d{4}-\d\d-\d\d(?:\.\d{4})?)"
_LIST = re.compile(rf"list:(?P<own>[\w-]{{1,20}}):{_NAME}:(?P<offset>\d{{1,4}})", re.ASCII)
_READ = re.compile(
    rf"read:(?P<language>[\w-]{{1,20}}):(?P<paper>[^:]{{1,40}})"
    rf":{_NAME}:(?P<own>[\w-]{{1,20}}):(?P<offset>\d{{1,4}})",
    re.ASCII,
)
_PICK = re.compile(
    rf"pick:(?P<own>[\w-]{{1,20}}):{_NAME}:(?P<offset>\d{{1,4}})(?P<how>[=~])(?P<paper>[^:]{{1,40}})",
    re.ASCII,
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
class DigestPage:
    """Implements ``WayBack``: a page of a chat's digest, by the place of its first paper.

    ``name`` is the digest's (``post_keys.DigestPost``), ``own`` the language that it is in.
    """

    name: str
    own: Language
    offset: int

    @property
    def pick_key(self) -> str:
        """The key of the select that opens papers from here (``Select.key``)."""
        return f"pick:{self.own}:{self.name}:{self.offset}"

    def open_key(self, language: Language, paper_id: object) -> str:
        return f"read:{language}:{paper_id}:{self.name}:{self.own}:{self.offset}"

    def list_key(self, language: Language) -> str:  # noqa: ARG002 - back to what stood there
        return f"list:{self.own}:{self.name}:{self.offset}"


def pick_value(paper_id: object) -> str:
    """A paper's value in a select: what is no character of a value is written otherwise."""
    return str(paper_id).replace("/", "+")


@dataclass(frozen=True, slots=True)
class ShowEntry:
    """Show a paper in a language; ``back`` is the list that it was opened from. ``private`` is to
    leave the message as it is and to answer only who asked."""

    language: Language
    ref: PaperRef
    back: WayBack | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class ShowPage:
    """Show a page of a day's list in a language."""

    language: Language
    page: Page


@dataclass(frozen=True, slots=True)
class ShowDigest:
    """Show a page of the chat's digest again."""

    language: Language
    page: DigestPage


Press: TypeAlias = ShowEntry | ShowPage | ShowDigest


def read_key(key: str) -> Press | None:
    """What the key asks for, ``None`` for one that is not ours."""
    try:
        if match := _ENTRY.fullmatch(key):
            return ShowEntry(match["language"], parse_paper_ref(match["paper"]))
        if match := _OPEN.fullmatch(key):
            return ShowEntry(match["language"], parse_paper_ref(match["paper"]), _page(match))
        if match := _DAY.fullmatch(key):
            return ShowPage(match["language"], _page(match))
        return _read_digest_key(key)
    except (InvalidPaperId, ValueError):
        return None


def _read_digest_key(key: str) -> Press | None:
    if match := _LIST.fullmatch(key):
        return ShowDigest(match["own"], _digest_page(match))
    if match := _READ.fullmatch(key):
        ref = parse_paper_ref(match["paper"])
        return ShowEntry(match["language"], ref, _digest_page(match))
    if match := _PICK.fullmatch(key):
        ref = parse_paper_ref(match["paper"].replace("+", "/"))
        # A menu shows everybody the list while one of them reads; a button turns the message.
        private = match["how"] == "="
        return ShowEntry(match["own"], ref, None if private else _digest_page(match), private)
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


def _digest_page(match: re.Match[str]) -> DigestPage:
    date.fromisoformat(match["name"][:10])  # or it names no day
    return DigestPage(match["name"], match["own"], int(match["offset"]))

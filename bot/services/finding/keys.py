"""What the buttons of lists, saving and voting ask for. Keys come back from clients, which may send
anything, and hold all that is needed to answer: nothing else outlives a restart."""

import hashlib
import re
from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.errors import InvalidPaperId
from bot.domain.paper_id import PaperId, PaperRef, parse_paper_ref
from bot.domain.summary import Language
from bot.services.buttons import ShowEntry, WayBack, entry_key

# Telegram's limit for a button's data (bot.domain.post.Action).
_LONGEST = 64
_LANGUAGE = r"(?P<language>[\w-]{1,20})"
_PAPER = r"(?P<paper>[^:]{1,40})"
_PAGE = r"(?P<page>\d{1,2})"
_OWNER = r"(?P<owner>[0-9a-f]{6})"


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile(":".join(parts), re.ASCII)


_FIND = _pattern("find", _LANGUAGE, _PAGE, r"(?P<words>.+)")
_HIT = _pattern("hit", _LANGUAGE, _PAPER, _PAGE, r"(?P<words>.+)")
_SAVED = _pattern("saved", _LANGUAGE, _PAGE, _OWNER, "(?P<removing>x?)")
_KEPT = _pattern("kept", _LANGUAGE, _PAPER, _PAGE, _OWNER)
_DROP = _pattern("drop", _LANGUAGE, _PAPER, _PAGE, _OWNER)
_TOP = _pattern("top", _LANGUAGE)
_BEST = _pattern("best", _LANGUAGE, _PAPER)
_SAVE = _pattern("save", _PAPER)
_VOTE = _pattern("vote", "(?P<way>up|down)", _PAPER)


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Implements ``WayBack``: a page (from 0 to 99) of what a search for ``words`` finds."""

    words: str
    page: int = 0

    def open_key(self, language: Language, paper_id: object) -> str:
        """An old id is six bytes longer than others: where that is too long, there is no way back
        rather than no way on."""
        key = f"hit:{language}:{paper_id}:{self.page}:{self.words}"
        return key if len(key.encode()) <= _LONGEST else entry_key(language, paper_id)

    def list_key(self, language: Language) -> str:
        return f"find:{language}:{self.page}:{self.words}"


def room_for_words(language: Language) -> int:
    """How many bytes of words have room in every key of a search."""
    return _LONGEST - len(f"hit:{language}:2309.12307:99:")


@dataclass(frozen=True, slots=True)
class SavedPage:
    """Implements ``WayBack``: a page of what somebody saved; ``owner`` is their ``mark``.

    Where ``removing``, a number takes a paper off the list instead of opening it.
    """

    owner: str
    page: int = 0
    removing: bool = False

    def open_key(self, language: Language, paper_id: object) -> str:
        return f"kept:{language}:{paper_id}:{self.page}:{self.owner}"

    def list_key(self, language: Language) -> str:
        return f"saved:{language}:{self.page}:{self.owner}:{'x' if self.removing else ''}"

    def drop_key(self, language: Language, paper_id: object) -> str:
        """The key of the button that takes a paper off the list."""
        return f"drop:{language}:{paper_id}:{self.page}:{self.owner}"


def mark(user: str) -> str:
    """Six hexadecimal digits by which a list is known to be somebody's own, and which say nothing
    else of them: in a group, anybody can press anybody's buttons."""
    return hashlib.blake2b(user.encode(), digest_size=3).hexdigest()


@dataclass(frozen=True, slots=True)
class TopList:
    """Implements ``WayBack``: the week's best."""

    def open_key(self, language: Language, paper_id: object) -> str:
        return f"best:{language}:{paper_id}"

    def list_key(self, language: Language) -> str:
        return f"top:{language}"


@dataclass(frozen=True, slots=True)
class ShowList:
    """Show a list (again) in a language."""

    language: Language
    wanted: FoundPage | SavedPage | TopList


@dataclass(frozen=True, slots=True)
class Drop:
    """Take a paper off the list of saved ones, and show its page."""

    language: Language
    paper_id: PaperId
    page: SavedPage


@dataclass(frozen=True, slots=True)
class ToggleSaved:
    """Keep a paper, or no longer."""

    paper_id: PaperId
    language: None = None


@dataclass(frozen=True, slots=True)
class CastVote:
    """Say what one thinks of a paper, or take it back."""

    paper_id: PaperId
    up: bool
    language: None = None


FindingPress: TypeAlias = ShowList | Drop | ToggleSaved | CastVote


def read_finding_key(key: str) -> FindingPress | ShowEntry | None:
    """What the key asks for, ``None`` for one that is not of these."""
    try:
        return _list(key) or _entry(key) or _opinion(key)
    except InvalidPaperId:
        return None


def _list(key: str) -> ShowList | Drop | None:
    if match := _FIND.fullmatch(key):
        return ShowList(match["language"], FoundPage(match["words"], int(match["page"])))
    if match := _SAVED.fullmatch(key):
        page = SavedPage(match["owner"], int(match["page"]), removing=bool(match["removing"]))
        return ShowList(match["language"], page)
    if match := _TOP.fullmatch(key):
        return ShowList(match["language"], TopList())
    if match := _DROP.fullmatch(key):
        page = SavedPage(match["owner"], int(match["page"]), removing=True)
        return Drop(match["language"], _ref(match).id, page)
    return None


def _entry(key: str) -> ShowEntry | None:
    back: WayBack
    if match := _HIT.fullmatch(key):
        back = FoundPage(match["words"], int(match["page"]))
    elif match := _KEPT.fullmatch(key):
        back = SavedPage(match["owner"], int(match["page"]))
    elif match := _BEST.fullmatch(key):
        back = TopList()
    else:
        return None
    return ShowEntry(match["language"], _ref(match), back)


def _opinion(key: str) -> ToggleSaved | CastVote | None:
    if match := _SAVE.fullmatch(key):
        return ToggleSaved(_ref(match).id)
    if match := _VOTE.fullmatch(key):
        return CastVote(_ref(match).id, up=match["way"] == "up")
    return None


def _ref(match: re.Match[str]) -> PaperRef:
    return parse_paper_ref(match["paper"])

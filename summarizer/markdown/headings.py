"""The sub-headings of an entry, in the many wordings that models choose."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.domain.wording import Aliases

MAIN_WORK, HIGHLIGHTS, KEYWORDS, SCORES = "main_work", "highlights", "keywords", "scores"
PARTS = (MAIN_WORK, HIGHLIGHTS, KEYWORDS, SCORES)
# A heading around all four parts ("论文总结"), which says nothing itself.
WHOLE = "whole"

# No heading in any table is longer; what is longer is text.
_LONGEST = 80
_HASHES = re.compile(r"#{1,6}\s*")
_BULLET = re.compile(r"[-*+]\s+")
_BOLD = re.compile(r"\*\*\s*(?P<inner>[^*]+?)\s*\*\*\s*(?P<after>.*)", re.DOTALL)
_COLON = re.compile(r"\s*[：:]\s*")
_ASIDE = re.compile(r"\s*[（(][^（()）]*[)）]$")


@dataclass(frozen=True, slots=True)
class PartHeading:
    """A heading of a part (or of the whole), and what follows it on the same line."""

    part: str
    rest: str


def read_heading(line: str, aliases: Aliases) -> PartHeading | None:
    """Which part a line opens, ``None`` where it is text.

    Taken are a known name with ``#``, in bold, numbered, alone on its line or before a colon, and
    any sensible mixture of these. A plain bullet is never a heading.
    """
    bare, bulleted = _without(_BULLET, line.strip())
    bare, _ = _without(_HASHES, bare)
    bare, _ = _without(_ordinal(aliases), bare)
    bold = _BOLD.fullmatch(bare)
    if bold is None:
        return None if bulleted else _known(*_split(bare), aliases)
    inner, _ = _without(_ordinal(aliases), bold["inner"])
    name, rest = _split(inner)
    after, _ = _without(_COLON, bold["after"])
    return _known(name, rest + after, aliases)


def _without(mark: re.Pattern[str], text: str) -> tuple[str, bool]:
    match = mark.match(text)
    return (text[match.end() :], True) if match else (text, False)


def _split(text: str) -> tuple[str, str]:
    """A name and what follows its colon."""
    colon = _COLON.search(text, 0, _LONGEST)
    return (text[: colon.start()], text[colon.end() :]) if colon else (text, "")


def _known(name: str, rest: str, aliases: Aliases) -> PartHeading | None:
    if len(name) > _LONGEST:
        return None
    folded = " ".join(name.casefold().strip(' `*“”"。.').split())
    names = _names(aliases)
    part = names.get(folded) or names.get(_ASIDE.sub("", folded))
    return PartHeading(part, rest) if part else None


@cache
def _names(aliases: Aliases) -> Mapping[str, str]:
    named = dict.fromkeys(aliases.whole, WHOLE)
    for part in PARTS:
        named |= dict.fromkeys(getattr(aliases, part), part)
    return named


@cache
def _ordinal(aliases: Aliases) -> re.Pattern[str]:
    """A number before a heading: ``1.``, ``(1)``, ``一、``."""
    own = "".join(f"|{re.escape(ordinal)}" for ordinal in aliases.ordinals)
    return re.compile(rf"[（(]?(?:[0-9]{{1,2}}{own})(?:[.、．)）]|[：:])\s*", re.IGNORECASE)

"""What a sentence's words tell about its part in an abstract."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from summarizer.extraction import load_table

_FIGURE = re.compile(
    r"(?<![\w-])[~+<>$]*\d[\d.,]*(?:\s?(?:%|\\%|×|x\b|times|points?|B\b|M\b|K\b))?"
)
# "Project page: https://…", "Code and data at …": a label and an address, no statement.
_LABEL = re.compile(r"[\w ,&/-]{3,60}: ?(?=\S*[./])\S++|(?=\S*https?://)\S++", re.IGNORECASE)
# "2) Applying …", "(ii) …": the middle of a list.
_LIST_ITEM = re.compile(r"\(?(?:\d{1,2}|[ivx]+|[a-h])\)")
# Pointing words farther in mostly point at the sentence's own beginning.
_FIRST_WORDS = 9


@dataclass(frozen=True, slots=True)
class Marks:
    """One sentence's marks.

    ``announces``: says what the paper brings. ``speaks``: the authors speak. ``results``: tells
    what came of it. ``figures``: holds a figure. ``releases``: names something to be had.
    ``leans``: points back at the sentence before and dangles without it. ``joins``: opens with a
    word that only joins. ``background``: tells what was there before. ``aside``: no statement (in
    brackets as a whole, a question, a bare link), not quoted.
    """

    announces: bool
    speaks: bool
    results: bool
    figures: bool
    releases: bool
    leans: bool
    joins: bool
    background: bool
    aside: bool


def read_marks(sentence: str) -> Marks:
    """The marks of one sentence, without white space around it."""
    lower = sentence.lower()
    cues = _cues()
    return Marks(
        announces=cues.announces.search(lower) is not None,
        speaks=cues.speaks.search(lower) is not None,
        results=cues.results.search(lower) is not None,
        figures=_FIGURE.search(sentence) is not None,
        releases=cues.releases.search(lower) is not None,
        leans=_leans(lower, cues),
        joins=cues.joins.match(lower) is not None,
        background=cues.background.search(lower) is not None,
        aside=_is_aside(sentence),
    )


@dataclass(frozen=True, slots=True)
class _Cues:
    """The tables of ``cues.toml`` as patterns over lower case."""

    announces: re.Pattern[str]
    speaks: re.Pattern[str]
    results: re.Pattern[str]
    releases: re.Pattern[str]
    leans: re.Pattern[str]
    joins: re.Pattern[str]
    background: re.Pattern[str]
    pointers: frozenset[str]
    pointed_at_self: frozenset[str]


def _leans(lower: str, cues: _Cues) -> bool:
    if cues.leans.match(lower) or _LIST_ITEM.match(lower):
        return True
    first = re.findall(r"[\w-]+", lower[:150])[: _FIRST_WORDS + 1]
    return any(
        word in cues.pointers and after not in cues.pointed_at_self
        for word, after in pairwise(first)
    )


def _is_aside(sentence: str) -> bool:
    bracketed = sentence.startswith(("(", "[", "（")) and sentence.rstrip(".。").endswith(
        (")", "]", "）")
    )
    question = sentence.endswith(("?", "？"))
    return bracketed or question or _LABEL.fullmatch(sentence) is not None


@cache
def _cues() -> _Cues:
    table = load_table("cues")
    announces = table["announces"]
    subjects, verbs = "|".join(announces["subjects"]), "|".join(announces["verbs"])
    said = rf"\b(?:{subjects})\s+(?:[\w-]+,?\s+){{0,3}}?(?:{verbs})\b"
    background = table["background"]
    opened = _any_of(background["openings"], after=r"\b")
    told = _any_of(background["phrases"], after=r"\b")
    return _Cues(
        announces=re.compile("|".join((said, *announces["phrases"]))),
        speaks=_stems(table["speaks"]["stems"]),
        results=_stems(table["results"]["stems"]),
        releases=_stems(table["releases"]["stems"]),
        leans=_openings(table["leans"]["openings"]),
        joins=_openings(table["joins"]["openings"]),
        background=re.compile(rf"\A(?:{opened})|{told}"),
        pointers=frozenset(table["leans"]["pointers"]),
        pointed_at_self=frozenset(table["leans"]["pointed_at_self"]),
    )


def _stems(stems: Sequence[str]) -> re.Pattern[str]:
    return re.compile(_any_of(stems, after=""))


def _openings(openings: Sequence[str]) -> re.Pattern[str]:
    return re.compile(_any_of(openings, after=r"\b"))


def _any_of(words: Sequence[str], *, after: str) -> str:
    """English needs a word's border before (and after) it; Chinese has none."""
    english = "|".join(re.escape(word) for word in words if word.isascii())
    chinese = "|".join(re.escape(word) for word in words if not word.isascii())
    return rf"\b(?:{english}){after}" + (f"|(?:{chinese})" if chinese else "")

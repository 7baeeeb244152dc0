"""Whether a text ends where a sentence ends (F20)."""

import re
import unicodedata

from summarizer.checks.tongue import Tongue

_CLOSERS = "\"'”’»›)]}）】」』》〉〕*_`"
_ABBREVIATION = re.compile(r"(?:^|[\s(（])(?:e\.g|i\.e|vs|cf|viz|Fig|Eq|Sec|approx|ca|resp)\.\Z")


def ends_whole(text: str, tongue: Tongue, *, in_list: bool = False) -> bool:
    """Whether a text ends in a sentence's end, brackets, quotes and emoji after it apart.

    An ellipsis is no end: it is what a cut leaves. In a list an item may end in a semicolon.
    """
    stripped = _without_ornament(text)
    bare = stripped.rstrip(_CLOSERS)
    if not bare or bare.endswith(("..", "…")):
        return False
    last = bare[-1]
    if in_list and last in tongue.list_stops:
        return True
    if last not in tongue.stops:
        return False
    if last == "." and len(bare) > 1 and bare[-2].isdigit() and not tongue.point_after_digit:
        return False
    return _ABBREVIATION.search(bare[-12:]) is None


def _without_ornament(text: str) -> str:
    """Without emoji, joiners and white space at the end."""
    end = len(text)
    while end and (
        text[end - 1].isspace() or unicodedata.category(text[end - 1]) in {"So", "Sk", "Cf", "Mn"}
    ):
        end -= 1
    return text[:end]

"""Lists and ranges of figures: each member has the scale and unit that only one of them names."""

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache

from summarizer.checks.lexicon import any_of, load_lexicon
from summarizer.checks.quantity import COUNT, Quantity, Reading

# Longer than any word between two members; and no member inherits from more than a few.
_LONGEST_GAP = 16
_MOST_INHERITED = 12
_NOTHING = frozenset({"", COUNT})


@cache
def _joiner() -> re.Pattern[str]:
    return re.compile(rf" ?(?:{any_of(load_lexicon().joiners)}) ?(?:[$€£¥]|US\$)? ?")


def share_in_lists(text: str, found: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    """Give each member of a list or range the scale, unit and name of its neighbours."""
    shared = list(found)
    for i in range(len(shared) - 2, -1, -1):
        if _joined(text, shared[i], shared[i + 1]):
            shared[i] = _lend(shared[i + 1], shared[i])
    for i in range(1, len(shared)):
        if _joined(text, shared[i - 1], shared[i]):
            lent = _lend(shared[i - 1], shared[i])
            shared[i] = (
                lent if lent.name else replace(lent, before=lent.before or shared[i - 1].name)
            )
    return tuple(shared)


def _joined(text: str, left: Quantity, right: Quantity) -> bool:
    gap = text[left.end : right.start]
    return len(gap) <= _LONGEST_GAP and _joiner().fullmatch(gap) is not None


def _lend(lender: Quantity, borrower: Quantity) -> Quantity:
    if borrower.name or borrower.unit not in _NOTHING:
        return borrower
    lent = dict.fromkeys((*borrower.inherited, *_lent(lender, borrower)))
    return replace(borrower, inherited=tuple(lent)[:_MOST_INHERITED])


def _lent(lender: Quantity, borrower: Quantity) -> Iterator[Reading]:
    """The borrower's values with the scale and unit of the lender, where it has either."""
    for given in (*lender.readings, *lender.inherited):
        scale = Fraction(1) if borrower.scaled else _scale_of(given, lender)
        if scale == 1 and given.unit in _NOTHING:
            continue
        factor = given.base / given.value if given.value else Fraction(1)
        for own in borrower.readings:
            yield Reading(own.value * scale, own.value * scale * factor, given.unit)


def _scale_of(reading: Reading, lender: Quantity) -> Fraction:
    number = lender.numeral.values[0]
    return reading.value / number if number else Fraction(1)

"""Where formulas stand in a text, and which dollars are money."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Longer than any formula in an abstract; a longer pair of dollars encloses prose.
_MAX_FORMULA = 600
_BRACKETS = re.compile(
    rf"\\\((?P<round>.{{1,{_MAX_FORMULA}}}?)\\\)|\\\[(?P<square>.{{1,{_MAX_FORMULA}}}?)\\\]"
)
_DOLLAR = re.compile(r"(?<!\\)\$\$?")
_TEX = re.compile(r"[\\^_{}=<>≤≥∈⊂+|]")
_WORDS = re.compile(r"[^\W\d_]{2,}[\s,.;]+(?:[^\W_]+[\s,.;]+)*[^\W\d_]{2,}")
_HANGING = re.compile(r"[-+/,(=]\Z")


@dataclass(frozen=True, slots=True)
class Span:
    """A formula: from ``start`` to ``end`` with its delimiters, ``inner`` without."""

    start: int
    end: int
    inner: str


def math_spans(text: str) -> list[Span]:
    r"""The formulas between ``$…$``, ``$$…$$``, ``\(…\)`` and ``\[…\]``, in order.

    A dollar that has no partner, or encloses with it what is no formula, is money and left alone.
    """
    spans = [Span(m.start(), m.end(), m["round"] or m["square"]) for m in _BRACKETS.finditer(text)]
    taken = [(span.start, span.end) for span in spans]
    spans += (s for s in _dollars(text) if not any(a < s.end and s.start < b for a, b in taken))
    return sorted(spans, key=lambda span: span.start)


def _dollars(text: str) -> Iterator[Span]:
    marks = list(_DOLLAR.finditer(text))
    place = 0
    while place + 1 < len(marks):
        opening, closing = marks[place], marks[place + 1]
        inner = text[opening.end() : closing.start()]
        after = text[closing.end() : closing.end() + 1]
        if opening[0] == closing[0] and _is_formula(inner, after):
            yield Span(opening.start(), closing.end(), inner)
            place += 2
        else:
            place += 1


def _is_formula(inner: str, after: str) -> bool:
    if not inner.strip() or len(inner) > _MAX_FORMULA:
        return False
    lopsided = inner[0].isspace() != inner[-1].isspace()
    amount = inner[0].isdigit() or not _TEX.search(inner)
    if (after.isdigit() and amount) or (lopsided and inner[-1].isspace()):
        return False
    if _TEX.search(inner):
        return not (inner[0].isdigit() and _WORDS.search(inner) and "\\" not in inner)
    if _WORDS.search(inner) or lopsided:
        return False
    return not (len(inner) > 1 and _HANGING.search(inner) and after.isalnum())

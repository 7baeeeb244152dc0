"""Titles and abstracts as plain Unicode: ``360^{\\circ}`` is 360°, ``$200k`` stays $200k.

Nothing is ever lost: whatever a step would drop is found by comparing letters and digits before
and after, and then the text stays as it was.
"""

import re
import unicodedata
from functools import lru_cache

from bot.domain.text import collapse
from bot.sources.latex import HELD, Held, formula, prose
from bot.sources.latex_macros import Unconvertible
from bot.sources.math_spans import math_spans
from bot.sources.typography import typeset

# Far more than an abstract has; longer texts are cleaned but not converted, to bound the time.
_MAX_LENGTH = 20_000
_MAX_PASSES = 4

_LATEX = re.compile(rf"[\\^${{}}~`]|--|{HELD}")
_HELD = re.compile(HELD)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINK = re.compile(r"https?://[^\s{}<>\"\\$]+(?:\\[_%#&~][^\s{}<>\"\\$]*)*")
_ESCAPE = re.compile(r"\\([_%#&~])")
_HREF = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_NAMES = re.compile(
    r"\\(?:begin|end)\{[A-Za-z*]+\}|\\(?:text)?color(?:\[\w+\])?\{[\w!]+\}|\\[A-Za-z]+|\^\{?circ"
)


def plain(text: str) -> str:
    """Text on one line, LaTeX in Unicode, hidden characters dropped.

    What is not plainly LaTeX stays: dollars of money, ``snake_case``, ``a < b``, links, unknown
    commands. Never raises; ``plain(plain(text)) == plain(text)``.
    """
    tidy = collapse(_SURROGATE.sub("\ufffd", text))
    return _converted(tidy) if _LATEX.search(tidy) else tidy


@lru_cache(maxsize=2048)
def _converted(text: str) -> str:
    """Pass after pass until nothing changes; what never settles stays as it was."""
    if len(text) > _MAX_LENGTH or _HELD.search(text):
        return text
    before = text
    for _ in range(_MAX_PASSES):
        after = _one_pass(before)
        if after == before:
            return after
        before = after
    return text


def _one_pass(text: str) -> str:
    held = Held()
    try:
        source = _LINK.sub(lambda m: held.put(_ESCAPE.sub(r"\1", m[0])), text)
        source = prose(typeset(_without_formulas(source, held)), held)
    except Unconvertible:
        return text
    after = collapse(held.restore(source))
    return after if _keeps(text, after) else text


def _without_formulas(text: str, held: Held) -> str:
    """The text with every formula held; one that cannot be read is held as it stands."""
    pieces: list[str] = []
    end = 0
    for span in math_spans(text):
        source = text[span.start : span.end]
        pieces += (text[end : span.start], held.put(_formula(source, held.restore(span.inner))))
        end = span.end
    return "".join((*pieces, text[end:]))


def _formula(source: str, inner: str) -> str:
    try:
        after = formula(inner)
    except Unconvertible:
        return source
    return after if _keeps(inner, after) else source


def _keeps(before: str, after: str) -> bool:
    """Whether each letter and digit, commands' names apart, is still there, in order."""
    rest = iter(_letters(after))
    wanted = _NAMES.sub(" ", _HREF.sub(r"\2 \1", before))  # a link's address goes behind its text
    return all(letter in rest for letter in _letters(wanted))


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isalnum())

"""A text into its sentences, with nothing lost and nothing altered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from summarizer.extraction import load_table

# A bracket or quotation longer than this is taken for a stray sign (an enumeration's "2)"), or
# one missing mark would hold a whole abstract together.
_LONGEST_ASIDE = 300

# The longest token before a stop that is looked at; abbreviations are shorter.
_LONGEST_TOKEN = 24

_CLOSERS = r"""["'”’»)\]}*]"""
_CJK = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
# Possessive, so that ten thousand stops in a row cost ten thousand steps.
_STOP = re.compile(
    rf"(?<![.!?…])(?P<spaced>[.!?…]++{_CLOSERS}*+(?:\s[.!?…]++)*+)\s++"
    r"|(?P<wide>[。！？]++[”’」』）】》]*+)\s*+"
    rf"|(?<={_CJK})[.!?]++(?={_CJK})"
    r"|(?<=[a-z0-9)])(?P<glued>[.!?])(?=[A-Z][a-z]*[ ,])"
)
_NEXT_WORD = re.compile(r"(?:\((?:[ivx]+|[a-z])\)\s*)?[\"'“‘(\[]*([^\W\d_]+)")
_NEXT_NUMBER = re.compile(r"[(\[]?[A-Z]?\d|[IVX]+\b")
_ENUMERATION = re.compile(r"\s*\(?(?:\d{1,2}|[a-z])\)?[.]\s*")
_LINK = re.compile(r"https?://")
_DOTTED = re.compile(r"[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]")
_BRACKETS = re.compile(r"[()\[\]（）“”「」『』《》]")
_PAIRS = dict(zip(")]）”」』》", "([（“「『《", strict=True))


@dataclass(frozen=True, slots=True)
class _Words:
    """The tables of ``extraction/sentences.toml``."""

    inner: frozenset[str]
    before_number: frozenset[str]
    before_name: frozenset[str]
    openers: frozenset[str]


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text in English, Chinese or a mixture, in order.

    Each keeps the white space after it, so that joining them gives the text back, character by
    character. Where it is doubtful whether a sentence ends, it does not: a quotation may be too
    long, but never begins or breaks off in the middle. Empty text has no sentences.
    """
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    asides = _asides(text)
    start = aside = 0
    for stop in _STOP.finditer(text):
        end = stop.end()
        mark = end - 1 if stop["spaced"] else end
        while aside < len(asides) and asides[aside][1] < mark:
            aside += 1
        inside = aside < len(asides) and asides[aside][0] < stop.start()
        inside = inside and not (stop["spaced"] and asides[aside][1] < stop.end("spaced"))
        if end < len(text) and not inside and _ends(text, start, stop):
            yield text[start:end]
            start = end
    if start < len(text):
        yield text[start:]


def _asides(text: str) -> list[tuple[int, int]]:
    """Where the outermost bracketed and quoted parts begin and end, in order."""
    open_at: dict[str, list[int]] = {opener: [] for opener in _PAIRS.values()}
    pairs: list[tuple[int, int]] = []
    for sign in _BRACKETS.finditer(text):
        opener = _PAIRS.get(sign[0])
        if opener is None:
            open_at[sign[0]].append(sign.start())
        elif open_at[opener]:
            begin = open_at[opener].pop()
            if sign.start() - begin <= _LONGEST_ASIDE:
                pairs.append((begin, sign.start()))
    return _outermost(sorted(pairs))


def _outermost(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for begin, end in pairs:
        if not kept or begin > kept[-1][1]:
            kept.append((begin, end))
    return kept


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a sentence that began at ``start`` ends at this stop."""
    if stop["spaced"] is None and stop["glued"] is None:
        return True
    word = _next_word(text, stop.end())
    if stop["glued"]:
        return word in _words().openers
    # "vLLM", "mBERT" and links open sentences; "and", "we" after a question mark do not.
    continues = word.islower() and not _LINK.match(text, stop.end())
    if continues or _ENUMERATION.fullmatch(text, start, stop.end()):
        return False
    return not stop["spaced"].startswith(".") or not _is_abbreviation(text, stop, word)


def _next_word(text: str, at: int) -> str:
    found = _NEXT_WORD.match(text, at)
    return found[1] if found else ""


def _is_abbreviation(text: str, stop: re.Match[str], word: str) -> bool:
    begin = max(stop.start() - _LONGEST_TOKEN, 0)
    before = text[begin : stop.start()].split()
    token = before[-1].lstrip("\"'“‘([{,;/-") if before else ""
    words = _words()
    if token.lower() in words.inner:
        return True
    if token.lower() in words.before_number:
        return _NEXT_NUMBER.match(text, stop.end()) is not None
    if token.lower() in words.before_name or _DOTTED.fullmatch(token):
        return word not in words.openers
    return False


@cache
def _words() -> _Words:
    return _Words(**{name: frozenset(words) for name, words in load_table("sentences").items()})

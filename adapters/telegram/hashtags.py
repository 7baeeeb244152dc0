"""Keywords as hashtags, where they make valid ones."""

import re
from collections.abc import Iterable, Iterator, Mapping

from adapters.telegram.blocks import Line, Span
from adapters.telegram.defuse import outside
from bot.domain.summary import Keyword
from bot.domain.text import collapse

# A tag longer than a line of a phone is read by nobody; Telegram itself takes 256.
_MAX_LENGTH = 40
# Words of letters and digits, and what may stand between them; anything else (C++, ≥, brackets)
# would be cut off by Telegram or change the meaning.
_WORDS = re.compile(r"[^\W_]+(?:[ _\-‐‑–/&'’·][^\W_]+)*")
_PARTS = re.compile(r"[^\W_]+")
# Telegram's letters and digits are those of an older Unicode (tdlib/td, unicode.cpp); outside the
# first plane the two differ.
_PLANE_END = "\uffff"


def hashtag(term: str) -> str | None:
    """``Large language models`` as ``#LargeLanguageModels``; ``None`` where it makes no valid tag.

    Words are joined with capitals; a tag needs a letter that is no digit.
    """
    term = collapse(term)
    if not _WORDS.fullmatch(term):
        return None
    tag = "".join(word[:1].upper() + word[1:] for word in _PARTS.findall(term))
    valid = len(tag) <= _MAX_LENGTH and any(map(str.isalpha, tag)) and all(map(_is_taken, tag))
    return f"#{tag}" if valid else None


def _is_taken(character: str) -> bool:
    """A letter or a decimal digit, as Telegram counts them: ``²`` is neither."""
    return character <= _PLANE_END and (character.isalpha() or character.isdecimal())


def keyword_line(keywords: Iterable[Keyword], own: Mapping[str, str]) -> Line:
    """All keywords in one line, each with its translation beside it, two spaces in between."""
    line: list[Span] = []
    for keyword in keywords:
        if line:
            line.append(Span("  "))
        line.extend(_keyword(keyword, own))
    return tuple(line)


def _keyword(keyword: Keyword, own: Mapping[str, str]) -> Iterator[Span]:
    term, translation = hashtag(keyword.term), hashtag(keyword.translation or "")
    yield from (Span(term, tag=True),) if term else outside(keyword.term, own)
    if translation and translation != term:
        yield Span(" ")
        yield Span(translation, tag=True)
    elif keyword.translation and not translation:
        yield Span(" (")
        yield from outside(keyword.translation, own)
        yield Span(")")

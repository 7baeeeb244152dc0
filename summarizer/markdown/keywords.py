"""Part three: ``- `Term` (译名)``, and the ways in which others write it."""

import re
from collections.abc import Iterable, Iterator

from bot.domain.summary import Keyword
from bot.domain.text import collapse
from summarizer.markdown.blocks import is_ornament, without_marker
from summarizer.markdown.inline import code_span, escape, plain

# A code span: its text holds runs of backticks, but none as long as its fence.
_SPAN = r"(?P<fence>`++)(?P<term>(?:[^`]|(?!(?P=fence)(?!`))`++)+)(?P=fence)"
# A canonical translation holds no bare backtick; that tells it from "`A` (甲), `B` (乙)".
_CANONICAL = re.compile(rf"{_SPAN}(?:\s*[（(](?P<translation>(?:[^`\\]|\\.)*)[)）])?")
_MARKED = re.compile(rf"{_SPAN}(?:\s*[（(]\s*`(?P<translation>[^`]+)`\s*[)）])?")
_MARKED_TRANSLATION = re.compile(r"(?P<term>[^`]+?)\s*[（(]\s*`(?P<translation>[^`]+)`\s*[)）]")
_BRACKET_AT_END = re.compile(r"(?P<term>[^（(]*\S)\s*[（(](?P<translation>[^（(]+)[)）]")
# "(ALMA, 高级语言模型翻译器)": an abbreviation of the term before its translation.
_ABBREVIATED = re.compile(r"(?P<short>[A-Za-z0-9-]+)\s*[,，;；]\s*(?P<translation>.+)")
_SEPARATOR = re.compile(r"[,，、;；]")
_HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def keyword_line(keyword: Keyword) -> str:
    """The canonical line.

    A term without translation that ends in a bracket is fenced by two backticks, which says that
    the bracket holds no translation; both fences show alike.
    """
    term = collapse(keyword.term)
    translation = collapse(keyword.translation or "")
    if translation:
        return f"- {code_span(term)} ({escape(translation)})"
    return f"- {code_span(term, least=2 if term.endswith((')', '）')) else 1)}"


def read_keywords(lines: Iterable[str]) -> tuple[Keyword, ...]:
    """The keywords in a section's lines: one to a line, or several to a line with commas."""
    kept = [line for line in (raw.strip() for raw in lines) if line and not is_ornament(line)]
    found: list[Keyword] = []
    for line in kept:
        bare, item = without_marker(line)
        # One bullet with commas is a list in disguise; of many bullets each is one keyword.
        pieces = (bare,) if item and len(kept) > 1 else _pieces(bare)
        found.extend(keyword for piece in pieces if (keyword := _keyword(piece)))
    return tuple(found)


def _pieces(line: str) -> Iterator[str]:
    """The keywords of one line: parted by commas outside brackets and code."""
    if _CANONICAL.fullmatch(line):
        yield line
        return
    start = depth = 0
    in_code = False
    for place, character in enumerate(line):
        if character == "`":
            in_code = not in_code
        elif in_code:
            continue
        elif character in "(（":
            depth += 1
        elif character in ")）":
            depth = max(depth - 1, 0)
        elif depth == 0 and _SEPARATOR.match(character):
            yield line[start:place]
            start = place + 1
    yield line[start:]


def _keyword(piece: str) -> Keyword | None:
    piece = collapse(piece)
    canonical = _CANONICAL.fullmatch(piece)
    if canonical:
        fenced = len(canonical["fence"]) > 1
        if canonical["translation"] is None and not fenced:
            return _bracketed(canonical["term"])
        return _made(canonical["term"], plain(canonical["translation"] or ""))
    marked = _MARKED.fullmatch(piece) or _MARKED_TRANSLATION.fullmatch(piece)
    if marked:
        return _english_first(plain(marked["term"]), marked["translation"])
    return _bracketed(plain(piece).rstrip("。.；;"))


def _bracketed(text: str) -> Keyword | None:
    """``A (甲)`` or ``甲 (A)``; a bracket in the term's own script is part of the term."""
    match = _BRACKET_AT_END.fullmatch(text)
    if match is None or _is_han(match["term"]) == _is_han(match["translation"]):
        return _made(text, "")
    short = _ABBREVIATED.fullmatch(match["translation"])
    if short and _is_han(short["translation"]):
        return _made(f"{match['term']} ({short['short']})", short["translation"])
    return _english_first(match["term"], match["translation"])


def _english_first(term: str, translation: str) -> Keyword | None:
    if _is_han(term) and not _is_han(translation):
        term, translation = translation, term
    return _made(term, translation)


def _made(term: str, translation: str) -> Keyword | None:
    term, translation = collapse(term), collapse(translation)
    return Keyword(term, translation or None) if term else None


def _is_han(text: str) -> bool:
    return _HAN_OR_KANA.search(text) is not None

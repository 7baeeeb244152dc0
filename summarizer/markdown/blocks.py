"""Lines to blocks: a section's paragraphs and list items, each as one line of plain text."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.text import collapse
from summarizer.markdown.inline import plain

_HEADING = re.compile(r"#{1,6}\s+")
# A figure such as "1.3B" is no list number; "1.通过" is one, although Markdown wants a space.
_ITEM = re.compile(r"(?:[-*+]|[0-9]{1,9}[.)](?=\s|$|[^\x00-\x7f]))(?:\s+|$|(?<=[.)]))")
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,}|[-*_](?:\s+[-*_]){2,})|(?:`{3,}|~{3,})[\w-]*")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a list item, its marks taken off."""

    text: str
    item: bool


def blocks_of(lines: Iterable[str]) -> tuple[Block, ...]:
    """The blocks of some lines, in order. A line right below a block's belongs to it."""
    gathered: list[tuple[bool, list[str]]] = []
    is_open = False
    for line in (raw.strip() for raw in lines):
        if not line or is_ornament(line):
            is_open = False
            continue
        bare, item = without_marker(line)
        if item or not is_open or bare != line:
            gathered.append((item, [bare]))
        else:
            gathered[-1][1].append(bare)
        is_open = True
    blocks = (Block(collapse(plain(join(pieces))), item) for item, pieces in gathered)
    return tuple(block for block in blocks if block.text)


def without_marker(line: str) -> tuple[str, bool]:
    """A line without its heading or list mark, and whether it was a list item."""
    item = _ITEM.match(line)
    if item:
        return line[item.end() :], True
    return _HEADING.sub("", line, count=1) if line.startswith("#") else line, False


def is_ornament(line: str) -> bool:
    """Whether a line is a rule or a code fence, which say nothing."""
    return _RULE.fullmatch(line) is not None


def join(pieces: Sequence[str]) -> str:
    """Pieces of one text, with a space between them unless Chinese or Japanese meets there."""
    joined: list[str] = []
    for piece in pieces:
        if joined and piece and joined[-1] and not (_wide(joined[-1][-1]) or _wide(piece[0])):
            joined.append(" ")
        joined.append(piece)
    return "".join(joined)


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"

"""A post as plain text, and text cut into pieces: building blocks for any adapter."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from bot.domain.post import Post, Section
from bot.domain.summary import Keyword
from bot.domain.text import without_hidden

# Where a text may be cut, the best first: a blank line, a line, a sentence, a word.
_BORDERS = tuple(
    re.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"[。！？；]|[.!?;](?=\s)", r"\s")
)
_JOINER = "\u200d"


def plain_text(post: Post) -> str:
    """All of a post without any markup; a blank line parts its blocks, addresses are written out.

    Actions are left out (a text cannot answer), as are the addresses behind a section's lines.
    """
    return "\n\n".join(plain_blocks(post))


def plain_blocks(post: Post) -> Sequence[str]:
    """The same by blocks, in order: head, sections, keywords, links, footer. None is empty."""
    blocks = (
        "\n".join((post.title, post.url)),
        signal_line(post),
        *("\n".join(_lines(section)) for section in post.sections),
        keyword_line(post.keywords),
        "\n".join(f"{link.label}: {link.url}" for link in post.links),
        "\n".join(post.footer),
    )
    shown = (without_hidden(block).strip() for block in blocks)
    return tuple(block for block in shown if block)


def signal_line(post: Post, *, gap: str = "   ") -> str:
    """Ratings and signals in one line, "" where there are none; ``gap`` stands between signals."""
    ratings = " · ".join(f"{rating.label} {rating.value:g}" for rating in post.ratings)
    return gap.join(part for part in (ratings, *post.signals) if part)


def keyword_line(keywords: Sequence[Keyword]) -> str:
    """Keywords with their translations in one line, "" where there are none."""
    return " · ".join(
        f"{word.term} ({word.translation})" if word.translation else word.term for word in keywords
    )


def _lines(section: Section) -> Iterator[str]:
    if section.label:
        yield section.label
    for line in section.lines:
        yield f"• {line}" if section.bulleted else line


def split_text(
    text: str, limit: int, *, measure: Callable[[str], int] = len, min_share: float = 0.5
) -> Sequence[str]:
    """Text in pieces of at most ``limit``; nothing but white space at a cut is dropped.

    ``measure`` counts as the platform does (UTF-16 units, bytes), at least one for a character. A
    better border is taken if what stands before it fills ``min_share`` of the piece.

    Raises:
        ValueError: a single character does not fit.
    """
    return tuple(_pieces(text.strip(), limit, measure, min_share))


def _pieces(
    text: str, limit: int, measure: Callable[[str], int], min_share: float
) -> Iterator[str]:
    while text:
        room = _room(text, limit, measure)
        if not room:
            raise ValueError(f"a piece of {limit} cannot hold one character")
        cut = room if room == len(text) else _cut(text, room, int(room * min_share))
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()


def _room(text: str, limit: int, measure: Callable[[str], int]) -> int:
    """How many characters fit."""
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(text: str, room: int, least: int) -> int:
    """The best place for a cut, from 1 to ``room``."""
    window = text[: room + 1]
    found = [[match.end() for match in border.finditer(window)] for border in _BORDERS]
    for ends in found:
        if (end := max((e for e in ends if e <= room), default=0)) > least:
            return end
    return max((e for ends in found for e in ends if 0 < e <= room), default=0) or _whole(
        text, room
    )


def _whole(text: str, room: int) -> int:
    """A cut that parts no letter from its marks and no emoji from what it is joined to."""
    for cut in range(room, max(0, room - 32), -1):
        if not _belongs(text[cut]) and text[cut - 1] != _JOINER:
            return cut
    return room


def _belongs(character: str) -> bool:
    return character == _JOINER or unicodedata.category(character).startswith("M")

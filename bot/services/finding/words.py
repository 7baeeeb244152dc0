"""What somebody looks for, cut to what has room in a button. Pure."""

import re
from dataclasses import dataclass

from bot.domain.text import collapse

# The longest title over 579 papers has 211 characters; what is longer is no search.
LONGEST = 300
_PIECE = re.compile(r'"[^"]*"|“[^“”]*”|「[^「」]*」|\S+')
_MARKS = '"“”「」'


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words to search for; ``cut`` is whether some that were typed are not among them."""

    words: str
    cut: bool = False


def wanted_words(text: str, *, room: int) -> Wanted:
    """What was typed, if it has at most ``room`` bytes; else as many of the longest words as have,
    in the order in which they stand: they say the most, and what has them all is found by them.

    A quotation that is too long is taken word by word, a single such word up to where it fits.
    """
    typed = collapse(text[:LONGEST])
    if len(typed.encode()) <= room:
        return Wanted(typed, cut=len(text) > LONGEST)
    pieces: list[str] = [
        piece
        for found in _PIECE.findall(typed)
        for piece in ([found] if _size(found) <= room + 1 else found.strip(_MARKS).split())
    ]
    chosen: set[int] = set()
    left = room
    for place in sorted(range(len(pieces)), key=lambda place: -_size(pieces[place])):
        if _size(pieces[place]) <= left + 1:
            chosen.add(place)
            left -= _size(pieces[place])
    kept = " ".join(pieces[place] for place in sorted(chosen))
    return Wanted(kept or _head(pieces, room), cut=True)


def _size(piece: str) -> int:
    """In bytes, with the blank behind it."""
    return len(piece.encode()) + 1


def _head(pieces: list[str], room: int) -> str:
    return pieces[0].encode()[:room].decode(errors="ignore") if pieces else ""

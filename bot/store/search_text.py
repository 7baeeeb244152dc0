"""What somebody types into a search, read: never an error, whatever it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.words import phrase

# Nobody types more than this on purpose; what follows is not read.
_MOST_CHARACTERS = 1_000
_MOST_WORDS = 32

# Quotation marks of the languages that are written here; one that is not closed is white space.
_QUOTED = re.compile(
    r'"([^"]*)"|“([^“”]*)”|„([^„“”]*)[“”]|「([^「」]*)」|『([^『』]*)』|«([^«»]*)»'
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words (``words.words``) that stand one after another; of the last one, with ``open_end``, the
    beginning."""

    words: tuple[str, ...]
    open_end: bool = False


def read(text: str) -> tuple[Phrase, ...]:
    """The phrases that a paper must hold, each once. What is joined by anything but white space
    (``GPT-4``) stands together, as does what is quoted."""
    found: list[Phrase] = []
    room = _MOST_WORDS
    for one in dict.fromkeys(_phrase(piece) for piece in _pieces(_shortened(text))):
        if one.words and len(one.words) <= room:
            found.append(one)
            room -= len(one.words)
    return tuple(found)


def telling(phrases: Sequence[Phrase]) -> bool:
    """Whether there is more to look for than single letters, of which everything is full."""
    return any(len(word) > 1 for one in phrases for word in one.words)


def _shortened(text: str) -> str:
    """No more than is read, and no part of a word."""
    if len(text) <= _MOST_CHARACTERS:
        return text
    kept = text[:_MOST_CHARACTERS]
    whole_words, _, _ = kept.rpartition(" ")
    return whole_words or kept


def _pieces(text: str) -> Sequence[str]:
    """What is quoted, and what stands between white space otherwise."""
    pieces: list[str] = []
    end = 0
    for quoted in _QUOTED.finditer(text):
        pieces += text[end : quoted.start()].split()
        pieces += [inner for inner in quoted.groups() if inner]
        end = quoted.end()
    return pieces + text[end:].split()


def _phrase(piece: str) -> Phrase:
    found, open_end = phrase(piece)
    return Phrase(tuple(found), open_end)

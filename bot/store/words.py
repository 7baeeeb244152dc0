"""Text as the words that a search compares: the same for both databases, whatever theirs would do.

Case, width and accents go; plural and verb endings of English go, alike for what is stored and for
what is typed. Scripts that are written without spaces are kept as pairs of neighbouring characters,
so that a Chinese word of two characters is one word to look up, a longer one a phrase of pairs, and
no dictionary decides where words end.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# What is longer is no word that anybody looks for; PostgreSQL takes 2 kB.
_LONGEST = 64

# Han with its extensions, kana, bopomofo, Hangul; Thai, Lao, Burmese, Khmer.
_SPACELESS = (
    "\u3005-\u3007\u3040-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3"
    "\U00020000-\U0003ffff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_RUN = re.compile(f"[{_SPACELESS}]+|[^{_SPACELESS} ]+")
_IS_SPACELESS = re.compile(f"[{_SPACELESS}]")
# Accents of Latin, Greek and Cyrillic; points of Hebrew; vowel marks of Arabic.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670]")


class _Letters(dict[int, str]):
    """What becomes of a character: letters, marks and digits stay, the rest separates words."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if category[0] in "LMN":
            kept = character
        else:
            # Joiners, soft hyphens and marks of direction stand within words; U+200B between them.
            kept = "" if category == "Cf" and code != 0x200B else " "
        self[code] = kept
        return kept


_LETTERS = _Letters()


def spelled(text: str) -> str:
    """Letters and digits without case, width and accents; one space for all else."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().translate(_LETTERS).split())


def words(text: str) -> list[str]:
    """The words of a text, in order, as they are indexed."""
    return [word for run in _RUN.findall(spelled(text)) for word in _of_run(run)]


def phrase(text: str) -> tuple[list[str], bool]:
    """The words to look for where somebody typed a text, and whether the last is a beginning only.

    The words of a text that holds it stand one after another somewhere among that text's ``words``.
    """
    found = words(text)
    if not found or not _IS_SPACELESS.match(found[-1]):
        return found, False
    # A run's last character alone begins a pair wherever more follows.
    if len(found) > 1 and len(found[-2]) == 2 and _IS_SPACELESS.match(found[-2]):
        return found[:-1], False
    return found, True


def _of_run(run: str) -> Iterator[str]:
    if not _IS_SPACELESS.match(run):
        yield stem(run[:_LONGEST])
        return
    for place in range(len(run)):
        yield run[place : place + 2]


# The words of a field are few: a tenth of the time for an abstract.
@lru_cache(maxsize=30_000)
def stem(word: str) -> str:
    """A word without the endings that English adds: ``models``, ``modelling`` are ``model``.

    Not linguistics: forms of a word should become one, and seldom two words the same.
    """
    if not (word.isascii() and word.isalpha()):
        return word
    word = _PLURAL.sub("", word)
    while (shorter := _shortened(word)) != word:
        word = shorter
    return word


# The "s" of more than one, not that of "class", "corpus", "analysis", "bias".
_PLURAL = re.compile("(?<=..[^suia])s$|(?<=.[^i]a)s$")
# So many letters are left of a verb, lest "using" become "us".
_VERB = re.compile("(?<=....)(?:ing|ed)$")
_VOWEL = re.compile("[aeiouy]")
_DOUBLE = re.compile(r"(?<=..)([^aeiou])\1$")
_FINAL_E = re.compile("(?<=....)e$")
_FINAL_Y = re.compile("(?<=...[^aeiou])y$")


def _shortened(word: str) -> str:
    left = _VERB.sub("", word)
    if left != word and _VOWEL.search(left):
        return left
    word = _DOUBLE.sub(r"\1", word)
    return _FINAL_Y.sub("i", _FINAL_E.sub("", word))

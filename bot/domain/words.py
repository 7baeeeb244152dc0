"""The words of a text, and whether a phrase stands among them. No patterns: people type words.

Compared without case, width, accents and plural s. Chinese, Japanese and Korean have no blanks to
go by, so each character counts as a word: a term is found wherever its characters follow on one
another. "large language model" finds "large-language models", "multimodal" finds "multi-modal" and
the other way round; "GPT-4" finds "GPT4", "Qwen" finds "Qwen2.5"; no phrase reaches beyond a comma.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.text import without_hidden

_CJK = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff"
_ACCENTS = re.compile("[\u0300-\u036f\u00ad]")  # soft hyphens go with them
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010](?=[^\W\d_])")
_TOKENS = re.compile(
    r"(?P<sign>(?<![^\W_])[^\W\d_](?:\+\+|\#)(?![^\W_]))"  # C++, C#
    rf"|(?P<character>[{_CJK}])"
    rf"|(?P<word>(?:[^\W_{_CJK}]|(?<=\d)\.(?=\d))+)"  # 2.5 is one
    r"|(?P<stop>[.,;:!?。、|\n]+)"
)
_NUMBERED = re.compile(r"([^\W\d_]{3,})(\d.*)")
_PLURAL = re.compile(r"[a-z]{3,}(?<!s)s")
_STOP = "|"
# Their singular is a frequent word of another meaning (new, len).
_NO_PLURAL = frozenset({"news", "lens"})
# Letters that are neither Latin nor Greek: no paper has them, it is in English.
_FOREIGN = re.compile(r"[^\W\d_a-z\u00c0-\u024f\u0370-\u03ff]")


@dataclass(frozen=True, slots=True)
class Words:
    """``known`` are the words, ``running`` has them in order, parted and surrounded by blanks."""

    known: frozenset[str]
    running: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Its spellings: as one word, or as a word to look for first and the whole run."""

    single: tuple[str, ...]
    runs: tuple[tuple[str, str], ...]


def words_of(texts: Iterable[str]) -> Words:
    """The words of some texts; no phrase reaches from one into another."""
    folded = _folded("\n".join(texts))
    tokens = list(_tokens(folded))
    if _HYPHEN.search(folded):
        tokens += [_STOP, *_tokens(_HYPHEN.sub("", folded))]
    return Words(frozenset(tokens), f" {' '.join(tokens)} ")


def holds(words: Words, phrase: str) -> bool:
    """Whether a word or phrase stands there, as whole words. One without any is never found."""
    wanted = _phrase(phrase)
    return any(word in words.known for word in wanted.single) or any(
        first in words.known and run in words.running for first, run in wanted.runs
    )


def has_words(phrase: str) -> bool:
    """Whether there is anything to look for: signs alone are not."""
    wanted = _phrase(phrase)
    return bool(wanted.single or wanted.runs)


@lru_cache(maxsize=65536)
def summary_only(phrase: str) -> bool:
    """Whether it has letters that a paper itself does not use, so that only its summary can hold
    it."""
    return _FOREIGN.search(_folded(phrase)) is not None


def name_words(name: str) -> frozenset[str]:
    """The words of a person's or an organisation's name, whose order varies and whose s is no
    plural; "Fei-Fei" counts as "Feifei" too."""
    folded = _folded(name)
    return frozenset(_plain_tokens(folded)) | frozenset(_plain_tokens(_HYPHEN.sub("", folded)))


@lru_cache(maxsize=65536)
def name_spellings(name: str) -> tuple[frozenset[str], ...]:
    """What somebody types as a name: the words that must all stand in one, a set a spelling."""
    folded = _folded(name)
    spellings = (_plain_tokens(folded), _plain_tokens(_HYPHEN.sub("", folded)))
    return tuple({words: None for tokens in spellings if (words := frozenset(tokens))})


@lru_cache(maxsize=65536)
def _phrase(phrase: str) -> _Phrase:
    folded = _folded(phrase)
    spellings = {_trimmed(_tokens(folded)): None, _trimmed(_tokens(_HYPHEN.sub("", folded))): None}
    single = tuple(tokens[0] for tokens in spellings if len(tokens) == 1)
    runs = [tokens for tokens in spellings if len(tokens) > 1]
    return _Phrase(single, tuple((max(run, key=len), f" {' '.join(run)} ") for run in runs))


def _trimmed(tokens: Iterable[str]) -> tuple[str, ...]:
    found = list(tokens)
    while found and found[-1] == _STOP:
        found.pop()
    while found and found[0] == _STOP:
        found.pop(0)
    return tuple(found)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", without_hidden(text))
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", decomposed)).casefold()


def _plain_tokens(folded: str) -> list[str]:
    return [found[0] for found in _TOKENS.finditer(folded) if found.lastgroup != "stop"]


def _tokens(folded: str) -> Iterator[str]:
    for found in _TOKENS.finditer(folded):
        match found.lastgroup:
            case "stop":
                yield _STOP
            case "word":
                yield from _parts(found[0])
            case _:
                yield found[0]


def _parts(word: str) -> tuple[str, ...]:
    """A name of three letters or more and the figures behind it are two words."""
    numbered = _NUMBERED.fullmatch(word)
    return numbered.groups() if numbered else (_singular(word),)


def _singular(word: str) -> str:
    """Without the s of a plural, and alike for words in -y and -ie; never shown to anybody."""
    if word in _NO_PLURAL:
        return word
    stem = word[:-1] if _PLURAL.fullmatch(word) else word
    return f"{stem[:-2]}y" if len(stem) > 3 and stem.endswith("ie") else stem

"""The words of a text, and whether a phrase stands among them. No patterns: people type words.

Compared without case, width, accents and plural s. Chinese, Japanese and Korean have no blanks to
go by, so each character counts as a word: a term is found wherever its characters follow on one
another. "large language model" finds "large-language models", "multimodal" finds "multi-modal" and
the other way round; "GPT-4" finds "GPT4", "Qwen" finds "Qwen2.5"; no phrase reaches beyond a comma.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

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
_STOP = "|"
# What a hundred thousand chats look for, were it all different; each some 200 bytes.
_cached = lru_cache(maxsize=1 << 19)
# Many chats look for the same in a paper.
_ANSWERS = 10_000
# Their singular is a frequent word of another meaning (new, len).
_NO_PLURAL = frozenset({"news", "lens"})
# Letters that are neither Latin nor Greek: no paper has them, it is in English.
_FOREIGN = re.compile(r"[^\W\d_a-z\u00c0-\u024f\u0370-\u03ff]")


@dataclass(frozen=True, slots=True)
class Words:
    """``known`` are the words, ``running`` has them in order, parted and surrounded by blanks.
    ``answers`` remembers what was looked for."""

    known: frozenset[str]
    running: str
    answers: dict[str, bool] = field(default_factory=dict[str, bool], compare=False, repr=False)


def words_of(texts: Iterable[str]) -> Words:
    """The words of some texts; no phrase reaches from one into another."""
    folded = _folded("\n".join(texts))
    tokens = list(_tokens(folded))
    if _HYPHEN.search(folded):
        tokens += [_STOP, *_tokens(_HYPHEN.sub("", folded))]
    return Words(frozenset(tokens), f" {' '.join(tokens)} ")


def holds(words: Words, phrase: str) -> bool:
    """Whether a word or phrase stands there, as whole words. One without any is never found."""
    answer = words.answers.get(phrase)
    if answer is None:
        answer = _stands(words, phrase)
        if len(words.answers) < _ANSWERS:
            words.answers[phrase] = answer
    return answer


def has_words(phrase: str) -> bool:
    """Whether there is anything to look for: signs alone are not."""
    return bool(_spellings(phrase))


@_cached
def summary_only(phrase: str) -> bool:
    """Whether it has letters that a paper itself does not use, so that only its summary can hold
    it."""
    return _FOREIGN.search(_folded(phrase)) is not None


def name_words(name: str) -> frozenset[str]:
    """The words of a person's or an organisation's name, whose order varies and whose s is no
    plural; "Fei-Fei" counts as "Feifei" too."""
    folded = _folded(name)
    return frozenset(_plain_tokens(folded)) | frozenset(_plain_tokens(_HYPHEN.sub("", folded)))


@_cached
def name_spellings(name: str) -> tuple[frozenset[str], ...]:
    """What somebody types as a name: the words that must all stand in one, a set a spelling."""
    folded = _folded(name)
    spellings = (_plain_tokens(folded), _plain_tokens(_HYPHEN.sub("", folded)))
    return tuple({words: None for tokens in spellings if (words := frozenset(tokens))})


@_cached
def _spellings(phrase: str) -> tuple[str, ...]:
    """Its words with a blank between them; without its hyphens too, where it has any."""
    folded = _folded(phrase)
    apart = _trimmed(_tokens(folded))
    joined = _trimmed(_tokens(_HYPHEN.sub("", folded))) if _HYPHEN.search(folded) else apart
    return tuple(spelling for spelling in dict.fromkeys((apart, joined)) if spelling)


def _stands(words: Words, phrase: str) -> bool:
    for spelling in _spellings(phrase):
        first, _, others = spelling.partition(" ")
        if first in words.known and (not others or f" {spelling} " in words.running):
            return True
    return False


def _trimmed(tokens: Iterable[str]) -> str:
    """Without stops at either end."""
    return " ".join(tokens).strip(f"{_STOP} ")


def _folded(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", without_hidden(text))
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", decomposed)).casefold()


def _plain_tokens(folded: str) -> list[str]:
    return [found[0] for found in _TOKENS.finditer(folded) if found.lastgroup != "stop"]


def _tokens(folded: str) -> Iterable[str]:
    if folded.isascii() and folded.replace(" ", "").isalpha():
        return map(_singular, folded.split())
    return chain.from_iterable(_parts(found) for found in _TOKENS.finditer(folded))


def _parts(found: re.Match[str]) -> tuple[str, ...]:
    """A name of three letters or more and the figures behind it are two words."""
    token = found[0]
    if found.lastgroup != "word":
        return (_STOP,) if found.lastgroup == "stop" else (token,)
    numbered = _NUMBERED.fullmatch(token)
    return numbered.groups() if numbered else (_singular(token),)


def _singular(word: str) -> str:
    """Without the s of a plural, and alike for words in -y and -ie; never shown to anybody."""
    if word in _NO_PLURAL or not word.isascii():
        return word
    plural = len(word) > 3 and word[-1] == "s" and word[-2] != "s" and word.isalpha()
    stem = word[:-1] if plural else word
    return f"{stem[:-2]}y" if len(stem) > 3 and stem.endswith("ie") else stem

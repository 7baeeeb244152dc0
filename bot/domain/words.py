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

from bot.domain.text import without_hidden

_CJK = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff"
_STOPS = ".,;:!?。、|\n"  # no phrase goes on behind them
_ACCENTS = re.compile("[\u0300-\u036f\u00ad]")  # soft hyphens go with them
_WORD = rf"[^\W_{_CJK}]+"
_TOKENS = re.compile(
    rf"{_WORD}(?:(?<=\d)\.(?=\d){_WORD})*"  # 2.5 is one
    r"(?:(?<=[\W_][^\W\d_])(?:\+\+|\#)(?![^\W_]))?"  # C++, C#
    rf"|[{_CJK}]"
    r"|-(?<=[^\W\d_]-)(?=[^\W\d_])"
    rf"|[{_STOPS}]+"
)
_NUMBERED = re.compile(r"([^\W\d_]{3,})(\d.*)")
_STOP, _HYPHEN = "|", " - "
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
    running = f" {_STOP} ".join(map(_running, _forms(f" {_STOP} ".join(map(_folded, texts)))))
    return Words(frozenset(running.split()), f" {running} ")


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


@lru_cache(maxsize=1 << 14)
def name_words(name: str) -> frozenset[str]:
    """The words of a person's or an organisation's name, whose order varies and whose s is no
    plural; "Fei-Fei" counts as "Feifei" too."""
    return frozenset[str]().union(*name_spellings(name))


@_cached
def name_spellings(name: str) -> tuple[frozenset[str], ...]:
    """What somebody types as a name: the words that must all stand in one, a set a spelling."""
    spellings = [
        frozenset(word for word in form.split() if word[0] not in _STOPS)
        for form in _forms(_folded(name))
    ]
    return tuple(words for words in spellings if words)


@_cached
def _spellings(phrase: str) -> tuple[str, ...]:
    """Its words with a blank between them; without its hyphens too, where it has any."""
    spellings = [_running(form).strip(f"{_STOP} ") for form in _forms(_folded(phrase))]
    return tuple(spelling for spelling in spellings if spelling)


def _forms(folded: str) -> tuple[str, ...]:
    """Its words with blanks between them; once more without its hyphens, where it has any."""
    running = " ".join(_TOKENS.findall(f" {folded}"))
    if _HYPHEN not in running:
        return (running,)
    return running.replace(_HYPHEN, " "), running.replace(_HYPHEN, "")


def _stands(words: Words, phrase: str) -> bool:
    for spelling in _spellings(phrase):
        first, _, others = spelling.partition(" ")
        if first in words.known and (not others or f" {spelling} " in words.running):
            return True
    return False


def _folded(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", without_hidden(text))
    composed = unicodedata.normalize("NFKC", _ACCENTS.sub("", decomposed))
    return composed.casefold().replace("\u2010", "-")  # the hyphen that is no minus


def _running(form: str) -> str:
    return " ".join(map(_compared, form.split()))


@lru_cache(maxsize=1 << 16)
def _compared(word: str) -> str:
    """A word as it is compared; never shown to anybody. A name of three letters or more and the
    figures behind it are two; words in -y and -ie are alike, and without the s of a plural."""
    if word[0] in _STOPS:
        return _STOP
    if numbered := _NUMBERED.fullmatch(word):
        return " ".join(numbered.groups())
    if word in _NO_PLURAL or not word.isascii():
        return word
    plural = len(word) > 3 and word[-1] == "s" and word[-2] != "s" and word.isalpha()
    stem = word[:-1] if plural else word
    return f"{stem[:-2]}y" if len(stem) > 3 and stem.endswith("ie") else stem

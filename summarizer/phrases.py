"""The phrases of a text that tell its topic."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from summarizer.extraction import load_list
from summarizer.extraction.words import is_chinese, stop_words

# "3D", "GPT-4", "test-time", "TCP/IP", "Qwen2.5" and "snake_case" are one word each; so is a run
# of Chinese.
_TOKEN = re.compile(
    r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+(?:[-'’/.+_][^\W_\u3400-\u9fff]+)*|[^\w\s]|_"
)
_NUMBER = re.compile(r"[\d.,]+[a-z%]?", re.IGNORECASE)
_ADVERB = re.compile(r"(?!anomaly|assembly|family|supply).{4,}ly")
# A name: two capitals or a capital and a figure, "LoRA", "GPT-4", "SLAM".
_NAME = re.compile(r"(?=.*[A-Z])(?=.*(?:[A-Z].*[A-Z]|\d)).+")
_LONGEST_PHRASE = 3


@dataclass(slots=True)
class _Candidates:
    """Phrases by their lower case: how often, how first written, and which stood alone."""

    counts: Counter[str] = field(default_factory=Counter[str])
    written: dict[str, str] = field(default_factory=dict[str, str])
    whole: set[str] = field(default_factory=set[str])

    def add(self, words: list[str], *, whole: bool) -> None:
        phrase = " ".join(words)
        key = phrase.lower()
        self.counts[key] += 1
        self.written.setdefault(key, phrase)
        if whole:
            self.whole.add(key)


def key_phrases(title: str, text: str, *, limit: int) -> tuple[str, ...]:
    """At most ``limit`` phrases of one to three words, the most telling first.

    Runs of words between stop words and punctuation are cut into pieces of two and three; what
    returns most often wins, longer before shorter. What stands only once counts when it is a whole
    run, a single word when it is a name ("LoRA"). No phrase repeats most of another.
    """
    found = _candidates(f"{title}. {text}")
    order = {key: place for place, key in enumerate(found.counts)}
    ranked = sorted(
        (key for key, count in found.counts.items() if count > 1 or _stands_alone(key, found)),
        key=lambda key: (-found.counts[key] * _length(key), order[key]),
    )
    chosen: list[str] = []
    for key in ranked:
        if len(chosen) == limit:
            break
        if not any(_overlap(key, other) for other in chosen):
            chosen.append(key)
    return tuple(found.written[key] for key in chosen)


def _candidates(text: str) -> _Candidates:
    found = _Candidates()
    for run in _runs(text):
        for size in range(1, min(_LONGEST_PHRASE, len(run)) + 1):
            for at in range(len(run) - size + 1):
                words = run[at : at + size]
                if size > 1 or _NAME.fullmatch(words[0]) or is_chinese(words[0]):
                    found.add(words, whole=size == len(run))
    return found


def _runs(text: str) -> Iterator[list[str]]:
    """Words that stand together, with neither punctuation nor an empty word between them."""
    run: list[str] = []
    for token in _TOKEN.findall(text):
        if is_chinese(token):
            yield run
            yield from ([part] for part in _chinese_stop().split(token) if 2 <= len(part) <= 8)
            run = []
        elif token[0].isalnum() and not _is_empty(token.lower()):
            run.append(token)
        else:
            yield run
            run = []
    yield run


def _is_empty(word: str) -> bool:
    known = word in stop_words() or word in _abstract_words()
    return known or _NUMBER.fullmatch(word) is not None or _ADVERB.fullmatch(word) is not None


def _stands_alone(key: str, found: _Candidates) -> bool:
    return key in found.whole and not key.split(maxsplit=1)[0].endswith("ing")


def _length(key: str) -> int:
    """In words; a Chinese run counts like a phrase of two."""
    return 2 if is_chinese(key) else len(key.split())


def _overlap(key: str, other: str) -> bool:
    """Whether one holds the other, or half of their words are the same; plural or not."""
    mine = {word.removesuffix("s") for word in key.split()}
    theirs = {word.removesuffix("s") for word in other.split()}
    return key in other or other in key or 2 * len(mine & theirs) > min(len(mine), len(theirs))


@cache
def _abstract_words() -> frozenset[str]:
    return frozenset(load_list("abstract_words"))


@cache
def _chinese_stop() -> re.Pattern[str]:
    words = sorted(filter(is_chinese, stop_words() | _abstract_words()), key=len, reverse=True)
    return re.compile("|".join(words))

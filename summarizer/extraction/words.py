"""Words by their weight: those that carry a topic, and those that only hold a sentence together."""

import re
from functools import cache

from summarizer.extraction import load_list

_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


def content_words(text: str) -> list[str]:
    """The words that carry a topic, lower case, in order; Chinese as pairs of characters."""
    stop = stop_words()
    words: list[str] = []
    for word in _WORD.findall(text.lower()):
        if word.isascii():
            words.extend([] if word in stop else [word])
        else:
            words.extend(word[i : i + 2] for i in range(max(len(word) - 1, 1)))
    return words


def is_chinese(word: str) -> bool:
    """Whether a word begins with a Chinese character."""
    return "\u3400" <= word[0] <= "\u9fff"


@cache
def stop_words() -> frozenset[str]:
    """Words that carry no topic, lower case, English and Chinese."""
    return frozenset(load_list("stop_words"))

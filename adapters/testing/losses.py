"""Whether a reader is shown every text of a post, however it was cut into messages."""

import unicodedata
from collections.abc import Sequence

from bot.domain.post import Post
from bot.domain.summary import Keyword
from bot.domain.text import without_hidden


def is_shown(text: str, runs: Sequence[str]) -> bool:
    """Whether a text stands in the runs, whole, or broken only where one run ends and a later one
    goes on. The runs are ``visible`` already."""
    left = visible(text)
    for run in runs:
        left = left[_longest_prefix(left, run) :]
    return not left


def _longest_prefix(text: str, run: str) -> int:
    """The length of the longest prefix of a text that the run holds."""
    low, high = 0, min(len(text), len(run))
    while low < high:
        middle = (low + high + 1) // 2
        if text[:middle] in run:
            low = middle
        else:
            high = middle - 1
    return low


def texts_of(post: Post) -> list[str]:
    """Every text that a reader is to see, but the keywords: they may become hashtags."""
    ratings = [text for r in post.ratings for text in (r.label, f"{r.value:g}")]
    sections = [text for s in post.sections if s.lines for text in (s.label, *s.lines)]
    return [post.title, *ratings, *post.signals, *sections, *post.footer]


def terms_of(keywords: Sequence[Keyword]) -> list[str]:
    """Keywords and their translations."""
    return [text for word in keywords for text in (word.term, word.translation or "")]


def visible(text: str) -> str:
    """A text as it is compared: without white space and hidden characters, composed (NFC)."""
    return "".join(unicodedata.normalize("NFC", without_hidden(text)).split())


def letters(text: str) -> str:
    """A keyword as it is compared, whether it became a hashtag or not."""
    return "".join(character for character in visible(text).casefold() if character.isalnum())

"""What of a paper is searched, as words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.summary import Summary
from bot.store.words import words

# A tsvector holds 1 MB and positions up to 16,383; a paper with summaries in two languages has some
# 2,500 words. The oldest summaries are the first to find no room.
_MOST_WORDS = 15_000
_MOST_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class Searchable:
    """The words of a paper's title, and of all else."""

    title: Sequence[str]
    rest: Sequence[str]


def searchable(title: str, abstract: str, summaries: Sequence[Summary]) -> Searchable:
    """A paper with all of its summaries, of which the latest stand last."""
    texts = [abstract, *(text for summary in reversed(summaries) for text in _texts(summary))]
    heading = _fitting([title])
    return Searchable(heading, _fitting(dict.fromkeys(texts)))


def _texts(summary: Summary) -> Iterable[str]:
    yield summary.main_work
    yield from summary.highlights
    for keyword in summary.keywords:
        yield keyword.term
        yield keyword.translation or ""
    if summary.scores is not None:
        for score in (summary.scores.practicality, summary.scores.novelty):
            yield score.reason
        yield summary.scores.recommendation.reason


def _fitting(texts: Iterable[str]) -> list[str]:
    found: list[str] = []
    room = _MOST_CHARACTERS
    for text in texts:
        for word in words(text[:room]):
            room -= len(word)
            if room < 0 or len(found) == _MOST_WORDS:
                return found
            found.append(word)
    return found

"""Which sentences of an abstract to quote, and where.

The rules, in order:

1. The *core* is the sentence that shares most words with the title. Saying "we propose" and naming
   the paper's own name count for it; undue length, figures, a late place, and an opening that
   joins, points back or tells what others did count against it.
2. Before it stand the sentences that it leans on ("To this end, …"), or else the problem.
3. After it stands the result, where there is more than one, or else how the method works.
4. Highlights are other sentences with results, figures, releases or further contributions.

A sentence that points back ("However, …", "It …") is quoted in the main work only straight behind
the one that it points at.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from summarizer.extraction.cues import Marks, read_marks
from summarizer.extraction.words import content_words

# FORMAT: the main work has two to four sentences, highlights are one to five points. Quoted
# sentences are longer than written points, so that four of them are enough.
_MOST_MAIN = 4
_MOST_HIGHLIGHTS = 4
_FEW_HIGHLIGHTS = 2

# Weights of rule 1 against a title's words shared (0 to 1). Chosen by
# benchmarks/extractive_baseline.py; any one of them doubled or halved costs 0.007 at most.
_ANNOUNCES = 0.4
_NAMES = 0.25
_LATE = 0.4
_FIGURES = 0.25
_LONG = 0.5
_LONG_WORDS = 35
_TELLS_OTHER = 0.3
_JOINS = 0.6
_NEVER = 10.0

# A shorter sentence than this ("It has two parts.") is no highlight.
_FEWEST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """Places of the chosen sentences, each part in the abstract's order, none in both."""

    main_work: tuple[int, ...]
    highlights: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Abstract:
    title: str
    sentences: Sequence[str]
    marks: Sequence[Marks]

    def __len__(self) -> int:
        return len(self.sentences)


def choose(title: str, sentences: Sequence[str]) -> Choice:
    """Choose from an abstract's sentences, of which there is at least one.

    The core is always in the main work. Where there are two sentences or more, one is a highlight,
    unless all others are asides.
    """
    abstract = _read(title, sentences)
    core = _core(abstract)
    main = _main_work(abstract, core)
    return Choice(tuple(main), tuple(_highlights(abstract, main, core)))


def find_core(title: str, sentences: Sequence[str]) -> int:
    """The place of the sentence that tells best what the paper does."""
    return _core(_read(title, sentences))


def _read(title: str, sentences: Sequence[str]) -> _Abstract:
    return _Abstract(title, sentences, [read_marks(sentence) for sentence in sentences])


def _core(abstract: _Abstract) -> int:
    wanted = set(content_words(abstract.title))
    name = _own_name(abstract.title)

    def worth(at: int) -> float:
        sentence, marks = abstract.sentences[at], abstract.marks[at]
        words = content_words(sentence)
        return (
            len(wanted.intersection(words)) / max(len(wanted), 1)
            + _ANNOUNCES * marks.announces
            + _NAMES * (name is not None and name.search(sentence) is not None)
            - _LATE * at / len(abstract)
            - _FIGURES * marks.figures
            - _LONG * (len(words) > _LONG_WORDS)
            - _JOINS * marks.joins
            - _TELLS_OTHER * ((marks.background or marks.leans) and not marks.speaks)
            - _NEVER * marks.aside
        )

    return max(range(len(abstract)), key=worth)


def _own_name(title: str) -> re.Pattern[str] | None:
    """``LongLoRA`` of "LongLoRA: Efficient …", as a whole word."""
    name, colon, _ = title.partition(":")
    if not colon or len(name.split()) > 3:
        return None
    return re.compile(rf"(?<!\w){re.escape(name.strip())}(?!\w)", re.IGNORECASE)


def _main_work(abstract: _Abstract, core: int) -> list[int]:
    most = min(_MOST_MAIN, max(len(abstract) - 1, 1))
    chosen = [*_context(abstract, core, most - 1), core]
    after = _sequel(abstract, core) if len(chosen) < most else None
    return chosen if after is None else [*chosen, after]


def _context(abstract: _Abstract, core: int, room: int) -> list[int]:
    """What to quote before the core: what it leans on, or the problem; at most ``room``."""
    if core == 0 or room == 0:
        return []
    leans = abstract.marks[core].leans
    start = _chain(abstract, core if leans else core - 1)
    before = list(range(start, core))
    # A core that stands by itself leaves one place to what comes of it.
    fits = len(before) <= (room if leans else max(room - 1, 1))
    if fits and not any(abstract.marks[at].aside for at in before):
        return before
    # Too long a chain: the abstract's opening leads up to the core as well.
    return [0] if _stands(abstract, 0) else []


def _chain(abstract: _Abstract, at: int) -> int:
    """Where the sentences begin that each lean on the one before, down to ``at``."""
    while at > 0 and abstract.marks[at].leans:
        at -= 1
    return at


def _sequel(abstract: _Abstract, core: int) -> int | None:
    """What to quote after the core: a result if others remain for the highlights, or the next."""
    later = range(core + 1, len(abstract))
    results = [
        at
        for at in later
        if abstract.marks[at].results and (_stands(abstract, at) or at == core + 1)
    ]
    if len(results) > 1:
        return results[0]
    follows = [at for at in later[:1] if not abstract.marks[at].aside and at not in results]
    return follows[0] if follows and len(later) > 2 else None


def _stands(abstract: _Abstract, at: int) -> bool:
    marks = abstract.marks[at]
    return not (marks.leans or marks.aside)


def _highlights(abstract: _Abstract, main: Sequence[int], core: int) -> list[int]:
    others = [at for at in range(len(abstract)) if at not in main and not abstract.marks[at].aside]
    worths = {at: _worth(abstract, at, core) for at in others}
    ranked = sorted(others, key=lambda at: (-worths[at], at))
    standing = [at for at in ranked if _stands(abstract, at)]
    chosen = [at for at in standing if worths[at] > 0][:_MOST_HIGHLIGHTS]
    # A point that leans may follow the one that it leans on.
    leaning = (at for at in ranked if worths[at] > 0 and at not in standing)
    chosen += [at for at in leaning if {at - 1} & {*chosen, main[-1]}]
    # Points without a cue, where there would be one or none.
    spare = (at for at in standing if worths[at] == 0)
    chosen += islice(spare, max(_FEW_HIGHLIGHTS - len(chosen), 0))
    return sorted(chosen[:_MOST_HIGHLIGHTS] or ranked[:1])


def _worth(abstract: _Abstract, at: int, core: int) -> float:
    """How much a sentence deserves to be a highlight; below zero, not at all."""
    marks = abstract.marks[at]
    short = len(content_words(abstract.sentences[at])) < _FEWEST_WORDS
    return (
        marks.results
        + marks.figures
        + 0.75 * marks.releases
        + 0.75 * marks.announces
        - (short and not marks.releases)
        - _NEVER * (at < core)
    )

"""Whether the four parts are there, of sane length, and the scores on their scale (FORMAT)."""

from collections.abc import Iterable, Iterator
from dataclasses import fields

from bot.domain.summary import FindingKind, Keyword, Score, Scores
from summarizer.checks.faults import Fault, fault
from summarizer.checks.tongue import Tongue, has_script
from summarizer.draft import Draft

# FORMAT: one to five points, about five keywords, half steps from 0.5 to 5.
MOST_HIGHLIGHTS = 5
KEYWORDS = (3, 7)
LOWEST, HIGHEST, STEP = 0.5, 5.0, 0.5
# A text this many times longer than the longest sane one is no entry but noise.
_HOPELESS = 4


def missing_part(draft: Draft, tongue: Tongue | None) -> str | None:
    """Why a draft cannot be published at all, as a clause; ``None`` where it can."""
    if not draft.main_work:
        return "main_work is empty"
    if not draft.highlights:
        return "highlights are empty"
    if not draft.keywords:
        return "keywords are empty"
    if draft.scores is None:
        return "the scores are missing"
    if tongue is not None:
        return next(_hopeless(draft, tongue), None)
    return None


def _hopeless(draft: Draft, tongue: Tongue) -> Iterator[str]:
    for name, length, most in (
        ("main_work", len(draft.main_work), tongue.main_work[1]),
        ("highlights", sum(map(len, draft.highlights)), MOST_HIGHLIGHTS * tongue.highlight[1]),
        ("keywords", sum(len(k.term) for k in draft.keywords), KEYWORDS[1] * tongue.keyword[1]),
        ("scores", sum(len(s.reason) for _, s in named(draft.scores)), 3 * tongue.reason[1]),
    ):
        if length > _HOPELESS * most:
            yield f"{name} has {length} characters"


def named(scores: Scores | None) -> Iterator[tuple[str, Score]]:
    """The scores with their names."""
    if scores is not None:
        for entry in fields(scores):
            yield entry.name, getattr(scores, entry.name)


def length_faults(draft: Draft, tongue: Tongue) -> Iterator[Fault]:
    """Parts far too short or too long, each named once."""
    yield from _length("main_work", (draft.main_work,), tongue.main_work)
    yield from _length("highlights", draft.highlights, tongue.highlight)
    if len(draft.highlights) > MOST_HIGHLIGHTS:
        yield fault(
            FindingKind.LENGTH,
            "highlights",
            f"highlights has {len(draft.highlights)} points; give one to {MOST_HIGHLIGHTS}.",
        )
    for name, score in named(draft.scores):
        if score.reason:
            yield from _length(name, (score.reason,), tongue.reason)


def _length(part: str, texts: Iterable[str], bounds: tuple[int, int]) -> Iterator[Fault]:
    least, most = bounds
    for text in texts:
        if not least <= len(text) <= most:
            wrong = "short" if len(text) < least else "long"
            yield fault(
                FindingKind.LENGTH,
                part,
                f"{part}: a text of {len(text)} characters is too {wrong}; "
                f"write {least} to {most} characters.",
            )


def keyword_faults(keywords: tuple[Keyword, ...], tongue: Tongue, *, name: str) -> Iterator[Fault]:
    """Too few or too many keywords, an over-long one, or one without its translation.

    ``name`` is the language's English name. Details are free of any language: ``2 (3-7)`` for a
    number, ``Term (?)`` for a missing translation.
    """
    least, most = KEYWORDS
    if not least <= len(keywords) <= most:
        yield fault(
            FindingKind.KEYWORDS,
            f"{len(keywords)} ({least}-{most})",
            f"keywords: there are {len(keywords)}; give {least} to {most}.",
        )
    for keyword in keywords:
        if max(len(keyword.term), len(keyword.translation or "")) > tongue.keyword[1]:
            short = keyword.term[:40]
            yield fault(FindingKind.KEYWORDS, f"{short}…", f"keywords: “{short}…” is no keyword.")
        elif "latin" not in tongue.scripts and not has_script(keyword.translation or "", tongue):
            yield fault(
                FindingKind.KEYWORDS,
                f"{keyword.term} (?)",
                f"keywords: “{keyword.term}” lacks its translation in {name}.",
            )


def score_faults(scores: Scores | None) -> Iterator[Fault]:
    """Scores off the scale, and scores without a reason."""
    for name, score in named(scores):
        if not LOWEST <= score.value <= HIGHEST or score.value % STEP:
            yield fault(
                FindingKind.SCORES,
                name,
                f"{name}: {score.value:g} is off the scale; "
                f"score from {LOWEST:g} to {HIGHEST:g} in steps of {STEP:g}.",
            )
        if not score.reason:
            yield fault(FindingKind.SCORES, name, f"{name}: the reason is missing.")

"""Whether a paper is what a chat wants: the decision, apart from where both come from.

What stays as it is for a paper (its words, its names) is put to it before what may change; so a
verdict whose test is one of ``MAY_CHANGE`` is all that stands between the paper and the chat.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from bot.domain.filters import PASSED, Filters, Test, Verdict
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Summary
from bot.domain.words import Words, holds, name_spellings, name_words, summary_only, words_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """A paper, read once to be put to many chats' filters.

    ``categories`` are in lower case, with their archives. ``recommendation`` is ``None`` where
    nobody rated it.
    """

    paper: Paper
    words: Words
    categories: frozenset[str]
    authors: tuple[frozenset[str], ...]
    author_words: frozenset[str]
    organization: frozenset[str]
    upvotes: int
    recommendation: float | None


# What of the paper speaks against it, ``None`` where nothing does.
_Check: TypeAlias = Callable[[Filters, Prepared], str | None]


def prepared(paper: Paper, summary: Summary | None = None) -> Prepared:
    """What filters look at; the summary's keywords, in both of their languages, count."""
    terms = () if summary is None else summary.keywords
    keywords = chain.from_iterable((k.term, k.translation or "") for k in terms)
    authors = tuple(name_words(author) for author in paper.authors)
    categories = [category.lower() for category in paper.categories]
    scores = None if summary is None else summary.scores
    return Prepared(
        paper=paper,
        words=words_of((paper.title, paper.abstract, *paper.keywords, *keywords)),
        categories=frozenset((*categories, *(c.partition(".")[0] for c in categories))),
        authors=authors,
        author_words=frozenset(chain.from_iterable(authors)),
        organization=name_words(paper.organization or ""),
        upvotes=paper.upvotes or 0,
        recommendation=None if scores is None else scores.recommendation.value,
    )


def judge(filters: Filters, paper: Paper, summary: Summary | None) -> Verdict:
    """Whether a chat wants a paper. For many chats: ``prepared`` once, then ``judge_prepared``."""
    return judge_prepared(filters, prepared(paper, summary))


def judge_prepared(filters: Filters, candidate: Prepared) -> Verdict:
    """The first test that fails, if any does."""
    return _first_failure(_TESTS, filters, candidate)


def before_summary(filters: Filters, paper: Paper) -> Verdict:
    """Whether a chat may want a paper, so that a summary is worth paying for."""
    return before_summary_prepared(filters, prepared(paper))


def before_summary_prepared(filters: Filters, candidate: Prepared) -> Verdict:
    """As ``judge_prepared``, but for what a summary tells. A word that only it can hold (Chinese,
    in an English paper) counts as found until there is one."""
    return _first_failure(_EARLY_TESTS, filters, candidate)


def goes_by_summary(filters: Filters) -> bool:
    """Whether a better summary may let a paper pass that was not wanted."""
    return bool(filters.least_recommendation) or any(map(summary_only, filters.include))


def best(candidates: Iterable[Prepared], most: int | None) -> Sequence[PaperId]:
    """The best, no more than ``most``, by recommendation (unrated ones last), then by upvotes, then
    in the order given."""
    ranked = sorted(candidates, key=_rank)
    return tuple(candidate.paper.id for candidate in ranked[:most])


def _rank(candidate: Prepared) -> tuple[float, int]:
    rated = candidate.recommendation
    return (1.0 if rated is None else -rated, -candidate.upvotes)


def _first_failure(
    tests: Sequence[tuple[Test, _Check]], filters: Filters, candidate: Prepared
) -> Verdict:
    for test, check in tests:
        against = check(filters, candidate)
        if against is not None:
            return Verdict(test, against)
    return PASSED


def _excluded(filters: Filters, candidate: Prepared) -> str | None:
    for phrase in filters.exclude:
        if holds(candidate.words, phrase):
            return phrase
    return None


def _not_included(filters: Filters, candidate: Prepared) -> str | None:
    for phrase in filters.include:
        if holds(candidate.words, phrase):
            return None
    return "" if filters.include else None


def _not_to_be_included(filters: Filters, candidate: Prepared) -> str | None:
    if any(summary_only(word) for word in filters.include):
        return None
    return _not_included(filters, candidate)


def _other_categories(filters: Filters, candidate: Prepared) -> str | None:
    wanted = filters.categories
    if not wanted or any(name.lower() in candidate.categories for name in wanted):
        return None
    return ", ".join(candidate.paper.categories)


def _other_authors(filters: Filters, candidate: Prepared) -> str | None:
    if not filters.authors or any(_wrote(name, candidate) for name in filters.authors):
        return None
    return ""


def _wrote(name: str, candidate: Prepared) -> bool:
    return any(
        spelling <= candidate.author_words and any(spelling <= a for a in candidate.authors)
        for spelling in name_spellings(name)
    )


def _other_organization(filters: Filters, candidate: Prepared) -> str | None:
    wanted = filters.organizations
    if not wanted or any(
        spelling <= candidate.organization for name in wanted for spelling in name_spellings(name)
    ):
        return None
    return candidate.paper.organization or ""


def _no_code(filters: Filters, candidate: Prepared) -> str | None:
    return "" if filters.code and not candidate.paper.code_url else None


def _few_upvotes(filters: Filters, candidate: Prepared) -> str | None:
    return str(candidate.upvotes) if candidate.upvotes < filters.least_upvotes else None


def _unrated(filters: Filters, candidate: Prepared) -> str | None:
    return "" if filters.least_recommendation and candidate.recommendation is None else None


def _poorly_rated(filters: Filters, candidate: Prepared) -> str | None:
    rated = candidate.recommendation
    if rated is None or rated >= filters.least_recommendation:
        return None
    return f"{rated:g}"


_LASTING: tuple[tuple[Test, _Check], ...] = (
    (Test.EXCLUDE, _excluded),
    (Test.CATEGORY, _other_categories),
    (Test.AUTHOR, _other_authors),
    (Test.ORGANIZATION, _other_organization),
)
_CHANGING: tuple[tuple[Test, _Check], ...] = (
    (Test.CODE, _no_code),
    (Test.UPVOTES, _few_upvotes),
)
_TESTS = (
    *_LASTING,
    (Test.INCLUDE, _not_included),
    *_CHANGING,
    (Test.UNRATED, _unrated),
    (Test.RECOMMENDATION, _poorly_rated),
)
_EARLY_TESTS = (*_LASTING, (Test.INCLUDE, _not_to_be_included), *_CHANGING)

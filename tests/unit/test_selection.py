"""Which papers a chat's filters let through, and which test the others fail."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.filters import MAY_CHANGE, Filters, Test, Verdict
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.selection import (
    before_summary,
    best,
    goes_by_summary,
    judge,
    judge_prepared,
    prepared,
)
from bot.domain.summary import Keyword, Origin, Provenance, Score, Scores, Summary

PAPER = Paper(
    id=PaperId("2608.00001"),
    title="Planning with Large-Language Models",
    abstract="We let agents plan. Robots follow.",
    authors=("Ada Lovelace", "Grace B. Hopper"),
    categories=("cs.CL", "stat.ML"),
    upvotes=12,
    code_url="https://github.com/a/b",
    organization="Google DeepMind",
    keywords=("reinforcement learning",),
)
BARE = Paper(id=PaperId("2608.00002"), title="Planning")


def _summary(
    paper: Paper = PAPER,
    recommendation: float | None = 4.0,
    keywords: Sequence[Keyword] = (Keyword("world model", "世界模型"),),
) -> Summary:
    score = None if recommendation is None else Score(recommendation, "Because.")
    return Summary(
        paper_id=paper.id,
        language="zh",
        main_work="A plan.",
        highlights=(),
        keywords=tuple(keywords),
        scores=None if score is None else Scores(score, score, score),
        provenance=Provenance(Origin.MODEL),
    )


@pytest.mark.parametrize(
    "filters",
    [
        pytest.param(Filters(), id="none"),
        pytest.param(Filters(include=("large language model",)), id="phrase-in-the-title"),
        pytest.param(Filters(include=("robot",)), id="word-in-the-abstract"),
        pytest.param(Filters(include=("Reinforcement Learning",)), id="keyword-of-the-paper"),
        pytest.param(Filters(include=("world models",)), id="keyword-of-the-summary"),
        pytest.param(Filters(include=("世界模型",)), id="keyword-in-chinese"),
        pytest.param(Filters(include=("video", "robot")), id="one-of-two-words"),
        pytest.param(Filters(exclude=("video",)), id="nothing-excluded"),
        pytest.param(Filters(categories=("cs.CL",)), id="category"),
        pytest.param(Filters(categories=("CS.cl",)), id="category-in-any-case"),
        pytest.param(Filters(categories=("stat",)), id="archive"),
        pytest.param(Filters(categories=("cs.CV", "cs")), id="one-of-two-categories"),
        pytest.param(Filters(authors=("Hopper",)), id="surname"),
        pytest.param(Filters(authors=("grace hopper",)), id="name-without-the-initial"),
        pytest.param(Filters(organizations=("deepmind",)), id="part-of-an-organisation"),
        pytest.param(Filters(least_upvotes=12), id="just-enough-upvotes"),
        pytest.param(Filters(least_recommendation=4.0), id="just-rated-enough"),
        pytest.param(Filters(code=True), id="code"),
        pytest.param(Filters(most_a_day=1), id="a-number-is-no-test"),
        pytest.param(
            Filters(include=("robot",), authors=("Lovelace",), least_upvotes=3, code=True),
            id="several-kinds",
        ),
    ],
)
def test_a_paper_passes(filters: Filters) -> None:
    assert judge(filters, PAPER, _summary()) == Verdict()


@pytest.mark.parametrize(
    ("filters", "failed", "detail"),
    [
        pytest.param(Filters(include=("video", "audio")), Test.INCLUDE, "", id="no-word"),
        pytest.param(
            Filters(exclude=("video", "Robots")), Test.EXCLUDE, "Robots", id="excluded-as-typed"
        ),
        pytest.param(Filters(exclude=("世界模型",)), Test.EXCLUDE, "世界模型", id="by-the-summary"),
        pytest.param(
            Filters(categories=("cs.CV",)), Test.CATEGORY, "cs.CL, stat.ML", id="category"
        ),
        pytest.param(Filters(categories=("math",)), Test.CATEGORY, "cs.CL, stat.ML", id="archive"),
        pytest.param(Filters(categories=("c",)), Test.CATEGORY, "cs.CL, stat.ML", id="no-prefix"),
        pytest.param(Filters(authors=("Ada Hopper",)), Test.AUTHOR, "", id="words-of-two-authors"),
        pytest.param(Filters(authors=("?",)), Test.AUTHOR, "", id="no-name-at-all"),
        pytest.param(
            Filters(organizations=("OpenAI",)),
            Test.ORGANIZATION,
            "Google DeepMind",
            id="other-place",
        ),
        pytest.param(Filters(least_upvotes=13), Test.UPVOTES, "12", id="one-upvote-short"),
        pytest.param(Filters(least_recommendation=4.5), Test.RECOMMENDATION, "4", id="half-short"),
        pytest.param(
            Filters(include=("robot",), authors=("Turing",)), Test.AUTHOR, "", id="one-kind-of-two"
        ),
    ],
)
def test_a_paper_fails_at_a_test(filters: Filters, failed: Test, detail: str) -> None:
    assert judge(filters, PAPER, _summary()) == Verdict(failed, detail)


@pytest.mark.parametrize(
    ("filters", "failed", "detail"),
    [
        pytest.param(Filters(categories=("cs",)), Test.CATEGORY, "", id="category"),
        pytest.param(Filters(authors=("Hopper",)), Test.AUTHOR, "", id="author"),
        pytest.param(Filters(organizations=("MIT",)), Test.ORGANIZATION, "", id="organisation"),
        pytest.param(Filters(code=True), Test.CODE, "", id="code"),
        pytest.param(Filters(least_upvotes=1), Test.UPVOTES, "0", id="upvotes"),
        pytest.param(Filters(least_recommendation=0.5), Test.UNRATED, "", id="score"),
    ],
)
def test_what_is_not_known_does_not_pass(filters: Filters, failed: Test, detail: str) -> None:
    assert judge(filters, BARE, None) == Verdict(failed, detail)


def test_an_unrated_summary_passes_where_scores_do_not_matter() -> None:
    quoted = _summary(recommendation=None)
    assert judge(Filters(), PAPER, quoted).passes
    assert judge(Filters(least_recommendation=1), PAPER, quoted).failed is Test.UNRATED


def test_what_stays_is_put_to_it_before_what_may_change() -> None:
    everything = Filters(
        include=("video",), least_upvotes=99, least_recommendation=5, code=True, categories=("cs",)
    )
    without = replace(PAPER, code_url=None)
    assert judge(everything, without, None).failed is Test.INCLUDE
    assert judge(replace(everything, include=()), without, None).failed in MAY_CHANGE


@pytest.mark.parametrize(
    ("filters", "failed"),
    [
        pytest.param(Filters(least_recommendation=5), None, id="no-scores-yet"),
        pytest.param(Filters(include=("世界模型",)), None, id="word-that-only-it-can-hold"),
        pytest.param(Filters(include=("video", "3D生成")), None, id="mixed-word-among-others"),
        pytest.param(Filters(include=("robot",)), None, id="word-of-the-paper"),
        pytest.param(Filters(include=("video",)), Test.INCLUDE, id="no-word-of-the-paper"),
        pytest.param(Filters(exclude=("robot",)), Test.EXCLUDE, id="excluded-already"),
        pytest.param(Filters(exclude=("世界模型",)), None, id="excluded-by-the-summary-at-most"),
        pytest.param(Filters(least_upvotes=50), Test.UPVOTES, id="not-yet-upvoted-enough"),
    ],
)
def test_a_summary_is_worth_paying_for_only_where_it_can_matter(
    filters: Filters, failed: Test | None
) -> None:
    assert before_summary(filters, PAPER).failed is failed


def test_no_summary_is_paid_for_where_a_chinese_word_is_not_all_that_is_missing() -> None:
    filters = Filters(include=("世界模型",), categories=("math",))
    assert before_summary(filters, PAPER).failed is Test.CATEGORY


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param(Filters(least_recommendation=0.5), True, id="score"),
        pytest.param(Filters(include=("video", "视频")), True, id="chinese-word"),
        pytest.param(
            Filters(include=("video",), exclude=("视频",), code=True), False, id="neither"
        ),
    ],
)
def test_a_better_summary_matters_to_who_goes_by_it(filters: Filters, expected: bool) -> None:
    assert goes_by_summary(filters) is expected


def test_the_best_come_by_recommendation_then_upvotes_then_place() -> None:
    papers = [replace(PAPER, id=PaperId(f"2608.0000{n}")) for n in range(1, 7)]
    ratings = (3.0, 4.5, None, 4.5, 0.0, 4.5)
    upvotes = (90, 5, 900, 7, 1, 5)
    candidates = [
        prepared(replace(paper, upvotes=votes), _summary(paper, rating))
        for paper, rating, votes in zip(papers, ratings, upvotes, strict=True)
    ]
    in_order = [papers[n].id for n in (3, 1, 5, 0, 4, 2)]
    assert list(best(candidates, None)) == in_order
    assert list(best(candidates, 2)) == in_order[:2]


_WORDS = st.sampled_from(["robot", "video", "planning", "世界模型", "LLM", "language models", "?"])
_SOME = st.lists(_WORDS, max_size=2).map(tuple)
_FILTERS = st.builds(
    Filters,
    include=_SOME,
    exclude=_SOME,
    categories=st.lists(st.sampled_from(["cs", "cs.CL", "math"]), max_size=2).map(tuple),
    authors=st.lists(st.sampled_from(["Hopper", "Turing"]), max_size=2).map(tuple),
    organizations=st.lists(st.sampled_from(["Google", "MIT"]), max_size=2).map(tuple),
    least_upvotes=st.integers(0, 20),
    least_recommendation=st.sampled_from([0, 0.5, 4.0, 4.5]),
    code=st.booleans(),
)
_PAPERS = st.sampled_from([PAPER, BARE, replace(PAPER, code_url=None, upvotes=0)])
_SUMMARIES = st.sampled_from([None, 0.0, 4.0, 5.0])


@given(filters=_FILTERS, paper=_PAPERS, rating=_SUMMARIES)
@settings(max_examples=500, deadline=None)
def test_whatever_passes_was_worth_its_summary(
    filters: Filters, paper: Paper, rating: float | None
) -> None:
    in_chinese_alone = [Keyword("planning", "世界模型")]
    if judge(filters, paper, _summary(paper, rating, in_chinese_alone)).passes:
        assert before_summary(filters, paper).passes


@given(filters=_FILTERS, paper=_PAPERS, rating=_SUMMARIES)
@settings(max_examples=500, deadline=None)
def test_each_kind_that_names_something_must_hold(
    filters: Filters, paper: Paper, rating: float | None
) -> None:
    kinds = ("include", "exclude", "categories", "authors", "organizations", "least_upvotes")
    kinds += ("least_recommendation", "code")
    summary = _summary(paper, rating)
    alone = [Filters(**{kind: getattr(filters, kind)}) for kind in kinds]
    together = judge(filters, paper, summary)
    assert together.passes is all(judge(one, paper, summary).passes for one in alone)
    if together.failed is not None:
        assert together in [judge(one, paper, summary) for one in alone]


@given(filters=_FILTERS, paper=_PAPERS, rating=_SUMMARIES)
@settings(max_examples=300, deadline=None)
def test_only_what_may_change_is_reversed_by_time(
    filters: Filters, paper: Paper, rating: float | None
) -> None:
    verdict = judge(filters, paper, _summary(paper, rating))
    later = replace(paper, upvotes=999, code_url="https://github.com/a/b")
    praised = judge(filters, later, _summary(paper, 5.0))
    assert praised.passes is (verdict.passes or verdict.failed in MAY_CHANGE)


def test_many_chats_may_ask_about_one_prepared_paper() -> None:
    candidate = prepared(PAPER, _summary())
    asked = [Filters(include=(f"word{n}",)) for n in range(20_000)] + [Filters(include=("robot",))]
    for _ in range(2):
        assert [judge_prepared(filters, candidate).passes for filters in asked].count(True) == 1

"""The extractive summariser: what it quotes, and that it quotes it as it stands."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.extractive_baseline import real_papers
from bot.domain.errors import SummaryError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Origin, Summary
from bot.testing import VirtualClock
from summarizer.base import Summarizer
from summarizer.extractive import RULES, ExtractiveSummarizer
from summarizer.sentences import split_sentences

_NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
_PROBLEM = "Long contexts make attention slow."
_HOWEVER = "However, sparse methods lose accuracy."
_CORE = "To this end, we propose LongFocus, a sparse attention for long contexts."
_HOW = "It keeps a few global tokens."
_RESULT = "Experiments show that LongFocus outperforms five baselines."
_FIGURE = "On a benchmark of 8,000 books it reaches 61.4% accuracy, 3.2 points above the best."
_RELEASE = "Our code and models are publicly available."
_ABSTRACT = " ".join((_PROBLEM, _HOWEVER, _CORE, _HOW, _RESULT, _FIGURE, _RELEASE))


def _paper(abstract: str = _ABSTRACT, *, keywords: tuple[str, ...] = ()) -> Paper:
    title = "LongFocus: Sparse Attention for Long Contexts"
    return Paper(PaperId("2309.12307"), title, abstract, keywords=keywords)


def _summarizer() -> ExtractiveSummarizer:
    return ExtractiveSummarizer(VirtualClock(_NOW))


async def _summary(paper: Paper, language: str = "en") -> Summary:
    return await _summarizer().summarize(paper, language)


async def test_the_main_work_leads_from_the_problem_over_the_method_to_the_result() -> None:
    summary = await _summary(_paper())
    assert summary.main_work == f"{_PROBLEM} {_HOWEVER} {_CORE} {_RESULT}"
    assert summary.highlights == (_FIGURE, _RELEASE)


async def test_it_says_what_it_is_and_rates_nothing() -> None:
    summary = await _summary(_paper())
    assert summary.scores is None
    assert summary.findings == ()
    assert summary.provenance.origin is Origin.EXTRACTIVE
    assert summary.provenance.prompt == RULES
    assert summary.provenance.created_at == _NOW


def test_it_is_a_summarizer_under_the_name_extractive() -> None:
    summarizer: Summarizer = _summarizer()
    assert (summarizer.model, summarizer.prompt) == ("extractive", RULES)


async def test_the_language_asked_for_changes_nothing_of_what_is_quoted() -> None:
    chinese, english = await _summary(_paper(), "zh"), await _summary(_paper(), "en")
    assert (chinese.language, english.language) == ("zh", "en")
    assert chinese.main_work == english.main_work
    assert chinese.highlights == english.highlights


@pytest.mark.parametrize("abstract", ["", "  \n ", "\u200b"])
async def test_a_paper_without_an_abstract_is_an_error_that_says_so_f13(abstract: str) -> None:
    with pytest.raises(
        SummaryError, match=r"2309\.12307 has no abstract.*arxiv\.org/abs"
    ) as raised:
        await _summary(_paper(abstract))
    assert raised.value.reason == "failed"


_SHORT = {
    "one sentence": ("We propose a thing.", "We propose a thing.", ()),
    "no final stop": ("We propose a thing", "We propose a thing", ()),
    "two sentences": (f"{_CORE} {_FIGURE}", _CORE, (_FIGURE,)),
    "only an aside": ("(Withdrawn by the authors.)", "(Withdrawn by the authors.)", ()),
    "chinese": (
        "注意力很慢。我们提出 LongFocus，一种稀疏注意力方法。实验表明准确率提升 3.2%。代码已开源。",
        "注意力很慢。我们提出 LongFocus，一种稀疏注意力方法。",
        ("实验表明准确率提升 3.2%。", "代码已开源。"),
    ),
}


@pytest.mark.parametrize(("abstract", "main_work", "highlights"), _SHORT.values(), ids=_SHORT)
async def test_short_and_chinese_abstracts_are_quoted_too(
    abstract: str, main_work: str, highlights: tuple[str, ...]
) -> None:
    summary = await _summary(_paper(abstract))
    assert (summary.main_work, summary.highlights) == (main_work, highlights)


async def test_what_stood_before_the_core_is_no_highlight() -> None:
    summary = await _summary(
        _paper(f"Earlier systems reach 40% accuracy on long books. {_ABSTRACT}")
    )
    assert not any("Earlier" in point for point in summary.highlights)


async def test_a_shorter_sentence_stands_for_the_paper_before_an_endless_one() -> None:
    endless = (
        f"Sparse attention for long contexts has {'many small and large parts and ' * 12}more."
    )
    summary = await _summary(_paper(f"{endless} Our LongFocus is sparse attention. {_FIGURE}"))
    assert "Our LongFocus is sparse attention." in summary.main_work
    assert endless not in summary.highlights


async def test_a_question_in_the_titles_words_does_not_stand_for_the_paper() -> None:
    question = "Can we present LongFocus, sparse attention for long contexts?"
    summary = await _summary(_paper(f"{question} Attention can be sparse. {_FIGURE}"))
    assert question not in summary.main_work


async def test_points_that_lean_follow_what_they_lean_on() -> None:
    leaning = "These gains of 3.2 points hold for 4 languages."
    with_base = await _summary(_paper(f"{_CORE} {_RESULT} {_FIGURE} {leaning}"))
    assert with_base.highlights[-2:] == (_FIGURE, leaning)
    without = await _summary(_paper(f"{_CORE} {_RESULT} {_FIGURE} {_HOW} {leaning} {_RELEASE}"))
    assert leaning not in without.highlights


_ASIDES = ["(Abstract reworded.)", "Is it worth it?", "Project page: https://long.example/focus."]


@pytest.mark.parametrize("aside", _ASIDES)
async def test_what_states_nothing_is_not_quoted(aside: str) -> None:
    summary = await _summary(_paper(f"{_ABSTRACT} {aside}"))
    assert aside not in (summary.main_work, *summary.highlights)
    assert summary.main_work == (await _summary(_paper())).main_work


@pytest.mark.parametrize(
    "background",
    [
        "Recent work has studied sparse attention.",
        _HOWEVER,
        "Finally, we discuss sparse attention for long contexts.",
    ],
    ids=["tells what was there before", "leans on a sentence before", "only joins"],
)
async def test_what_tells_another_part_of_the_story_does_not_stand_for_the_paper(
    background: str,
) -> None:
    summary = await _summary(_paper(f"{background} Our LongFocus needs half of it."))
    assert summary.main_work == "Our LongFocus needs half of it."


async def test_keywords_are_hugging_faces_where_there_are_enough() -> None:
    keywords = ("sparse attention", "long context", "Sparse Attention", "x" * 90, "LLM")
    summary = await _summary(_paper(keywords=keywords))
    assert [word.term for word in summary.keywords] == ["sparse attention", "long context", "LLM"]
    assert {word.translation for word in summary.keywords} == {None}


async def test_too_few_keywords_are_filled_up_from_the_abstract() -> None:
    summary = await _summary(_paper(keywords=("long context",)))
    terms = [word.term for word in summary.keywords]
    assert terms[0] == "long context"
    assert "Sparse Attention" in terms
    assert 3 <= len(terms) <= 7


async def test_more_than_seven_keywords_are_cut_to_seven() -> None:
    summary = await _summary(_paper(keywords=tuple(f"term {n}" for n in range(12))))
    assert len(summary.keywords) == 7


_SENTENCE = st.sampled_from(
    [_PROBLEM, _HOWEVER, _CORE, _HOW, _RESULT, _FIGURE, _RELEASE, *_ASIDES, "这很有效。", "Yes."]
)


@given(st.lists(_SENTENCE, min_size=1, max_size=14))
async def test_every_quotation_stands_in_the_abstract_once_and_in_its_order(
    sentences: list[str],
) -> None:
    abstract = " ".join(sentences)
    summary = await _summary(_paper(abstract))
    _check_quotations(abstract, summary)


async def test_every_real_abstract_is_quoted_faithfully(shared: Path) -> None:
    papers = real_papers(shared)
    for paper in papers:
        summary = await _summary(paper)
        _check_quotations(paper.abstract, summary)
        assert 1 <= len(summary.highlights) <= 5
        assert 3 <= len(summary.keywords) <= 7
    assert len(papers) > 500


async def test_no_real_main_work_begins_with_a_back_reference(shared: Path) -> None:
    openings = ("However,", "But ", "It ", "They ", "Thus", "Therefore", "Specifically,")
    summaries = [await _summary(paper) for paper in real_papers(shared)]
    dangling = [s.main_work for s in summaries if s.main_work.startswith(openings)]
    assert dangling == []


@pytest.mark.parametrize(
    "unit", ["We propose a thing. ", "a: .", "https://", "(", "this ", "we ", "1", "A", "中。"]
)
async def test_a_hostile_abstract_of_20_kb_takes_no_time_f16(unit: str) -> None:
    started = time.perf_counter()
    await _summary(_paper(f"x: {unit * (20_000 // len(unit))} x"))
    # Some 50 ms; what grows with the square of the length would take far longer.
    assert time.perf_counter() - started < 2


def _check_quotations(abstract: str, summary: Summary) -> None:
    """Two to four whole sentences and whole points, in order, none of them twice."""
    pieces = [piece.strip() for piece in split_sentences(abstract)]
    main = _places(pieces, summary.main_work)
    assert 1 <= len(main) <= 4
    assert main == sorted(main)
    remaining = [piece for place, piece in enumerate(pieces) if place not in main]
    at = 0
    for point in summary.highlights:
        at = remaining.index(point, at) + 1


def _places(pieces: list[str], main_work: str) -> list[int]:
    """Where in the abstract each sentence of the main work stands."""
    places: list[int] = []
    rest = main_work
    while rest:
        after = places[-1] + 1 if places else 0
        fitting = [at for at in range(after, len(pieces)) if rest.startswith(pieces[at])]
        assert fitting, f"no sentence of the abstract: {rest[:80]}"
        places.append(fitting[0])
        rest = rest.removeprefix(pieces[fitting[0]]).lstrip()
    return places

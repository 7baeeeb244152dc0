"""The bundled sample day: complete, in the upstream's shape, and true to itself."""

import json
from datetime import UTC, datetime

import pytest

from bot.domain.digest import Entry
from bot.domain.paper import Paper
from bot.domain.summary import Origin, Score
from bot.sample import DAY, daily_papers, digest
from bot.sources.hf_parse import parse_daily
from bot.testing import VirtualClock
from summarizer.checks import review
from summarizer.draft import Draft
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording
from summarizer.markdown import read_digest, write_digest

_REWORDED = "(Abstract reworded for Sulan's sample day.)"
_LANGUAGES = ("zh", "en")
_ITEM = {"paper", "publishedAt", "title", "summary", "numComments", "submittedBy"}
_PAPER = {
    *("id", "title", "summary", "authors", "publishedAt", "submittedOnDailyAt"),
    *("upvotes", "ai_keywords", "githubRepo"),
}


def _papers() -> tuple[Paper, ...]:
    return parse_daily(daily_papers(), day=DAY).papers


def _entries(language: str) -> tuple[Entry, ...]:
    return read_digest(digest(language)).digest.entries


def test_the_list_has_the_fields_of_the_upstream() -> None:
    for item in json.loads(daily_papers()):
        assert set(item) >= _ITEM
        assert set(item["paper"]) >= _PAPER
        assert all(set(author) == {"name", "hidden"} for author in item["paper"]["authors"])
        assert item["paper"]["submittedOnDailyAt"].startswith(DAY.isoformat())


def test_six_papers_are_read_by_the_upstreams_own_parser_and_none_is_quarantined() -> None:
    listing = parse_daily(daily_papers(), day=DAY)
    assert len(listing.papers) == 6
    assert listing.quarantined == ()
    assert [p.upvotes for p in listing.papers] == sorted(
        (p.upvotes for p in listing.papers if p.upvotes is not None), reverse=True
    )


def test_the_day_is_a_weekday_because_weekends_have_no_list() -> None:
    assert DAY.weekday() < 5


def test_every_abstract_says_that_it_was_reworded_and_has_an_abstracts_length() -> None:
    for paper in _papers():
        own_words = paper.abstract.removesuffix(_REWORDED)
        assert own_words != paper.abstract
        assert 90 <= len(own_words.split()) <= 160


def test_latex_and_dollars_survive_the_way_through_the_parser() -> None:
    texts = [f"{paper.title} {paper.abstract}" for paper in _papers()]
    assert any("𝒪(N)" in text for text in texts)
    assert any(text.count("$200k") == 2 for text in texts)


@pytest.mark.parametrize("language", _LANGUAGES)
def test_four_entries_are_written_by_hand_and_two_are_left_to_quote(language: str) -> None:
    listed = [paper.id for paper in _papers()]
    written = [entry.paper.id for entry in _entries(language)]
    assert written == [paper_id for paper_id in listed if paper_id in written]
    assert (len(listed), len(written)) == (6, 4)


def test_both_languages_hold_the_same_papers() -> None:
    chinese, english = (_entries(language) for language in _LANGUAGES)
    assert [e.paper.id for e in chinese] == [e.paper.id for e in english]


@pytest.mark.parametrize("language", _LANGUAGES)
def test_the_digest_is_read_without_a_note_and_is_already_canonical(language: str) -> None:
    imported = read_digest(digest(language))
    assert imported.notes == ()
    assert imported.digest.day == DAY
    assert imported.digest.language == language
    assert write_digest(imported.digest, load_wording(language)) == digest(language)


@pytest.mark.parametrize("language", _LANGUAGES)
def test_every_entry_stands_the_checks_that_a_models_answer_must_stand(language: str) -> None:
    papers = {paper.id: paper for paper in _papers()}
    for entry in _entries(language):
        paper, summary = papers[entry.paper.id], entry.summary
        assert entry.paper.title == paper.title
        draft = Draft(summary.main_work, summary.highlights, summary.keywords, summary.scores)
        verdict = review(draft, paper, language)
        assert (verdict.unusable, verdict.complaints, verdict.findings) == (None, (), ())
        assert verdict.draft == draft


@pytest.mark.parametrize("language", _LANGUAGES)
def test_the_entries_say_that_a_person_wrote_them_and_their_scores_differ(language: str) -> None:
    entries = _entries(language)
    authors = {entry.summary.provenance.model for entry in entries}
    assert {entry.summary.provenance.origin for entry in entries} == {Origin.IMPORTED}
    assert all("人工" in author or "hand" in author for author in authors)
    values = [score.value for e in entries for score in _scores(e)]
    assert len(set(values)) >= 4
    assert min(values) <= 3.5


async def test_the_note_about_the_rewording_is_never_quoted() -> None:
    summarizer = ExtractiveSummarizer(VirtualClock(datetime(2026, 11, 20, tzinfo=UTC)))
    for paper in _papers():
        summary = await summarizer.summarize(paper, "en")
        keywords = " ".join(keyword.term for keyword in summary.keywords)
        assert "sample day" not in f"{summary.main_work} {summary.highlights} {keywords}"
        assert len(summary.highlights) >= 2


def test_a_language_that_the_sample_lacks_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        digest("fr")


def _scores(entry: Entry) -> tuple[Score, ...]:
    scores = entry.summary.scores
    assert scores is not None
    return (scores.practicality, scores.novelty, scores.recommendation)

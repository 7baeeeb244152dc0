"""The wording tables: complete, unambiguous, and set as the language is."""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from itertools import combinations
from typing import Any, cast

import pytest

from bot.domain import errors
from bot.domain.errors import InvalidInput, SummaryError
from bot.domain.summary import Finding, FindingKind, Origin
from bot.domain.wording import Wording
from summarizer.languages import available_languages, load_wording
from summarizer.markdown.headings import PARTS

LANGUAGES = available_languages()
WORDINGS = [pytest.param(load_wording(language), id=language) for language in LANGUAGES]


def test_chinese_and_english_ship() -> None:
    assert {"en", "zh"} <= set(LANGUAGES)


def test_an_unknown_language_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidInput, match=r"'xx'.*en, zh"):
        load_wording("xx")


def test_the_chinese_headings_are_those_of_the_format() -> None:
    zh = load_wording("zh")
    assert [getattr(zh.headings, part) for part in PARTS] == [
        "1. 介绍本文的主要工作",
        "2. 本文工作的主要亮点",
        "3. 核心关键词",
        "4. 从实用性、创新性和推荐度进行打分",
    ]
    assert zh.digest.source_title["hf"].format(day="2023-09-25") == (
        "【2023-09-25】Huggingface 每日论文速览"
    )


@pytest.mark.parametrize("wording", WORDINGS)
def test_every_kind_and_reason_has_words(wording: Wording) -> None:
    kinds = [cls for cls in vars(errors).values() if isinstance(cls, type)]
    reasons = {cls.reason for cls in kinds if issubclass(cls, SummaryError)}
    assert set(wording.findings) == set(FindingKind)
    assert set(wording.origins) == {*(origin.value for origin in Origin), "imported_unknown"}
    assert set(wording.reasons) == reasons


@pytest.mark.parametrize("wording", WORDINGS)
def test_stable_words_in_a_finding_are_put_into_the_language(wording: Wording) -> None:
    fallback = wording.explain(Finding(FindingKind.FALLBACK, "busy"))
    assert wording.reasons["busy"] in fallback
    cut = wording.explain(Finding(FindingKind.CUT_OFF, "recommendation"))
    assert wording.scores.recommendation in cut
    assert "46.5%" in wording.explain(Finding(FindingKind.FIGURE, "46.5%"))


@pytest.mark.parametrize("wording", WORDINGS)
def test_every_heading_and_score_name_is_among_its_own_aliases(wording: Wording) -> None:
    for part in PARTS:
        name = re.sub(r"^[0-9]\. ", "", getattr(wording.headings, part)).casefold()
        assert name in getattr(wording.aliases, part)
    for score in ("practicality", "novelty", "recommendation"):
        assert getattr(wording.scores, score).casefold() in getattr(wording.aliases, score)


@pytest.mark.parametrize("wording", WORDINGS)
def test_no_alias_stands_for_two_things(wording: Wording) -> None:
    aliases = wording.aliases
    groups = [getattr(aliases, part) for part in (*PARTS, "whole")]
    words = [word for group in groups for word in group]
    assert len(words) == len(set(words))
    assert all(word == word.casefold() for word in words)


def _told_apart(one: str, other: str) -> bool:
    """Whether no text can be both sentences, whatever stands in their placeholders."""
    (a, a_gap, b), (c, c_gap, d) = (
        re.sub(r"\{\w+\}", "\0", t).partition("\0") for t in (one, other)
    )
    if not a_gap and not c_gap:
        return a != c
    heads = a.startswith(c) or c.startswith(a)
    tails = b.endswith(d) or d.endswith(b)
    if a_gap and c_gap:
        return not (heads and tails)
    fixed, head, tail = (a, c, d) if c_gap else (c, a, b)
    return not (fixed.startswith(head) and fixed.endswith(tail))


@pytest.mark.parametrize("wording", WORDINGS)
def test_sentences_that_are_read_back_cannot_be_mistaken_for_each_other(wording: Wording) -> None:
    notes = wording.digest
    groups = (
        list(wording.findings.values()),
        list(wording.origins.values()),
        [notes.note_model, notes.note_extractive, notes.note_imported, notes.note_imported_model],
    )
    for group in groups:
        assert all(_told_apart(one, other) for one, other in combinations(group, 2))
    for kind in FindingKind:
        words = list(wording.detail_words(kind).values())
        assert len(words) == len(set(words))


def _sentences(table: Mapping[str, Any]) -> list[str]:
    """Every text in a table and the tables in it."""
    texts = [value for value in table.values() if isinstance(value, str)]
    inner = (cast("Mapping[str, Any]", v) for v in table.values() if isinstance(v, Mapping))
    return [*texts, *(text for below in inner for text in _sentences(below))]


def test_chinese_is_set_by_the_rules_of_chinese_typography() -> None:
    """Full-width punctuation after Chinese, and a space between Chinese and Latin or figures."""
    table = tomllib.loads(files("summarizer.languages").joinpath("zh.toml").read_text("utf-8"))
    for sentence in _sentences(table):
        assert not re.search(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]", sentence), (
            sentence
        )
        assert not re.search(
            r"[\u4e00-\u9fff][A-Za-z0-9{]|[A-Za-z0-9}][\u4e00-\u9fff]", sentence
        ), sentence

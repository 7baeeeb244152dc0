"""The words of one language: every heading, label and sentence that is ours, not a model's."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.summary import FindingKind, Language


@dataclass(frozen=True, slots=True)
class PartNames:
    """A name for each of the four parts."""

    main_work: str
    highlights: str
    keywords: str
    scores: str


@dataclass(frozen=True, slots=True)
class ScoreNames:
    """A name for each of the three scores."""

    practicality: str
    novelty: str
    recommendation: str


@dataclass(frozen=True, slots=True)
class DigestWords:
    """The frame of a day's Markdown. Placeholders in braces: day, url, count, models, source.

    ``source_title`` and ``list_name`` map a source's kind (``hf``, ``arxiv``) to its words.
    """

    source_title: Mapping[str, str]
    list_name: Mapping[str, str]
    list_line: str
    note_label: str
    note_parts: str
    note_model: str
    note_extractive: str
    note_imported: str
    details_hf: str
    details_arxiv: str


@dataclass(frozen=True, slots=True)
class Aliases:
    """Other wordings that the Markdown reader takes for ours, lower case."""

    main_work: tuple[str, ...]
    highlights: tuple[str, ...]
    keywords: tuple[str, ...]
    scores: tuple[str, ...]
    practicality: tuple[str, ...]
    novelty: tuple[str, ...]
    recommendation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's table. ``headings`` are the canonical Markdown's, ``labels`` a message's.

    ``colon`` and ``comma`` are the language's own punctuation between label, score and reason.
    ``origins`` maps an Origin's value to a sentence (placeholder: model); ``findings`` maps each
    FindingKind to a sentence (placeholder: detail); ``reasons`` maps a SummaryError's reason to
    words for ``findings["fallback"]``. ``count`` is a number of papers (placeholder: count).
    ``quiet`` says why there are none (keys: weekend, not_yet, late, empty; placeholders: source,
    day).
    """

    language: Language
    name: str
    english_name: str
    colon: str
    comma: str
    headings: PartNames
    labels: PartNames
    scores: ScoreNames
    short_scores: ScoreNames
    unrated: str
    digest: DigestWords
    aliases: Aliases
    origins: Mapping[str, str]
    findings: Mapping[FindingKind, str]
    reasons: Mapping[str, str]
    count: str
    quiet: Mapping[str, str]

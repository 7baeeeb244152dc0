"""The words of one language: every heading, label and sentence that is ours, not a model's."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bot.domain.command_words import CommandWords
from bot.domain.summary import Finding, FindingKind, Language

# Kinds whose detail may be the name of a part or a score (``main_work``, ``novelty`` …).
_ABOUT_A_PART = frozenset(
    {FindingKind.LANGUAGE, FindingKind.LENGTH, FindingKind.CUT_OFF, FindingKind.SCORES}
)


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
    """The frame of a day's Markdown. Placeholders in braces: day, category, count, models.

    ``source_title`` and ``list_name`` map a source's kind (``hf``, ``arxiv``) to its words. Of the
    notes exactly one stands in a digest: the reader tells by it who wrote the text, so no two may
    be mistaken for each other, whatever the model is called.
    """

    source_title: Mapping[str, str]
    list_name: Mapping[str, str]
    list_line: str
    note_label: str
    note_parts: str
    note_model: str
    note_extractive: str
    note_imported: str
    note_imported_model: str
    details_hf: str
    details_arxiv: str


@dataclass(frozen=True, slots=True)
class Aliases:
    """Other wordings that the Markdown reader takes for ours, lower case.

    ``whole`` are headings around all four parts, ``score_endings`` words that may follow a score's
    name, ``ordinals`` the language's own numerals before a heading, and ``note_models`` sentences
    that name the model (placeholder: model).
    """

    main_work: tuple[str, ...]
    highlights: tuple[str, ...]
    keywords: tuple[str, ...]
    scores: tuple[str, ...]
    practicality: tuple[str, ...]
    novelty: tuple[str, ...]
    recommendation: tuple[str, ...]
    whole: tuple[str, ...] = ()
    score_endings: tuple[str, ...] = ()
    ordinals: tuple[str, ...] = ()
    note_models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's table. ``headings`` are the canonical Markdown's, ``labels`` a message's.

    ``colon`` and ``comma`` are the language's own punctuation between label, score and reason.
    ``origins`` maps an Origin's value to a sentence (placeholder: model); ``findings`` maps each
    FindingKind to a sentence (placeholder: detail); ``reasons`` maps a SummaryError's reason to
    words for ``findings["fallback"]``. ``count`` is a number of papers (placeholder: count).
    ``quiet`` says why there are none (keys: weekend, not_yet, late, empty, failing;
    placeholders: source, day, and with failing: since). ``commands`` are the answers to commands.
    """

    language: Language
    name: str
    english_name: str
    colon: str
    comma: str
    count: str
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
    quiet: Mapping[str, str]
    commands: CommandWords

    def explain(self, finding: Finding) -> str:
        """A finding as a sentence for a reader.

        A detail that is a stable word (a part, a score, a SummaryError's reason) is put into this
        language; any other stands as it is.
        """
        words = self.detail_words(finding.kind)
        return self.findings[finding.kind].format(detail=words.get(finding.detail, finding.detail))

    def detail_words(self, kind: FindingKind) -> Mapping[str, str]:
        """The stable words that a finding of this kind may hold, each with this language's."""
        if kind is FindingKind.FALLBACK:
            return self.reasons
        if kind in _ABOUT_A_PART:
            return {**asdict(self.labels), **asdict(self.scores)}
        return {}

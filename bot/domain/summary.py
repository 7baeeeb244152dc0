"""A paper's entry in four parts: main work, highlights, keywords, scores."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bot.domain.paper_id import PaperId

# A BCP 47 primary tag ("zh", "en") for which summarizer/languages holds a file.
Language: TypeAlias = str


class Origin(StrEnum):
    """Who wrote the words."""

    MODEL = "model"
    EXTRACTIVE = "extractive"
    IMPORTED = "imported"


class FindingKind(StrEnum):
    """What could not be vouched for. The value is stored; a language's wording explains it."""

    FIGURE = "figure"  # a figure that neither title nor abstract holds; detail: the figure
    LINK = "link"  # a link that was taken out; detail: its host
    LANGUAGE = "language"  # a part in another language than asked; detail: the part
    LENGTH = "length"  # a part far too short or too long; detail: the part
    CUT_OFF = "cut_off"  # the text breaks off in mid-sentence; detail: the part
    KEYWORDS = "keywords"  # not 3-7 keywords, or one without translation; detail: what is wrong
    SCORES = "scores"  # a score off the scale, or without a reason; detail: which
    FALLBACK = "fallback"  # no model summary: quoted instead; detail: a SummaryError's reason


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a reader is told not to rely on."""

    kind: FindingKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A term in English with its translation, ``None`` where there is none (or none is needed)."""

    term: str
    translation: str | None = None

    def __post_init__(self) -> None:
        if not self.term.strip():
            raise ValueError("a keyword needs a term")


@dataclass(frozen=True, slots=True)
class Score:
    """Points out of 5 with a reason of one sentence.

    What we generate is in half steps from 0.5; imported values keep theirs (4.8 stays 4.8) and
    may lack a reason.
    """

    value: float
    reason: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.value <= 5:
            raise ValueError(f"a score lies between 0 and 5, not {self.value}")


@dataclass(frozen=True, slots=True)
class Scores:
    """The three scores of part four."""

    practicality: Score
    novelty: Score
    recommendation: Score


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a summary comes from.

    ``model`` is the model's name as the endpoint knows it ("" for extractive), ``prompt`` the
    prompt's version. ``created_at`` is UTC, ``None`` where a file does not tell.
    """

    origin: Origin
    model: str = ""
    prompt: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SummaryKey:
    """What is paid for once: one summary of one version, by one prompt and model."""

    paper_id: PaperId
    version: int
    language: Language
    prompt: str
    model: str

    def __str__(self) -> str:
        return f"{self.paper_id}v{self.version}:{self.language}:{self.prompt}:{self.model}"


@dataclass(frozen=True, slots=True)
class Summary:
    """The four parts. ``scores`` is ``None`` where nobody rated the paper (extractive).

    ``main_work`` may hold several paragraphs, parted by one newline; every other text is a single
    line. Highlights are one to many points without bullets.
    """

    paper_id: PaperId
    language: Language
    main_work: str
    highlights: tuple[str, ...]
    keywords: tuple[Keyword, ...]
    scores: Scores | None
    provenance: Provenance
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        if not self.main_work.strip():
            raise ValueError(f"the summary of {self.paper_id} says nothing of the main work")
        if any(not point.strip() for point in self.highlights):
            raise ValueError(f"the summary of {self.paper_id} has an empty highlight")

    @property
    def cut_off(self) -> bool:
        """Whether the text breaks off."""
        return any(f.kind is FindingKind.CUT_OFF for f in self.findings)

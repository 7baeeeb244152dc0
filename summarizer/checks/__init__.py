"""What an answer must satisfy before it is published. Pure functions; each names what it found.

Nothing here asks a model, reads a clock or decides what happens next: a caller retries, publishes
with the findings shown, or falls back.
"""

from dataclasses import dataclass

from bot.domain.paper import Paper
from bot.domain.summary import Finding, Language
from summarizer.draft import Draft


@dataclass(frozen=True, slots=True)
class Review:
    """What the checks make of a draft.

    ``draft`` is the draft as it may be published: links that are not the paper's own taken out,
    white space collapsed, bullets and hidden characters gone, scores as given. ``findings`` are
    what a reader must be told. ``unusable`` says why the draft cannot be published at all.
    ``complaints`` are the same faults in English sentences for the model.
    """

    draft: Draft
    findings: tuple[Finding, ...] = ()
    unusable: str | None = None
    complaints: tuple[str, ...] = ()

    def complaint(self) -> str:
        """What to tell the model in the one retry, one line per fault; empty without a fault."""
        return "\n".join(f"- {line}" for line in self.complaints)


def review(draft: Draft, paper: Paper, language: Language) -> Review:
    """Judge a draft of a paper's summary in a language.

    Raises:
        InvalidInput: there is no wording for the language.
    """
    return Review(draft)

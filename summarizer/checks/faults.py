"""A fault of an answer, told twice: to a reader and to the model."""

from dataclasses import dataclass

from bot.domain.summary import Finding, FindingKind


@dataclass(frozen=True, slots=True)
class Fault:
    """``finding`` is for readers, in stable words; ``complaint`` is an English sentence.

    ``link`` faults are mended already: the reader is told, the model is told too.
    """

    finding: Finding
    complaint: str


def fault(kind: FindingKind, detail: str, complaint: str) -> Fault:
    """A fault with its finding's kind and detail."""
    return Fault(Finding(kind, detail), complaint)

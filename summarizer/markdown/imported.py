"""What reading a digest gives: the digest, and what whoever imports it should know."""

from dataclasses import dataclass

from bot.domain.digest import Digest
from bot.domain.paper_id import PaperId


@dataclass(frozen=True, slots=True)
class ImportNote:
    """One thing noticed. ``line`` counts from 1; ``subject`` is an entry's title, or what else."""

    line: int
    subject: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.subject}: {self.message}"


@dataclass(frozen=True, slots=True)
class ImportedDigest:
    """A digest that was read, and what was noticed on the way.

    ``notes`` are about entries that were left out or lack something, in the file's order. That an
    entry breaks off stands with its summary's findings, and in ``cut_off``.
    """

    digest: Digest
    notes: tuple[ImportNote, ...] = ()

    @property
    def cut_off(self) -> tuple[PaperId, ...]:
        """The papers whose entries break off in mid-sentence."""
        return tuple(entry.paper.id for entry in self.digest.entries if entry.summary.cut_off)

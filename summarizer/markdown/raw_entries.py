"""A digest's lines, entry by entry, before anything is made of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.errors import InvalidPaperId
from bot.domain.paper_id import PaperRef, parse_paper_ref
from bot.domain.wording import Wording
from summarizer.markdown.blocks import is_ornament
from summarizer.markdown.headings import read_heading
from summarizer.markdown.imported import ImportNote
from summarizer.markdown.inline import plain

_DETAILS = re.compile(r"(?:\[[^\]]*\]\()?(?P<url>https?://[^\s()]+)\)?")
_CLOSING_HASHES = re.compile(r"(?:(?<=\s)|^)#+$")
# What is left of LaTeX's degrees in old titles ("360^circ").
_DEGREES = re.compile(r"(?<=[0-9])\s*\^\\?circ\b")


@dataclass(slots=True)
class RawEntry:
    """A title's line number (from 1), the title, the lines below it, and the paper it links to."""

    line: int
    title: str
    lines: list[str] = field(default_factory=list[str])
    ref: PaperRef | None = None


def raw_entries(
    lines: Sequence[str], start: int, wordings: Sequence[Wording]
) -> tuple[list[RawEntry], list[ImportNote]]:
    """The entries from line index ``start`` on, and notes on text that belongs to none.

    An entry runs from its ``##`` title to the link to its paper's page. Where ``wordings`` are
    given, a known sub-heading on the same level does not end an entry that has no link yet.
    """
    entries: list[RawEntry] = []
    notes: list[ImportNote] = []
    for number, line in enumerate(lines[start:], start + 1):
        current = entries[-1] if entries else None
        is_open = current is not None and current.ref is None
        if line.startswith("## ") and not (is_open and _is_part(line, wordings)):
            entries.append(RawEntry(number, _title(line)))
        elif current is None or not is_open:
            if line and not is_ornament(line):
                notes.append(ImportNote(number, "between entries", f"left out: {line[:80]!r}"))
        else:
            current.ref = _paper_page(line)
            if current.ref is None:
                current.lines.append(line)
    return entries, notes


def _is_part(line: str, wordings: Sequence[Wording]) -> bool:
    return any(read_heading(line, wording.aliases) for wording in wordings)


def _title(line: str) -> str:
    return _DEGREES.sub("°", plain(_CLOSING_HASHES.sub("", line[3:]).strip()))


def _paper_page(line: str) -> PaperRef | None:
    """The paper that a line links to, if the line is a link to a paper's page and nothing else."""
    match = _DETAILS.fullmatch(line)
    if match is None:
        return None
    try:
        return parse_paper_ref(match["url"])
    except InvalidPaperId:
        return None

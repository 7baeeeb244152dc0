"""One entry's text, read into its four parts, however it is written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.summary import Finding, Keyword, Provenance, Scores
from bot.domain.wording import Wording
from summarizer.draft import Draft
from summarizer.markdown.annotations import read_finding, read_origin
from summarizer.markdown.blocks import Block, blocks_of
from summarizer.markdown.cut_off import breaks_off
from summarizer.markdown.headings import HIGHLIGHTS, KEYWORDS, MAIN_WORK, SCORES
from summarizer.markdown.inline import plain
from summarizer.markdown.keywords import read_keywords
from summarizer.markdown.lines import lines_of
from summarizer.markdown.metadata import Metadata, read_metadata
from summarizer.markdown.scores import Ratings, read_scores
from summarizer.markdown.sections import Sections, split_sections

# Marks of a list that Markdown does not know, before a highlight.
_LOOSE_BULLET = re.compile(r"(?:[•·●◦▪]|[(（]?[0-9]{1,2}[)）、．]|[①-⑩])\s*")


@dataclass(frozen=True, slots=True)
class EntryText:
    """The four parts as far as the text has them; a missing text is empty.

    ``cut_off`` names the part (or score) that the text breaks off in, "" for none; it is a guess
    from the last line's punctuation and means nothing for text that the writer here wrote.
    """

    main_work: str
    highlights: tuple[str, ...]
    keywords: tuple[Keyword, ...]
    ratings: Ratings
    cut_off: str = ""
    findings: tuple[Finding, ...] = ()
    provenance: Provenance | None = None
    metadata: Metadata | None = None

    @property
    def scores(self) -> Scores | None:
        """All three scores, ``None`` unless all were found."""
        return self.ratings.scores

    @property
    def missing(self) -> tuple[str, ...]:
        """What was not found, by name: main_work, highlights, keywords, practicality …"""
        parts = (
            (MAIN_WORK, self.main_work),
            (HIGHLIGHTS, self.highlights),
            (KEYWORDS, self.keywords),
        )
        return (*(name for name, found in parts if not found), *self.ratings.missing)

    @property
    def draft(self) -> Draft:
        """The parts as the checks on a model's answer take them."""
        return Draft(self.main_work, self.highlights, self.keywords, self.scores)


def read_entry(text: str, wording: Wording) -> EntryText:
    """Read the four parts from a model's plain text or from an entry of a digest.

    Takes any of the wordings of the language's table, with or without title, link, code fence and
    chatty words before the first heading. Never fails: what is not there is missing.
    """
    return read_lines(lines_of(text), wording)


def read_lines(lines: Sequence[str], wording: Wording) -> EntryText:
    """Like ``read_entry``, from lines whose white space is collapsed."""
    sections = split_sections(lines, wording)
    findings, provenance = _annotations(sections, wording)
    ratings = _ratings(sections, wording)
    return EntryText(
        main_work="\n".join(block.text for block in blocks_of(sections.lines(MAIN_WORK))),
        highlights=_highlights(blocks_of(sections.lines(HIGHLIGHTS))),
        keywords=read_keywords(sections.lines(KEYWORDS)),
        ratings=ratings,
        cut_off=_cut_off(sections, ratings),
        findings=findings,
        provenance=provenance,
        metadata=next((m for line in sections.comments if (m := read_metadata(line))), None),
    )


def _annotations(
    sections: Sections, wording: Wording
) -> tuple[tuple[Finding, ...], Provenance | None]:
    """The findings below an entry, and who wrote it. A line that says neither is the last part's
    text after all."""
    findings: list[Finding] = []
    provenance: Provenance | None = None
    for quoted in sections.annotations:
        finding, origin = read_finding(quoted, wording), read_origin(quoted, wording)
        findings += [finding] if finding else []
        provenance = origin or provenance
        if not (finding or origin) and sections.parts:
            next(reversed(sections.parts.values())).extend(("", quoted))
    return tuple(findings), provenance


def _ratings(sections: Sections, wording: Wording) -> Ratings:
    lines = sections.lines(SCORES)
    return read_scores((line for line in lines if plain(line) != wording.unrated), wording)


def _highlights(blocks: Sequence[Block]) -> tuple[str, ...]:
    """One point for each item; words that lead into a list ("亮点在于：") open its first point."""
    points: list[str] = []
    lead = ""
    for place, block in enumerate(blocks):
        text = block.text if block.item else _LOOSE_BULLET.sub("", block.text, count=1)
        followed = place + 1 < len(blocks) and blocks[place + 1].item
        if not block.item and followed and text.endswith(("：", ":")):
            lead = f"{lead}{text}" if text.endswith("：") else f"{lead}{text} "
        elif text:
            points.append(lead + text)
            lead = ""
    return tuple(points)


def _cut_off(sections: Sections, ratings: Ratings) -> str:
    """The part in which the text breaks off, judged by the entry's last line."""
    if not sections.parts:
        return ""
    part, lines = next(reversed(sections.parts.items()))
    last = next((plain(line) for line in reversed(lines) if line), "")
    if part == SCORES:
        return ratings.last if ratings.last and breaks_off(last) else ""
    return part if part != KEYWORDS and breaks_off(last) else ""

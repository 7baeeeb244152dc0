"""An entry's lines under its four headings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.wording import Wording
from summarizer.markdown.annotations import is_annotation
from summarizer.markdown.headings import PARTS, WHOLE, read_heading


@dataclass(slots=True)
class Sections:
    """Lines by part, in the parts' order of appearance.

    ``preface`` is what stands before the first heading, ``annotations`` are quoted lines with one
    of our marks (without their ``>``), ``comments`` HTML comments. Any other quote is text.
    """

    parts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    preface: list[str] = field(default_factory=list[str])
    annotations: list[str] = field(default_factory=list[str])
    comments: list[str] = field(default_factory=list[str])

    def lines(self, part: str) -> Sequence[str]:
        """A part's lines, none if it has no heading."""
        return self.parts.get(part, ())


def split_sections(lines: Sequence[str], wording: Wording) -> Sections:
    """Lines under their headings.

    Where all four canonical headings stand, each once and in order, only they are headings: what a
    text says can then never be taken for structure. Else any known wording opens a part.
    """
    canonical = _canonical(wording)
    is_canonical = [line for line in lines if line in canonical] == list(canonical)
    sections = Sections()
    current = sections.preface
    for line in lines:
        if line.startswith(">"):
            quoted = line.lstrip("> ")
            (sections.annotations if is_annotation(quoted) else current).append(quoted)
        elif line.startswith("<!--") and line.endswith("-->"):
            sections.comments.append(line)
        elif is_canonical:
            current = _under_canonical(line, sections, current, canonical)
        else:
            current = _under_any(line, sections, current, wording)
    return sections


def _canonical(wording: Wording) -> Mapping[str, str]:
    return {f"### {getattr(wording.headings, part)}": part for part in PARTS}


def _under_canonical(
    line: str, sections: Sections, current: list[str], canonical: Mapping[str, str]
) -> list[str]:
    part = canonical.get(line)
    if part:
        return sections.parts.setdefault(part, [])
    current.append(line)
    return current


def _under_any(line: str, sections: Sections, current: list[str], wording: Wording) -> list[str]:
    heading = read_heading(line, wording.aliases)
    if heading and heading.part == WHOLE and not heading.rest and not sections.parts:
        return current
    # A known word before a colon opens a part only once; later it is part of a text.
    is_text = heading and heading.rest and heading.part in sections.parts
    if heading is None or heading.part == WHOLE or is_text:
        current.append(line)
        return current
    opened = sections.parts.setdefault(heading.part, [])
    if heading.rest:
        opened.append(heading.rest)
    return opened

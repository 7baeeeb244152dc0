"""What stands around a day's entries: heading, link to the list, and the note on who wrote it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.digest import Digest
from bot.domain.summary import Origin, Provenance
from bot.domain.text import collapse
from bot.domain.wording import Wording
from summarizer.markdown.inline import escape, plain
from summarizer.markdown.templates import found, held

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LIST_LINE = re.compile(r"[-*] \[.*\]\((?P<url>\S+)\)(?P<after>.*)")
_HF = re.compile(r"hugging\s?face", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a digest's first lines tell, as far as they do.

    ``ours`` says that the note is one of our own, so that nothing about the text is guessed.
    ``wording`` is the table whose heading matched.
    """

    source: str | None
    day: date | None
    count: int | None
    wording: Wording | None
    provenance: Provenance
    ours: bool


def frame_lines(digest: Digest, provenance: Provenance | None, wording: Wording) -> list[str]:
    """Heading, list link and note. ``provenance`` is what the note says of the entries."""
    kind, _, category = digest.source.partition(":")
    known = {"day": digest.day.isoformat(), "category": escape(category)}
    words = wording.digest
    link = f"[{words.list_name[kind].format(**known)}]"
    link += f"({list_url(digest.source, digest.day)})"
    lines = [
        f"# {words.source_title[kind].format(**known)}",
        "",
        f"- {link} {words.list_line.format(count=len(digest.entries))}",
        "",
        f"> {words.note_label}",
        ">",
        f"> - {words.note_parts}",
    ]
    return [*lines, f"> - {_note(provenance, wording)}"] if provenance else lines


def list_url(source: str, day: date) -> str:
    """The page that lists a day's papers. arXiv's (``/catchup/``) goes back 90 days."""
    kind, _, category = source.partition(":")
    if kind == "arxiv":
        return f"https://arxiv.org/catchup/{category}/{day.isoformat()}"
    return f"https://huggingface.co/papers?date={day.isoformat()}"


def _note(provenance: Provenance, wording: Wording) -> str:
    words, model = wording.digest, collapse(provenance.model)
    if provenance.origin is Origin.EXTRACTIVE:
        return words.note_extractive
    if provenance.origin is Origin.MODEL:
        return words.note_model.format(models=escape(model))
    return words.note_imported_model.format(models=escape(model)) if model else words.note_imported


def read_frame(lines: Sequence[str], wordings: Sequence[Wording]) -> Frame:
    """Read the lines above the first entry, in any language's words."""
    heading = next((plain(line[2:]) for line in lines if line.startswith("# ")), "")
    links = (match for line in lines if (match := _LIST_LINE.fullmatch(line)))
    link = next(links, None)
    day = _day(heading) or _day(link["url"] if link else "")
    wording, source = _source(heading, day, wordings)
    if source is None and (_HF.search(heading) or (link and _HF.search(link["url"]))):
        source = "hf"
    quoted = [plain(line.lstrip("> -")) for line in lines if line.startswith(">")]
    bullets = [plain(line[3:].strip()) for line in lines if line.startswith("> -")]
    ours = wording and _own_note(bullets, wording)
    return Frame(
        source=source,
        day=day,
        count=_count(link["after"] if link else ""),
        wording=wording,
        provenance=ours or _foreign_note(quoted, wordings),
        ours=ours is not None,
    )


def _day(text: str) -> date | None:
    for match in _DAY.finditer(text[:500]):
        try:
            return date.fromisoformat(match[0])
        except ValueError:
            continue
    return None


def _source(
    heading: str, day: date | None, wordings: Sequence[Wording]
) -> tuple[Wording | None, str | None]:
    for wording in wordings:
        for kind, template in wording.digest.source_title.items():
            category = held(template, "category", heading, day=day.isoformat() if day else "")
            if category is not None:
                return wording, f"{kind}:{category}" if category else kind
    return None, None


def _count(after: str) -> int | None:
    figure = re.search(r"[0-9]{1,6}", after)
    return int(figure[0]) if figure else None


def _own_note(notes: Sequence[str], wording: Wording) -> Provenance | None:
    words = wording.digest
    if words.note_parts not in notes:
        return None
    if len(notes) == 1:  # a day without papers: nobody wrote anything
        return Provenance(Origin.IMPORTED)
    for note in notes:
        if note == words.note_extractive:
            return Provenance(Origin.EXTRACTIVE)
        for template, origin in (
            (words.note_imported, Origin.IMPORTED),
            (words.note_imported_model, Origin.IMPORTED),
            (words.note_model, Origin.MODEL),
        ):
            model = held(template, "models", note)
            if model is not None:
                return Provenance(origin, model=model)
    return None


def _foreign_note(notes: Sequence[str], wordings: Sequence[Wording]) -> Provenance:
    for note in notes:
        for template in (t for wording in wordings for t in wording.aliases.note_models):
            model = found(template, "model", note)
            if model:
                return Provenance(Origin.IMPORTED, model=model)
    return Provenance(Origin.IMPORTED)

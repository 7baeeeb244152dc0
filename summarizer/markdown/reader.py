"""Four-part Markdown, ours or another's, into a digest."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.digest import Digest, Entry
from bot.domain.errors import MarkdownError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperRef
from bot.domain.summary import Finding, FindingKind, Summary
from bot.domain.wording import Wording
from summarizer.languages import available_languages, load_wording
from summarizer.markdown.entry import EntryText, read_lines
from summarizer.markdown.frame import Frame, read_frame
from summarizer.markdown.headings import read_heading
from summarizer.markdown.imported import ImportedDigest, ImportNote
from summarizer.markdown.lines import lines_of
from summarizer.markdown.metadata import Metadata
from summarizer.markdown.raw_entries import RawEntry, raw_entries

# More than 150 entries of 6,000 characters; no day has had more than 50 papers (Hugging Face, 558
# archived days).
MAX_CHARACTERS = 1_000_000

# Lines that are looked at to tell the language; 44 old entries take 1,600.
_TELLING_LINES = 2_000


def decode_digest(data: bytes, *, source_name: str = "the file") -> str:
    """A file's text, for ``read_digest``.

    Raises:
        MarkdownError: it is not UTF-8, or too big for a digest.
    """
    _check_size(len(data) // 4, source_name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MarkdownError(
            f"{source_name}, line {line}: not UTF-8 text. Give a four-part Markdown file."
        ) from error


def read_digest(text: str, *, source_name: str = "the text") -> ImportedDigest:
    """Read a day's digest, whatever its language and wording.

    What ``write_digest`` wrote comes back equal. In what others wrote, the entries count as
    imported, from the model that the note names, and one that stops in mid-sentence gets a
    ``CUT_OFF`` finding. ``source_name`` is used in messages only.

    Raises:
        MarkdownError: there is no four-part digest in it; the message names the line or the entry.
    """
    _check_size(len(text), source_name)
    lines = lines_of(text)
    wordings = [load_wording(language) for language in available_languages()]
    opening = next((i for i, line in enumerate(lines) if line.startswith("## ")), len(lines))
    frame = read_frame(lines[:opening], wordings)
    wording = _language(frame, lines[opening:], wordings)
    candidates, notes = raw_entries(lines, opening, [] if frame.ours else wordings)
    entries: list[Entry] = []
    for candidate in candidates:
        entry, lacking = _entry(candidate, frame, wording)
        entries += [entry] if entry else []
        notes += [ImportNote(candidate.line, candidate.title, lacking)] if lacking else []
    notes.sort(key=lambda note: note.line)
    if frame.count is not None and frame.count != len(entries):
        message = f"{frame.count} papers are announced, {len(entries)} entries were read"
        notes.insert(0, ImportNote(1, "the list", message))
    _refuse_what_is_none(frame, entries, notes, source_name=source_name)
    return ImportedDigest(_digest(frame, entries, wording, source_name=source_name), tuple(notes))


def _check_size(characters: int, source_name: str) -> None:
    if characters > MAX_CHARACTERS:
        raise MarkdownError(
            f"{source_name}: {characters:,} characters are too many for a day's digest (at most"
            f" {MAX_CHARACTERS:,}). Give a four-part Markdown file."
        )


def _language(frame: Frame, lines: Sequence[str], wordings: Sequence[Wording]) -> Wording:
    """The wording that most sub-headings come from; the heading's where that settles nothing."""
    first = frame.wording or wordings[0]
    if frame.ours:
        return first

    def headings(wording: Wording) -> int:
        telling = lines[:_TELLING_LINES]
        return sum(read_heading(line, wording.aliases) is not None for line in telling if line)

    return max((first, *wordings), key=headings)


def _entry(raw: RawEntry, frame: Frame, wording: Wording) -> tuple[Entry | None, str]:
    """An entry, and what it lacks in a sentence; no entry where nothing can be made of it."""
    if raw.ref is None or not raw.title:
        return None, "left out: no title" if raw.ref else "left out: no link to the paper's page"
    text = read_lines(raw.lines, wording)
    lacking = ", ".join(f"no {name.replace('_', ' ')}" for name in text.missing)
    if not text.main_work:
        return None, f"left out: {lacking}"
    metadata = text.metadata or Metadata()
    author = text.provenance or frame.provenance
    summary = Summary(
        paper_id=raw.ref.id,
        language=metadata.language or wording.language,
        main_work=text.main_work,
        highlights=text.highlights,
        keywords=text.keywords,
        scores=text.scores,
        provenance=replace(author, prompt=metadata.prompt, created_at=metadata.created_at),
        findings=text.findings if frame.ours else _judged(text),
    )
    return Entry(_paper(raw.ref, raw.title, metadata), summary), "" if frame.ours else lacking


def _paper(ref: PaperRef, title: str, metadata: Metadata) -> Paper:
    return Paper(id=ref.id, title=title, version=ref.version or metadata.version)


def _judged(text: EntryText) -> tuple[Finding, ...]:
    cut_off = Finding(FindingKind.CUT_OFF, text.cut_off)
    return (*text.findings, cut_off) if text.cut_off else text.findings


def _refuse_what_is_none(
    frame: Frame, entries: Sequence[Entry], notes: Sequence[ImportNote], *, source_name: str
) -> None:
    """Raise where nothing was read. A day without papers is one only by our own note."""
    if entries or frame.ours:
        return
    first = f" First: {notes[0]}." if notes else ""
    raise MarkdownError(
        f"{source_name}, line 1: no four-part digest. It needs a heading with the date, and entries"
        f" with a ## title, four parts and a link to the paper's page.{first}"
    )


def _digest(
    frame: Frame, entries: Sequence[Entry], wording: Wording, *, source_name: str
) -> Digest:
    if frame.day is None:
        raise MarkdownError(
            f"{source_name}, line 1: no date. Put one into the heading, as in # 【2023-09-25】…"
        )
    if frame.source is None:
        raise MarkdownError(
            f"{source_name}, line 1: no source. Name Hugging Face or an arXiv category in the"
            f" heading, as in # {wording.digest.source_title['hf'].format(day=frame.day)}"
        )
    return Digest(frame.source, frame.day, wording.language, tuple(entries))

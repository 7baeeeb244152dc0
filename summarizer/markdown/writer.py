"""A digest as the canonical four-part Markdown.

Every heading, number, bullet and link is written here, from the language's table; texts only fill
the places between and are escaped, so they can neither add structure nor lose a character. They
are normalised on the way: white space collapsed, hidden characters dropped.
"""

from collections import Counter

from bot.domain.digest import Digest, Entry
from bot.domain.errors import InvalidInput
from bot.domain.paper import Paper
from bot.domain.summary import Provenance, Summary
from bot.domain.text import collapse
from bot.domain.wording import Wording
from summarizer.markdown.annotations import finding_line, origin_line
from summarizer.markdown.frame import frame_lines
from summarizer.markdown.inline import escape_block, escape_title
from summarizer.markdown.keywords import keyword_line
from summarizer.markdown.metadata import metadata_line
from summarizer.markdown.scores import score_lines


def write_digest(digest: Digest, wording: Wording) -> str:
    """The canonical Markdown of a digest, which ``read_digest`` reads back to equal objects.

    The note tells who wrote most of the entries; any other entry says so itself. An entry carries
    of its paper the id, title and version, and its summary whole.

    Raises:
        InvalidInput: the wording is of another language, or has no words for the source.
    """
    if wording.language != digest.language:
        raise InvalidInput(
            f"The digest of {digest.day} is in {digest.language!r}; it cannot be written with the"
            f" words of {wording.language!r}."
        )
    kind = digest.source.partition(":")[0]
    if kind not in wording.digest.source_title:
        raise InvalidInput(
            f"No words for source {digest.source!r} in language {wording.language!r}: add"
            f" {kind!r} to digest.source_title and digest.list_name of its table."
        )
    usual = _usual_author(digest)
    lines = frame_lines(digest, usual, wording)
    for entry in digest.entries:
        lines += ["", *_entry_lines(entry, digest, usual=usual, wording=wording)]
    return "\n".join(lines) + "\n"


def _usual_author(digest: Digest) -> Provenance | None:
    """Who wrote most of the entries, the first of equals; ``None`` for no entries."""
    authors = Counter(_author(entry.summary) for entry in digest.entries)
    return authors.most_common(1)[0][0] if authors else None


def _author(summary: Summary) -> Provenance:
    provenance = summary.provenance
    return Provenance(provenance.origin, model=collapse(provenance.model))


def _entry_lines(
    entry: Entry, digest: Digest, *, usual: Provenance | None, wording: Wording
) -> list[str]:
    notices = [finding_line(finding, wording) for finding in entry.summary.findings]
    if _author(entry.summary) != usual:
        notices.append(origin_line(entry.summary.provenance, wording))
    metadata = metadata_line(entry, digest.language)
    return [
        f"## {escape_title(collapse(entry.paper.title))}",
        "",
        *_parts(entry.summary, wording),
        "",
        *([*_apart(notices, between=">"), ""] if notices else ()),
        *([metadata, ""] if metadata else ()),
        _details(entry.paper, digest.source, wording),
    ]


def _parts(summary: Summary, wording: Wording) -> list[str]:
    headings = wording.headings
    points = (collapse(point) for point in summary.highlights)
    rated = summary.scores
    return [
        f"### {headings.main_work}",
        *_apart(_paragraphs(summary.main_work), between=""),
        "",
        f"### {headings.highlights}",
        *(f"- {escape_block(point)}" for point in points if point),
        "",
        f"### {headings.keywords}",
        *(keyword_line(keyword) for keyword in summary.keywords if collapse(keyword.term)),
        "",
        f"### {headings.scores}",
        *(score_lines(rated, wording) if rated else (wording.unrated,)),
    ]


def _paragraphs(text: str) -> list[str]:
    paragraphs = (collapse(paragraph) for paragraph in text.split("\n"))
    return [escape_block(paragraph) for paragraph in paragraphs if paragraph]


def _apart(lines: list[str], *, between: str) -> list[str]:
    """Lines with one between each two, without which they would run into one paragraph."""
    apart = [piece for line in lines for piece in (line, between)]
    return apart[:-1]


def _details(paper: Paper, source: str, wording: Wording) -> str:
    """The link that closes an entry. Hugging Face has no pages of old-style ids, and of what arXiv
    alone lists it need not have one."""
    if source.partition(":")[0] == "arxiv" or not paper.id.is_new_style:
        return f"[{wording.digest.details_arxiv}]({paper.abs_url})"
    return f"[{wording.digest.details_hf}]({paper.hf_url})"

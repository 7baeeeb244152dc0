"""Answers of arXiv's API (export.arxiv.org), which are Atom feeds.

Read with the standard library's ElementTree behind the gate and not with feedparser: it gives
every text as it was sent (feedparser may take a ``<`` in a title for HTML), in a fraction of the
time, and keeps arXiv's own elements apart from Atom's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from bot.domain.errors import InvalidPaperId, SourceBroken
from bot.domain.listing import Quarantined
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId, PaperRef, parse_paper_ref
from bot.sources.paper_text import (
    UnusableEntry,
    abstract_of,
    categories_of,
    is_withdrawn,
    names_of,
    title_of,
)
from bot.sources.plaintext import plain
from bot.sources.xml_gate import check_xml
from bot.sources.xml_split import split_feed

_ROOTS = frozenset({"feed"})
_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
# An error is an ordinary entry with such an id (API user's manual, section 3.4).
_ERROR = "/api/errors"
_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """One answer. ``error`` is arXiv's own complaint where the answer is one (F11)."""

    papers: tuple[Paper, ...]
    error: str | None = None
    quarantined: tuple[Quarantined, ...] = ()


def parse_atom(body: bytes) -> AtomFeed:
    """Read an answer, in its order, each paper once. No entry is an answer: nothing was found.

    Raises:
        SourceBroken: the body is no whole Atom feed, or none of its entries is a paper's.
    """
    check_xml(body, roots=_ROOTS)
    papers: dict[PaperId, Paper] = {}
    quarantined: list[Quarantined] = []
    error: str | None = None
    for place, entry in enumerate(_entries(body), start=1):
        if _ERROR in _text(entry, f"{_ATOM}id"):
            error = plain(_text(entry, f"{_ATOM}summary")) or "arXiv named no reason"
            continue
        try:
            paper = _paper(entry)
        except UnusableEntry as reason:
            where = _id(entry) or f"entry {place}"
            quarantined.append(Quarantined(str(where), str(reason)))
        else:
            papers.setdefault(paper.id, paper)
    if quarantined and not papers and all(q.where.startswith("entry ") for q in quarantined):
        raise SourceBroken(f"arXiv's answer holds no paper: {quarantined[0].reason}.")
    return AtomFeed(tuple(papers.values()), error, tuple(quarantined))


def _entries(body: bytes) -> Iterator[ET.Element]:
    """Entry by entry out of small trees: one tree of thousands of entries is gone over by the
    garbage collector, and taken apart, in steps that stall other threads.
    """
    for part, _count in split_feed(body, item="entry", size=_AT_ONCE):
        feed = _tree(part)
        if feed.tag != f"{_ATOM}feed":
            raise SourceBroken("arXiv's answer has a <feed> of another kind than Atom.")
        yield from feed.iterfind(f"{_ATOM}entry")


def _tree(part: bytes) -> ET.Element:
    try:
        return ET.fromstring(part)  # noqa: S314 - the gate has refused every document type
    except ET.ParseError as error:  # stricter than the gate, about namespaces for one
        raise SourceBroken(f"arXiv's answer is not well-formed XML: {error}.") from error


def _paper(entry: ET.Element) -> Paper:
    ref = _ref(entry)
    abstract = abstract_of(_text(entry, f"{_ATOM}summary"))
    return Paper(
        id=ref.id,
        version=ref.version or 1,
        title=title_of(_text(entry, f"{_ATOM}title")),
        abstract=abstract,
        authors=names_of(_text(a, f"{_ATOM}name") for a in entry.iterfind(f"{_ATOM}author")),
        categories=categories_of(_terms(entry)),
        published_at=_moment(_text(entry, f"{_ATOM}published")),
        updated_at=_moment(_text(entry, f"{_ATOM}updated")),
        withdrawn=is_withdrawn(abstract, _text(entry, f"{_ARXIV}comment")),
    )


def _ref(entry: ET.Element) -> PaperRef:
    try:
        return parse_paper_ref(_text(entry, f"{_ATOM}id"))
    except InvalidPaperId as error:
        raise UnusableEntry(f"it has no arXiv id ({error})") from error


def _id(entry: ET.Element) -> PaperId | None:
    try:
        return _ref(entry).id
    except UnusableEntry:
        return None


def _terms(entry: ET.Element) -> Iterator[str]:
    """The primary category first."""
    for tag in (f"{_ARXIV}primary_category", f"{_ATOM}category"):
        for category in entry.iterfind(tag):
            yield category.get("term", "")


def _text(parent: ET.Element, tag: str) -> str:
    child = parent.find(tag)
    return "" if child is None else "".join(child.itertext())


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None

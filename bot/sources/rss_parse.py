"""arXiv's announcement feeds (rss.arxiv.org), RSS 2.0 and Atom."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import cast

import feedparser  # pyright: ignore[reportMissingTypeStubs] - it has no types

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
from bot.sources.xml_gate import check_xml
from bot.sources.xml_split import split_feed

NEW_ONLY = frozenset({"new"})
ANNOUNCE_TYPES = frozenset({"new", "cross", "replace", "replace-cross"})

_ITEM = {"rss": "item", "feed": "entry"}
# Items in one call of feedparser: some 10 ms of work.
_AT_ONCE = 25
_GUID = "oai:arXiv.org:"
# "arXiv:2508.13426v1 Announce Type: cross \nAbstract: As large …"
_HEAD = re.compile(
    r"\s*arXiv:(?P<ref>\S+)\s+Announce\s+Type:\s*(?P<type>[\w-]+)\s+(?:Abstract:\s*)?",
    re.IGNORECASE,
)
# "Ann Lee, Bo Ray, Jr., Cy Fox (U, V)" - a comma parts names, but not before a suffix or within
# brackets.
_BETWEEN_NAMES = re.compile(r",\s+(?!(?:Jr|Sr|II|III|IV)\b)(?![^()]*\))")

_Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RssFeed:
    """One announcement. ``announced`` is its date in the feed's own zone (Eastern)."""

    announced: date
    papers: tuple[Paper, ...]
    quarantined: tuple[Quarantined, ...] = ()


def parse_rss(body: bytes, *, announce: frozenset[str] = NEW_ONLY) -> RssFeed:
    """Read an announcement, in its order, each paper once.

    ``announce`` names the kinds to keep (of ANNOUNCE_TYPES), the others are left out (F15). A feed
    without items is an answer: nothing was announced.

    Raises:
        SourceBroken: the body is no whole feed, has no date, or none of its items can be read.
    """
    item = _ITEM[check_xml(body, roots=frozenset(_ITEM))]
    papers: dict[PaperId, Paper] = {}
    quarantined: list[Quarantined] = []
    announced: date | None = None
    seen = 0
    for part, count in split_feed(body, item=item, size=_AT_ONCE):
        frame, entries = _feed(part, count)
        announced = announced or _announced(frame, entries)
        for entry in entries:
            seen += 1
            try:
                kind, paper = _paper(entry)
            except UnusableEntry as error:
                quarantined.append(Quarantined(_where(entry, seen), str(error)))
                continue
            if kind in announce:
                papers.setdefault(paper.id, paper)
    if seen and len(quarantined) == seen:
        raise SourceBroken(f"arXiv's feed holds no readable item: {quarantined[0].reason}.")
    if announced is None:
        raise SourceBroken("arXiv's feed does not say of which day it is.")
    return RssFeed(announced, tuple(papers.values()), tuple(quarantined))


def _feed(body: bytes, count: int) -> tuple[_Fields, Sequence[_Fields]]:
    """feedparser's reading, as plain mappings.

    A stream, since bytes may be taken for a file's name. Nothing is sanitised or resolved: both
    rewrite texts as HTML and eat what stands in ``<…>``.
    """
    result = cast(
        "_Fields",
        feedparser.parse(  # pyright: ignore[reportUnknownMemberType] - it has no types
            io.BytesIO(body),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        ),
    )
    entries = cast("Sequence[_Fields]", result["entries"])
    if result["bozo"] or len(entries) != count:
        why = result.get("bozo_exception", f"{len(entries)} of {count} items were understood")
        raise SourceBroken(f"arXiv's feed cannot be read: {why}.")
    # Plain mappings: feedparser's own answer for absent keys with other keys' values.
    return dict(cast("_Fields", result["feed"])), [dict(entry) for entry in entries]


def _announced(frame: _Fields, entries: Sequence[_Fields]) -> date | None:
    """The frame's date in its own zone. The Atom flavour's frame has only the time at which it was
    built, in UTC, so that its entries go first.
    """
    first: _Fields = entries[0] if entries else {}
    for text in (_text(frame, "published"), _text(first, "published"), _text(frame, "updated")):
        moment = _moment(text)
        if moment is not None:
            return moment.date()
    return None


def _moment(text: str) -> datetime | None:
    """A date of RFC 822 (RSS) or RFC 3339 (Atom), in its own zone."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return read(text)
        except (ValueError, OverflowError):
            continue
    return None


def _paper(entry: _Fields) -> tuple[str, Paper]:
    """What kind of announcement it is, and the paper."""
    ref = _ref(entry)
    summary = _text(entry, "summary")
    head = _HEAD.match(summary)
    kind = _text(entry, "arxiv_announce_type") or (head["type"] if head else "")
    if not kind:
        raise UnusableEntry("it does not say whether it is new")
    abstract = abstract_of(summary[head.end() :] if head else summary)
    moment = _utc(_moment(_text(entry, "published")))
    is_new = kind.lower() == "new"
    paper = Paper(
        id=ref.id,
        version=ref.version or 1,
        title=title_of(_text(entry, "title")),
        abstract=abstract,
        authors=names_of(_authors(entry)),
        categories=categories_of(_terms(entry)),
        # The day of the announcement: the API's dates, where known, are earlier and win.
        published_at=moment if is_new else None,
        updated_at=moment if kind.lower().startswith("replace") else None,
        withdrawn=is_withdrawn(abstract),
    )
    return kind.lower(), paper


def _ref(entry: _Fields) -> PaperRef:
    """Id and version from the guid, else from the abstract's head, else the id from the link."""
    head = _HEAD.match(_text(entry, "summary"))
    guid = _text(entry, "id")
    candidates = (
        guid[len(_GUID) :] if guid.lower().startswith(_GUID.lower()) else guid,
        head["ref"] if head else "",
        _text(entry, "link"),
    )
    for candidate in candidates:
        try:
            return parse_paper_ref(candidate)
        except InvalidPaperId:
            continue
    raise UnusableEntry(f"it has no arXiv id, only the guid {guid[:80]!r}")


def _where(entry: _Fields, place: int) -> str:
    try:
        return str(_ref(entry).id)
    except UnusableEntry:
        return f"item {place}"


def _authors(entry: _Fields) -> Iterator[str]:
    for author in _list(entry, "authors"):
        yield from _BETWEEN_NAMES.split(_text(author, "name"))


def _terms(entry: _Fields) -> Iterator[str]:
    return (_text(tag, "term") for tag in _list(entry, "tags"))


def _list(fields: _Fields, key: str) -> Sequence[_Fields]:
    return cast("Sequence[_Fields]", fields.get(key) or ())


def _text(fields: _Fields, key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return None

"""Answers of Hugging Face: a day's list, and one paper."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import cast
from urllib.parse import urlsplit

from bot.domain.errors import InvalidPaperId, SourceBroken
from bot.domain.listing import Listing, Quarantined
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId, parse_paper_ref
from bot.sources.links import safe_link
from bot.sources.paper_text import UnusableEntry, abstract_of, is_withdrawn, names_of, title_of
from bot.sources.plaintext import plain

SOURCE = "hf"
# No count on the site comes near; beyond it the field is damage, not popularity.
_MAX_COUNT = 1_000_000_000
_MAX_SUMMARY = 5_000

_Fields = Mapping[str, object]


def parse_daily(body: bytes, *, day: date) -> Listing:
    """Read one page of ``GET /api/daily_papers?date=…``, in its order, each paper once.

    An empty JSON list is an empty day. An entry that cannot be read is quarantined.

    Raises:
        SourceBroken: the body is no JSON list of papers.
    """
    entries = _json(body)
    if not isinstance(entries, list):
        raise SourceBroken(f"Hugging Face's list of {day} is {_kind(entries)}, not a JSON list.")
    papers: dict[PaperId, Paper] = {}
    quarantined: list[Quarantined] = []
    for place, entry in enumerate(cast("list[object]", entries), start=1):
        try:
            paper = _paper(_fields(entry))
        except UnusableEntry as error:
            quarantined.append(Quarantined(str(_id_of(entry) or f"entry {place}"), str(error)))
        else:
            papers.setdefault(paper.id, paper)
    if quarantined and not papers and not any(_id_of(e) for e in cast("list[object]", entries)):
        raise SourceBroken(
            f"Hugging Face's list of {day} holds no paper: its first entry was refused because "
            f"{quarantined[0].reason}."
        )
    return Listing(SOURCE, day, tuple(papers.values()), tuple(quarantined))


def parse_paper(body: bytes) -> Paper:
    """Read ``GET /api/papers/{id}``: a paper's object, bare or under the key ``paper``.

    Raises:
        SourceBroken: the body is no such object.
    """
    answer = _json(body)
    try:
        return _paper(_fields(answer))
    except UnusableEntry as error:
        raise SourceBroken(
            f"Hugging Face's answer for one paper is {_kind(answer)} that cannot be read: {error}."
        ) from error


def _json(body: bytes) -> object:
    if not body.strip():
        raise SourceBroken("Hugging Face's answer is an empty body where JSON was expected.")
    try:
        return json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceBroken("Hugging Face's answer is not UTF-8 text.") from error
    except (ValueError, RecursionError) as error:
        looks_html = body.lstrip()[:1] == b"<"
        what = "an HTML page, not JSON" if looks_html else f"not valid JSON, or cut off ({error})"
        raise SourceBroken(f"Hugging Face's answer is {what}.") from error


def _kind(value: object) -> str:
    if isinstance(value, dict):
        complaint = cast("dict[str, object]", value).get("error")
        told = f' saying "{plain(complaint[:200])}"' if isinstance(complaint, str) else ""
        return f"a JSON object{told}"
    return f"a JSON {type(value).__name__}"


def _id_of(entry: object) -> PaperId | None:
    item = _fields_or_empty(entry)
    try:
        return _id(_fields_or_empty(item.get("paper", item)))
    except UnusableEntry:
        return None


def _fields(value: object) -> _Fields:
    if not isinstance(value, dict):
        raise UnusableEntry("it is no JSON object")
    return cast("_Fields", value)


def _fields_or_empty(value: object) -> _Fields:
    return cast("_Fields", value) if isinstance(value, dict) else {}


def _paper(item: _Fields) -> Paper:
    """One entry: what stands on the paper goes before what stands on the list's item."""
    inner = _fields(item["paper"]) if "paper" in item else item
    abstract = abstract_of(_text(inner, "summary") or _text(item, "summary"))
    return Paper(
        id=_id(inner),
        title=title_of(_text(inner, "title") or _text(item, "title")),
        abstract=abstract,
        authors=_authors(inner.get("authors")),
        published_at=_moment(inner.get("publishedAt")) or _moment(item.get("publishedAt")),
        withdrawn=is_withdrawn(abstract),
        upvotes=_count(inner.get("upvotes")),
        comments=_count(item.get("numComments", inner.get("numComments"))),
        thumbnail_url=_thumbnail(item) or _thumbnail(inner),
        media_urls=_media(inner) or _media(item),
        code_url=safe_link(inner.get("githubRepo")),
        code_stars=_count(inner.get("githubStars")),
        project_url=safe_link(inner.get("projectPage")),
        organization=_organization(inner) or _organization(item),
        keywords=tuple(dict.fromkeys(names_of(_texts(inner.get("ai_keywords"))))),
        upstream_summary=_short(_text(inner, "ai_summary")),
        submitted_by=_submitter(item.get("submittedBy")) or _submitter(_daily_submitter(inner)),
    )


def _id(fields: _Fields) -> PaperId:
    try:
        return parse_paper_ref(_text(fields, "id")).id
    except InvalidPaperId as error:
        raise UnusableEntry(f"it has no arXiv id ({error})") from error


def _text(fields: _Fields, key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    entries = cast("Sequence[object]", value) if isinstance(value, list) else ()
    return [entry for entry in entries if isinstance(entry, str)]


def _authors(value: object) -> tuple[str, ...]:
    """Every author. ``hidden`` is kept aside: it hides the link between a name and a Hugging Face
    account (all three hidden ones in the archive carry such a claim), not who wrote the paper.
    """
    entries = cast("Sequence[object]", value) if isinstance(value, list) else ()
    return names_of(
        entry if isinstance(entry, str) else _text(_fields_or_empty(entry), "name")
        for entry in entries
    )


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None:
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


def _count(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_COUNT:
        return value
    return None


def _thumbnail(fields: _Fields) -> str | None:
    """Until 2024 the social thumbnail stood under ``mediaUrl``, a string."""
    early = safe_link(fields.get("mediaUrl"))
    return safe_link(fields.get("thumbnail")) or (early if early and _is_thumbnail(early) else None)


def _is_thumbnail(link: str) -> bool:
    return (urlsplit(link).hostname or "").startswith("cdn-thumbnails.")


def _media(fields: _Fields) -> tuple[str, ...]:
    links = (safe_link(link) for link in [*_texts(fields.get("mediaUrls")), fields.get("mediaUrl")])
    return tuple(dict.fromkeys(link for link in links if link and not _is_thumbnail(link)))


def _organization(fields: _Fields) -> str | None:
    organization = _fields_or_empty(fields.get("organization"))
    names = names_of([_text(organization, "fullname"), _text(organization, "name")])
    return names[0] if names else None


def _daily_submitter(fields: _Fields) -> object:
    return fields.get("submittedOnDailyBy")


def _submitter(value: object) -> str | None:
    """The account's name, which is unique, before the person's."""
    person = _fields_or_empty(value)
    names = names_of(_text(person, key) for key in ("name", "user", "fullname"))
    return names[0] if names else None


def _short(text: str) -> str | None:
    return (plain(text) or None) if len(text) <= _MAX_SUMMARY else None

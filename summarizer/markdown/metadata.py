"""The one comment of an entry: what a person need not see, and what lets nothing be paid twice.

``<!-- sulan version=2 language=en prompt=four-parts-3 created=2026-11-21T09:00:00+00:00 -->``
holds only what differs from the usual (version 1, the digest's language, no prompt, no date), and
is left out altogether where nothing does, as in what was imported from old files.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from bot.domain.digest import Entry
from bot.domain.summary import Language

_COMMENT = re.compile(r"<!-- sulan ([^>]*) -->")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Fields of a paper and its summary that stand in no visible text. ``created_at`` is UTC."""

    version: int = 1
    language: Language | None = None
    prompt: str = ""
    created_at: datetime | None = None


def metadata_line(entry: Entry, language: Language) -> str | None:
    """The comment of an entry in a digest in ``language``; ``None`` where it would be empty."""
    provenance = entry.summary.provenance
    fields: dict[str, str] = {}
    if entry.paper.version != 1:
        fields["version"] = str(entry.paper.version)
    if entry.summary.language != language:
        fields["language"] = entry.summary.language
    if provenance.prompt:
        fields["prompt"] = provenance.prompt
    if provenance.created_at is not None:
        fields["created"] = provenance.created_at.isoformat()
    # Quoting keeps ``>`` and white space out, so that no value can end the comment.
    shown = " ".join(f"{name}={quote(value, safe=':+')}" for name, value in fields.items())
    return f"<!-- sulan {shown} -->" if shown else None


def read_metadata(line: str) -> Metadata | None:
    """The fields of such a comment, unreadable ones left out; ``None`` for any other line."""
    match = _COMMENT.fullmatch(line)
    if match is None:
        return None
    pairs = (pair.partition("=") for pair in match[1].split())
    fields = {name: unquote(value) for name, _, value in pairs}
    return Metadata(
        version=_version(fields.get("version", "1")),
        language=_tag(fields.get("language", "")),
        prompt=fields.get("prompt", ""),
        created_at=_moment(fields.get("created", "")),
    )


def _tag(text: str) -> Language | None:
    return text if re.fullmatch("[A-Za-z0-9-]{1,35}", text) else None


def _version(text: str) -> int:
    return int(text) if re.fullmatch("[1-9][0-9]{0,3}", text) else 1


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None

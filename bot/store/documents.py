"""A summary as a JSON document, versioned, so that old rows stay readable.

Version 1 is the domain's field names. A reader ignores members that it does not know; a change
that would make it misread takes a new version.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.errors import InvalidPaperId, StoreError
from bot.domain.paper_id import PaperId
from bot.domain.summary import (
    Finding,
    FindingKind,
    Keyword,
    Origin,
    Provenance,
    Score,
    Scores,
    Summary,
    SummaryKey,
)

VERSION = 1

Document = Mapping[str, Any]


def encode(summary: Summary) -> str:
    """A summary as JSON; ``decode`` gives an equal one back."""
    written = summary.provenance.created_at
    document = {
        "v": VERSION,
        "paper_id": summary.paper_id.value,
        "language": summary.language,
        "main_work": summary.main_work,
        "highlights": summary.highlights,
        "keywords": [{"term": k.term, "translation": k.translation} for k in summary.keywords],
        "scores": None if summary.scores is None else _scores_document(summary.scores),
        "provenance": {
            "origin": summary.provenance.origin.value,
            "model": summary.provenance.model,
            "prompt": summary.provenance.prompt,
            "created_at": None if written is None else written.isoformat(),
        },
        "findings": [{"kind": f.kind.value, "detail": f.detail} for f in summary.findings],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> Summary:
    """Read a summary that ``encode`` wrote, also one of a later version 1 with members more.

    Raises:
        StoreError: the document is of a newer version, or damaged.
    """
    try:
        document = json.loads(text)
        version = document["v"]
        if version == VERSION:
            return _summary(document)
    except (ValueError, KeyError, TypeError, AttributeError, InvalidPaperId) as error:
        raise StoreError(
            f"a stored summary cannot be read ({type(error).__name__}: {error}); restore the store "
            "from a backup, or move it away to start afresh"
        ) from error
    raise StoreError(
        f"a stored summary was written by a newer version of Sulan (document {version}, this one "
        f"knows {VERSION}); upgrade Sulan"
    )


def require_match(key: SummaryKey, summary: Summary) -> None:
    """A summary is kept under its own paper and language only (T11).

    Raises:
        ValueError: it is another paper's, or in another language than the key says.
    """
    if (key.paper_id, key.language) != (summary.paper_id, summary.language):
        raise ValueError(
            f"a summary of {summary.paper_id} in {summary.language} cannot be kept as {key}"
        )


def oldest_first(
    pairs: Iterable[tuple[SummaryKey, Summary]],
) -> tuple[tuple[SummaryKey, Summary], ...]:
    """By when they were written; those of unknown date count as oldest; then by key."""

    def age(pair: tuple[SummaryKey, Summary]) -> tuple[datetime, PaperId, int, str, str]:
        key, summary = pair
        written = summary.provenance.created_at or datetime.min.replace(tzinfo=UTC)
        return written, key.paper_id, key.version, key.prompt, key.model

    return tuple(sorted(pairs, key=age))


def _scores_document(scores: Scores) -> Document:
    return {
        name: {"value": score.value, "reason": score.reason}
        for name, score in (
            ("practicality", scores.practicality),
            ("novelty", scores.novelty),
            ("recommendation", scores.recommendation),
        )
    }


def _summary(document: Document) -> Summary:
    provenance, scores = document["provenance"], document["scores"]
    written = provenance["created_at"]
    return Summary(
        paper_id=PaperId(document["paper_id"]),
        language=document["language"],
        main_work=document["main_work"],
        highlights=tuple(document["highlights"]),
        keywords=tuple(Keyword(k["term"], k["translation"]) for k in document["keywords"]),
        scores=None if scores is None else _scores(scores),
        provenance=Provenance(
            origin=Origin(provenance["origin"]),
            model=provenance["model"],
            prompt=provenance["prompt"],
            created_at=None if written is None else datetime.fromisoformat(written),
        ),
        findings=tuple(Finding(FindingKind(f["kind"]), f["detail"]) for f in document["findings"]),
    )


def _scores(document: Document) -> Scores:
    practicality, novelty, recommendation = (
        Score(document[name]["value"], document[name]["reason"])
        for name in ("practicality", "novelty", "recommendation")
    )
    return Scores(practicality, novelty, recommendation)

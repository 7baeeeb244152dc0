"""What ``--json`` prints: papers and summaries as plain documents for programs."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.digest import Digest, Entry
from bot.domain.paper import Paper
from bot.domain.summary import Scores, Summary

Document = dict[str, Any]


def dumps(document: Document | Sequence[Document]) -> str:
    """Indented JSON with a final newline; Chinese stays readable."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def digest_document(digest: Digest) -> Document:
    """A day's digest."""
    return {
        "source": digest.source,
        "day": digest.day.isoformat(),
        "language": digest.language,
        "entries": [entry_document(entry) for entry in digest.entries],
    }


def entry_document(entry: Entry) -> Document:
    """A paper with its summary."""
    return {"paper": _paper(entry.paper), "summary": _summary(entry.summary)}


def _paper(paper: Paper) -> Document:
    return {
        "id": paper.id.value,
        "version": paper.version,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "published_at": _moment(paper.published_at),
        "updated_at": _moment(paper.updated_at),
        "withdrawn": paper.withdrawn,
        "upvotes": paper.upvotes,
        "comments": paper.comments,
        "organization": paper.organization,
        "keywords": list(paper.keywords),
        "thumbnail_url": paper.thumbnail_url,
        "code_url": paper.code_url,
        "code_stars": paper.code_stars,
        "project_url": paper.project_url,
        "abs_url": paper.abs_url,
        "pdf_url": paper.pdf_url,
    }


def _summary(summary: Summary) -> Document:
    provenance = summary.provenance
    return {
        "language": summary.language,
        "main_work": summary.main_work,
        "highlights": list(summary.highlights),
        "keywords": [
            {"term": word.term, "translation": word.translation} for word in summary.keywords
        ],
        "scores": _scores(summary.scores),
        "origin": provenance.origin.value,
        "model": provenance.model or None,
        "prompt": provenance.prompt or None,
        "created_at": _moment(provenance.created_at),
        "findings": [
            {"kind": finding.kind.value, "detail": finding.detail} for finding in summary.findings
        ],
    }


def _scores(scores: Scores | None) -> Document | None:
    if scores is None:
        return None
    named = {
        "practicality": scores.practicality,
        "novelty": scores.novelty,
        "recommendation": scores.recommendation,
    }
    return {name: {"value": s.value, "reason": s.reason} for name, s in named.items()}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()

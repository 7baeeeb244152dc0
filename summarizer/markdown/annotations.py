"""What stands in a quote below an entry: findings, and who wrote it where the note does not say."""

from bot.domain.summary import Finding, FindingKind, Origin, Provenance
from bot.domain.text import collapse
from bot.domain.wording import Wording
from summarizer.markdown.inline import escape, plain
from summarizer.markdown.templates import held

_FINDING_MARK = "⚠"
_ORIGIN_MARK = "✍"


def finding_line(finding: Finding, wording: Wording) -> str:
    """``> ⚠ …``, which reads back to the same finding in its language."""
    tidy = Finding(finding.kind, collapse(finding.detail))
    return f"> {_FINDING_MARK} {escape(wording.explain(tidy))}".rstrip()


def is_annotation(quoted: str) -> bool:
    """Whether a quoted line (without its ``>``) has the mark of one of ours."""
    return quoted.startswith((_FINDING_MARK, _ORIGIN_MARK))


def read_finding(quoted: str, wording: Wording) -> Finding | None:
    """The finding in a quoted line (without its ``>``), ``None`` where it is none."""
    if not quoted.startswith(_FINDING_MARK):
        return None
    text = plain(quoted.removeprefix(_FINDING_MARK).strip())
    for kind in FindingKind:
        detail = held(wording.findings[kind], "detail", text)
        if detail is not None:
            stable = {words: word for word, words in wording.detail_words(kind).items()}
            return Finding(kind, stable.get(detail, detail))
    return None


def origin_line(provenance: Provenance, wording: Wording) -> str:
    """``> ✍ …``: who wrote this one entry."""
    template = wording.origins[_origin_key(provenance)]
    return f"> {_ORIGIN_MARK} {escape(template.format(model=collapse(provenance.model)))}"


def read_origin(quoted: str, wording: Wording) -> Provenance | None:
    """Who wrote this one entry (origin and model), ``None`` where the line does not say it."""
    if not quoted.startswith(_ORIGIN_MARK):
        return None
    text = plain(quoted.removeprefix(_ORIGIN_MARK).strip())
    for key, origin in _ORIGIN_KEYS.items():
        model = held(wording.origins[key], "model", text)
        if model is not None:
            return Provenance(origin, model=model)
    return None


def _origin_key(provenance: Provenance) -> str:
    if provenance.origin is Origin.IMPORTED and not collapse(provenance.model):
        return "imported_unknown"
    return provenance.origin.value


_ORIGIN_KEYS = {
    "model": Origin.MODEL,
    "extractive": Origin.EXTRACTIVE,
    "imported": Origin.IMPORTED,
    "imported_unknown": Origin.IMPORTED,
}

"""Part four: ``- 实用性：4.5/5，reason``, and the ways in which others write it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache

from bot.domain.summary import Score, Scores
from bot.domain.text import collapse
from bot.domain.wording import Aliases, Wording
from summarizer.markdown.blocks import is_ornament, join, without_marker
from summarizer.markdown.inline import escape, plain

PRACTICALITY, NOVELTY, RECOMMENDATION = SCORE_NAMES = ("practicality", "novelty", "recommendation")

_STARS = "★⭐✭☆✩"
_VALUE = re.compile(
    rf"(?P<stars>[{_STARS}\ufe0f]*)\s*(?P<open>[（(]?)\s*"
    r"(?P<value>[0-9]{1,4}(?:\.[0-9]{1,400})?)"
    r"(?:\s*(?:/|out of)\s*(?P<of>[0-9]{1,4}(?:\.[0-9]{1,4})?))?\s*(?:分|points?\b|stars?\b)?"
)
_ONLY_STARS = re.compile(rf"[{_STARS}\ufe0f]+")
_SEPARATORS = " \t，,。.；;：:、—–-"
_BRACKETS = {"（": "）", "(": ")"}


@dataclass(frozen=True, slots=True)
class Ratings:
    """The scores that were found, each ``None`` where there is none on a scale of five.

    ``last`` is the score that the section's last line belongs to, if that line says something.
    """

    practicality: Score | None = None
    novelty: Score | None = None
    recommendation: Score | None = None
    last: str = ""

    @property
    def scores(self) -> Scores | None:
        """All three, or ``None``."""
        if self.practicality and self.novelty and self.recommendation:
            return Scores(self.practicality, self.novelty, self.recommendation)
        return None

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the scores that were not found."""
        return tuple(name for name in SCORE_NAMES if getattr(self, name) is None)


def score_lines(scores: Scores, wording: Wording) -> tuple[str, ...]:
    """The three canonical lines."""
    rated = (
        (wording.scores.practicality, scores.practicality),
        (wording.scores.novelty, scores.novelty),
        (wording.scores.recommendation, scores.recommendation),
    )
    return tuple(f"- {name}{wording.colon}{_said(score, wording)}" for name, score in rated)


def _said(score: Score, wording: Wording) -> str:
    # Through Decimal, for the shortest form without an exponent; adding 0 turns -0 into 0.
    value = format(Decimal(repr(score.value + 0.0)).normalize(), "f")
    reason = collapse(score.reason)
    return f"{value}/5{wording.comma}{escape(reason)}" if reason else f"{value}/5"


def read_scores(lines: Iterable[str], wording: Wording) -> Ratings:
    """The scores in a section's lines.

    A line without a score belongs to the score above it, so a closing paragraph that gives one
    reason for all three becomes (part of) the last one's reason, the recommendation's: nothing of
    it is lost, and it stands where it stood. What precedes the first score goes there as well.
    """
    values: dict[str, float | None] = {}
    reasons: dict[str, list[str]] = {name: [] for name in SCORE_NAMES}
    owner, last = RECOMMENDATION, ""
    for line in (raw.strip() for raw in lines):
        if not line or is_ornament(line):
            continue
        said = plain(without_marker(line)[0]).strip()
        labelled = _labelled(said, wording)
        if labelled and labelled.name not in values:
            owner = labelled.name
            values[owner] = labelled.value
            said = labelled.reason
        reasons[owner].append(said)
        last = owner if said else ""
    return Ratings(**_scores(values, reasons), last=last)


def _scores(
    values: Mapping[str, float | None], reasons: Mapping[str, list[str]]
) -> Mapping[str, Score | None]:
    scores: dict[str, Score | None] = {}
    for name in SCORE_NAMES:
        value = values.get(name)
        reason = collapse(join([piece for piece in reasons[name] if piece]))
        scores[name] = None if value is None else Score(value, reason)
    return scores


@dataclass(frozen=True, slots=True)
class _Labelled:
    name: str
    value: float | None
    reason: str


def _labelled(said: str, wording: Wording) -> _Labelled | None:
    """A line that begins with a score's name."""
    match = _label(wording.aliases).match(said)
    if match is None:
        return None
    name = _named(wording.aliases)[" ".join(match["name"].casefold().split())]
    rest = said[match.end() :]
    exact = re.match(rf"([0-9](?:\.[0-9]{{1,400}})?)/5{re.escape(wording.comma)}", rest)
    if exact:
        return _Labelled(name, _on_scale(exact[1], "5"), rest[exact.end() :])
    value = _VALUE.match(rest)
    if value:
        reason = _reason(rest[value.end() :], value["open"])
        return _Labelled(name, _on_scale(value["value"], value["of"] or "5"), reason)
    stars = _ONLY_STARS.match(rest)
    if stars:
        count = sum(stars[0].count(star) for star in "★⭐✭")
        return _Labelled(name, _on_scale(str(count), "5"), _reason(rest[stars.end() :], ""))
    return _Labelled(name, None, rest)


def _on_scale(value: str, of: str) -> float | None:
    points = float(value)
    return points if float(of) == 5 and points <= 5 else None


def _reason(rest: str, opened: str) -> str:
    """A reason without what parts it from the score: punctuation, or brackets around it."""
    bare = rest.lstrip(_SEPARATORS)
    if opened and bare.startswith(_BRACKETS[opened]):  # "（4/5）：reason"
        return bare[1:].lstrip(_SEPARATORS)
    if opened:  # "（4分，reason）"
        return bare.removesuffix(_BRACKETS[opened])
    closing = _BRACKETS.get(bare[:1])
    return bare[1:-1] if closing and bare.endswith(closing) else bare


@cache
def _named(aliases: Aliases) -> Mapping[str, str]:
    table = asdict(aliases)
    return {alias: name for name in SCORE_NAMES for alias in table[name]}


@cache
def _label(aliases: Aliases) -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_named(aliases), key=len, reverse=True))
    endings = "|".join(re.escape(ending) for ending in aliases.score_endings) or "(?!)"
    return re.compile(
        rf"(?P<name>{names})(?:\s*(?:{endings}))?(?:\s*[：:]\s*"
        rf"|\s*(?=[（(]?(?:[{_STARS}]|[0-9][0-9.]{{0,4}}\s*(?:/|分|[)）]|$))))",
        re.IGNORECASE,
    )

"""A draft as it may be published: white space, bullets, hidden characters and links in order."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.domain.summary import Keyword, Score, Scores
from bot.domain.text import collapse
from summarizer.checks.links import without_foreign_links
from summarizer.checks.tongue import Tongue, has_script
from summarizer.draft import Draft

_BULLET = re.compile(r"\A(?:[-*•·–—●▪](?:\s+|\Z)|[（(]?\d{1,2}(?:[)）、]|[.．](?=\s|[^\d\s]))\s*)")


@dataclass(slots=True)
class _Cleaner:
    """Cleans one text after the other and remembers the hosts of the links it took out."""

    own: frozenset[str]
    hosts: list[str] = field(default_factory=list[str])

    def line(self, text: str) -> str:
        cleaned, hosts = without_foreign_links(collapse(text), self.own)
        self.hosts += hosts
        return collapse(cleaned)


def tidied(
    draft: Draft, own_links: frozenset[str], tongue: Tongue | None
) -> tuple[Draft, tuple[str, ...]]:
    """The draft cleaned, and the hosts of the links that were taken out, each once.

    Empty paragraphs, points and keywords go, and so does a keyword said twice. A keyword whose
    term and translation changed places gets them back. Scores keep their values.
    """
    cleaner = _Cleaner(own_links)
    paragraphs = (cleaner.line(line) for line in draft.main_work.splitlines())
    points = (cleaner.line(_BULLET.sub("", collapse(point))) for point in draft.highlights)
    cleaned = Draft(
        main_work="\n".join(line for line in paragraphs if line),
        highlights=tuple(point for point in points if point),
        keywords=tuple(_keywords(draft.keywords, cleaner.line, tongue)),
        scores=_scores(draft.scores, cleaner.line),
    )
    return cleaned, tuple(dict.fromkeys(cleaner.hosts))


def _keywords(
    keywords: Iterable[Keyword], line: Callable[[str], str], tongue: Tongue | None
) -> Iterable[Keyword]:
    seen: set[str] = set()
    for keyword in keywords:
        term, translation = line(keyword.term), line(keyword.translation or "")
        if translation and tongue and _changed_places(term, translation, tongue):
            term, translation = translation, term
        term, translation = term or translation, translation if term else ""
        if term and term.casefold() not in seen:
            seen.add(term.casefold())
            same = translation.casefold() == term.casefold()
            yield Keyword(term, None if same or not translation else translation)


def _changed_places(term: str, translation: str, tongue: Tongue) -> bool:
    other_script = "latin" not in tongue.scripts
    return other_script and has_script(term, tongue) and not has_script(translation, tongue)


def _scores(scores: Scores | None, line: Callable[[str], str]) -> Scores | None:
    if scores is None:
        return None

    def cleaned(score: Score) -> Score:
        return Score(score.value, line(score.reason))

    return Scores(
        practicality=cleaned(scores.practicality),
        novelty=cleaned(scores.novelty),
        recommendation=cleaned(scores.recommendation),
    )

"""What an answer must satisfy before it is published. Pure functions; each names what it found.

Nothing here asks a model, reads a clock or decides what happens next: a caller retries, publishes
with the findings shown, or falls back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.paper import Paper
from bot.domain.summary import Finding, FindingKind, Language
from summarizer.checks.faults import Fault, fault
from summarizer.checks.figures import read_source, unfounded_figures
from summarizer.checks.sentences import ends_whole
from summarizer.checks.shape import (
    keyword_faults,
    length_faults,
    missing_part,
    named,
    score_faults,
)
from summarizer.checks.tidying import tidied
from summarizer.checks.tongue import Tongue, in_tongue, tongue_of
from summarizer.draft import Draft
from summarizer.languages import load_wording

# A model that is told of more mends less.
_MOST_COMPLAINTS = 20


@dataclass(frozen=True, slots=True)
class Review:
    """What the checks make of a draft.

    ``draft`` is the draft as it may be published: links that are not the paper's own taken out,
    white space collapsed, bullets and hidden characters gone, scores as given. ``findings`` are
    what a reader must be told, each once, in stable words. ``unusable`` says why the draft cannot
    be published at all. ``complaints`` are the same faults in English sentences for the model.
    """

    draft: Draft
    findings: tuple[Finding, ...] = ()
    unusable: str | None = None
    complaints: tuple[str, ...] = ()

    def complaint(self) -> str:
        """What to tell the model in the one retry, one line per fault; empty without a fault."""
        return "\n".join(f"- {line}" for line in self.complaints)


def review(draft: Draft, paper: Paper, language: Language) -> Review:
    """Judge a draft of a paper's summary in a language.

    Raises:
        InvalidInput: there is no wording for the language.
    """
    name = load_wording(language).english_name
    tongue = tongue_of(language)
    clean, hosts = tidied(draft, paper.links, tongue)
    unusable = missing_part(clean, tongue)
    if unusable is not None:
        return Review(clean, (), unusable, (f"{unusable[0].upper()}{unusable[1:]}.",))
    faults = [*_links(hosts), *_figures(clean, paper), *score_faults(clean.scores)]
    if tongue is not None:
        foreign = _foreign_parts(clean, tongue)
        faults += [_foreign(part, name) for part in foreign]
        faults += length_faults(clean, tongue)
        faults += _cut_off(clean, tongue)
        faults += keyword_faults(clean.keywords, tongue, name=name)
        if {"main_work", "highlights"} <= set(foreign):
            unusable = f"it is not in {name}"
    complaints = [found.complaint for found in faults]
    return Review(
        draft=clean,
        findings=tuple(dict.fromkeys(found.finding for found in faults)),
        unusable=unusable,
        complaints=tuple(dict.fromkeys(complaints))[:_MOST_COMPLAINTS],
    )


def _links(hosts: tuple[str, ...]) -> Iterator[Fault]:
    for host in hosts:
        yield fault(FindingKind.LINK, host, f"There is a link to {host}; write no links.")


def _figures(draft: Draft, paper: Paper) -> Iterator[Fault]:
    source = read_source(f"{paper.title}\n{paper.abstract}")
    texts = [("main_work", draft.main_work), *(("highlights", h) for h in draft.highlights)]
    for part, text in texts:
        for figure in unfounded_figures(text, source):
            yield fault(
                FindingKind.FIGURE,
                figure,
                f"{part}: the figure “{figure}” is in neither the title nor the abstract; "
                "use only figures that stand there, with their value and unit, or leave it out.",
            )


def _foreign_parts(draft: Draft, tongue: Tongue) -> tuple[str, ...]:
    parts = {
        "main_work": draft.main_work.split("\n"),
        "highlights": draft.highlights,
        **{score_name: (score.reason,) for score_name, score in named(draft.scores)},
    }
    return tuple(part for part, texts in parts.items() if not in_tongue(texts, tongue))


def _foreign(part: str, name: str) -> Fault:
    return fault(FindingKind.LANGUAGE, part, f"{part} is not in {name}; write it in {name}.")


def _cut_off(draft: Draft, tongue: Tongue) -> Iterator[Fault]:
    points = len(draft.highlights)
    texts = [("main_work", line, False) for line in draft.main_work.split("\n")[-1:]]
    texts += [("highlights", h, i < points) for i, h in enumerate(draft.highlights, start=1)]
    texts += [(name, score.reason, False) for name, score in named(draft.scores)]
    for part, text, in_list in texts:
        if text and not ends_whole(text, tongue, in_list=in_list):
            yield fault(
                FindingKind.CUT_OFF,
                part,
                f"{part}: “…{text[-20:]}” is no whole sentence; end every sentence with its stop.",
            )

"""From a paper and its summary to a post, in one language's words."""

from collections.abc import Iterable, Sequence

from bot.domain.digest import Digest, Entry
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Action, Link, Post, Rating, Section
from bot.domain.speech import Speech
from bot.domain.summary import Origin, Scores, Summary
from bot.domain.wording import Wording
from bot.services.buttons import entry_key, save_key, vote_key


def compose(
    entry: Entry, wording: Wording, *, actions: Sequence[Action] = (), listed: str = ""
) -> Post:
    """The message about one paper: title, signals, parts, keywords, links, where it comes from.

    ``actions`` are the buttons under it, such as ``in_other_languages`` gives; ``listed`` is the
    name of the list that it stands on, for where a paper comes unasked.
    """
    paper, summary = entry.paper, entry.summary
    return Post(
        language=wording.language,
        title=paper.title,
        url=page_of(paper),
        ratings=_ratings(summary.scores, wording),
        signals=_signals(paper, summary, wording),
        sections=_sections(summary, wording),
        keywords=summary.keywords,
        links=paper_links(paper),
        actions=tuple(actions),
        image_url=paper.thumbnail_url,
        footer=_footer(summary, wording, listed),
    )


def in_other_languages(
    paper_id: PaperId, shown: Wording, wordings: Iterable[Wording]
) -> tuple[Action, ...]:
    """A button for each language but the one shown, under the language's own name."""
    return tuple(
        Action(other.name, entry_key(other.language, paper_id))
        for other in wordings
        if other.language != shown.language
    )


def feedback(paper_id: PaperId, speech: Speech) -> tuple[Action, ...]:
    """The buttons by which people say what they think of a paper, and keep it."""
    return (
        Action("👍", vote_key(paper_id, up=True)),
        Action("👎", vote_key(paper_id, up=False)),
        Action(speech.say("Save"), save_key(paper_id)),
    )


def list_name(source: str, day: object, wording: Wording) -> str:
    """What a source's list of a day is called."""
    kind, _, category = source.partition(":")
    return wording.digest.list_name[kind].format(day=day, category=category)


def day_title(digest: Digest, wording: Wording) -> str:
    """The line above a day's papers: source, day, how many."""
    name = list_name(digest.source, digest.day, wording)
    return f"{name} · {wording.count.format(count=len(digest.entries))}"


def row_line(number: int, paper: Paper, summary: Summary | None) -> str:
    """A paper in a list, in one line: its number, how much it is recommended, its title."""
    scores = summary.scores if summary else None
    stars = f"★{scores.recommendation.value:g} " if scores else ""
    return f"{number}. {stars}{paper.title}"


def page_of(paper: Paper) -> str:
    """The page that the title links to: Hugging Face's where the paper has one, else arXiv's.

    Only arXiv names categories, only Hugging Face counts upvotes.
    """
    arxiv_only = paper.upvotes is None and bool(paper.categories)
    return paper.hf_url if paper.id.is_new_style and not arxiv_only else paper.abs_url


def _ratings(scores: Scores | None, wording: Wording) -> tuple[Rating, ...]:
    if scores is None:
        return ()
    names = wording.short_scores
    return (
        Rating(names.practicality, scores.practicality.value),
        Rating(names.novelty, scores.novelty.value),
        Rating(names.recommendation, scores.recommendation.value),
    )


def _signals(paper: Paper, summary: Summary, wording: Wording) -> tuple[str, ...]:
    signals: list[str] = []
    if summary.scores is None:
        signals.append(wording.unrated)
    if paper.upvotes is not None:
        signals.append(f"👍 {paper.upvotes}")
    if paper.code_url:
        stars = f" ★{paper.code_stars}" if paper.code_stars else ""
        signals.append(f"💻 code{stars}")
    if paper.organization:
        signals.append(paper.organization)
    return tuple(signals)


def _sections(summary: Summary, wording: Wording) -> tuple[Section, ...]:
    labels = wording.labels
    sections = [Section(labels.main_work, tuple(summary.main_work.split("\n")))]
    if summary.highlights:
        sections.append(Section(labels.highlights, summary.highlights, bulleted=True))
    reasons = _reasons(summary.scores, wording) if summary.scores else ()
    if reasons:
        sections.append(Section(labels.scores, reasons, bulleted=True, folded=True))
    return tuple(sections)


def _reasons(scores: Scores, wording: Wording) -> tuple[str, ...]:
    rated = (
        (wording.scores.practicality, scores.practicality),
        (wording.scores.novelty, scores.novelty),
        (wording.scores.recommendation, scores.recommendation),
    )
    return tuple(
        f"{name} {score.value:g}/5{wording.colon}{score.reason}"
        for name, score in rated
        if score.reason
    )


def paper_links(paper: Paper) -> tuple[Link, ...]:
    """The paper's own pages, arXiv's first; its terms ask for that link."""
    links = [Link("arXiv", paper.abs_url), Link("PDF", paper.pdf_url)]
    if paper.code_url:
        links.append(Link("Code", paper.code_url))
    if paper.project_url:
        links.append(Link("Project", paper.project_url))
    return tuple(links)


def _footer(summary: Summary, wording: Wording, listed: str) -> tuple[str, ...]:
    origin = origin_line(summary, wording)
    return (
        f"{listed} · {origin}" if listed else origin,
        *(f"⚠ {wording.explain(finding)}" for finding in summary.findings),
    )


def origin_line(summary: Summary, wording: Wording) -> str:
    """One line that says who wrote the summary."""
    provenance = summary.provenance
    if provenance.origin is Origin.IMPORTED and not provenance.model:
        return wording.origins["imported_unknown"]
    return wording.origins[provenance.origin.value].format(model=provenance.model)

"""What the bot says besides papers: notices, and a paper that has no summary (yet). Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import SourceBroken, SourceError, SourceLimited
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperRef
from bot.domain.post import Action, Link, Post, Section
from bot.domain.wording import Wording
from bot.services.compose import page_of, paper_links

# An abstract has some 1,500 characters; the first sentences say what it is about.
EXCERPT = 700


def notice(wording: Wording, text: str, *lines: str, actions: Sequence[Action] = ()) -> Post:
    """A sentence, and lines under it."""
    sections = (Section("", lines),) if lines else ()
    return Post(wording.language, text, "", sections=sections, actions=tuple(actions))


def missing(ref: PaperRef, wording: Wording) -> Post:
    """There is no such paper, or no such version of it."""
    words = wording.commands.paper
    if ref.version is None:
        return notice(wording, words.not_found.format(paper=ref))
    return notice(wording, words.no_version.format(paper=ref.id, version=ref.version))


def unfetched(ref: PaperRef, error: SourceError, wording: Wording) -> Post:
    """No upstream told of the paper: why, what to try, and where to read it meanwhile."""
    words = wording.commands.paper
    minutes = minutes_until_retry(error)
    if isinstance(error, SourceLimited) and minutes is not None:
        text = words.limited_for.format(paper=ref, minutes=minutes)
    elif isinstance(error, SourceLimited):
        text = words.limited.format(paper=ref)
    elif isinstance(error, SourceBroken):
        text = words.broken.format(paper=ref)
    else:
        text = words.unreachable.format(paper=ref)
    link = Link("arXiv", f"https://arxiv.org/abs/{ref}")
    return Post(wording.language, text, "", links=(link,))


def minutes_until_retry(error: SourceError) -> int | None:
    """Whole minutes, rounded up, where the upstream named a time of less than a day."""
    seconds = getattr(error, "retry_after", None)
    if not isinstance(seconds, (int, float)) or not 0 < seconds < 86_400:
        return None
    return max(1, -int(-seconds // 60))


def preview(paper: Paper, wording: Wording, *footer: str) -> Post:
    """What can be read while the summary is being written: title and an excerpt."""
    return _without_summary(paper, excerpt(paper.abstract), wording, footer)


def withdrawn(paper: Paper, wording: Wording) -> Post:
    """A paper that its authors withdrew (F13): that stands before everything else."""
    post = _without_summary(paper, paper.abstract, wording, ())
    return replace(post, signals=(wording.commands.paper.withdrawn,))


def unsummarised(paper: Paper, wording: Wording, *footer: str) -> Post:
    """A paper that gets no summary, with its whole abstract; ``footer`` says why."""
    return _without_summary(paper, paper.abstract, wording, footer)


def _without_summary(paper: Paper, text: str, wording: Wording, footer: tuple[str, ...]) -> Post:
    label = wording.commands.paper.abstract
    return Post(
        language=wording.language,
        title=paper.title,
        url=page_of(paper),
        sections=(Section(label, (text,), folded=len(text) > EXCERPT),) if text else (),
        links=paper_links(paper),
        image_url=paper.thumbnail_url,
        footer=footer,
    )


def excerpt(text: str, *, most: int = EXCERPT) -> str:
    """The beginning of a text, up to the end of a sentence or at least of a word."""
    if len(text) <= most:
        return text
    head = text[:most]
    sentence = max(head.rfind(end) for end in (". ", "? ", "! ", "。", "？", "！"))
    if sentence >= most // 2:
        return head[: sentence + 1].rstrip() + " …"
    return head[: head.rfind(" ") if " " in head else most].rstrip() + " …"

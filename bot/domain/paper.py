"""A paper as sources describe it, and how two descriptions become one."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.paper_id import PaperId


@dataclass(frozen=True, slots=True)
class Paper:
    """One arXiv paper. Texts are plain Unicode, white space collapsed.

    ``None`` and empty mean *not known*, never *none*: a source that lacks a field must not erase
    what another told. ``version`` is arXiv's; Hugging Face names none and lists new papers, so its
    entries count as version 1. Datetimes are UTC.
    """

    id: PaperId
    title: str
    abstract: str = ""
    version: int = 1
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    withdrawn: bool = False
    upvotes: int | None = None
    comments: int | None = None
    thumbnail_url: str | None = None
    media_urls: tuple[str, ...] = ()
    code_url: str | None = None
    code_stars: int | None = None
    project_url: str | None = None
    organization: str | None = None
    keywords: tuple[str, ...] = ()
    upstream_summary: str | None = None
    submitted_by: str | None = None

    def __post_init__(self) -> None:
        if not self.title:
            raise ValueError(f"paper {self.id} has no title")
        if self.version < 1:
            raise ValueError(f"paper {self.id} has version {self.version}; arXiv counts from 1")
        for moment in (self.published_at, self.updated_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"paper {self.id} has a datetime without a zone")

    @property
    def hf_url(self) -> str:
        """The paper's page on Hugging Face, which exists for new-style ids."""
        return f"https://huggingface.co/papers/{self.id}"

    @property
    def abs_url(self) -> str:
        """arXiv's abstract page; arXiv asks that one links there (API terms of use)."""
        return f"https://arxiv.org/abs/{self.id}"

    @property
    def pdf_url(self) -> str:
        """arXiv's PDF, linked and never re-served (API terms of use)."""
        return f"https://arxiv.org/pdf/{self.id}"

    @property
    def links(self) -> frozenset[str]:
        """Every link that may stand in a text about this paper (T2)."""
        own = (self.code_url, self.project_url, *self.media_urls)
        return frozenset((self.hf_url, self.abs_url, self.pdf_url, *(u for u in own if u)))


def merge(known: Paper, news: Paper) -> Paper:
    """One paper from what was known and what came now.

    The text follows the higher version, and at equal versions the newcomer; other fields take the
    newcomer's value where it has one.

    Raises:
        ValueError: the two are different papers.
    """
    if known.id != news.id:
        raise ValueError(f"cannot merge {news.id} into {known.id}")
    text = known if known.version > news.version or not news.abstract else news
    return replace(
        known,
        title=text.title if text.abstract else known.title,
        abstract=text.abstract or known.abstract,
        version=max(known.version, news.version),
        withdrawn=text.withdrawn,
        authors=news.authors or known.authors,
        categories=news.categories or known.categories,
        published_at=_earliest(known.published_at, news.published_at),
        updated_at=_latest(known.updated_at, news.updated_at),
        upvotes=_newer(known.upvotes, news.upvotes),
        comments=_newer(known.comments, news.comments),
        thumbnail_url=news.thumbnail_url or known.thumbnail_url,
        media_urls=news.media_urls or known.media_urls,
        code_url=news.code_url or known.code_url,
        code_stars=_newer(known.code_stars, news.code_stars),
        project_url=news.project_url or known.project_url,
        organization=news.organization or known.organization,
        keywords=news.keywords or known.keywords,
        upstream_summary=news.upstream_summary or known.upstream_summary,
        submitted_by=news.submitted_by or known.submitted_by,
    )


def _newer(known: int | None, news: int | None) -> int | None:
    return known if news is None else news


def _earliest(a: datetime | None, b: datetime | None) -> datetime | None:
    return min((m for m in (a, b) if m is not None), default=None)


def _latest(a: datetime | None, b: datetime | None) -> datetime | None:
    return max((m for m in (a, b) if m is not None), default=None)

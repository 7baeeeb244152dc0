"""The days that hold a paper, written out whole."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import chain

from adapters.base import ArchivedDay
from bot.domain.digest import Digest
from bot.domain.errors import InvalidPaperId
from bot.domain.paper_id import PaperId, parse_paper_ref
from bot.domain.post import Post
from bot.domain.target import Target
from bot.ports import Store
from bot.services.digest import assemble


class StoredDays:
    """Implements ``adapters.base.Archive`` from the store.

    ``write`` makes a digest's text; it raises what ``days_of`` may raise.
    """

    def __init__(self, store: Store, *, write: Callable[[Digest], str]) -> None:
        self._store = store
        self._write = write

    async def days_of(self, target: Target, post: Post) -> Sequence[ArchivedDay]:
        days: list[ArchivedDay] = []
        for source in await self._sources(target):
            listed = [await self._listed_on(source, paper) for paper in papers_of(post)]
            for day in sorted(set(chain.from_iterable(listed))):
                digest = (await assemble(self._store, source, day, post.language)).digest
                days.append(ArchivedDay(source, day, post.language, self._write(digest)))
        return days

    async def _sources(self, target: Target) -> Iterable[str]:
        chat = await self._store.register.at(target)
        return () if chat is None else chat.sources

    async def _listed_on(self, source: str, paper: PaperId) -> Sequence[date]:
        """The days on whose list a paper stands, oldest first."""
        days: list[date] = []
        before = date.max
        while place := (await self._store.listings.earlier(source, [paper], before=before)).get(
            paper
        ):
            before = place.day
            days.append(place.day)
        return days[::-1]


def papers_of(post: Post) -> Sequence[PaperId]:
    """The paper that a post is about, the one that its title or its first links lead to; or those
    that a digest's lines lead to."""
    own = _papers_at(post.url, *(link.url for link in post.links))
    return own[:1] or _papers_at(*(url for section in post.sections for url in section.urls))


def _papers_at(*urls: str) -> list[PaperId]:
    found: dict[PaperId, None] = {}
    for url in urls:
        try:
            found[parse_paper_ref(url).id] = None
        except InvalidPaperId:
            continue
    return list(found)

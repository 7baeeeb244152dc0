"""The days that hold a paper, written out whole."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

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
        paper = paper_of(post)
        if paper is None:
            return ()
        days: list[ArchivedDay] = []
        for source in await self._sources(target):
            for day in await self._listed_on(source, paper):
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


def paper_of(post: Post) -> PaperId | None:
    """The paper that a post is about: the one that its title or its first links lead to."""
    for url in (post.url, *(link.url for link in post.links)):
        try:
            return parse_paper_ref(url).id
        except InvalidPaperId:
            continue
    return None

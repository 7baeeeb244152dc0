"""``/paper``: at once where it is known, else acknowledged and then filled in by edits."""

import asyncio
from dataclasses import dataclass, replace

from adapters.base import Responder
from bot.domain.digest import Entry
from bot.domain.errors import SourceError, SourceLimited, SummaryError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperRef
from bot.domain.post import Post
from bot.domain.summary import Language, Summary
from bot.services.commands.asking import Asker, Means
from bot.services.commands.fetch_paper import Fetched, FetchPaper
from bot.services.commands.replies import (
    missing,
    notice,
    preview,
    unfetched,
    unsummarised,
    withdrawn,
)
from bot.services.commands.shelf import Shelf
from bot.services.compose import compose, feedback, in_other_languages

# Seconds before somebody who has seen nothing yet, or only "fetching", gets the abstract to read.
# What comes sooner is not worth an edit in between.
_UNSEEN_FOR = 0.7
_PATIENCE = 8.0


@dataclass(frozen=True, slots=True)
class Known:
    """What can be answered at once. It is not ``final`` where a model may yet do better than the
    quotation that it holds."""

    post: Post
    final: bool = True


@dataclass(frozen=True, slots=True)
class _Draft:
    """A paper whose summary is on its way. ``failure`` is why arXiv did not tell of it itself;
    after ``patience`` seconds the abstract is shown meanwhile, never for ``None``."""

    paper: Paper
    failure: SourceError | None = None
    patience: float | None = _PATIENCE


class AskPaper:
    """Answers about one paper."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._shelf = Shelf(means.store, means.summaries)
        self._fetching = FetchPaper(
            means.lookup, store=means.store, clock=means.clock, health=means.health
        )
        self._under_way: dict[tuple[PaperRef, Language], int] = {}

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        await self._fetching.close()

    def under_way(self, ref: PaperRef, language: Language) -> bool:
        """Whether somebody else waits for the same, so that one more costs nothing (F67)."""
        return (ref, language) in self._under_way

    async def known(self, ref: PaperRef, asker: Asker) -> Known | None:
        """The answer that costs no upstream and no model anything, ``None`` if there is none.

        Raises:
            StoreError: the store cannot be read.
        """
        shelved = await self._shelf.look(ref, asker.wording.language)
        if shelved.paper is not None and shelved.paper.withdrawn:
            return Known(withdrawn(shelved.paper, asker.wording))
        if shelved.paper is None or shelved.summary is None:
            return None
        return Known(self._entry(shelved.paper, shelved.summary, asker), shelved.final)

    async def write(
        self, ref: PaperRef, asker: Asker, responder: Responder, *, shown: bool = False
    ) -> None:
        """Answer about a paper that is not known for good, by as many edits as it takes.

        ``shown`` is whether an entry that is known has been shown already.

        Raises:
            StoreError: the store cannot be used.
            DeliveryError: the answer cannot be shown.
        """
        flight = (ref, asker.wording.language)
        self._under_way[flight] = self._under_way.get(flight, 0) + 1
        try:
            await self._write(ref, asker, responder, shown=shown)
        finally:
            self._under_way[flight] -= 1
            if not self._under_way[flight]:
                del self._under_way[flight]

    async def turned(self, ref: PaperRef, asker: Asker) -> Post | None:
        """The entry, written first if need be; ``None`` where it cannot be had.

        Raises:
            StoreError: the store cannot be used.
        """
        shelved = await self._shelf.look(ref, asker.wording.language)
        try:
            paper = shelved.paper if shelved.readable else (await self._fetching.fetch(ref)).paper
            if paper is None:
                return None
            if paper.withdrawn:
                return withdrawn(paper, asker.wording)
            summary = await self._means.summaries.summarise(paper, asker.wording.language)
        except (SourceError, SummaryError):
            return None
        return self._entry(paper, summary, asker)

    async def _write(
        self, ref: PaperRef, asker: Asker, responder: Responder, *, shown: bool
    ) -> None:
        shelved = await self._shelf.look(ref, asker.wording.language)
        if shelved.paper is not None and shelved.readable:
            draft = _Draft(shelved.paper, patience=None if shown else _UNSEEN_FOR)
            await self._fill(draft, asker, responder)
            return
        try:
            fetched = await self._acknowledge_and_fetch(ref, asker, responder)
        except SourceError as error:
            await responder.show(_without_upstream(ref, shelved.paper, error, asker))
            return
        draft = await self._draft(ref, fetched, asker, responder)
        if draft is not None:
            await self._fill(draft, asker, responder)

    async def _acknowledge_and_fetch(
        self, ref: PaperRef, asker: Asker, responder: Responder
    ) -> Fetched:
        """Both at once: neither waits for the other."""
        fetching = asyncio.ensure_future(self._fetching.fetch(ref))
        words = asker.wording.commands.paper
        try:
            await responder.show(notice(asker.wording, words.fetching.format(paper=ref)))
            return await fetching
        finally:
            fetching.cancel()
            await asyncio.gather(fetching, return_exceptions=True)

    async def _draft(
        self, ref: PaperRef, fetched: Fetched, asker: Asker, responder: Responder
    ) -> _Draft | None:
        """What to write about; ``None`` where an answer without a summary was the last word."""
        paper, words = fetched.paper, asker.wording.commands.paper
        if paper is None:
            await responder.show(missing(ref, asker.wording))
        elif paper.withdrawn:
            await responder.show(withdrawn(paper, asker.wording))
        elif not paper.abstract:
            await responder.show(unsummarised(paper, asker.wording, words.no_abstract))
        else:
            return _Draft(paper, fetched.failure, _UNSEEN_FOR if fetched.failure else _PATIENCE)
        return None

    async def _fill(self, draft: _Draft, asker: Asker, responder: Responder) -> None:
        """Show the entry; where it takes its time, what there is of it before."""
        summarise = self._means.summaries.summarise
        writing = asyncio.ensure_future(summarise(draft.paper, asker.wording.language))
        try:
            if not await self._done_within(draft.patience, writing):
                await responder.show(preview(draft.paper, asker.wording, _meanwhile(draft, asker)))
            post = self._entry(draft.paper, await writing, asker)
        except SummaryError as error:
            reason = asker.wording.reasons[error.reason]
            words = asker.wording.commands.paper.no_summary.format(reason=reason)
            post = unsummarised(draft.paper, asker.wording, words)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        if draft.failure is not None:
            post = replace(post, footer=(*post.footer, asker.wording.commands.paper.stood_in))
        await responder.show(post)

    async def _done_within(self, seconds: float | None, work: asyncio.Future[Summary]) -> bool:
        if seconds is None:
            await asyncio.wait({work})
            return True
        timer = asyncio.ensure_future(self._means.clock.sleep(seconds))
        try:
            await asyncio.wait({work, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
        return work.done()

    def _entry(self, paper: Paper, summary: Summary, asker: Asker) -> Post:
        others = in_other_languages(paper.id, asker.wording, self._means.wordings.values())
        opinion = feedback(paper.id, asker.speech)
        return compose(Entry(paper, summary), asker.wording, actions=(*others, *opinion))


def _without_upstream(
    ref: PaperRef, stored: Paper | None, error: SourceError, asker: Asker
) -> Post:
    if stored is None:
        return unfetched(ref, error, asker.wording)
    return unsummarised(stored, asker.wording, asker.wording.commands.paper.as_stored)


def _meanwhile(draft: _Draft, asker: Asker) -> str:
    words = asker.wording.commands.paper
    if draft.failure is None:
        return words.writing
    limited = isinstance(draft.failure, SourceLimited)
    return words.limited_standing_in if limited else words.standing_in

"""Summaries: paid for once, quoted from the abstract where no model gave one."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.domain.errors import (
    ModelUnusable,
    StoreError,
    SummaryCutOff,
    SummaryError,
    SummaryFiltered,
    SummaryMalformed,
    SummaryRefused,
)
from bot.domain.paper import Paper
from bot.domain.summary import (
    Finding,
    FindingKind,
    Language,
    Origin,
    Summary,
    SummaryKey,
)
from bot.ports import Clock, Store
from bot.services.single_flight import SingleFlight
from summarizer.base import Summarizer

_log = logging.getLogger(__name__)

# Asking again would give the same: the quotation takes the model's place for good.
_FINAL = (SummaryRefused, SummaryFiltered, SummaryCutOff, SummaryMalformed)
# A process that died frees its claims after this; one that lives prolongs them in time.
_CLAIM = timedelta(seconds=60)
_CLAIM_POLL_S = 1.0
# While the store is away nobody can prolong a claim: a holder that lives tries every second then.
# Whoever finds one that has run out therefore listens for twice as long before it takes it.
_LISTEN_S = 2.0
_BEFORE_ANY_CLAIM = datetime(1970, 1, 1, tzinfo=UTC)
# What was paid for is held for so long until the store takes it.
_HELD_FOR_S = 300.0
_RANK = {Origin.MODEL: 2, Origin.IMPORTED: 1, Origin.EXTRACTIVE: 0}


@dataclass(frozen=True, slots=True)
class Writers:
    """Who writes: the configured summariser, and quotation for when it cannot."""

    main: Summarizer
    fallback: Summarizer


class SummariseService:
    """Gives every paper its summary, and pays for each once.

    One call per key among all callers of this process (single flight) and among all processes on
    one store (claims), and none where the store already has the summary. ``owner`` names this
    process in its claims. ``instead`` writes, under its own keys, while the main writer cannot be
    used at all (F25). A claim of somebody who gave no sign of life for ``patience``, and none
    either while somebody else could have heard it, is free.
    """

    def __init__(
        self,
        writers: Writers,
        *,
        store: Store,
        clock: Clock,
        owner: str,
        instead: "SummariseService | None" = None,
        patience: timedelta = _CLAIM,
    ) -> None:
        self._writers = writers
        self._instead = instead
        self._store = store
        self._clock = clock
        self._owner = owner
        self._patience = patience
        self._flights: SingleFlight[SummaryKey, Summary] = SingleFlight()

    def key_of(self, paper: Paper, language: Language) -> SummaryKey:
        """What a summary of this paper is stored and paid for under."""
        main = self._writers.main
        return SummaryKey(paper.id, paper.version, language, main.prompt, main.model)

    @property
    def model(self) -> str | None:
        """The main model's name, ``None`` where nobody but quotation writes."""
        main = self._writers.main.model
        return None if main == self._writers.fallback.model else main

    async def summarise(self, paper: Paper, language: Language) -> Summary:
        """A paper's summary, from the store if it is there.

        Raises:
            SummaryError: neither the model nor quotation gave one (no abstract).
        """
        key = self.key_of(paper, language)
        known = await self._known(key)
        if known is not None:
            return known
        return await self._flights.run(key, lambda: self._write(key, paper))

    async def quote(self, paper: Paper, language: Language, reason: str) -> Summary:
        """Store sentences from the abstract for a model that is not waited for any longer (F23).

        They stand under their own key; what the model writes one day is preferred to them.
        ``reason`` is a ``SummaryError``'s stable word.

        Raises:
            SummaryError: there is nothing to quote (no abstract).
        """
        quoted = await self._quoted(paper, language, reason)
        quoting = self._writers.fallback
        key = SummaryKey(paper.id, paper.version, language, quoting.prompt, quoting.model)
        await self._store.summaries.put(key, quoted)
        return quoted

    async def summarise_all(
        self, papers: Sequence[Paper], language: Language
    ) -> AsyncIterator[tuple[Paper, Summary | SummaryError]]:
        """Each paper with its summary or its error, as they get ready."""

        async def one(paper: Paper) -> tuple[Paper, Summary | SummaryError]:
            try:
                return paper, await self.summarise(paper, language)
            except SummaryError as error:
                return paper, error

        tasks = [asyncio.ensure_future(one(paper)) for paper in papers]
        try:
            for task in asyncio.as_completed(tasks):
                yield await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        await self._flights.drain()
        if self._instead is not None:
            await self._instead.close()

    async def _known(self, key: SummaryKey) -> Summary | None:
        """The stored summary; without a model, rather one that a model wrote or a file brought."""
        if key.model == self._writers.fallback.model:
            written = await self._written(key)
            if written is not None:
                return written
        return await self._store.summaries.get(key)

    async def _written(self, key: SummaryKey) -> Summary | None:
        """The best that a model or a person wrote of the paper, whatever version and prompt.

        A stored quotation is no such thing: quoting the abstract as it is now costs nothing (F14).
        """
        stored = await self._store.summaries.of_papers([key.paper_id], key.language)
        return best([one for one in stored if one[1].provenance.origin is not Origin.EXTRACTIVE])

    async def _write(self, key: SummaryKey, paper: Paper) -> Summary:
        known = await self._claimed_or_known(key)
        if known is not None:
            return known
        try:
            async with self._prolonged(key):
                return await self._write_claimed(key, paper)
        except BaseException:
            await self._store.summaries.release(key, self._owner)
            raise

    async def _claimed_or_known(self, key: SummaryKey) -> Summary | None:
        """Returns once we hold the claim, or with what another one has written meanwhile."""
        listened_at = self._clock.monotonic() + _LISTEN_S
        while True:
            listened = self._clock.monotonic() >= listened_at
            until = self._clock.now() + self._patience
            claimed = await self._claim(key, of_the_silent=listened)
            known = await self._store.summaries.get(key)
            if known is not None:
                if claimed:  # written between the first look and the claim
                    await self._store.summaries.release(key, self._owner)
                return known
            # A store that took its time may have let the claim run out before a call is paid for.
            if claimed and self._clock.now() < until:
                return None
            if not claimed:
                await self._clock.sleep(_CLAIM_POLL_S)

    @asynccontextmanager
    async def _prolonged(self, key: SummaryKey) -> AsyncGenerator[None, None]:
        """Keeps the claim for as long as the work inside takes."""

        async def prolong() -> None:
            regular = wait = self._patience.total_seconds() / 3
            while True:
                await self._clock.sleep(wait)
                try:
                    await self._claim(key)
                    wait = regular
                except StoreError:
                    wait = min(regular, _CLAIM_POLL_S)

        prolonging = asyncio.ensure_future(prolong())
        try:
            yield
        finally:
            prolonging.cancel()
            await asyncio.gather(prolonging, return_exceptions=True)

    async def _claim(self, key: SummaryKey, *, of_the_silent: bool = False) -> bool:
        """Claim or prolong; ``of_the_silent``: also what somebody else has let run out."""
        now = self._clock.now()
        as_of = now if of_the_silent else _BEFORE_ANY_CLAIM
        until = now + self._patience
        return await self._store.summaries.claim(key, self._owner, now=as_of, until=until)

    async def _write_claimed(self, key: SummaryKey, paper: Paper) -> Summary:
        try:
            summary = await self._writers.main.summarize(paper, key.language)
        except SummaryError as error:
            if key.model == self._writers.fallback.model:
                raise
            details = {"paper": str(paper.id), "reason": error.reason, "why": str(error)}
            _log.info("no model summary", extra=details)
            if self._instead is not None and isinstance(error, ModelUnusable):
                summary = await self._instead.summarise(paper, key.language)
                await self._store.summaries.release(key, self._owner)
                return summary
            if not isinstance(error, _FINAL):
                await self._store.summaries.release(key, self._owner)
                return await self._written(key) or await self._quoted(
                    paper, key.language, error.reason
                )
            summary = await self._quoted(paper, key.language, error.reason)
        await self._put(key, summary)
        return summary

    async def _put(self, key: SummaryKey, summary: Summary) -> None:
        """Store what was paid for, through an outage of the store too."""
        give_up_at = self._clock.monotonic() + _HELD_FOR_S
        while True:
            try:
                await self._store.summaries.put(key, summary)
                return
            except StoreError:
                if self._clock.monotonic() >= give_up_at:
                    raise
            await self._clock.sleep(_CLAIM_POLL_S)

    async def _quoted(self, paper: Paper, language: Language, reason: str) -> Summary:
        quoted = await self._writers.fallback.summarize(paper, language)
        return replace(quoted, findings=(*quoted.findings, Finding(FindingKind.FALLBACK, reason)))


def best(stored: Sequence[tuple[SummaryKey, Summary]]) -> Summary | None:
    """The one to show: a model's before an imported before a quoted one; then the higher paper
    version; then the newest."""
    ranked = [
        (_RANK[summary.provenance.origin], key.version, place)
        for place, (key, summary) in enumerate(stored)
    ]
    return stored[max(ranked)[2]][1] if ranked else None

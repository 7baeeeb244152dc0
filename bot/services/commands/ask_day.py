"""``/today`` and ``/digest``: the stored list of a day; a day never looked at is looked at once."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from adapters.base import Responder
from bot.domain.errors import InvalidInput, SourceError
from bot.domain.post import Action, Post
from bot.domain.wording import Wording
from bot.services.buttons import Page
from bot.services.collect import Collected
from bot.services.commands.asking import Asker, Means
from bot.services.commands.dates import FIRST_DAY, read_date
from bot.services.commands.day_list import day_post
from bot.services.commands.day_view import ReadDay, failure_note
from bot.services.commands.replies import notice
from bot.services.single_flight import SingleFlight


class AskDay:
    """Answers about one day, for the sources of the chat or else the given ones."""

    def __init__(self, means: Means, *, sources: Sequence[str]) -> None:
        self._means = means
        self._sources = tuple(sources)
        self._reading = ReadDay(means.store, means.health)
        self._looks: SingleFlight[tuple[str, date], Collected] = SingleFlight()

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        await self._looks.drain()

    def read(self, argument: str, wording: Wording) -> date | Post:
        """The day that was asked for (today for none), or why nothing can be shown for it."""
        words, today = wording.commands.day, self._means.clock.now().date()
        try:
            day = read_date(argument, today=today)
        except InvalidInput:
            return notice(wording, words.bad_date.format(today=today))
        if day > today:
            return notice(wording, words.future.format(day=day, today=today))
        return notice(wording, words.too_early) if day < FIRST_DAY else day

    async def unseen(self, day: date, asker: Asker) -> tuple[str, ...]:
        """The sources of whose list of that day the store knows nothing.

        Raises:
            StoreError: the store cannot be read.
        """
        listings = self._means.store.listings
        checks = {s: await listings.checked_at(s, day) for s in self._sources_of(asker)}
        return tuple(source for source, checked_at in checks.items() if checked_at is None)

    async def look_and_show(
        self, day: date, unseen: Sequence[str], asker: Asker, responder: Responder
    ) -> None:
        """Acknowledge, look at what was never looked at, and show what came of it.

        Raises:
            StoreError: the store cannot be used.
            DeliveryError: the answer cannot be shown.
        """
        words = asker.wording.commands.day
        await responder.show(notice(asker.wording, words.looking.format(day=day)))
        problems = await asyncio.gather(*(self._look(source, day) for source in unseen))
        failures = {
            source: problem for source, problem in zip(unseen, problems, strict=True) if problem
        }
        await responder.show(await self.page(day, asker, failures=failures))

    async def page(
        self,
        day: date,
        asker: Asker,
        *,
        offset: int = 0,
        failures: Mapping[str, SourceError] | None = None,
    ) -> Post:
        """A page of what the store has of a day; where it has nothing, why, and the newest list.

        ``failures`` are those of a look that was just made; they take the place of other notes.

        Raises:
            StoreError: the store cannot be read.
        """
        now, wording = self._means.clock.now(), asker.wording
        sources = self._sources_of(asker)
        failed = failures or {}
        quiet = [source for source in sources if source not in failed]
        view = await self._reading.view(day, quiet, wording, now=now)
        notes = [failure_note(source, day, error, wording) for source, error in failed.items()]
        view = replace(view, notes=(*notes, *view.notes))
        if view.rows:
            return day_post(view, wording, offset=offset, now=now)
        title, *rest = view.notes or (f"{day} · {wording.count.format(count=0)}",)
        return notice(wording, title, *rest, actions=await self._newest(sources, wording))

    async def _look(self, source: str, day: date) -> SourceError | None:
        try:
            await self._looks.run((source, day), lambda: self._means.collect(source, day))
        except SourceError as error:
            return error
        return None

    async def _newest(self, sources: Sequence[str], wording: Wording) -> tuple[Action, ...]:
        newest = await self._reading.newest_day(sources)
        if newest is None:
            return ()
        label = wording.commands.day.newest.format(day=newest)
        return (Action(label, Page(newest, 0).list_key(wording.language)),)

    def _sources_of(self, asker: Asker) -> tuple[str, ...]:
        return asker.chat.sources if asker.chat else self._sources

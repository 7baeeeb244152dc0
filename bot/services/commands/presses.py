"""Buttons: what was pressed replaces the message, and nothing else ever does."""

from dataclasses import replace

from adapters.base import Responder, Whisperer
from bot.domain.command import Command
from bot.domain.post import Action, Post
from bot.services.buttons import ShowEntry, ShowPage, WayBack, read_key
from bot.services.commands.ask_day import AskDay
from bot.services.commands.ask_paper import AskPaper
from bot.services.commands.asking import Asker, Means
from bot.services.commands.limits import Effort, Verdict
from bot.services.commands.reception import Reception


async def whisper(responder: Responder, text: str) -> None:
    """Tell the one who pressed, where the platform has a way to."""
    if isinstance(responder, Whisperer):
        await responder.whisper(text)


class Presses:
    """Carries out presses, given what answers about papers and days."""

    def __init__(
        self, means: Means, reception: Reception, *, papers: AskPaper, days: AskDay
    ) -> None:
        self._wordings = means.wordings
        self._reception = reception
        self._papers = papers
        self._days = days

    async def press(self, key: str, command: Command, responder: Responder) -> None:
        """Do what a button says; a key that is not ours does nothing.

        Raises:
            StoreError: the store cannot be used.
            DeliveryError: the message cannot be replaced.
        """
        wanted = read_key(key)
        if wanted is None or wanted.language not in self._wordings:
            return
        asker = await self._reception.asker(command, wanted.language)
        if not await self._admitted(asker, Effort.COMMAND, responder):
            return
        match wanted:
            case ShowPage(_, page):
                post = await self._days.page(page.day, asker, offset=page.offset)
            case ShowEntry():
                post = await self._entry(wanted, asker, responder)
        if post is not None:
            await responder.show(post)

    async def _entry(self, wanted: ShowEntry, asker: Asker, responder: Responder) -> Post | None:
        known = await self._papers.known(wanted.ref, asker)
        post = known.post if known else await self._written(wanted, asker, responder)
        if post is None or wanted.back is None:
            return post
        return replace(post, actions=self._ways_on(wanted, wanted.back, asker))

    async def _written(self, wanted: ShowEntry, asker: Asker, responder: Responder) -> Post | None:
        joins = self._papers.under_way(wanted.ref, wanted.language)
        if not joins and not await self._admitted(asker, Effort.FETCH, responder):
            return None
        words = asker.wording.commands.paper
        await whisper(responder, words.turning)
        post = await self._papers.turned(wanted.ref, asker)
        if post is None:
            await whisper(responder, words.not_turned)
        return post

    async def _admitted(self, asker: Asker, effort: Effort, responder: Responder) -> bool:
        verdict = self._reception.judge(asker, effort)
        if verdict is Verdict.NOTICE:
            await whisper(responder, asker.wording.commands.slow_down)
        return verdict is Verdict.GO

    def _ways_on(self, shown: ShowEntry, back: WayBack, asker: Asker) -> tuple[Action, ...]:
        """The other languages, each with the way back; then the list itself."""
        others = [
            Action(other.name, back.open_key(other.language, shown.ref))
            for other in self._wordings.values()
            if other.language != asker.wording.language
        ]
        words = asker.wording.commands.day
        return (*others, Action(words.back, back.list_key(asker.wording.language)))

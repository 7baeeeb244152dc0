"""Buttons: what was pressed replaces the message, and nothing else ever does."""

from dataclasses import replace

from adapters.base import Responder
from bot.domain.command import Command
from bot.domain.post import Action, Post
from bot.domain.speech import ENGLISH
from bot.services.buttons import DigestPage, ShowDigest, ShowEntry, ShowPage, WayBack, read_key
from bot.services.commands.ask_day import AskDay
from bot.services.commands.ask_paper import AskPaper
from bot.services.commands.asking import Asker, Means
from bot.services.commands.finding_desk import FindingDesk
from bot.services.commands.limits import Effort, Verdict
from bot.services.commands.reception import Reception
from bot.services.commands.whispers import whisper
from bot.services.compose import feedback
from bot.services.digest_post import PAGE
from bot.services.digest_reading import Digests, Tongues
from bot.services.finding.keys import CastVote, ToggleSaved, read_finding_key
from bot.services.post_keys import DigestPost


class Presses:
    """Carries out presses, given what answers about papers and days, and ``finding`` for the
    rest."""

    def __init__(
        self,
        means: Means,
        reception: Reception,
        *,
        papers: AskPaper,
        days: AskDay,
        finding: FindingDesk,
    ) -> None:
        self._wordings = means.wordings
        self._reception = reception
        self._papers = papers
        self._days = days
        self._finding = finding
        tongues = Tongues(
            means.wordings.__getitem__, lambda language: means.speeches.get(language, ENGLISH)
        )
        self._digests = Digests(means.store, means.clock, tongues=tongues)

    async def press(self, key: str, command: Command, responder: Responder) -> None:
        """Do what a button says; a key that is not ours does nothing.

        Raises:
            StoreError: the store cannot be used.
            DeliveryError: the message cannot be replaced.
        """
        wanted = read_key(key) or read_finding_key(key)
        if wanted is None or wanted.language not in (None, *self._wordings):
            return
        asker = await self._reception.asker(command, wanted.language)
        opinion = isinstance(wanted, CastVote | ToggleSaved)
        effort = Effort.OPINION if opinion else Effort.COMMAND
        if not await self._admitted(asker, effort, responder):
            return
        match wanted:
            case ShowPage(_, page):
                post = await self._days.page(page.day, asker, offset=page.offset)
            case ShowDigest(_, page):
                post = await self._digest(page, asker)
            case ShowEntry():
                post = await self._entry(wanted, asker, responder)
            case _:
                post = await self._finding.press(wanted, asker, responder)
        if post is not None:
            await responder.show(post)

    async def _entry(self, wanted: ShowEntry, asker: Asker, responder: Responder) -> Post | None:
        known = await self._papers.known(wanted.ref, asker)
        post = known.post if known else await self._written(wanted, asker, responder)
        if post is not None and wanted.private:
            return replace(post, private=True)
        if post is None or wanted.back is None:
            return post
        return replace(post, actions=self._ways_on(wanted, wanted.back, asker))

    async def _digest(self, page: DigestPage, asker: Asker) -> Post | None:
        """A page of the chat's digest; the first one where there is none such."""
        if asker.chat is None:
            return None
        posts = await self._digests.posts(DigestPost(page.name, page.own), asker.chat)
        number = page.offset // PAGE
        return posts[number if number < len(posts) else 0] if posts else None

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
        """The other languages, each with the way back; votes; then the list itself."""
        others = [
            Action(other.name, back.open_key(other.language, shown.ref))
            for other in self._wordings.values()
            if other.language != asker.wording.language
        ]
        words = asker.wording.commands.day
        opinion = feedback(shown.ref.id, asker.speech)
        return (*others, *opinion, Action(words.back, back.list_key(asker.wording.language)))

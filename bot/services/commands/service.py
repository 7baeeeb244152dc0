"""Every command and button, once for all platforms."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from adapters.base import Responder
from bot.domain.command import Command, MenuEntry, Reaction, Suggestion
from bot.domain.delivery_errors import DeliveryError
from bot.domain.errors import InvalidPaperId, StoreError
from bot.domain.paper_id import PaperRef, parse_paper_ref
from bot.domain.post import Action, Post
from bot.domain.target import Target
from bot.services.buttons import entry_key
from bot.services.commands.ask_day import AskDay
from bot.services.commands.ask_paper import AskPaper
from bot.services.commands.ask_status import AskStatus
from bot.services.commands.asking import Asker, CommandOptions, Means
from bot.services.commands.faults import quietly, report
from bot.services.commands.finding_desk import FindingDesk
from bot.services.commands.guide import guide, menu
from bot.services.commands.limits import Effort, Verdict
from bot.services.commands.presses import Presses
from bot.services.commands.reception import Reception
from bot.services.commands.replies import notice
from bot.services.commands.settings_desk import SettingsDesk
from bot.services.commands.suggest import suggest_papers
from bot.services.commands.whispers import whisper

_log = logging.getLogger(__name__)

# The name of a command that is none: words without a slash, in a private chat.
PASTED = ""

_Handler: TypeAlias = Callable[[Asker, Responder], Awaitable[None]]


class CommandService:
    """Implements ``adapters.base.Commands``, ``Opinions``, ``Menu`` and ``Library``.

    Used as an async context manager, it knows the listed chats before the first command and ends
    what is under way on leaving.
    """

    def __init__(self, means: Means, *, options: CommandOptions) -> None:
        self._means = means
        self._reception = Reception(means, options)
        self._papers = AskPaper(means)
        self._days = AskDay(means, sources=options.sources)
        self._status = AskStatus(means, options)
        self._finding = FindingDesk(means, sources=options.sources)
        self._presses = Presses(
            means,
            self._reception,
            papers=self._papers,
            days=self._days,
            finding=self._finding,
        )
        self._settings = SettingsDesk(means, options, self._reception)
        self._handlers: dict[str, _Handler] = {
            "paper": self._paper,
            "today": self._today,
            "digest": self._digest,
            "status": self._tell_status,
            "help": self._help,
            "start": self._start,
            PASTED: self._offer,
            **self._finding.handlers(),
            **self._settings.handlers(),
        }

    async def __aenter__(self) -> "CommandService":
        await self._reception.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._papers.close()
        await self._days.close()
        await self._finding.close()

    async def handle(self, command: Command, responder: Responder) -> None:
        """See ``Commands.handle``. Never raises but on cancellation.

        ``PASTED`` as a name is for what somebody wrote in a private chat without any command.
        """
        if not self._reception.first_time(command, "command"):
            return
        try:
            await self._handle(command, responder)
        except DeliveryError as error:
            _log.info("answer not shown", extra={"reason": str(error)})
        except Exception as error:  # noqa: BLE001 - one person's fault must cost nobody else
            report("command failed", error)
            words = self._reception.wording(command)
            await quietly(responder.show(notice(words, words.commands.apology)))

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        """See ``Commands.act``. Never raises but on cancellation."""
        if not self._reception.first_time(command, "press"):
            return
        try:
            desk = self._settings if self._settings.knows(key) else self._presses
            await desk.press(key, command, responder)
        except DeliveryError as error:
            _log.info("answer not shown", extra={"reason": str(error)})
        except Exception as error:  # noqa: BLE001 - one person's fault must cost nobody else
            report("button failed", error)
            words = self._reception.wording(command).commands
            await quietly(whisper(responder, words.apology))

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        """See ``Commands.suggest``; nothing where the store cannot be read."""
        try:
            return await suggest_papers(self._means.store.index, text, limit=limit)
        except StoreError as error:
            report("no suggestions", error)
            return ()

    async def entry(self, paper_id: str, command: Command) -> Post | None:
        """See ``Library.entry``; takes whatever ``/paper`` takes."""
        try:
            ref = parse_paper_ref(paper_id)
            known = await self._papers.known(ref, await self._reception.asker(command))
            return known.post if known else None
        except InvalidPaperId:
            return None
        except StoreError as error:
            report("no entry", error)
            return None

    async def left(self, command: Command, reason: str) -> None:
        """See ``Departures.left``. Where the store fails, the next message is refused and says so
        again."""
        await self.evicted(command.places, reason)

    async def evicted(self, chats: Sequence[Target], reason: str) -> None:
        """See ``Evictions.evicted``; the store's faults as above."""
        try:
            await self._reception.suspend(chats, reason)
        except StoreError as error:
            report("a chat that we left is not suspended yet", error)

    async def readmitted(self, chats: Sequence[Target]) -> None:
        """See ``Evictions.readmitted``. Where the store fails, ``/start`` does the same later."""
        try:
            await self._reception.resume(chats)
        except StoreError as error:
            report("chats that took us back are not resumed yet", error)

    async def react(self, reaction: Reaction) -> None:
        """See ``Opinions.react``. Never raises but on cancellation."""
        try:
            await self._finding.react(reaction)
        except Exception as error:  # noqa: BLE001 - one person's fault must cost nobody else
            report("reaction not counted", error)

    def menu(self) -> Sequence[MenuEntry]:
        """See ``Menu.menu``."""
        return menu(self._means.wordings.values(), self._means.speeches)

    async def _handle(self, command: Command, responder: Responder) -> None:
        handler = self._handlers.get(command.name, self._unknown)
        if not command.private and handler in (self._unknown, self._offer):
            return  # other bots have commands too, and people talk
        if command.name == PASTED and _paper_in(command.argument) is None:
            return
        asker = await self._reception.asker(command)
        if await self._admitted(asker, Effort.COMMAND, responder):
            await handler(asker, responder)

    async def _admitted(self, asker: Asker, effort: Effort, responder: Responder) -> bool:
        verdict = self._reception.judge(asker, effort)
        if verdict is Verdict.NOTICE:
            await responder.show(notice(asker.wording, asker.wording.commands.slow_down))
        return verdict is Verdict.GO

    async def _paper(self, asker: Asker, responder: Responder) -> None:
        argument, words = asker.command.argument, asker.wording.commands.paper
        if not argument.strip():
            await responder.show(notice(asker.wording, words.usage))
            return
        ref = _paper_in(argument) or await self._finding.offer(asker)
        if isinstance(ref, Post):
            await responder.show(ref)
            return
        known = await self._papers.known(ref, asker)
        if known is not None and known.final:
            await responder.show(known.post)
        elif known is not None:
            await self._improve(ref, known.post, asker, responder)
        elif self._papers.under_way(ref, asker.wording.language) or await self._admitted(
            asker, Effort.FETCH, responder
        ):
            await self._papers.write(ref, asker, responder)

    async def _improve(
        self, ref: PaperRef, quoted: Post, asker: Asker, responder: Responder
    ) -> None:
        """Show what is quoted at once; where the limits allow, ask the model for better."""
        joins = self._papers.under_way(ref, asker.wording.language)
        if not joins and self._reception.judge(asker, Effort.FETCH) is not Verdict.GO:
            await responder.show(quoted)
            return
        note = asker.wording.commands.paper.improving
        await responder.show(replace(quoted, footer=(*quoted.footer, note)))
        await self._papers.write(ref, asker, responder, shown=True)

    async def _today(self, asker: Asker, responder: Responder) -> None:
        await self._show_day("", asker, responder)

    async def _digest(self, asker: Asker, responder: Responder) -> None:
        await self._show_day(asker.command.argument, asker, responder)

    async def _show_day(self, argument: str, asker: Asker, responder: Responder) -> None:
        day = self._days.read(argument, asker.wording)
        if isinstance(day, Post):
            await responder.show(day)
            return
        unseen = await self._days.unseen(day, asker)
        if not unseen:
            await responder.show(await self._days.page(day, asker))
        elif await self._admitted(asker, Effort.FETCH, responder):
            await self._days.look_and_show(day, unseen, asker, responder)

    async def _tell_status(self, asker: Asker, responder: Responder) -> None:
        await responder.show(await self._status.post(asker))

    async def _help(self, asker: Asker, responder: Responder) -> None:
        await responder.show(guide(asker.wording, asker.speech))

    async def _start(self, asker: Asker, responder: Responder) -> None:
        post = guide(asker.wording, asker.speech)
        post = replace(post, actions=self._settings.first_step(asker))
        if await self._reception.resume(asker.command.places):
            post = replace(post, footer=(asker.wording.commands.resumed, *post.footer))
        await responder.show(post)

    async def _offer(self, asker: Asker, responder: Responder) -> None:
        """One quiet button for a pasted link."""
        ref, words = _paper_in(asker.command.argument), asker.wording.commands.paper
        if ref is not None:
            show = Action(words.show, entry_key(asker.wording.language, ref))
            text = words.offer.format(paper=ref)
            await responder.show(notice(asker.wording, text, actions=(show,)))

    async def _unknown(self, asker: Asker, responder: Responder) -> None:
        await responder.show(notice(asker.wording, asker.wording.commands.unknown))


def _paper_in(text: str) -> PaperRef | None:
    """The paper that a text names, ``None`` where it is anything else (F66)."""
    try:
        return parse_paper_ref(text)
    except InvalidPaperId:
        return None

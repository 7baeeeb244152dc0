"""Every command and press about a chat's own settings."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from adapters.base import Prompter, Responder
from bot.domain.chat import Chat
from bot.domain.command import Command
from bot.domain.speech import Speech
from bot.services.chat_settings.chat_ledger import ChatLedger
from bot.services.chat_settings.choosing import other_code, page_of, read_choice, without_filters
from bot.services.chat_settings.counting import counted
from bot.services.chat_settings.forgetting import Forgetting
from bot.services.chat_settings.grammar import apply_all, read_changes
from bot.services.chat_settings.keys import Chosen, Deed, Page, Press, read_set_key
from bot.services.chat_settings.menu import View, menu_page, subscribed
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.previewing import Previewing
from bot.services.chat_settings.prompts import prompt_for, typed_form
from bot.services.chat_settings.reading import Change
from bot.services.chat_settings.subscribing import Subscribing
from bot.services.chat_settings.topics import Topic
from bot.services.chat_settings.typed_guide import ASKED_BY, typed_guide
from bot.services.chat_settings.visit import SettingsMeans, Visit
from bot.services.chat_settings.why import Reasons

_Answer: TypeAlias = Callable[[Visit], Awaitable[None]]


class ChatSettings:
    """Answers ``/subscribe``, ``/settings`` and their kin, and the presses in their menus."""

    def __init__(self, means: SettingsMeans) -> None:
        self._means = means
        self._ledger = ChatLedger(means.store, means.clock)
        self._subscribing = Subscribing(means, self._ledger)
        self._forgetting = Forgetting(means, self._ledger)
        self._previewing = Previewing(means)
        self._reasons = Reasons(means)
        self._answers: Mapping[str, _Answer] = {
            "subscribe": self._subscribing.subscribe,
            "unsubscribe": self._subscribing.unsubscribe,
            "pause": self._subscribing.pause,
            "resume": self._subscribing.resume,
            "settings": self._settings,
            "preview": self._preview,
            "why": self._why,
            "forget": self._forgetting.ask,
        }
        self._deeds: Mapping[Deed, _Answer] = {
            Deed.SUBSCRIBE: self._subscribing.subscribe,
            Deed.UNSUBSCRIBE: self._subscribing.unsubscribe,
            Deed.PAUSE: self._subscribing.pause,
            Deed.RESUME: self._subscribing.resume,
            Deed.PREVIEW: self._preview,
            Deed.CODE: lambda visit: self._change(visit, lambda: other_code, Page.FILTERS),
            Deed.NO_FILTERS: lambda visit: self._change(
                visit, lambda: without_filters, Page.FILTERS
            ),
            Deed.FORGET_ME: self._forgetting.forget_person,
            Deed.FORGET_CHAT: self._forgetting.forget_chat,
            Deed.FORGET_ALL: self._forgetting.forget_all,
            Deed.KEEP: self._forgetting.keep,
        }

    @property
    def names(self) -> frozenset[str]:
        """The commands that are answered here."""
        return frozenset(self._answers)

    async def handle(self, command: Command, speech: Speech, responder: Responder) -> None:
        """Answer a command of ours.

        Raises:
            StoreError: the store cannot be used.
            DeliveryError: the answer cannot be shown.
        """
        await self._answered(
            await self._visit(command, speech, responder), self._answers[command.name]
        )

    async def press(self, key: str, command: Command, speech: Speech, responder: Responder) -> None:
        """Do what a button of ours says; a key that is none does nothing. Raises as ``handle``."""
        wanted = read_set_key(key)
        if wanted is None:
            return
        visit = replace(await self._visit(command, speech, responder), pressed=True)
        await self._answered(visit, lambda visit: self._pressed(wanted, visit))

    async def _visit(self, command: Command, speech: Speech, responder: Responder) -> Visit:
        chat = await self._ledger.find(command)
        spoken = self._means.speech(chat, speech.language)
        return Visit(command, responder, spoken, self._means.offer, chat)

    async def _answered(self, visit: Visit, answer: _Answer) -> None:
        """What cannot be taken is said to who asked, and changes nothing."""
        try:
            await answer(visit)
        except Misread as error:
            await visit.tell(str(error))
        finally:
            self._means.changed()

    async def _pressed(self, wanted: Press, visit: Visit) -> None:
        match wanted:
            case Page():
                await self._page(visit, wanted)
            case Deed():
                await self._deeds[wanted](visit)
            case Topic():
                await self._ask(visit, wanted)
            case Chosen():
                page = page_of(wanted)
                await self._change(visit, lambda: read_choice(wanted, visit.reading), page)

    async def _settings(self, visit: Visit) -> None:
        argument = visit.command.argument.strip().casefold()
        if not argument:
            await self._page(visit, Page.HOME)
            return
        if argument in ASKED_BY:
            await visit.show(typed_guide(visit.speech))
            return
        await self._change(visit, lambda: _typed(visit), Page.HOME)

    async def _page(self, visit: Visit, page: Page) -> None:
        """A page of the menu; for who may not change anything, what it would say."""
        chat = visit.chat or self._subscribing.unknown(visit)
        view = await self._subscribing.view(chat, visit.speech)
        if await visit.may_change():
            await visit.show(menu_page(view, page))
        elif visit.pressed:
            await visit.refuse()
        else:
            await visit.show(replace(menu_page(view), actions=(), selects=(), footer=()))

    async def _change(self, visit: Visit, read: Callable[[], Change], page: Page) -> None:
        """Change the chat as it is now and show what came of it."""
        if not await visit.may_change():
            await visit.refuse()
            return
        change = read()
        looked = visit.chat is not None and await self._subscribing.look(visit, change(visit.chat))
        now = self._means.clock.now()

        def known(chat: Chat | None) -> Chat | None:
            if chat is None or not subscribed(chat):
                return None
            return counted(chat, change(chat), now, looked=looked)

        changed = await self._ledger.change(visit.command, known)
        if changed is None:
            await visit.tell(visit.speech.say("This chat is not subscribed yet: /subscribe."))
            return
        speech = self._means.speech(changed.after, visit.speech.language)
        view = await self._subscribing.view(changed.after, speech)
        title = "" if visit.pressed else speech.say("Changed")
        await visit.show(menu_page(view, page, title=title, notes=_hints(view)))

    async def _ask(self, visit: Visit, topic: Topic) -> None:
        """Ask for a text where the platform can, else show how to type it."""
        if not await visit.may_change():
            await visit.refuse()
            return
        chat = visit.chat or self._subscribing.unknown(visit)
        question = prompt_for(topic, chat, visit.speech)
        if isinstance(visit.responder, Prompter) and await visit.responder.prompt(question):
            return
        await visit.tell(typed_form(topic, visit.speech))

    async def _preview(self, visit: Visit) -> None:
        chat = visit.chat or self._subscribing.unknown(visit)
        if not subscribed(chat):
            chat = replace(chat, sources=self._means.offer.sources)
        await visit.show(await self._previewing.post(chat, visit.speech))

    async def _why(self, visit: Visit) -> None:
        await visit.show(await self._reasons.post(visit))


def _typed(visit: Visit) -> Change:
    wanted = read_changes(visit.command.argument, visit.reading)
    return lambda chat: apply_all(chat, wanted)


def _hints(view: View) -> tuple[str, ...]:
    """What somebody who sets times probably wants next."""
    chat = view.chat
    if chat.zone == "UTC" and (chat.timetable or chat.quiet_hours):
        say = view.speech.say
        return (say("Times are in UTC until you name a zone: /settings zone Shanghai"),)
    return ()

"""Beginning, ending, pausing, resuming."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from bot.domain.chat import PAUSED, UNLISTED, Chat
from bot.domain.errors import SummaryError
from bot.domain.speech import Speech
from bot.services.chat_settings.chat_ledger import Changed, ChatLedger, returned
from bot.services.chat_settings.counting import counted
from bot.services.chat_settings.describe import Last
from bot.services.chat_settings.grammar import apply_all
from bot.services.chat_settings.menu import View, menu_page, subscribed
from bot.services.chat_settings.reading import Change
from bot.services.chat_settings.sample import Sample, find_sample
from bot.services.chat_settings.visit import SettingsMeans, Visit
from bot.services.chat_settings.wish import read_wish

# Seconds after which somebody who has seen nothing yet is told what takes so long.
_UNSEEN_FOR_S = 0.7


class Subscribing:
    """Whether a chat gets anything."""

    def __init__(self, means: SettingsMeans, ledger: ChatLedger) -> None:
        self._means = means
        self._ledger = ledger

    async def view(self, chat: Chat, speech: Speech) -> View:
        """A chat with when it got something last, to be shown.

        Raises:
            StoreError: the store cannot be read.
        """
        last = Last(await self._ledger.last_sent(chat.target), self._means.clock.now())
        return View(chat, self._means.offer, speech, last if subscribed(chat) else None)

    def unknown(self, visit: Visit) -> Chat:
        """A chat of which nothing is stored."""
        return Chat(visit.command.target, visit.speech.language, sources=())

    async def subscribe(self, visit: Visit) -> None:
        """``/subscribe``, with or without a wish.

        Raises:
            Misread: the wish holds what cannot be had.
            StoreError: the store cannot be used.
        """
        say = visit.speech.say
        if not await visit.may_change():
            await visit.refuse()
            return
        if not self._is_free(visit.chat):
            await visit.tell(
                say("Whoever runs this bot chooses which chats get papers. Commands work here.")
            )
            return
        new = visit.chat is None or not subscribed(visit.chat)
        if new and await self._full():
            await visit.tell(say("This bot has as many chats as it can serve. Commands work here."))
            return
        wish = "" if visit.pressed else visit.command.argument
        wanted = read_wish(wish, visit.reading)

        def begin(chat: Chat | None) -> Chat:
            now = self._means.clock.now()
            if chat is not None and chat.suspended == UNLISTED:
                chat = returned(replace(chat, listed=""), now)
            if chat is not None and subscribed(chat) and not chat.paused:
                return counted(chat, apply_all(chat, wanted), now, looked=looked)
            chat = chat or self.unknown(visit)
            if not chat.sources:
                chat = replace(chat, sources=self._means.offer.sources)
            return apply_all(returned(chat, now), wanted)

        looked = False
        looked = await self.look(visit, begin(visit.chat))
        changed = await self._ledger.change(visit.command, begin)
        if changed is not None:
            await self._begun(visit, changed)

    async def look(self, visit: Visit, after: Chat) -> bool:
        """Have the lists read that a chat chooses anew and nobody gets yet; returns whether there
        were any: then what it gets counts from now. Whoever waits for it is told so.

        Raises:
            StoreError: the store cannot be used.
        """
        before = visit.chat
        known = before.sources if before is not None and before.open else ()
        chosen = [source for source in after.sources if source not in known]
        looking = asyncio.ensure_future(self._means.first_look(chosen))
        try:
            await asyncio.wait({looking}, timeout=_UNSEEN_FOR_S)
            if not looking.done():
                await visit.tell(visit.speech.say("I am reading that list for the first time …"))
            return await looking
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    def _is_free(self, chat: Chat | None) -> bool:
        """Whether a chat may decide that it gets papers."""
        if chat is None or chat.suspended == UNLISTED:
            return self._means.offer.subscriptions
        return not chat.held

    async def unsubscribe(self, visit: Visit) -> None:
        """``/unsubscribe``: nothing comes, filters and hours stay for the next time."""
        say = visit.speech.say
        if await self._hold(visit, lambda chat: replace(chat, paused=True, sources=())):
            await visit.tell(
                say("Unsubscribed: nothing more comes here by itself."),
                say("Your settings are kept for /subscribe; /forget deletes them."),
            )

    async def pause(self, visit: Visit) -> None:
        """``/pause``: nothing comes until ``/resume``."""
        if await self._hold(visit, lambda chat: replace(chat, paused=True)):
            await self._show(visit)

    async def resume(self, visit: Visit) -> None:
        """``/resume``: what is listed from now on comes.

        Raises:
            StoreError: the store cannot be used.
        """
        if visit.chat is None or not subscribed(visit.chat):
            await self.subscribe(replace(visit, command=replace(visit.command, argument="")))
            return
        if not await visit.may_change():
            await visit.refuse()
            return
        now = self._means.clock.now()

        def open_again(chat: Chat | None) -> Chat | None:
            if chat is None:
                return None
            return returned(chat, now) if chat.paused else chat

        if not self._is_free(visit.chat):
            await self.subscribe(visit)
            return
        await self._ledger.change(visit.command, open_again)
        await self._lift(visit.chat)
        await self._show(visit, visit.speech.say("New papers come from now on"))

    async def _hold(self, visit: Visit, change: Change) -> bool:
        """Stop a chat; returns whether there was one to stop, and it was allowed."""
        if not await visit.may_change():
            await visit.refuse()
            return False

        def stop(chat: Chat | None) -> Chat | None:
            return change(chat) if chat is not None and subscribed(chat) else None

        changed = await self._ledger.change(visit.command, stop)
        if changed is None:
            await visit.tell(visit.speech.say("This chat is not subscribed, so nothing comes."))
            return False
        await self._ledger.drop_waiting(changed.after.target, PAUSED)
        return True

    async def _begun(self, visit: Visit, changed: Changed) -> None:
        before, chat = changed.before, changed.after
        await self._lift(chat)
        speech = self._means.speech(chat, visit.speech.language)
        sample = await find_sample(self._means.store, chat) if before is None else None
        if before is None or not subscribed(before):
            title = speech.say("Subscribed")
        elif before.paused:
            title = speech.say("New papers come from now on")
        else:
            title = speech.say("This chat is subscribed")
        notes = _what_comes_first(sample, speech) if before is None else ()
        view = await self.view(chat, speech)
        # "Nothing has come yet" goes without saying where something comes in a moment.
        shown = replace(view, last=None) if notes else view
        await visit.show(menu_page(shown, title=title, notes=notes))
        if sample is not None:
            await self._send(sample, chat)

    async def _send(self, sample: Sample, chat: Chat) -> None:
        """Have the sample written if need be, and put it into the outbox. Where it cannot be
        written it is quoted, as every paper is."""
        if not sample.written:
            with suppress(SummaryError):
                await self._means.summarise(sample.paper, chat.language)
        if await self._means.store.outbox.add([sample.row(chat, self._means.clock.now())]):
            self._means.wake()

    async def _show(self, visit: Visit, title: str = "") -> None:
        chat = await self._ledger.find(visit.command) or self.unknown(visit)
        await visit.show(menu_page(await self.view(chat, visit.speech), title=title))

    async def _lift(self, chat: Chat) -> None:
        """What we suspended is open again: somebody there asks for papers, so we are let in."""
        if chat.suspended:
            await self._means.store.chats.resume(chat.target, now=self._means.clock.now())

    async def _full(self) -> bool:
        """Whether as many chats subscribed by themselves as the operator allows.

        Raises:
            StoreError: the store cannot be read.
        """
        chats = await (self._means.everybody or self._means.store.chats.all)()
        count = sum(1 for chat in chats if not chat.listed and subscribed(chat))
        return count >= self._means.offer.most_chats


def _what_comes_first(sample: Sample | None, speech: Speech) -> tuple[str, ...]:
    if sample is None:
        return (speech.say("The first paper comes as soon as one fits."),)
    return (speech.say("One paper comes in a moment as a sample, then only new ones."),)

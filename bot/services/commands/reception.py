"""Who comes in: once, in which words, and not too often."""

from collections.abc import Collection, Sequence

from bot.domain.chat import Chat
from bot.domain.command import Command
from bot.domain.speech import ENGLISH
from bot.domain.summary import Language
from bot.domain.target import Target
from bot.domain.wording import Wording
from bot.services.chat_roll import ChatRoll
from bot.services.commands.asking import Asker, CommandOptions, Means, language_for
from bot.services.commands.limits import Effort, Limiter, Verdict
from bot.services.commands.seen import Seen


class Reception:
    """Receives every command and press before anything is done about it."""

    def __init__(self, means: Means, options: CommandOptions) -> None:
        self._means = means
        self._options = options
        self._roll = means.roll or ChatRoll(means.store, means.clock)
        self._limiter = Limiter(means.clock, options.limits)
        self._seen = Seen()

    async def open(self) -> None:
        """Read the listed chats, so that the first command need not wait for them.

        Raises:
            StoreError: they cannot be read.
        """
        await self._roll.all()

    async def everybody(self) -> Sequence[Chat]:
        """All chats as of a moment ago.

        Raises:
            StoreError: they cannot be read.
        """
        return await self._roll.all()

    def look_again(self) -> None:
        """A chat has just been changed here: its next command is to find it changed."""
        self._roll.look_again()

    def first_time(self, command: Command, kind: str) -> bool:
        """Whether this request has not been received before (F41); ``kind`` parts what a platform
        numbers apart."""
        return self._seen.first_time(f"{command.target.platform}:{kind}", command.id)

    async def asker(self, command: Command, language: Language | None = None) -> Asker:
        """Who asks; ``language`` where the request itself names one.

        Raises:
            StoreError: the listed chats were never read and cannot be.
        """
        chat = await self._listed(command)
        wording = (
            self.wording(command, chat) if language is None else self._means.wordings[language]
        )
        speech = self._means.speeches.get(wording.language, ENGLISH)
        return Asker(command, wording, chat, speech)

    async def _listed(self, command: Command) -> Chat | None:
        for place in command.places:
            if (chat := await self._roll.find(place)) is not None:
                return chat
        return None

    def wording(self, command: Command, chat: Chat | None = None) -> Wording:
        """The words to answer in."""
        wordings = self._means.wordings
        language = language_for(
            chat, command.language, available=wordings, default=self._options.language
        )
        return wordings[language]

    def judge(self, asker: Asker, effort: Effort) -> Verdict:
        """Whether the asker may, by the limits of person and chat (F68)."""
        verdict = self._limiter.judge(asker.command, effort)
        self._means.health.tally("commands", asker.command.target.platform, verdict.value)
        return verdict

    async def suspend(self, places: Collection[Target], reason: str) -> None:
        """Send no more to chats that let us go, any part of them; what they chose stays (F32).

        Raises:
            StoreError: the store cannot be used.
        """
        for chat in await self._parts(places):
            if not chat.suspended:
                await self._means.store.chats.suspend(chat.target, reason)

    async def resume(self, places: Collection[Target]) -> bool:
        """Send again to what a platform had closed in chats; returns whether anything was (F32).

        Raises:
            StoreError: the store cannot be used.
        """
        parts = await self._parts(places)
        suspended = [chat.target for chat in parts if chat.suspended and not chat.held]
        for place in suspended:
            await self._means.store.chats.resume(place, now=self._means.clock.now())
        if suspended:
            self._roll.look_again()
        return bool(suspended)

    async def _parts(self, places: Collection[Target]) -> list[Chat]:
        """The chats at some addresses, with their threads."""
        addresses = {Target(place.platform, place.chat) for place in places}
        return [c for a in addresses for c in await self._means.store.register.parts(a)]

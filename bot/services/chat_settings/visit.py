"""Who asks for what about their chat's settings, and what is needed to answer."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapters.base import Responder, Steward, Whisperer
from bot.domain.chat import Chat
from bot.domain.command import Command
from bot.domain.paper import Paper
from bot.domain.post import Post, Section
from bot.domain.speech import ENGLISH, Speech
from bot.domain.summary import Language
from bot.ports import Clock, Store
from bot.services.chat_settings.offer import Offer
from bot.services.chat_settings.reading import Reading


async def _nothing_to_read(_: Iterable[str]) -> bool:
    """For where every list is read by others."""
    return False


async def _unwritten(_: Paper, __: Language) -> None:
    """For where papers are only quoted."""


def _nobody() -> None:
    """For where nobody needs to be told."""


@dataclass(frozen=True, slots=True)
class SettingsMeans:
    """What settings are changed with. ``wake`` tells the deliverer of a row that is due now,
    ``changed`` those who remember chats that one is not as it was. ``summarise`` has a paper's
    summary written (``SummariseService.summarise``), ``first_look`` reads those of some lists that
    nobody gets yet, and says whether there were any (``FirstLook.at``); ``everybody`` lists all
    chats, where somebody remembers them.
    """

    store: Store
    clock: Clock
    offer: Offer
    speeches: Mapping[Language, Speech] = field(default_factory=dict[Language, Speech])
    wake: Callable[[], None] = _nobody
    changed: Callable[[], None] = _nobody
    summarise: Callable[[Paper, Language], Awaitable[object]] = _unwritten
    first_look: Callable[[Iterable[str]], Awaitable[bool]] = _nothing_to_read
    everybody: Callable[[], Awaitable[Sequence[Chat]]] | None = None

    def speech(self, chat: Chat | None, otherwise: Language) -> Speech:
        """The chat's language where there are words for it, else the other."""
        language = otherwise
        if chat is not None and chat.language in self.offer.wordings:
            language = chat.language
        return self.speeches.get(language, ENGLISH)


@dataclass(frozen=True, slots=True)
class Visit:
    """A command or press with the way back; ``chat`` is as it was when it came, ``None`` where
    nothing is known of it. ``pressed`` is whether a message of ours is to be replaced."""

    command: Command
    responder: Responder
    speech: Speech
    offer: Offer
    chat: Chat | None = None
    pressed: bool = False

    @property
    def reading(self) -> Reading:
        """To read what was typed, in the visitor's words."""
        return Reading(self.speech, self.offer)

    async def may_change(self) -> bool:
        """Whether who asks may change what the chat gets (T10): anyone in private, elsewhere who
        the platform says administers it; nobody where it does not say."""
        if self.command.private:
            return True
        return isinstance(self.responder, Steward) and await self.responder.may_manage()

    async def tell(self, text: str, *lines: str) -> None:
        """Say a sentence: in a whisper where something was pressed, so that the menu stays."""
        if self.pressed and not lines and isinstance(self.responder, Whisperer):
            await self.responder.whisper(text[:200])
            return
        sections = (Section("", lines),) if lines else ()
        await self.show(Post(self.speech.language, text, "", sections=sections))

    async def show(self, post: Post) -> None:
        """Answer; for who asked alone, where the chat is not theirs alone anyway."""
        if self.command.private:
            await self.responder.show(post)
        else:
            await self.responder.show(replace(post, private=True))

    async def refuse(self) -> None:
        """Say who may."""
        await self.tell(
            self.speech.say(
                "Only those who manage this chat can change what it gets: its administrators, on "
                "Discord those with Manage Server."
            )
        )

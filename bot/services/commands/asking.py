"""Who asks, in which words they are answered, and what answers are made with."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from bot.domain.chat import Chat
from bot.domain.command import Command
from bot.domain.speech import ENGLISH, Speech
from bot.domain.summary import Language
from bot.domain.wording import Wording
from bot.ports import Clock, PaperLookup, Store
from bot.services.chat_roll import ChatRoll
from bot.services.collect import Collected
from bot.services.commands.limits import Limits
from bot.services.health import Health
from bot.services.summarise import SummariseService

# Looks at a source's list of a day; raises SourceError.
Collect: TypeAlias = Callable[[str, date], Awaitable[Collected]]


def _nobody() -> None:
    """For where no deliverer waits."""


@dataclass(frozen=True, slots=True)
class Means:
    """What commands are carried out with; ``wordings`` are the languages there are answers in,
    ``speeches`` their sentences, English ones where a language is missing there. ``roll`` is the
    process's."""

    store: Store
    clock: Clock
    summaries: SummariseService
    lookup: PaperLookup
    collect: Collect
    wordings: Mapping[Language, Wording]
    health: Health
    speeches: Mapping[Language, Speech] = field(default_factory=dict[Language, Speech])
    wake: Callable[[], None] = _nobody
    roll: ChatRoll | None = None


@dataclass(frozen=True, slots=True)
class CommandOptions:
    """What the operator set.

    ``language`` and ``sources`` are for those who are no listed chat. ``model`` is ``None`` where
    papers are only quoted; its daily limits are ``None`` where there are none.

    ``open_sources`` are what chats may choose beside ``sources`` (a key, or ``arxiv:*``),
    ``subscriptions`` is whether they may subscribe by themselves, ``most_chats`` how many may.
    """

    language: Language
    sources: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)
    model: str | None = None
    daily_usd: Decimal | None = None
    daily_tokens: int | None = None
    open_sources: tuple[str, ...] = ("hf",)
    subscriptions: bool = True
    most_chats: int = 10_000


@dataclass(frozen=True, slots=True)
class Asker:
    """A command with what is known of who gave it; ``chat`` is ``None`` where none is listed."""

    command: Command
    wording: Wording
    chat: Chat | None = None
    speech: Speech = ENGLISH


def language_for(
    chat: Chat | None, spoken: str | None, *, available: Collection[Language], default: Language
) -> Language:
    """The listed chat's language, else the person's, else the default.

    ``spoken`` is a BCP 47 tag as a client sends it; its primary part is enough.
    """
    if chat is not None and chat.language in available:
        return chat.language
    tag = (spoken or "").replace("_", "-").lower()
    known = {language.lower(): language for language in available}
    return known.get(tag) or known.get(tag.partition("-")[0]) or default

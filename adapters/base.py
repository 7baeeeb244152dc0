"""The ports of a platform: what every adapter can do, and what some can do besides."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from bot.domain.command import Command, MenuEntry, Reaction, Suggestion
from bot.domain.post import Post, Prompt
from bot.domain.summary import Language
from bot.domain.target import Receipt, Target
from bot.ports import Bells, Clock, Inbox, Leases


@dataclass(frozen=True, slots=True)
class Pace:
    """What a platform permits. ``per_second`` is for all chats together, under one token;
    ``chat_gap`` is in seconds, between two messages to one chat. ``None`` is no limit. Where
    ``burst`` is more than 1, so many may go to a chat one after another without a pause, and never
    more of them within ``burst`` gaps, which are less than a minute together."""

    per_second: float | None = None
    chat_gap: float | None = None
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Fare:
    """What a platform takes for messages above ``Pace.per_second``: so many more a second, each for
    ``price`` of its ``currency``, and on one day (UTC) no more than ``most_a_day``."""

    per_second: float
    price: Decimal
    currency: str
    most_a_day: int


# What an adapter renders is its own affair: nobody else looks inside.
Message = Any


class Adapter(Protocol):
    """Publishes posts on one platform.

    An adapter may also be an async context manager; it is entered before its first use.
    """

    @property
    def name(self) -> str:
        """What the settings call it (``Options.name``), as ``Target.platform`` names it: a platform
        with one bot, or one of several bots there."""
        ...

    def pace(self, target: Target) -> Pace:
        """How fast this target may be written to."""
        ...

    def render(self, post: Post, *, plain: bool = False) -> Sequence[Message]:
        """A post as one or more messages, in order; nothing of it is lost.

        Pure. ``plain`` is without any markup, for a platform that refused the other.
        """
        ...

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        """Publish one message. ``key`` is the delivery's id, the same at every attempt.

        Raises:
            DeliveryError: one of its kinds says what is known of the outcome.
        """
        ...


@runtime_checkable
class Identified(Protocol):
    """An adapter whose platform counts by who sends: two that are the same one would each believe
    in the whole rate, and take each other's commands."""

    @property
    def identities(self) -> Collection[str]:
        """Who it is there (a bot's id); nothing of a secret. None of them may be another's of the
        same kind."""
        ...


@runtime_checkable
class Editor(Protocol):
    """An adapter that can change what it sent."""

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Replace a message; replacing it by the same is no error. Raises as ``send``."""
        ...


@runtime_checkable
class Repeatable(Protocol):
    """An adapter whose platform takes ``key`` as an idempotency key."""

    def repeat_window(self, target: Target) -> float:
        """Seconds during which a send with the same key cannot double a message there; 0 where the
        platform takes no key (a forum, a webhook): such a target is never asked about."""
        ...

    async def find(self, target: Target, key: str) -> Receipt | None:
        """Look the message up in the chat's history; ``None`` if it is not there."""
        ...


@runtime_checkable
class Tracing(Protocol):
    """A ``Repeatable`` that cannot look every message up again. Of one that leaves no trace nobody
    can tell, once its key is forgotten, whether it arrived."""

    def traces(self, message: Message) -> bool:
        """Whether ``find`` would know a message that was sent."""
        ...


@runtime_checkable
class Payable(Protocol):
    """An adapter whose platform sells more messages a second than it gives away."""

    @property
    def fare(self) -> Fare | None:
        """What may be bought now; ``None`` where the options do not say so, and where the platform
        refuses to sell."""
        ...

    def charged(self, message: Message) -> Message:
        """The same message, to be sent in a paid slot. Pure.

        ``send`` raises ``RateLimited`` for one that can no longer be bought: it comes back for a
        free slot, and is never sent unpaid in a paid one, faster than the free rate.
        """
        ...


class Responder(Protocol):
    """The way back to who gave a command."""

    async def show(self, post: Post) -> None:
        """Answer. The first call sends, every later one replaces what was shown (by an edit)."""
        ...


@runtime_checkable
class Whisperer(Protocol):
    """A responder that can also tell somebody something without touching the message: a toast, or
    words that only they see."""

    async def whisper(self, text: str) -> None:
        """Say one short sentence (at most 200 characters) to who pressed the button."""
        ...


@runtime_checkable
class Steward(Protocol):
    """A responder that knows what its person may do in the chat."""

    async def may_manage(self) -> bool:
        """Whether who asks may change what the chat gets (T10): anyone in private, elsewhere who
        administers it. ``False`` where the platform does not say, and where it cannot be asked."""
        ...


@runtime_checkable
class Prompter(Protocol):
    """A responder that can ask for a text."""

    async def prompt(self, prompt: Prompt) -> bool:
        """Ask; the answer comes as a command (``Prompt.command``). Returns whether it could be
        asked: on some platforms only as the very first answer to a button.

        Raises:
            DeliveryError: the platform did not take it.
        """
        ...


class Commands(Protocol):
    """What a listening adapter hands on. Implemented once, for all platforms."""

    async def handle(self, command: Command, responder: Responder) -> None:
        """Do what was asked. Never raises for what a person or an upstream can cause.

        Returns without an answer where there is none to give: a repeated id, or somebody who was
        told a moment ago to slow down.
        """
        ...

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        """A button of ours was pressed: ``key`` is its ``Action.key``; replaces that message.

        Only by what was asked for: what goes wrong is whispered (``Whisperer``) and leaves the
        message as it is.
        """
        ...

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        """Stored papers whose id or title goes with what somebody has typed so far."""
        ...


@runtime_checkable
class Opinions(Protocol):
    """Commands that want to know what people think of messages."""

    async def react(self, reaction: Reaction) -> None:
        """Somebody reacted to a message, of ours or not. Never raises."""
        ...


@runtime_checkable
class Departures(Protocol):
    """Commands that want to know where we are no longer let in."""

    async def left(self, command: Command, reason: str) -> None:
        """We were removed from the command's chat, or blocked: all of it is suspended, its settings
        stay. ``reason`` is one sentence for the operator. Never raises."""
        ...


@runtime_checkable
class Evictions(Protocol):
    """Commands that want to know when many chats are lost at once, or found again: a whole server
    of Discord's. Most of them were never ours."""

    async def evicted(self, chats: Sequence[Target], reason: str) -> None:
        """We are let into none of these any more; the rest as ``Departures.left``."""
        ...

    async def readmitted(self, chats: Sequence[Target]) -> None:
        """We are let in again: what was lost goes on from now, as after ``/start``. Never
        raises."""
        ...


@runtime_checkable
class Menu(Protocol):
    """Commands that can be listed to people before they type any."""

    def menu(self) -> Sequence[MenuEntry]:
        """Every command in the order to show them, described in every language there is."""
        ...


@runtime_checkable
class Library(Protocol):
    """Commands that can also be asked for what is stored, for inline answers."""

    async def entry(self, paper_id: str, command: Command) -> Post | None:
        """A stored paper's entry in the asker's language, ``None`` where there is none yet.

        Costs neither an upstream nor a model anything. ``command`` says who asks, and where.
        """
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a listener works with.

    ``inbox`` keeps what came until it is handled; a lease decides which of several processes
    listens; ``owner`` is this process's name in it, and ``patience`` is after how long without a
    sign of life a process counts as dead. ``bells`` are those of all processes, ``None`` where
    there is no other.
    """

    inbox: Inbox
    leases: Leases
    clock: Clock
    owner: str
    patience: timedelta = timedelta(seconds=30)
    bells: Bells | None = None


@runtime_checkable
class Listener(Protocol):
    """An adapter that takes commands."""

    async def listen(self, commands: Commands, desk: Desk) -> None:
        """Take commands until cancelled; on cancellation what is in flight is finished.

        Raises:
            AccessRevoked: the token is not accepted.
        """
        ...


@dataclass(frozen=True, slots=True)
class Hook:
    """Where a platform is to call us: the whole public address, and the secret it must send."""

    url: str
    secret: str = field(repr=False)


class WebhookHost(Protocol):
    """Our own web server, as an adapter sees it that its platform calls."""

    def mount(self, name: str, *, header: str, handler: Callable[[bytes], Awaitable[None]]) -> Hook:
        """Take calls for ``name`` (an adapter's): those whose ``header`` carries the hook's secret.

        ``handler`` gets each body, at most 1 MB, and returns once it is kept; an
        ``InvalidInput`` from it answers 400, anything else 500, so that the platform repeats.

        Raises:
            SettingsError: the settings have no public address for us.
        """
        ...


@runtime_checkable
class Hooked(Protocol):
    """A listener that its platform calls, where its options say so."""

    def hook_into(self, host: WebhookHost) -> None:
        """Mount what it wants, or nothing; called once, before ``listen``.

        Raises:
            SettingsError: what it wants cannot be had.
        """
        ...


@runtime_checkable
class Receiver(Protocol):
    """A hooked listener whose calls may arrive where nobody listens."""

    async def receive(self, desk: Desk) -> None:
        """Until cancelled, keep what the platform calls us with in the inbox, for whichever process
        listens.

        Raises:
            AccessRevoked: the token is not accepted.
        """
        ...


@dataclass(frozen=True, slots=True)
class ArchivedDay:
    """One day's list in one language: its canonical Markdown as of now."""

    source: str
    day: date
    language: Language
    text: str


class Archive(Protocol):
    """The stored days, for an adapter that keeps files of whole days rather than messages."""

    async def days_of(self, target: Target, post: Post) -> Sequence[ArchivedDay]:
        """Every list with the post's paper, or any of a digest's, of the sources that the target's
        chat gets, the oldest first.

        Empty for a post that is about no stored paper.

        Raises:
            StoreError: the store cannot be used.
        """
        ...


# How the registry makes an adapter: its options as the settings hold them, values as text.
Factory = Callable[["Options"], Adapter]


@dataclass(frozen=True, slots=True)
class Options:
    """What an adapter is made of.

    ``name`` is what it is to call itself. ``values`` are ``[adapters.<name>]`` of the settings,
    unread and without ``kind``: the adapter validates them itself. ``archive`` is there wherever a
    store is.
    """

    name: str
    values: Mapping[str, object] = field(repr=False)  # tokens are among them (T5)
    archive: Archive | None = None

"""A platform that does as it is told, and remembers everything."""

import html
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from adapters.base import Message, Pace
from adapters.plain import plain_blocks, split_text
from bot.domain.delivery_errors import ContentRejected, DeliveryError
from bot.domain.post import Post
from bot.domain.target import Receipt, Target
from bot.domain.text import without_hidden


@dataclass(frozen=True, slots=True)
class FakeMessage:
    """A message in the fake platform's markup (HTML's escapes, a bold title), or in none."""

    text: str
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it arrived. ``message_id`` is ``None`` where the platform did not take it."""

    target: Target
    message: FakeMessage
    key: str
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The message arrives, and yet ``error`` is raised: the answer was lost on its way."""

    error: DeliveryError


# What happens at a call: it is taken (``None``), refused with an error, taken with an error, or
# whatever a function does first (wait, raise) before it is taken.
Step: TypeAlias = DeliveryError | Taken | Callable[[Call], Awaitable[None]] | None


class FakeAdapter:
    """Implements ``adapters.base.Adapter``; unscripted calls are taken.

    ``calls`` holds every call to ``send``, ``chats`` what stands in each chat, in order, ``edits``
    every edit as the call that it amounts to. ``limit`` is the longest message in characters;
    ``paces`` may be filled, and without an entry has no limit.
    """

    def __init__(self, name: str = "fake", *, limit: int = 4096) -> None:
        self._name = name
        self._limit = limit
        self._script: deque[Step] = deque()
        self._scripts: defaultdict[Target, deque[Step]] = defaultdict(deque)
        # Ids of messages; that of a deleted one is not given again.
        self._given: defaultdict[Target, int] = defaultdict(int)
        self.calls: list[Call] = []
        self.edits: list[Call] = []
        self.chats: defaultdict[Target, list[Call]] = defaultdict(list)
        self.paces: defaultdict[Target, Pace] = defaultdict(Pace)

    @property
    def name(self) -> str:
        return self._name

    def script(self, *steps: Step, target: Target | None = None) -> None:
        """What happens at the next calls: those to ``target``, or any that have no own script."""
        (self._script if target is None else self._scripts[target]).extend(steps)

    def pace(self, target: Target) -> Pace:
        return self.paces[target]

    def render(self, post: Post, *, plain: bool = False) -> Sequence[FakeMessage]:
        text = without_hidden("\n\n".join(plain_blocks(post)))
        if plain:
            return tuple(FakeMessage(part, True) for part in split_text(text, self._limit))
        parts = split_text(text, self._limit - len("<b></b>"), measure=_escaped_length)
        first, *others = (html.escape(part, quote=False) for part in parts)
        title, newline, rest = first.partition("\n")
        return tuple(map(FakeMessage, (f"<b>{title}</b>{newline}{rest}", *others)))

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        """Raises ``ContentRejected`` for what is too long, else follows the script."""
        call = Call(target, message, key)
        self.calls.append(call)
        if len(call.message.text) > self._limit:
            raise ContentRejected(f"{len(call.message.text)} characters, more than {self._limit}")
        step = self._next_step(target)
        if isinstance(step, DeliveryError):
            raise step
        if callable(step):
            await step(call)
        receipt = self._take(call)
        if isinstance(step, Taken):
            raise step.error
        return receipt

    def texts(self, target: Target) -> list[str]:
        """What stands in a chat."""
        return [call.message.text for call in self.chats[target]]

    def _next_step(self, target: Target) -> Step:
        script = self._scripts[target] or self._script
        return script.popleft() if script else None

    def _take(self, call: Call) -> Receipt:
        chat = self.chats[call.target]
        self._given[call.target] += 1
        message_id = str(self._given[call.target])
        chat.append(replace(call, message_id=message_id))
        return Receipt(message_id)


class EditableFake(FakeAdapter):
    """Also ``adapters.base.Editor``."""

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Follows the script as ``send`` does; a message that is not there is rejected."""
        step = self._next_step(target)
        if isinstance(step, DeliveryError):
            raise step
        chat = self.chats[target]
        place = next((n for n, call in enumerate(chat) if call.message_id == message_id), None)
        if place is None:
            raise ContentRejected(f"there is no message {message_id} in this chat")
        call = replace(chat[place], message=message)
        if callable(step):
            await step(call)
        chat[place] = call
        self.edits.append(call)
        if isinstance(step, Taken):
            raise step.error


class RepeatableFake(FakeAdapter):
    """Also ``adapters.base.Repeatable``: a key that is known in its chat doubles nothing.

    ``forget`` ends the window; ``find`` still sees what stands in the chat. Targets in ``keyless``
    take no key.
    """

    def __init__(self, name: str = "fake", *, limit: int = 4096) -> None:
        super().__init__(name, limit=limit)
        self._known: set[tuple[Target, str]] = set()
        self.keyless: set[Target] = set()

    def repeat_window(self, target: Target) -> float:
        return 0.0 if target in self.keyless else 120.0

    def forget(self) -> None:
        """Let the window of every key pass."""
        self._known.clear()

    async def find(self, target: Target, key: str) -> Receipt | None:
        ids = [call.message_id for call in self.chats[target] if call.key == key]
        return Receipt(ids[0]) if ids and ids[0] is not None else None

    def _take(self, call: Call) -> Receipt:
        known = next((c for c in self.chats[call.target] if c.key == call.key), None)
        if known is not None and known.message_id and (call.target, call.key) in self._known:
            return Receipt(known.message_id)
        if call.target not in self.keyless:
            self._known.add((call.target, call.key))
        return super()._take(call)


def _escaped_length(text: str) -> int:
    return len(html.escape(text, quote=False))

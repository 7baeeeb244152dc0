"""A conversation with the bot, recorded as text: for tests, and for people to read."""

from dataclasses import dataclass, field

from adapters.plain import plain_text
from bot.domain.post import Choice, Post
from bot.services.commands.testing import Bench, Managed, Shown


@dataclass
class Transcript:
    """Plays one person in one chat: what they type, and which button they press by its label, as
    they would who see nothing but the bot's messages. ``changes`` are fields of each command."""

    bench: Bench
    changes: dict[str, object] = field(default_factory=dict[str, object])
    entries: list[str] = field(default_factory=list[str])
    last: Post | None = None

    async def say(self, text: str, **changes: object) -> Post | None:
        """Type ``/settings include LLM`` or any other text; returns what is shown at the end."""
        name, _, argument = text.removeprefix("/").partition(" ")
        typed = (name, argument.strip()) if text.startswith("/") else ("", text)
        self.entries.append(f"> {text}")
        return self._answered(await self.bench.ask(*typed, **{**self.changes, **changes}))

    async def press(self, label: str, **changes: object) -> Post | None:
        """Press the button, or choose the choice, of that label in what is shown.

        Raises:
            LookupError: there is none.
        """
        key = _keys(self.last).get(label)
        if key is None:
            raise LookupError(f"{label!r} is none of {', '.join(_keys(self.last))}")
        self.entries.append(f"> [ {label} ]")
        return self._answered(await self.bench.press(key, **{**self.changes, **changes}))

    @property
    def text(self) -> str:
        """Everything so far; a blank line parts what was said."""
        return "\n\n".join(self.entries)

    def _answered(self, shown: Shown) -> Post | None:
        self.entries += [f"({whisper})" for whisper in shown.whispers]
        if isinstance(shown, Managed):
            self.entries += [f"({p.title}? {p.hint} /{p.command} …)" for p in shown.prompts]
        if shown.posts:
            self.last = shown.last
            self.entries.append(as_text(shown.last))
        return self.last


def as_text(post: Post) -> str:
    """A post with its questions and buttons."""
    questions = [f"{s.label}: {' '.join(map(_choice, s.choices))}" for s in post.selects]
    buttons = " ".join(f"[ {action.label} ]" for action in post.actions)
    return "\n".join(part for part in (plain_text(post), *questions, buttons) if part)


def _choice(choice: Choice) -> str:
    return f"[✓ {choice.label}]" if choice.chosen else f"[{choice.label}]"


def _keys(post: Post | None) -> dict[str, str]:
    """Labels with their keys, choices also after their question: "Papers a day, at most: 5". Of
    equal ones the first."""
    if post is None:
        return {}
    keys = {action.label: action.key for action in post.actions}
    for select in post.selects:
        for choice in select.choices:
            key = select.flipped(choice.value)
            keys.setdefault(choice.label, key)
            keys.setdefault(f"{select.label}: {choice.label}", key)
    return keys

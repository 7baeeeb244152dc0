"""What an interaction says. Pure; what we do not serve is ``None``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from adapters.discord.components import action_key
from bot.domain.command import Command
from bot.domain.target import Target

PLATFORM = "discord"
# Discord API v10, "Interaction Type".
COMMAND, COMPONENT, COMPLETION = 2, 3, 4
# Two locales of ours; the primary tag of any other is enough.
_Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Where an interaction comes from. ``parent`` is a thread's channel, "" outside threads."""

    id: str
    channel: str
    parent: str
    user: str
    locale: str
    private: bool

    def command(self, name: str, argument: str) -> Command:
        """A command from there."""
        target = (
            Target(PLATFORM, self.parent, self.channel)
            if self.parent
            else Target(PLATFORM, self.channel)
        )
        return Command(
            id=f"{PLATFORM}:{self.id}",
            name=name,
            argument=argument,
            target=target,
            user=self.user,
            language=self.locale or None,
            private=self.private,
        )


def read_command(data: _Json, asked: Asked) -> Command | None:
    """A slash command with what follows it."""
    name = data.get("name")
    if not isinstance(name, str):
        return None
    return asked.command(name, _value(data.get("options")))


def read_typed(data: _Json) -> str:
    """What somebody has typed so far into the option that wants completion."""
    return _value(data.get("options"))


def read_key(data: _Json) -> str | None:
    """The action of a button of ours."""
    custom_id = data.get("custom_id")
    return action_key(custom_id) if isinstance(custom_id, str) else None


def _value(options: object) -> str:
    """Every command of ours takes one text at most."""
    if not isinstance(options, Sequence) or isinstance(options, str) or not options:
        return ""
    first: object = options[0]  # pyright: ignore[reportUnknownVariableType]
    value = first.get("value") if isinstance(first, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return value if isinstance(value, str) else ""

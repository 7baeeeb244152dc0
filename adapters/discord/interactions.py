"""What an interaction says. Pure; what we do not serve is ``None``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from adapters.discord.components import action_key
from adapters.discord.modal import read_answer
from adapters.discord.selects import picked_key
from bot.domain.command import Command
from bot.domain.target import Target

# What the adapter is called where the settings give it no other name.
PLATFORM = "discord"
# Discord API v10, "Interaction Type".
COMMAND, COMPONENT, COMPLETION, ANSWER = 2, 3, 4, 5
# "Component Type": a string select.
_SELECT = 3
# "Permissions": what lets somebody set up a bot for a server.
_ADMINISTRATOR, _MANAGE_GUILD = 1 << 3, 1 << 5
_Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Where an interaction comes from. ``parent`` is a thread's channel, "" outside threads.

    ``manages`` is whether who asks may change what the chat gets. ``pressed`` is whether it came
    from a message of ours, which was for this person alone where it is ``hidden``;
    ``answers`` is whether it is a window that was sent in. ``platform`` is the
    name of the adapter that it came to.
    """

    id: str
    channel: str
    parent: str
    user: str
    locale: str
    private: bool
    manages: bool = False
    pressed: bool = False
    hidden: bool = False
    answers: bool = False
    platform: str = PLATFORM

    def command(self, name: str, argument: str) -> Command:
        """A command from there."""
        target = (
            Target(self.platform, self.parent, self.channel)
            if self.parent
            else Target(self.platform, self.channel)
        )
        return Command(
            id=f"{self.platform}:{self.id}",
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


def read_submitted(data: _Json, asked: Asked) -> Command | None:
    """What somebody wrote into a window of ours, as the command that it is an answer to."""
    answer = read_answer(data)
    return asked.command(*answer) if answer else None


def read_key(data: _Json) -> str | None:
    """The action of a button of ours, or of what was chosen from a menu of ours."""
    custom_id = data.get("custom_id")
    if not isinstance(custom_id, str):
        return None
    if data.get("component_type") != _SELECT:
        return action_key(custom_id)
    values = data.get("values")
    if not isinstance(values, Sequence) or isinstance(values, str):
        return None
    return picked_key(custom_id, [str(value) for value in cast("Sequence[object]", values)])


def may_manage(permissions: int) -> bool:
    """Whether these permissions in a server's channel let somebody change what it gets (T10)."""
    return bool(permissions & (_ADMINISTRATOR | _MANAGE_GUILD))


def _value(options: object) -> str:
    """Every command of ours takes one text at most."""
    if not isinstance(options, Sequence) or isinstance(options, str) or not options:
        return ""
    first: object = options[0]  # pyright: ignore[reportUnknownVariableType]
    value = first.get("value") if isinstance(first, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return value if isinstance(value, str) else ""

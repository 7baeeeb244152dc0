"""What a person asks of the bot, on whatever platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.domain.summary import Language
from bot.domain.target import Target


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``name`` has no slash; ``argument`` is what follows it, as typed.

    ``id`` names the request on its platform (an update, an interaction), so that the same one is
    never handled twice. ``user`` is an opaque id, "" where the platform tells none (a channel's
    post). ``language`` is what the person's client speaks, as a BCP 47 tag, if it says. ``alias``
    is another name by which the chat may be listed (Telegram's ``@name``), "" for none.
    """

    id: str
    name: str
    argument: str
    target: Target
    user: str = ""
    language: str | None = None
    private: bool = False
    alias: str = ""

    @property
    def places(self) -> tuple[Target, ...]:
        """The target under each of its chat's names."""
        return _under_both_names(self.target, self.alias)


@dataclass(frozen=True, slots=True)
class Reaction:
    """What somebody thinks of a message of ours now: ``up`` and ``down`` are 0 or 1.

    Where the platform tells no names ``user`` is "", and the two are everybody's totals. ``alias``
    is another name by which the chat may be listed, as in ``Command``.
    """

    target: Target
    message_id: str
    user: str
    up: int
    down: int
    alias: str = ""

    @property
    def places(self) -> tuple[Target, ...]:
        """The target under each of its chat's names."""
        return _under_both_names(self.target, self.alias)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A paper offered while somebody types."""

    paper_id: str
    title: str


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A command as a platform's menu lists it.

    ``descriptions`` maps each language to at most 100 characters (Discord's limit; Telegram's is
    256). ``argument`` is the name of what follows the command, "" where nothing does, and
    ``argument_descriptions`` explains it; ``required`` is whether it must follow. What answers a
    ``private`` one is for who asked alone, where the platform can keep it so.
    """

    name: str
    descriptions: Mapping[Language, str]
    argument: str = ""
    argument_descriptions: Mapping[Language, str] = field(default_factory=dict[Language, str])
    required: bool = False
    private: bool = False


def _under_both_names(target: Target, alias: str) -> tuple[Target, ...]:
    return (target, replace(target, chat=alias)) if alias else (target,)

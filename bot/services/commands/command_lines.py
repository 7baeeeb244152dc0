"""Every command as menus and the help list it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.speech import Speech
from bot.domain.wording import Wording


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command as it is listed.

    ``group`` is the heading under which the help has it. ``description`` and ``explained`` (what
    follows the command) have at most 100 characters. ``argument`` is the short English name of what
    follows, "" for nothing; ``sign`` stands for it in the help, ``required`` is whether it must.
    """

    group: str
    name: str
    description: str
    argument: str = ""
    explained: str = ""
    sign: str = ""
    required: bool = False


def command_lines(wording: Wording, speech: Speech) -> tuple[CommandLine, ...]:
    """All commands in the order to show them, those of a group together."""
    return (
        *_reading(wording, speech.say("Read")),
        *_chat(wording, speech.say("This chat")),
    )


def _reading(wording: Wording, group: str) -> Iterator[CommandLine]:
    words = wording.commands
    signs, explained = words.argument_signs, words.arguments
    yield CommandLine(
        group,
        "paper",
        words.menu["paper"],
        "paper",
        explained["paper"],
        signs["paper"],
        required=True,
    )
    yield CommandLine(group, "today", words.menu["today"])
    yield CommandLine(
        group, "digest", words.menu["digest"], "digest", explained["digest"], signs["digest"]
    )


def _chat(wording: Wording, group: str) -> Iterator[CommandLine]:
    for name in ("status", "help"):
        yield CommandLine(group, name, wording.commands.menu[name])

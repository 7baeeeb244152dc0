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
    A ``private`` one is answered to who asked alone, where the platform can keep it so.
    """

    group: str
    name: str
    description: str
    argument: str = ""
    explained: str = ""
    sign: str = ""
    required: bool = False
    private: bool = False


def command_lines(wording: Wording, speech: Speech) -> tuple[CommandLine, ...]:
    """All commands in the order to show them, those of a group together."""
    return (
        *_reading(wording, speech, speech.say("Read")),
        *_finding(speech, speech.say("Find and keep")),
        *_chat(wording, speech, speech.say("This chat")),
    )


def _reading(wording: Wording, speech: Speech, group: str) -> Iterator[CommandLine]:
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
    yield CommandLine(
        group, "top", speech.say("The week's best: by reactions here, upvotes, score")
    )


def _finding(speech: Speech, group: str) -> Iterator[CommandLine]:
    say = speech.say
    yield CommandLine(
        group,
        "search",
        say("Stored papers with all of these words"),
        "words",
        say("From title, abstract or summary, in any language; “quoted words” stand together"),
        say("<words>"),
        required=True,
    )
    yield CommandLine(
        group,
        "save",
        say("Keep a paper for yourself"),
        "paper",
        say("The paper's arXiv id, or a link to it"),
        say("<id>"),
        required=True,
        private=True,
    )
    yield CommandLine(group, "saved", say("What you have saved"), private=True)
    yield CommandLine(
        group,
        "export",
        say("What you have saved, as a file"),
        "form",
        say("bibtex or markdown"),
        say("<bibtex or markdown>"),
        private=True,
    )


def _chat(wording: Wording, speech: Speech, group: str) -> Iterator[CommandLine]:
    """What the chat gets; who may not change it is told so."""
    say = speech.say
    wish = say("Sources and topics, such as: cs.CL, LLM agents"), say("[what]")
    change = say("Such as: include LLM; quiet 23:00-07:00; zone Berlin"), say("[change]")
    paper = say("The paper's arXiv id, or a link to it"), say("<id>")
    yield CommandLine(group, "subscribe", say("Get new papers here"), "what", *wish, private=True)
    yield CommandLine(
        group, "settings", say("What comes here, when and how"), "change", *change, private=True
    )
    yield CommandLine(
        group, "preview", say("What the newest list would have come to here"), private=True
    )
    yield CommandLine(
        group,
        "why",
        say("Why a paper came here, waits, or did not come"),
        "paper",
        *paper,
        required=True,
        private=True,
    )
    yield CommandLine(group, "pause", say("Get nothing until /resume"), private=True)
    yield CommandLine(group, "resume", say("Get new papers again"), private=True)
    yield CommandLine(group, "unsubscribe", say("Get no papers any more"), private=True)
    yield CommandLine(group, "forget", say("Delete what I keep about you or here"), private=True)
    for name in ("status", "help"):
        yield CommandLine(group, name, wording.commands.menu[name])

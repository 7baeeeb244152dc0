"""What the bot is and can do: ``/start``, ``/help``, and the platforms' menus. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from bot.domain.command import MenuEntry
from bot.domain.post import Post, Section
from bot.domain.speech import ENGLISH, Speech
from bot.domain.summary import Language
from bot.domain.wording import Wording
from bot.services.commands.command_lines import CommandLine, command_lines

# A phone's screen has some 28 lines; of a longer group the first ones are seen.
_UNFOLDED = 6


def menu(wordings: Iterable[Wording], speeches: Mapping[Language, Speech]) -> Sequence[MenuEntry]:
    """Every command, described in each language."""
    lists = {
        wording.language: command_lines(wording, speeches.get(wording.language, ENGLISH))
        for wording in wordings
    }
    return tuple(
        MenuEntry(
            lines[0].name,
            {language: line.description for language, line in zip(lists, lines, strict=True)},
            argument=lines[0].argument,
            argument_descriptions={
                language: line.explained
                for language, line in zip(lists, lines, strict=True)
                if line.argument
            },
            required=lines[0].required,
            private=lines[0].private,
        )
        for lines in zip(*lists.values(), strict=True)
    )


def guide(wording: Wording, speech: Speech) -> Post:
    """Who speaks, what can be asked, and where the texts come from (T15)."""
    words = wording.commands
    groups = groupby(command_lines(wording, speech), key=lambda line: line.group)
    lists = [_list(group, tuple(lines), wording) for group, lines in groups]
    return Post(
        wording.language,
        "Sulan",
        "",
        sections=(Section("", (words.about,)), *lists),
        footer=(words.pasting, words.credits),
    )


def _list(group: str, lines: Sequence[CommandLine], wording: Wording) -> Section:
    shown = tuple(f"{_usage(line)}{wording.colon}{line.description}" for line in lines)
    return Section(group, shown, bulleted=True, folded=len(shown) > _UNFOLDED)


def _usage(line: CommandLine) -> str:
    return f"/{line.name} {line.sign}" if line.sign else f"/{line.name}"

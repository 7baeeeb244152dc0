"""What the bot is and can do: ``/start``, ``/help``, and the platforms' menus. Pure."""

from collections.abc import Iterable, Sequence

from bot.domain.command import MenuEntry
from bot.domain.post import Post, Section
from bot.domain.wording import Wording

# Commands that take an argument, with whether they must have it.
_ARGUMENTS = {"paper": True, "digest": False}


def menu(wordings: Iterable[Wording]) -> Sequence[MenuEntry]:
    """Every command, described in each language."""
    tables = {wording.language: wording.commands for wording in wordings}
    names = next(iter(tables.values())).menu if tables else ()
    return tuple(
        MenuEntry(
            name,
            {language: words.menu[name] for language, words in tables.items()},
            argument=name if name in _ARGUMENTS else "",
            argument_descriptions={
                language: words.arguments[name]
                for language, words in tables.items()
                if name in _ARGUMENTS
            },
            required=_ARGUMENTS.get(name, False),
        )
        for name in names
    )


def guide(wording: Wording) -> Post:
    """Who speaks, what can be asked, and where the texts come from (T15)."""
    words = wording.commands
    lines = tuple(
        f"{_usage(name, wording)}{wording.colon}{line}" for name, line in words.menu.items()
    )
    return Post(
        wording.language,
        "Sulan",
        "",
        sections=(Section("", (words.about,)), Section("", lines, bulleted=True)),
        footer=(words.pasting, words.credits),
    )


def _usage(name: str, wording: Wording) -> str:
    sign = wording.commands.argument_signs.get(name)
    return f"/{name} {sign}" if sign else f"/{name}"

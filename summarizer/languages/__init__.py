"""Wording tables, one TOML file a language. A new language is a new file, and nothing else."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bot.domain.command_words import CommandWords, DayWords, PaperWords, StatusWords
from bot.domain.errors import InvalidInput
from bot.domain.summary import FindingKind, Language
from bot.domain.wording import Aliases, DigestWords, PartNames, ScoreNames, Wording


def available_languages() -> tuple[Language, ...]:
    """The languages that have a table, sorted."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load_wording(language: Language) -> Wording:
    """The table of a language.

    Raises:
        InvalidInput: there is none; the message lists those that there are.
    """
    if language not in available_languages():
        known = ", ".join(available_languages())
        raise InvalidInput(f"No wording for language {language!r}. There is: {known}.")
    table = tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text("utf-8"))
    return _wording(language, table)


def _wording(language: Language, table: Mapping[str, Any]) -> Wording:
    return Wording(
        language=language,
        name=table["name"],
        english_name=table["english_name"],
        colon=table["colon"],
        comma=table["comma"],
        count=table["count"],
        headings=PartNames(**table["headings"]),
        labels=PartNames(**table["labels"]),
        scores=ScoreNames(**table["scores"]),
        short_scores=ScoreNames(**table["short_scores"]),
        unrated=table["unrated"],
        digest=DigestWords(**table["digest"]),
        aliases=Aliases(**{part: tuple(words) for part, words in table["aliases"].items()}),
        origins=table["origins"],
        findings={FindingKind(kind): words for kind, words in table["findings"].items()},
        reasons=table["reasons"],
        quiet=table["quiet"],
        commands=_command_words(table["commands"]),
    )


def _command_words(table: Mapping[str, Any]) -> CommandWords:
    plain = {name: words for name, words in table.items() if name not in ("paper", "day", "status")}
    return CommandWords(
        **plain,
        paper=PaperWords(**table["paper"]),
        day=DayWords(**table["day"]),
        status=StatusWords(**table["status"]),
    )

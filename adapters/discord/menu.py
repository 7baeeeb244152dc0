"""Application commands: what Discord is told of them, and whether it knows already (F54)."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from adapters.discord.rest import BotRest
from bot.domain.command import MenuEntry
from bot.domain.summary import Language

_CHAT_INPUT, _STRING = 1, 3
# Discord API v10, "Locales"; English needs none of its own beside the default.
_LOCALES: Mapping[Language, tuple[str, ...]] = {"zh": ("zh-CN", "zh-TW")}
_DEFAULT = "en"
# "Application Command Structure": descriptions have 1 to 100 characters.
_LONGEST = 100
_EVERYWHERE = [0, 1, 2]  # in servers, with the bot, and between people
_INSTALLS = [0, 1]  # by a server or by a person
# Completed from the store while somebody types.
_COMPLETED = frozenset({"paper", "why", "save"})
_OWN_KEYS = ("name", "description")
# Discord may give these back in another order.
_SETS = ("contexts", "integration_types")


def payload_of(entries: Sequence[MenuEntry]) -> list[dict[str, Any]]:
    """The commands as "Bulk Overwrite Global Application Commands" takes them."""
    return [
        {
            "name": entry.name,
            "type": _CHAT_INPUT,
            "description": entry.descriptions[_DEFAULT][:_LONGEST],
            "description_localizations": _localized(entry.descriptions),
            "options": [_option(entry)] if entry.argument else [],
            "contexts": _EVERYWHERE,
            "integration_types": _INSTALLS,
        }
        for entry in entries
    ]


async def sync(rest: BotRest, application_id: str, entries: Sequence[MenuEntry]) -> bool:
    """Tell Discord the commands if it knows others (200 creations a day and server); returns
    whether it had to be told.

    Raises:
        DeliveryError: Discord did not answer as hoped.
    """
    wanted = payload_of(entries)
    known = await rest.call(
        "GET",
        "/applications/{application_id}/commands",
        query={"with_localizations": "true"},
        application_id=application_id,
    )
    if _essence(known) == _essence(wanted):
        return False
    await rest.call(
        "PUT",
        "/applications/{application_id}/commands",
        json=wanted,
        application_id=application_id,
    )
    return True


def _option(entry: MenuEntry) -> dict[str, Any]:
    words = entry.argument_descriptions
    return {
        "name": entry.argument,
        "type": _STRING,
        "description": words.get(_DEFAULT, entry.argument)[:_LONGEST],
        "description_localizations": _localized(words),
        "required": entry.required,
        "autocomplete": entry.name in _COMPLETED,
    }


def _localized(words: Mapping[Language, str]) -> dict[str, str]:
    return {
        locale: text[:_LONGEST]
        for language, text in words.items()
        for locale in _LOCALES.get(language, ())
    }


def _essence(commands: Any) -> list[dict[str, Any]]:
    """What is compared: our keys alone, defaults that Discord leaves out or fills in made equal."""
    if not isinstance(commands, list):
        return []
    trimmed = [_trimmed(each) for each in cast("list[dict[str, Any]]", commands)]
    return sorted(trimmed, key=lambda each: str(each["name"]))


def _trimmed(command: dict[str, Any]) -> dict[str, Any]:
    options: list[dict[str, Any]] = command.get("options") or []
    return {
        **{key: command.get(key) for key in _OWN_KEYS},
        **{key: sorted(command.get(key) or []) for key in _SETS},
        "description_localizations": command.get("description_localizations") or {},
        "options": [
            {
                "name": option["name"],
                "description": option["description"],
                "description_localizations": option.get("description_localizations") or {},
                "required": bool(option.get("required")),
                "autocomplete": bool(option.get("autocomplete")),
            }
            for option in options
        ],
    }

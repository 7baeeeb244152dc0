"""``sulan adapters``: where posts can go, and what keeps an adapter from working."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from adapters.registry import Description, describe
from bot.app import load
from bot.cli.arguments import JsonOption
from bot.cli.documents import dumps
from bot.cli.screen import Screen
from bot.domain.errors import SettingsError
from bot.instances import instances_of


def adapters(*, json: JsonOption = False) -> int:
    """List every installed adapter with its distribution and version; say what keeps one from
    working, and what the settings call others of its kind."""
    screen = Screen()
    found, others = describe(), _others()
    if json:
        screen.raw(dumps([{**asdict(one), "named": others.get(one.name, [])} for one in found]))
    else:
        _print(found, others, screen)
    return 0


def _others() -> Mapping[str, list[str]]:
    """What else the settings call adapters of each kind; nothing where the settings are wrong,
    which `sulan check` says."""
    found: dict[str, list[str]] = {}
    try:
        settings = load()
        platforms = (chat.platform for chat in settings.chats)
        for one in instances_of(platforms, settings):
            if one.name != one.kind:
                found.setdefault(one.kind, []).append(one.name)
    except SettingsError:
        return {}
    return found


def _print(found: Sequence[Description], others: Mapping[str, list[str]], screen: Screen) -> None:
    width = max(len(adapter.name) for adapter in found)
    for adapter in found:
        origin = f"{adapter.distribution} {adapter.version}".strip()
        line = f"{adapter.name:<{width}}  {origin}  {adapter.where}"
        if adapter.error is None:
            screen.signed("✓", "green", line)
            for name in others.get(adapter.name, ()):
                screen.line(f"    also as {name}")
        else:
            screen.signed("✗", "red", f"{line}\n  {adapter.error}")

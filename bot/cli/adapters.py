"""``sulan adapters``: where posts can go, and what keeps an adapter from working."""

from collections.abc import Sequence
from dataclasses import asdict

from adapters.registry import Description, describe
from bot.cli.arguments import JsonOption
from bot.cli.documents import dumps
from bot.cli.screen import Screen


def adapters(*, json: JsonOption = False) -> int:
    """List every installed adapter with its distribution and version; say what keeps one from
    working."""
    screen = Screen()
    found = describe()
    if json:
        screen.raw(dumps([asdict(adapter) for adapter in found]))
    else:
        _print(found, screen)
    return 0


def _print(found: Sequence[Description], screen: Screen) -> None:
    width = max(len(adapter.name) for adapter in found)
    for adapter in found:
        origin = f"{adapter.distribution} {adapter.version}".strip()
        line = f"{adapter.name:<{width}}  {origin}  {adapter.where}"
        if adapter.error is None:
            screen.signed("✓", "green", line)
        else:
            screen.signed("✗", "red", f"{line}\n  {adapter.error}")

"""Buttons: links, and actions that are still understood after a restart.

Limits: Discord API v10, "Component Reference": five rows of five buttons, a label of 80 characters,
a ``custom_id`` of 100, a link of 512.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from adapters.discord.links import BUTTON_URL, usable
from adapters.discord.markdown_escape import units, visible
from bot.domain.post import Action, Link

PER_ROW = 5
ROWS = 5
BUTTONS = PER_ROW * ROWS
LABEL = 80
# An action's key follows: at most 64 bytes (bot.domain.post.Action).
ACTION_PREFIX = "sulan:"

_ROW, _BUTTON = 1, 2
_SECONDARY, _LINK = 2, 5


class Row(Protocol):
    """A component that fills a row by itself."""

    def json(self) -> dict[str, Any]:
        """As the API takes it."""
        ...


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens ``url``, or sends ``action`` (an ``Action.key``) to us."""

    label: str
    url: str = ""
    action: str = ""

    def json(self) -> dict[str, Any]:
        """As the API takes it."""
        if self.action:
            return {
                "type": _BUTTON,
                "style": _SECONDARY,
                "label": self.label,
                "custom_id": f"{ACTION_PREFIX}{self.action}",
            }
        return {"type": _BUTTON, "style": _LINK, "label": self.label, "url": self.url}


def action_key(custom_id: str) -> str | None:
    """The ``Action.key`` that a pressed button carries, ``None`` where it is not one of ours."""
    return custom_id.removeprefix(ACTION_PREFIX) if custom_id.startswith(ACTION_PREFIX) else None


def buttons(
    links: Iterable[Link], actions: Iterable[Action], *, room: int = BUTTONS
) -> tuple[Sequence[Button], list[Link]]:
    """Buttons for links and actions, and those links that cannot be one and want another place.

    Links are given ``room`` as far as actions leave some. Actions are always kept: there is no
    other place for them. Two with one key are one.
    """
    keys = {action.key: action for action in actions}
    acting = [
        Button(visible(action.label)[:LABEL] or key[:LABEL], action=key)
        for key, action in keys.items()
    ]
    linking: list[Button] = []
    others: list[Link] = []
    for link in links:
        label, url = visible(link.label), usable(link.url, BUTTON_URL)
        if url and 1 <= units(label) <= LABEL and len(linking) + len(acting) < room:
            linking.append(Button(label, url))
        else:
            others.append(link)
    return (*linking, *acting), others


_Menu = TypeVar("_Menu", bound=Row)


def spread(
    menus: Sequence[_Menu], shown: Sequence[Button]
) -> list[tuple[tuple[_Menu, ...], tuple[Button, ...]]]:
    """What stands under the first message and, where one has no room for all, under the next."""
    under: list[tuple[tuple[_Menu, ...], tuple[Button, ...]]] = []
    while menus or shown or not under:
        here, menus = menus[:ROWS], menus[ROWS:]
        room = (ROWS - len(here)) * PER_ROW
        under.append((tuple(here), tuple(shown[:room])))
        shown = shown[room:]
    return under


def rows(shown: Sequence[Button], *, menus: Sequence[Row] = ()) -> list[dict[str, Any]]:
    """Menus in a row each, then buttons in rows of five, as the API takes them."""
    together = [[menu.json()] for menu in menus]
    together += [
        [button.json() for button in shown[start : start + PER_ROW]]
        for start in range(0, len(shown), PER_ROW)
    ]
    return [{"type": _ROW, "components": row} for row in together]
